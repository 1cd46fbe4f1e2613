/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-candidate-guard-private.h"

#include <nice/interfaces.h>

#include "floe-local-addresses-private.h"
#include "floe-log-private.h"

#define COUNT_KEY "floe-reflexive-count"

#define SPARE_ADDRESSES 8

static gboolean
is_loopback (const NiceAddress *address)
{
  char text[NICE_ADDRESS_STRING_LEN];
  g_autoptr (GInetAddress) inet = NULL;

  nice_address_to_string (address, text);
  inet = g_inet_address_new_from_string (text);
  return inet != NULL && g_inet_address_get_is_loopback (inet);
}

/* RFC 6052 section 5: what is behind a translator is not to be reached through it by whoever knows
 * its prefix. */
static gboolean
leads_inside (const NiceAddress *address, const FloeNat64 *nat64)
{
  guint8 ipv4[FLOE_NAT64_IPV4_SIZE];

  return nice_address_ip_version (address) == 6
         && floe_nat64_extract (nat64, address->s.ip6.sin6_addr.s6_addr, ipv4)
         && !floe_nat64_is_public (ipv4);
}

gboolean
floe_candidate_guard_allows (const NiceCandidate *candidate, const GArray *addresses,
                             const FloeNat64 *nat64)
{
  if (leads_inside (&candidate->addr, nat64))
    return FALSE;
  if (!is_loopback (&candidate->addr))
    return TRUE;
  for (guint i = 0; i < addresses->len; i++)
    {
      if (g_array_index (addresses, FloeLocalAddress, i).is_loopback)
        return TRUE;
    }
  return FALSE;
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
