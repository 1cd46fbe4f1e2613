/* SPDX-License-Identifier: MPL-2.0 */
/* Paths beside the plan's, begun and fed by whoever crosses hard NATs. They race with the others:
 * one that works carries data if it is better. */
#include "floe-ice-transport-internal-private.h"

#include "floe-log-private.h"

/* In the life of one transport. */
#define MAX_APART 256

static FloeIceLane *
find_apart (FloeIceTransport *self, guint path_id)
{
  FloeIceLane *lane;

  if (self->is_closed || path_id >= self->lanes->len)
    return NULL;
  lane = floe_ice_transport_get_lane (self, path_id);
  return floe_ice_path_get_spec (lane->path)->is_apart
                 && floe_ice_path_get_state (lane->path) != FLOE_PATH_CLOSED
             ? lane
             : NULL;
}

guint
floe_ice_transport_add_path (FloeIceTransport *self, const FloePathSpec *spec)
{
  g_autoptr (FloePathSpec) used = floe_path_spec_copy (spec);
  FloeIceLane *lane;
  guint count = 0;

  if (floe_ice_transport_is_over (self) || !self->has_started || self->shared.relay_only)
    return FLOE_ICE_NO_PATH;
  for (guint i = 0; i < self->lanes->len; i++)
    count += floe_ice_path_get_spec (floe_ice_transport_get_lane (self, i)->path)->is_apart;
  if (count >= MAX_APART)
    return FLOE_ICE_NO_PATH;
  used->kind = FLOE_PATH_DIRECT;
  used->is_apart = TRUE;
  used->is_try = TRUE; /* ends by itself when nothing came of it */
  g_clear_pointer (&used->stun_servers, g_array_unref);
  lane = floe_ice_transport_add_lane (self, used, used->is_successor);
  floe_debug (FLOE_LOG_ICE, "path %u is beside the plan", floe_ice_path_get_id (lane->path));
  self->shared.path_count++;
  floe_ice_lane_start (lane, g_get_monotonic_time ());
  floe_ice_transport_update (self);
  return floe_ice_path_get_id (lane->path);
}

gboolean
floe_ice_transport_add_path_candidate (FloeIceTransport *self, guint path_id,
                                       const FloeCandidate *candidate)
{
  FloeIceLane *lane = find_apart (self, path_id);

  return lane != NULL && floe_ice_path_add_candidate (lane->path, candidate);
}

void
floe_ice_transport_end_path (FloeIceTransport *self, guint path_id)
{
  FloeIceLane *lane = find_apart (self, path_id);

  if (lane == NULL || lane == self->carrier)
    return;
  self->shared.path_count--;
  floe_ice_lane_close (lane);
  floe_ice_transport_update (self);
}

gboolean
floe_ice_transport_is_path_ready (FloeIceTransport *self, guint path_id)
{
  return !self->is_closed && path_id < self->lanes->len
         && floe_ice_path_is_ready (floe_ice_transport_get_lane (self, path_id)->path);
}

GSocket *
floe_ice_transport_get_socket (FloeIceTransport *self, guint path_id, const char *address)
{
  if (self->is_closed || path_id >= self->lanes->len)
    return NULL;
  return floe_ice_path_get_socket (floe_ice_transport_get_lane (self, path_id)->path, address);
}

gboolean
floe_ice_transport_get_direct_pair (FloeIceTransport *self, guint path_id, FloeCandidate *remote)
{
  FloeCandidate local;
  const FloeIcePath *path;

  if (!floe_ice_transport_is_path_ready (self, path_id))
    return FALSE;
  path = floe_ice_transport_get_lane (self, path_id)->path;
  return floe_ice_path_get_route (path) == FLOE_ROUTE_DIRECT
         && floe_ice_path_get_pair (path, &local, remote);
}

void
floe_ice_transport_get_witness (FloeIceTransport *self, FloeIceWitness *out)
{
  const FloeIceLane *carrier = self->is_closed ? NULL : self->carrier;
  FloeCandidate local;

  *out = (FloeIceWitness){ 0 };
  if (carrier == NULL || !floe_ice_path_get_pair (carrier->path, &local, &out->remote))
    return;
  out->is_alive = floe_ice_lane_is_candidate (carrier) && floe_ice_lane_is_alive (carrier);
  out->is_direct = out->is_alive && floe_ice_path_get_route (carrier->path) == FLOE_ROUTE_DIRECT;
  out->round_trip_us = carrier->liveness.round_trip_us;
}

void
floe_ice_transport_get_port_range (FloeIceTransport *self, guint16 *min_port, guint16 *max_port)
{
  *min_port = self->shared.min_port;
  *max_port = self->shared.max_port;
}

void
floe_ice_transport_tell (FloeIceTransport *self, const FloeCandidate *candidate)
{
  FloeIceEvent *event;

  if (floe_ice_transport_is_over (self))
    return;
  event = floe_ice_event_new (FLOE_ICE_EVENT_CANDIDATE);
  event->local = *candidate;
  if (!floe_privacy_rules_prepare (&self->shared.rules, &event->local))
    {
      floe_ice_event_free (event);
      return;
    }
  floe_ice_transport_push (self, event);
  self->moves.is_told_gathered = FALSE;
  floe_ice_transport_update (self);
}

const GArray *
floe_ice_transport_get_addresses (FloeIceTransport *self)
{
  return self->shared.addresses;
}
