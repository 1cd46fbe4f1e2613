/* SPDX-License-Identifier: MPL-2.0 */
/* Paths beside the plan's: whoever crosses a hard NAT says where such a path's checks go, and from
 * which port. */
#include "floe-ice-path-internal-private.h"

#include <string.h>

#include "floe-local-addresses-private.h"

/* libnice checks no more than its limit of pairs, and each candidate makes one. */
#define MAX_OWN 100

static gboolean
is_bound (GSocket *socket, const char *address)
{
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);
  g_autofree char *text = NULL;

  if (bound == NULL || !G_IS_INET_SOCKET_ADDRESS (bound))
    return FALSE;
  text =
      g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (bound)));
  return address == NULL || strcmp (text, address) == 0;
}

GSocket *
floe_ice_path_get_socket (const FloeIcePath *self, const char *address)
{
  g_autoptr (GPtrArray) sockets = NULL;

  if (self->agent != NULL)
    sockets = nice_agent_get_sockets (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT);
  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    {
      GSocket *socket = g_ptr_array_index (sockets, i);

      /* The agent keeps it. */
      if (g_socket_get_socket_type (socket) == G_SOCKET_TYPE_DATAGRAM && is_bound (socket, address))
        return socket;
    }
  return NULL;
}

static void
feed (FloeIcePath *self)
{
  GSList *fresh = NULL;

  if (self->agent == NULL || !self->fed.has_credentials || self->fed.own_count == self->own->len)
    return;
  for (guint i = self->own->len; i > self->fed.own_count; i--)
    fresh = g_slist_prepend (fresh, g_ptr_array_index (self->own, i - 1));
  self->fed.own_count = self->own->len;
  nice_agent_set_remote_candidates (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, fresh);
  g_slist_free (fresh);
}

void
floe_ice_path_feed_own (FloeIcePath *self)
{
  if (self->own != NULL)
    feed (self);
}

gboolean
floe_ice_path_add_candidate (FloeIcePath *self, const FloeCandidate *candidate)
{
  NiceCandidate *nice;
  const char *why;

  if (!self->spec->is_apart || self->state == FLOE_PATH_CLOSED)
    return FALSE;
  if (self->own == NULL)
    self->own = g_ptr_array_new_with_free_func ((GDestroyNotify) nice_candidate_free);
  nice = self->own->len < MAX_OWN ? floe_candidate_to_nice (candidate, &why) : NULL;
  if (nice == NULL)
    return FALSE;
  if (nice->transport != NICE_CANDIDATE_TRANSPORT_UDP || !floe_ice_path_may_check (self, nice))
    {
      nice_candidate_free (nice);
      return FALSE;
    }
  g_ptr_array_add (self->own, nice);
  feed (self);
  return TRUE;
}

GArray *
floe_ice_path_select_addresses (const FloeIcePath *self)
{
  GArray *addresses = self->shared->addresses;
  GArray *selected;

  if (self->spec->local_address[0] == '\0')
    return g_array_ref (addresses);
  selected = g_array_new (FALSE, FALSE, sizeof (FloeLocalAddress));
  for (guint i = 0; i < addresses->len; i++)
    {
      const FloeLocalAddress *address = &g_array_index (addresses, FloeLocalAddress, i);

      if (strcmp (address->text, self->spec->local_address) == 0)
        g_array_append_vals (selected, address, 1);
    }
  return selected;
}
