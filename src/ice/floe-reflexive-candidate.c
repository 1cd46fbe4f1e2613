/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-reflexive-candidate-private.h"

#include <arpa/inet.h>
#include <string.h>

/* RFC 8445 sections 5.1.2.1 and 5.1.2.2 */
#define TYPE_PREFERENCE_SHIFT 24
#define TYPE_PREFERENCE_REFLEXIVE 100u
#define LOCAL_PREFERENCE_MASK 0x00ffff00u
#define COMPONENT_MASK 0x000000ffu

/* RFC 8445 section 5.1.2: "a unique priority" for each. libnice tells the addresses of a host apart
 * by the six lowest bits of the local preference, so the next bits tell those of a base apart. */
#define ORDINAL_STEP (64u << 8)

static guint32
make_priority (guint32 host_priority, guint ordinal)
{
  guint32 local = host_priority & LOCAL_PREFERENCE_MASK;
  guint32 step = ordinal * ORDINAL_STEP;

  if (local > step)
    local -= step;
  return TYPE_PREFERENCE_REFLEXIVE << TYPE_PREFERENCE_SHIFT | local
         | (host_priority & COMPONENT_MASK);
}

void
floe_reflexive_candidate_make (FloeCandidate *out, const FloeCandidate *host,
                               const FloeReflexiveName *name, const FloeStunAddress *mapped)
{
  gboolean is_ipv4 = mapped->size == FLOE_STUN_IPV4_SIZE;

  *out = (FloeCandidate){
    .component = host->component,
    .transport = FLOE_CANDIDATE_UDP,
    .priority = make_priority (host->priority, name->ordinal),
    .port = mapped->port,
    .type = FLOE_ICE_CANDIDATE_TYPE_SRFLX,
    .related_port = host->port,
  };
  /* RFC 8445 section 5.1.1.3: the same for the same type, base address, protocol and server. */
  g_snprintf (out->foundation, sizeof out->foundation, "p%ur%ux%u", name->path_id, name->base,
              name->server);
  inet_ntop (is_ipv4 ? AF_INET : AF_INET6, mapped->bytes, out->address, sizeof out->address);
  g_strlcpy (out->related_address, host->address, sizeof out->related_address);
}

/* Behind NAT64 a socket of IPv6 is seen at a public address of IPv4. */
static gboolean
is_fitting (const FloeStunAddress *mapped, const FloeStunAddress *base)
{
  FloeStunScope scope = floe_stun_address_get_scope (mapped);

  return mapped->size == base->size
             ? scope != FLOE_STUN_SCOPE_NONE
             : base->size == FLOE_STUN_IPV6_SIZE && scope == FLOE_STUN_SCOPE_GLOBAL;
}

/* RFC 8445 section 5.1.3: a candidate is redundant "if and only if its transport address and base
 * equal those of another candidate". */
gboolean
floe_reflexive_is_redundant (const FloeStunAddress *base, gboolean is_hidden,
                             const FloeStunAddress *mapped)
{
  return floe_stun_address_equal (base, mapped)
         && !(is_hidden && floe_stun_address_get_scope (mapped) == FLOE_STUN_SCOPE_GLOBAL);
}

gboolean
floe_reflexive_may_reach (const FloeStunAddress *base, const FloeStunAddress *server)
{
  return base->size == server->size
         && (floe_stun_address_get_scope (base) != FLOE_STUN_SCOPE_LOOPBACK
             || floe_stun_address_get_scope (server) != FLOE_STUN_SCOPE_GLOBAL);
}

gboolean
floe_reflexive_read (const FloeStunMessage *response, const FloeStunAddress *base,
                     FloeStunAddress *mapped)
{
  /* A server of RFC 3489 knows the second one only. */
  return (floe_stun_message_get_xor_address (response, FLOE_STUN_XOR_MAPPED_ADDRESS, mapped)
          || floe_stun_message_get_address (response, FLOE_STUN_MAPPED_ADDRESS, mapped))
         && mapped->port != 0 && is_fitting (mapped, base);
}

gboolean
floe_reflexive_mappings_have (const GArray *mappings, guint base, const FloeStunAddress *address)
{
  for (guint i = 0; i < mappings->len; i++)
    {
      const FloeReflexiveMapping *mapping = &g_array_index (mappings, FloeReflexiveMapping, i);

      if (mapping->base == base && floe_stun_address_equal (&mapping->address, address))
        return TRUE;
    }
  return FALSE;
}

const FloeCandidate *
floe_reflexive_mappings_find (const GArray *mappings, const char *address, guint16 port)
{
  for (guint i = 0; i < mappings->len; i++)
    {
      const FloeCandidate *candidate = &g_array_index (mappings, FloeReflexiveMapping, i).candidate;

      if (candidate->port == port && strcmp (candidate->address, address) == 0)
        return candidate;
    }
  return NULL;
}
