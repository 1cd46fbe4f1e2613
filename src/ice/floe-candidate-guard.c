/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-candidate-guard-private.h"

#include <nice/interfaces.h>
#include <string.h>

#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"

#define COUNT_KEY "floe-reflexive-count"

#define SPARE_ADDRESSES 8

#define FIRST_USER_PORT 1024 /* RFC 6335 section 6: below are those of the system's services */
#define HTTP_PORT 80
#define HTTPS_PORT 443

typedef struct
{
  guint8 bytes[FLOE_STUN_IPV6_SIZE];
  guint bits; /* a multiple of 4 */
} Range;

/* IPv6 addresses that have an IPv4 address in them, or lead nowhere. No peer has one: what is
 * behind it would be reached in spite of all rules for its own address. */
static const Range substitutes[] = {
  { { 0 }, 96 },                                  /* RFC 4291 section 2.5.5.1, deprecated */
  { { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48 }, /* RFC 8215: a network's own NAT64 */
  { { 0x01 }, 64 },                               /* RFC 6666: what is sent there is discarded */
  { { 0x20, 0x01, 0x00, 0x00 }, 32 },             /* RFC 4380: Teredo */
  { { 0x20, 0x02 }, 16 },                         /* RFC 7526: 6to4, deprecated */
  { { 0xfe, 0xc0 }, 12 },                         /* RFC 3879: site-local, deprecated */
  { { 0xfe, 0xd0 }, 12 },
  { { 0xfe, 0xe0 }, 12 },
  { { 0xfe, 0xf0 }, 12 },
};

static gboolean
is_within (const guint8 *bytes, const Range *range)
{
  gsize whole = range->bits / 8;

  return memcmp (bytes, range->bytes, whole) == 0
         && (range->bits % 8 == 0 || (bytes[whole] ^ range->bytes[whole]) >> 4 == 0);
}

static gboolean
is_substitute (const FloeStunAddress *address)
{
  for (gsize i = 0; i < G_N_ELEMENTS (substitutes); i++)
    {
      if (is_within (address->bytes, &substitutes[i]))
        return TRUE;
    }
  return FALSE;
}

/* RFC 6052 section 5: what is behind a translator is not to be reached through it by whoever knows
 * its prefix. */
static gboolean
leads_astray (const FloeStunAddress *address, const FloeNat64 *nat64)
{
  guint8 ipv4[FLOE_NAT64_IPV4_SIZE];

  if (address->size != FLOE_STUN_IPV6_SIZE)
    return FALSE;
  if (floe_nat64_extract (nat64, address->bytes, ipv4))
    return !floe_nat64_is_public (ipv4);
  return is_substitute (address);
}

static gboolean
gathers_on (const GArray *addresses, FloeStunScope scope)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      FloeStunAddress address;

      if (floe_stun_address_from_text (g_array_index (addresses, FloeLocalAddress, i).text,
                                       &address)
          && floe_stun_address_get_scope (&address) == scope)
        return TRUE;
    }
  return FALSE;
}

static gboolean
allows_port (guint port, FloeStunScope scope)
{
  return port >= FIRST_USER_PORT
         || (scope == FLOE_STUN_SCOPE_GLOBAL && (port == HTTP_PORT || port == HTTPS_PORT));
}

gboolean
floe_candidate_guard_allows (const NiceCandidate *candidate, const FloeCandidateRules *rules)
{
  char text[NICE_ADDRESS_STRING_LEN];
  FloeStunAddress address;
  FloeStunScope scope;

  nice_address_to_string (&candidate->addr, text);
  if (!floe_stun_address_from_text (text, &address))
    return FALSE;
  scope = floe_stun_address_get_scope (&address);
  if (scope == FLOE_STUN_SCOPE_NONE
      || !allows_port (nice_address_get_port (&candidate->addr), scope))
    return FALSE;
  if (scope > FLOE_STUN_SCOPE_LINK)
    return !leads_astray (&address, rules->nat64);
  return rules->allows_local || gathers_on (rules->addresses, scope);
}

gboolean
floe_candidate_guard_has_room (void)
{
  GList *addresses = nice_interfaces_get_local_ips (TRUE);
  guint count = g_list_length (addresses);

  g_list_free_full (addresses, g_free);
  return count < NICE_CANDIDATE_MAX_LOCAL_ADDRESSES - SPARE_ADDRESSES;
}

gboolean
floe_candidate_guard_is_flooded (NiceAgent *agent)
{
  guint count = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (agent), COUNT_KEY)) + 1;

  g_object_set_data (G_OBJECT (agent), COUNT_KEY, GUINT_TO_POINTER (count));
  if (count <= FLOE_MAX_REFLEXIVE_ADDRESSES)
    return FALSE;
  floe_debug (FLOE_LOG_ICE, "checks came from more than %u addresses",
              FLOE_MAX_REFLEXIVE_ADDRESSES);
  return TRUE;
}
