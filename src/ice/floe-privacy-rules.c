/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-privacy-rules-private.h"

#include <string.h>

#define NAME_SUFFIX ".local"
#define HIDDEN_PORT 9 /* RFC 8839 section 5.1 */

static const FloePrivacyRules table[] = {
  [FLOE_PRIVACY_LEVEL_OPEN] = {
    .tells_host = TRUE,
    .tells_reflexive = TRUE,
    .tells_related = TRUE,
    .tells_default = TRUE,
    .tells_nat = TRUE,
    .uses_all_routes = TRUE,
    .shows_host = TRUE,
    .speaks_to_peers = TRUE,
    .may_punch = TRUE,
    .may_listen = TRUE,
    .follows_redirects = TRUE,
  },
  [FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE] = {
    .tells_host = TRUE,
    .tells_reflexive = TRUE,
    .tells_related = TRUE,
    .tells_default = TRUE,
    .tells_nat = TRUE,
    .shows_host = TRUE,
    .speaks_to_peers = TRUE,
    .may_punch = TRUE,
    .may_listen = TRUE,
    .follows_redirects = TRUE,
  },
  [FLOE_PRIVACY_LEVEL_OBFUSCATED] = {
    .tells_host = TRUE,
    .names_host = TRUE,
    .tells_reflexive = TRUE,
    .shows_host = TRUE,
    .speaks_to_peers = TRUE,
    .may_listen = TRUE,
    .follows_redirects = TRUE,
  },
  [FLOE_PRIVACY_LEVEL_NO_HOST] = {
    .tells_reflexive = TRUE,
    .speaks_to_peers = TRUE,
    .follows_redirects = TRUE,
  },
  /* Sockets lead to TURN servers only, by whatever route leads there: nobody else sees what they
   * are bound to. */
  [FLOE_PRIVACY_LEVEL_RELAY_ONLY] = {
    .uses_all_routes = TRUE,
  },
};

FloePrivacyRules
floe_privacy_rules_get (FloePrivacyLevel level, FloeIceTransportPolicy policy)
{
  FloePrivacyRules rules;

  if ((guint) level >= G_N_ELEMENTS (table))
    level = FLOE_PRIVACY_LEVEL_RELAY_ONLY;
  if (policy != FLOE_ICE_TRANSPORT_POLICY_RELAY)
    return table[level];
  rules = table[FLOE_PRIVACY_LEVEL_RELAY_ONLY];
  rules.uses_all_routes = table[level].uses_all_routes;
  rules.tells_default = table[level].tells_default;
  rules.follows_redirects = table[level].follows_redirects;
  return rules;
}

gboolean
floe_privacy_rules_may_send (const FloePrivacyRules *self, const FloeStunAddress *from,
                             const FloeStunAddress *to)
{
  if (!self->speaks_to_peers)
    return FALSE;
  /* Between here and a global address there is a NAT, or the address here is no secret: whoever
   * is reached by it would see it anyhow. */
  return self->shows_host || floe_stun_address_get_scope (from) == FLOE_STUN_SCOPE_GLOBAL
         || floe_stun_address_get_scope (to) == FLOE_STUN_SCOPE_GLOBAL;
}

static const char *
get_hidden (const char *address)
{
  return strchr (address, ':') != NULL ? "::" : "0.0.0.0";
}

/* RFC 8839 section 5.1: "If privacy is a concern … set to "0.0.0.0" or "::" and … port "9"". */
static void
hide_related (FloeCandidate *candidate)
{
  if (candidate->related_address[0] == '\0')
    return;
  g_strlcpy (candidate->related_address, get_hidden (candidate->address),
             sizeof candidate->related_address);
  candidate->related_port = HIDDEN_PORT;
}

static gboolean
may_tell_address (const FloePrivacyRules *self, const FloeCandidate *candidate)
{
  switch (candidate->type)
    {
    case FLOE_ICE_CANDIDATE_TYPE_HOST:
      return self->tells_host
             && (!self->names_host || g_str_has_suffix (candidate->address, NAME_SUFFIX));
    case FLOE_ICE_CANDIDATE_TYPE_SRFLX:
      return self->tells_reflexive;
    case FLOE_ICE_CANDIDATE_TYPE_PRFLX:
      return self->tells_related;
    case FLOE_ICE_CANDIDATE_TYPE_RELAY:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
floe_privacy_rules_prepare (const FloePrivacyRules *self, FloeCandidate *local)
{
  if (!may_tell_address (self, local))
    return FALSE;
  if (!self->tells_related)
    hide_related (local);
  if (!self->tells_nat)
    local->has_nat = FALSE;
  return TRUE;
}

void
floe_privacy_rules_mask (const FloePrivacyRules *self, FloeCandidate *local)
{
  if (floe_privacy_rules_prepare (self, local))
    return;
  hide_related (local);
  g_strlcpy (local->address, get_hidden (local->address), sizeof local->address);
  local->port = HIDDEN_PORT;
  local->has_nat = FALSE;
}
