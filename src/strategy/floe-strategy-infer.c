/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-strategy-infer-private.h"

#include <gio/gio.h>
#include <string.h>

/* RFC 6598: between a carrier's NAT and its customers. */
#define SHARED_NETWORK 0x64400000u
#define SHARED_MASK 0xffc00000u

static gboolean
is_shared (GInetAddress *inet)
{
  guint32 address;

  if (g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV4)
    return FALSE;
  memcpy (&address, g_inet_address_to_bytes (inet), sizeof address);
  return (GUINT32_FROM_BE (address) & SHARED_MASK) == SHARED_NETWORK;
}

/* TRUE for an IPv4 address that can be reached from everywhere. Of IPv6 ones nearly all are, and
 * nobody translates them: they tell nothing of the IPv4 network. */
static gboolean
is_public_ipv4 (const char *text)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (text);

  return inet != NULL && g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4
         && !g_inet_address_get_is_any (inet) && !g_inet_address_get_is_loopback (inet)
         && !g_inet_address_get_is_link_local (inet) && !g_inet_address_get_is_site_local (inet)
         && !g_inet_address_get_is_multicast (inet) && !is_shared (inet);
}

static gboolean
is_of (const FloeCandidate *candidate, FloeIceCandidateType type)
{
  return candidate->transport == FLOE_CANDIDATE_UDP && candidate->type == type;
}

/* A base that is told: some browsers write 0.0.0.0 and a port that means nothing. */
static gboolean
has_base (const FloeCandidate *candidate)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (candidate->related_address);

  return inet != NULL && !g_inet_address_get_is_any (inet) && candidate->related_port != 0;
}

static gboolean
have_same_base (const FloeCandidate *a, const FloeCandidate *b)
{
  return a->related_port == b->related_port
         && g_ascii_strcasecmp (a->related_address, b->related_address) == 0;
}

/* One base that servers see in several places. */
static gboolean
is_dependent (const FloeCandidate *candidates, guint count)
{
  for (guint i = 0; i < count; i++)
    for (guint j = i + 1; j < count; j++)
      if (is_of (&candidates[i], FLOE_ICE_CANDIDATE_TYPE_SRFLX)
          && is_of (&candidates[j], FLOE_ICE_CANDIDATE_TYPE_SRFLX) && has_base (&candidates[i])
          && have_same_base (&candidates[i], &candidates[j])
          && candidates[i].port != candidates[j].port
          && g_ascii_strcasecmp (candidates[i].address, candidates[j].address) == 0)
        return TRUE;
  return FALSE;
}

static guint
count_of (const FloeCandidate *candidates, guint count, FloeIceCandidateType type)
{
  guint found = 0;

  for (guint i = 0; i < count; i++)
    found += is_of (&candidates[i], type) ? 1 : 0;
  return found;
}

static FloeNatAnswer
is_translated (const FloeCandidate *candidates, guint count)
{
  FloeNatAnswer answer = FLOE_NAT_ANSWER_UNKNOWN;

  for (guint i = 0; i < count; i++)
    {
      const FloeCandidate *candidate = &candidates[i];

      if (is_of (candidate, FLOE_ICE_CANDIDATE_TYPE_SRFLX) && has_base (candidate)
          && g_ascii_strcasecmp (candidate->address, candidate->related_address) != 0)
        return FLOE_NAT_ANSWER_YES;
      if (is_of (candidate, FLOE_ICE_CANDIDATE_TYPE_HOST) && is_public_ipv4 (candidate->address))
        answer = FLOE_NAT_ANSWER_NO;
    }
  return answer;
}

FloeNatSummary
floe_strategy_infer (const FloeCandidate *candidates, guint count, gboolean is_complete)
{
  guint relay_count = count_of (candidates, count, FLOE_ICE_CANDIDATE_TYPE_RELAY);
  FloeNatSummary summary = { 0 };

  summary.is_translated = is_translated (candidates, count);
  if (is_dependent (candidates, count))
    summary.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT;
  else if (summary.is_translated == FLOE_NAT_ANSWER_NO)
    summary.mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
  /* Blocked, or its policy: nothing but its relay is reached either way. */
  if (is_complete && relay_count > 0
      && count_of (candidates, count, FLOE_ICE_CANDIDATE_TYPE_HOST) == 0
      && count_of (candidates, count, FLOE_ICE_CANDIDATE_TYPE_SRFLX) == 0)
    summary.udp = FLOE_NAT_ANSWER_NO;
  if (summary.mapping != FLOE_NAT_BEHAVIOUR_UNKNOWN || summary.udp != FLOE_NAT_ANSWER_UNKNOWN)
    summary.confidence = FLOE_NAT_CONFIDENCE_LOW;
  return summary;
}
