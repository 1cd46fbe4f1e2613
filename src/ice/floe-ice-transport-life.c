/* SPDX-License-Identifier: MPL-2.0 */
/* What tells that paths live, and that they can't any more. */
#include "floe-ice-transport-internal-private.h"

#include <string.h>

#include "floe-local-addresses-private.h"
#include "floe-log-private.h"

/* Addresses come and go in several steps: names of interfaces, IPv4, IPv6 some seconds later. */
#define LOOK_AGAIN_US (2 * G_TIME_SPAN_SECOND)

/* A new path is a new chance to ask the peer, and no new consent to data: otherwise one that has
 * gone would be sent to for as long as its ICE agent answers. */
static gboolean
has_consent (const FloeIceTransport *self)
{
  return self->carrier->is_proven || self->shared.life_us == 0
         || g_get_monotonic_time () < self->shared.life_us + FLOE_ICE_CONSENT_US;
}

gboolean
floe_ice_transport_send (FloeIceTransport *self, const guint8 *data, gsize size)
{
  return self->carrier != NULL && has_consent (self)
         && floe_ice_lane_send (self->carrier, data, size);
}

gboolean
floe_ice_transport_send_on (FloeIceTransport *self, guint path_id, const guint8 *data, gsize size)
{
  return !self->is_closed && path_id < self->lanes->len
         && floe_ice_lane_send (floe_ice_transport_get_lane (self, path_id), data, size);
}

/* The peer sends elsewhere: that says something of the path that was asked in vain. */
static void
note_rival (FloeIceTransport *self, const FloeIceLane *lane, gint64 now_us)
{
  if (self->carrier == NULL || self->carrier == lane || !self->carrier->is_watched)
    return;
  floe_liveness_core_handle_rival (&self->carrier->liveness, now_us, lane->run_us);
}

void
floe_ice_transport_handle_life (FloeIceTransport *self, guint path_id)
{
  gint64 now_us = g_get_monotonic_time ();
  FloeIceLane *lane;
  gboolean was_good, was_alive;
  guint flow;

  if (floe_ice_transport_is_over (self) || path_id >= self->lanes->len)
    return;
  lane = floe_ice_transport_get_lane (self, path_id);
  was_good = floe_ice_lane_is_trusted (lane) && floe_ice_lane_is_alive (lane) && lane->is_proven;
  was_alive = self->carrier == NULL || floe_ice_lane_is_alive (self->carrier);
  flow = lane->liveness.flow;
  self->shared.received_us = now_us;
  self->shared.life_us = now_us;
  floe_ice_lane_handle_life (lane, now_us);
  note_rival (self, lane, now_us);
  /* Comes with every datagram: the timer finds a later deadline by itself. But what begins to flow
   * is asked sooner. */
  if (!was_good || self->moves.silent_us != 0 || lane->liveness.flow > flow
      || (was_alive && self->carrier != NULL && !floe_ice_lane_is_alive (self->carrier)))
    floe_ice_transport_update (self);
}

/* Who answers on one path has to on all of them: data alone proves one direction. */
static void
expect_answers (FloeIceTransport *self)
{
  if (self->shared.peer_answers)
    return;
  self->shared.peer_answers = TRUE;
  for (guint i = 0; i < self->lanes->len; i++)
    floe_liveness_core_set_must_answer (&floe_ice_transport_get_lane (self, i)->liveness, TRUE);
}

void
floe_ice_transport_handle_answer (FloeIceTransport *self, guint path_id, gint64 round_trip_us)
{
  FloeIceLane *lane;

  if (floe_ice_transport_is_over (self) || path_id >= self->lanes->len)
    return;
  lane = floe_ice_transport_get_lane (self, path_id);
  self->shared.life_us = g_get_monotonic_time ();
  floe_ice_lane_handle_answer (lane, self->shared.life_us, round_trip_us);
  expect_answers (self);
  floe_ice_transport_update (self);
}

void
floe_ice_transport_set_mapping_lifetime (FloeIceTransport *self, guint lifetime_s)
{
  if (floe_ice_transport_is_over (self))
    return;
  self->shared.mapping_lifetime_s = lifetime_s;
  for (guint i = 0; i < self->lanes->len; i++)
    floe_liveness_core_set_mapping_lifetime (&floe_ice_transport_get_lane (self, i)->liveness,
                                             lifetime_s);
  floe_ice_transport_update (self);
}

void
floe_ice_transport_handle_sent (FloeIceTransport *self)
{
  FloeLivenessCore *liveness;

  if (self->carrier == NULL || !self->carrier->is_watched)
    return;
  liveness = &self->carrier->liveness;
  if (liveness->awaited_us != 0)
    return;
  floe_liveness_core_handle_sent (liveness, g_get_monotonic_time ());
  /* A quiet path is asked sooner now. */
  if (liveness->flow < 2)
    floe_ice_transport_update (self);
}

/* RFC 7675 section 5.1: "the endpoint MUST cease transmission on that 5-tuple". libnice sends an
 * indication each 25 s as long as it lives, so its agent goes. Those of direct paths are for
 * floe-ice-rise to end, which looks for others. */
void
floe_ice_transport_end_expired (FloeIceTransport *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);

      if (lane->is_dead || !floe_ice_lane_has_expired (lane))
        continue;
      floe_ice_relays_handle_failed (self->relays, i, TRUE);
    }
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

static void
end_unbound (FloeIceTransport *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);

      if (lane->is_gone || !floe_ice_path_is_ready (lane->path)
          || floe_ice_path_is_bound_to (lane->path, self->shared.addresses))
        continue;
      floe_debug (FLOE_LOG_ICE, "path %u has lost its address", i);
      floe_ice_lane_end (lane);
      floe_ice_relays_handle_failed (self->relays, i, TRUE);
    }
}

void
floe_ice_transport_look_at_addresses (FloeIceTransport *self)
{
  g_autoptr (GArray) all = floe_local_addresses_list ();
  g_autoptr (GArray) used = floe_local_addresses_select (
      all, (const char *const *) self->interfaces.names, self->interfaces.include_loopback);

  if (is_same (used, self->shared.addresses))
    return;
  floe_debug (FLOE_LOG_ICE, "the host has other addresses than before");
  /* Others have the array: it stays the same one. */
  g_array_set_size (self->shared.addresses, 0);
  g_array_append_vals (self->shared.addresses, used->data, used->len);
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
