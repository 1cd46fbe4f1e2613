/* SPDX-License-Identifier: MPL-2.0 */
/* Which of the host's addresses paths are bound to, and what becomes of those whose address is gone
 * or is no longer to be used. */
#include "floe-ice-transport-internal-private.h"

#include <string.h>

#include "floe-default-route-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"

/* Addresses come and go in several steps: names of interfaces, IPv4, IPv6 some seconds later. */
#define LOOK_AGAIN_US (2 * G_TIME_SPAN_SECOND)

GArray *
floe_ice_transport_select_addresses (const FloeIceTransport *self)
{
  const char *const *names = (const char *const *) self->interfaces.names;
  g_autoptr (GArray) all = floe_local_addresses_list ();
  g_autoptr (GArray) routed = NULL;

  if (self->shared.rules.uses_all_routes)
    return floe_local_addresses_select (all, names, self->interfaces.include_loopback);
  routed = floe_default_route_find ();
  return floe_default_route_select (all, routed, names, self->interfaces.include_loopback);
}

static gboolean
has_address (const GArray *addresses, const char *text)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      if (strcmp (g_array_index (addresses, FloeLocalAddress, i).text, text) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_same (const GArray *a, const GArray *b)
{
  gboolean is_same = a->len == b->len;

  for (guint i = 0; is_same && i < a->len; i++)
    is_same = has_address (b, g_array_index (a, FloeLocalAddress, i).text);
  return is_same;
}

/* Where any address will do as long as it is there, a path that looks for a pair goes on: others of
 * its sockets may find one. */
static gboolean
has_lost_address (const FloeIceTransport *self, const FloeIceLane *lane)
{
  if (!self->shared.rules.uses_all_routes)
    return !floe_ice_path_keeps_to (lane->path, self->shared.addresses);
  return floe_ice_path_is_ready (lane->path)
         && !floe_ice_path_is_bound_to (lane->path, self->shared.addresses);
}

/* The address may well be there still, but nothing more is to be sent from it or said of it. */
static void
leave (FloeIceTransport *self, FloeIceLane *lane)
{
  if (floe_ice_path_get_spec (lane->path)->kind != FLOE_PATH_RELAY)
    floe_ice_transport_clear_schedule (self);
  floe_ice_lane_close (lane);
}

static void
end_unbound (FloeIceTransport *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);

      if (lane->is_gone || !has_lost_address (self, lane))
        continue;
      floe_debug (FLOE_LOG_ICE, "path %u has lost its address", i);
      floe_ice_lane_end (lane);
      floe_ice_relays_handle_failed (self->relays, i, TRUE);
      if (!self->shared.rules.uses_all_routes)
        leave (self, lane);
    }
}

void
floe_ice_transport_look_at_addresses (FloeIceTransport *self)
{
  g_autoptr (GArray) used = floe_ice_transport_select_addresses (self);

  if (is_same (used, self->shared.addresses))
    return;
  floe_debug (FLOE_LOG_ICE, "the host has other addresses than before");
  /* Others have the array: it stays the same one. */
  g_array_set_size (self->shared.addresses, 0);
  g_array_append_vals (self->shared.addresses, used->data, used->len);
  floe_ice_names_handle_change (self->outbox.names);
  end_unbound (self);
  floe_ice_rise_handle_network_change (self->rise);
}

void
floe_ice_transport_handle_network_change (FloeIceTransport *self)
{
  if (floe_ice_transport_is_over (self) || !self->has_started)
    return;
  floe_ice_transport_look_at_addresses (self);
  self->moves.look_us = g_get_monotonic_time () + LOOK_AGAIN_US;
  /* The way from the same addresses may be another one, or none. */
  if (self->carrier != NULL && self->carrier->is_watched)
    floe_liveness_core_handle_sent (&self->carrier->liveness, g_get_monotonic_time ());
  floe_ice_transport_update (self);
}
