/* SPDX-License-Identifier: MPL-2.0 */
/* What tells that paths live, and that they don't any more. */
#include "floe-ice-transport-internal-private.h"

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

/* The peer sends elsewhere: that says something of the path that was asked in vain. Returns whether
 * the carrier may have to be asked sooner. */
static gboolean
note_rival (FloeIceTransport *self, const FloeIceLane *lane, gint64 now_us)
{
  FloeLivenessCore *liveness;
  guint flow;

  if (self->carrier == NULL || self->carrier == lane || !self->carrier->is_watched)
    return FALSE;
  liveness = &self->carrier->liveness;
  flow = liveness->flow;
  floe_liveness_core_handle_rival (liveness, now_us, lane->run_us);
  return liveness->flow > flow;
}

void
floe_ice_transport_handle_life (FloeIceTransport *self, guint path_id)
{
  gint64 now_us = g_get_monotonic_time ();
  FloeIceLane *lane;
  gboolean was_good, was_alive, has_rival;
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
  has_rival = note_rival (self, lane, now_us);
  /* Comes with every datagram: the timer finds a later deadline by itself. But what begins to flow
   * is asked sooner, and so is the path that carries when it flows beside that. */
  if (!was_good || self->moves.silent_us != 0 || lane->liveness.flow > flow || has_rival
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
