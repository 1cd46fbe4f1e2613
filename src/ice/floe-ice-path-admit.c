/* SPDX-License-Identifier: MPL-2.0 */
/* Where a path's checks may go, and how much. */
#include "floe-ice-path-internal-private.h"

#include <string.h>

#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-repeat-core-private.h"
#include "floe-target-budget-private.h"

/* A check with its headers, without user names: IPv6, UDP, STUN, PRIORITY, the role,
 * USE-CANDIDATE, MESSAGE-INTEGRITY, FINGERPRINT, and padding. */
#define BARE_CHECK_SIZE 132

static gboolean
read_address (const NiceAddress *address, FloeStunAddress *out)
{
  char text[NICE_ADDRESS_STRING_LEN];

  nice_address_to_string (address, text);
  if (!floe_stun_address_from_text (text, out))
    return FALSE;
  out->port = (guint16) nice_address_get_port (address);
  return TRUE;
}

/* Each is one of a pair with what the peer tells. */
static guint
count_bases (const FloeIcePath *self, const NiceAddress *remote)
{
  g_autoptr (GArray) addresses = NULL;
  gboolean is_ipv6 = nice_address_ip_version (remote) == 6;
  guint count = 0;

  if (self->spec->kind == FLOE_PATH_RELAY)
    return 1;
  addresses = floe_ice_path_select_addresses (self);
  for (guint i = 0; i < addresses->len; i++)
    count += (strchr (g_array_index (addresses, FloeLocalAddress, i).text, ':') != NULL) == is_ipv6;
  return count;
}

/* All that goes to a remote address when it never answers, at most. */
static gsize
get_cost (const FloeIcePath *self, const NiceAddress *remote)
{
  const char *remote_ufrag = self->shared->remote->ufrag;
  gsize size = BARE_CHECK_SIZE + strlen (self->shared->ufrag)
               + (remote_ufrag != NULL ? strlen (remote_ufrag) : 0);
  guint repeats = self->reflexive != NULL ? FLOE_REPEAT_MAX_COUNT : 0;

  return count_bases (self, remote) * (FLOE_NICE_TRANSMISSIONS + repeats) * size;
}

gboolean
floe_ice_path_admits (const FloeIcePath *self, const NiceCandidate *candidate)
{
  FloeStunAddress to;

  return floe_ice_path_may_check (self, candidate) && read_address (&candidate->addr, &to)
         && floe_target_budget_take (&to, get_cost (self, &candidate->addr));
}

void
floe_ice_path_note_answer (const NiceCandidate *remote)
{
  FloeStunAddress from;

  if (read_address (&remote->addr, &from))
    floe_target_budget_handle_answer (&from);
}
