/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-lane-private.h"

#include "floe-log-private.h"

/* Longer than the time between two heartbeats of any SCTP (RFC 9260 section 16: 30 s, and half of
 * that again at random). */
#define USE_US (50 * G_TIME_SPAN_SECOND)

/* A peer sends on one path; a Floe that is quiet asks it every 5 s. */
#define LEFT_US (12 * G_TIME_SPAN_SECOND)

/* Two probes without an answer, the second after 500 ms. */
#define MUTE_US (700 * G_TIME_SPAN_MILLISECOND)

#define RUN_PAUSE_US (500 * G_TIME_SPAN_MILLISECOND)

/* What has shown life so recently need not be asked whether it lives. */
#define RECENT_US (1 * G_TIME_SPAN_SECOND)

/* -1 for never. */
static gint64
get_give_up_us (const FloeIceLane *self)
{
  guint give_up_ms = floe_ice_path_get_spec (self->path)->give_up_after_ms;

  if (give_up_ms == 0 || self->is_watched || floe_ice_path_is_ready (self->path))
    return -1;
  return self->start_us + give_up_ms * (gint64) G_TIME_SPAN_MILLISECOND;
}

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

FloeIceLane *
floe_ice_lane_new (FloeIcePath *path)
{
  FloeIceLane *self = g_new0 (FloeIceLane, 1);

  self->path = path;
  self->preference = floe_ice_path_get_spec (path)->preference;
  self->leave_us = -1;
  return self;
}

void
floe_ice_lane_free (FloeIceLane *self)
{
  floe_ice_path_free (self->path);
  g_free (self);
}

void
floe_ice_lane_hold (FloeIceLane *self)
{
  self->start_us = FLOE_LANE_HELD;
}

void
floe_ice_lane_start (FloeIceLane *self, gint64 now_us)
{
  self->start_us = now_us;
  self->is_watched = FALSE;
  self->liveness = (FloeLivenessCore){
    .must_answer = self->liveness.must_answer,
    .idle_quiet_us = self->liveness.idle_quiet_us,
  };
  self->is_on_trial = FALSE;
  self->is_dead = FALSE;
  self->is_proven = FALSE;
  self->is_gone = FALSE;
  self->received_us = 0;
  floe_ice_path_start (self->path, now_us);
}

void
floe_ice_lane_close (FloeIceLane *self)
{
  self->is_watched = FALSE;
  self->closed_us = g_get_monotonic_time ();
  floe_ice_path_close (self->path);
}

void
floe_ice_lane_start_watch (FloeIceLane *self, FloeLivenessState predecessor, gint64 now_us)
{
  gboolean was_watched = self->is_watched;

  self->is_watched = TRUE;
  floe_liveness_core_set_reserve (&self->liveness, FALSE);
  if (predecessor != FLOE_LIVENESS_ALIVE)
    {
      if (self->is_proven && now_us - self->liveness.last_life_us < RECENT_US)
        return;
      /* Asked already, when the other one was in doubt: its time is running. */
      if (was_watched && self->liveness.first_probe_us != 0 && self->liveness.is_urgent)
        return;
      self->is_on_trial = predecessor >= FLOE_LIVENESS_DISCONNECTED;
      floe_liveness_core_start_asking (&self->liveness, now_us);
    }
  else if (!was_watched)
    floe_liveness_core_start (&self->liveness, now_us);
}

void
floe_ice_lane_keep_in_reserve (FloeIceLane *self, gint64 now_us)
{
  if (!self->is_watched)
    floe_liveness_core_start (&self->liveness, now_us);
  self->is_watched = TRUE;
  floe_liveness_core_set_reserve (&self->liveness, TRUE);
}

void
floe_ice_lane_ask (FloeIceLane *self, gint64 now_us)
{
  gint64 round_trip_us = self->liveness.round_trip_us;

  if (self->is_watched
      && (self->liveness.first_probe_us != 0 || self->liveness.state != FLOE_LIVENESS_ALIVE))
    return;
  floe_liveness_core_start_asking (&self->liveness, now_us);
  self->liveness.round_trip_us = round_trip_us;
  /* As long as it stays in reserve it is asked now and then; this is out of turn. */
  floe_liveness_core_set_reserve (&self->liveness, TRUE);
  self->is_watched = TRUE;
}

void
floe_ice_lane_handle_life (FloeIceLane *self, gint64 now_us)
{
  self->is_on_trial = FALSE;
  self->is_proven = TRUE;
  if (now_us - self->received_us > RUN_PAUSE_US)
    self->run_us = now_us;
  self->received_us = now_us;
  if (self->is_watched && !self->is_gone)
    floe_liveness_core_handle_life (&self->liveness, now_us);
}

void
floe_ice_lane_handle_answer (FloeIceLane *self, gint64 now_us, gint64 round_trip_us)
{
  self->is_on_trial = FALSE;
  self->is_proven = TRUE;
  if (self->is_watched && !self->is_gone)
    floe_liveness_core_handle_answer (&self->liveness, now_us, round_trip_us);
}

void
floe_ice_lane_end (FloeIceLane *self)
{
  self->is_gone = TRUE;
  self->is_watched = TRUE;
  floe_liveness_core_end (&self->liveness);
}

gboolean
floe_ice_lane_handle_timeout (FloeIceLane *self, gint64 now_us)
{
  FloePathState state = floe_ice_path_get_state (self->path);
  gint64 give_up_us = get_give_up_us (self);

  if (now_us < self->start_us || state == FLOE_PATH_CLOSED)
    return FALSE;
  if (state == FLOE_PATH_IDLE)
    {
      floe_ice_path_start (self->path, now_us);
      return FALSE;
    }
  if (give_up_us != -1 && now_us >= give_up_us)
    {
      floe_debug (FLOE_LOG_ICE, "path %u is given up", floe_ice_path_get_id (self->path));
      floe_ice_path_close (self->path);
      return FALSE;
    }
  floe_ice_path_handle_timeout (self->path, now_us);
  return self->is_watched && floe_ice_path_is_ready (self->path)
         && floe_liveness_core_handle_timeout (&self->liveness, now_us);
}

gint64
floe_ice_lane_get_deadline (const FloeIceLane *self)
{
  FloePathState state = floe_ice_path_get_state (self->path);
  gint64 deadline_us;

  if (state == FLOE_PATH_CLOSED)
    return -1;
  if (state == FLOE_PATH_IDLE)
    return self->start_us != FLOE_LANE_HELD ? self->start_us : -1;
  deadline_us = sooner (floe_ice_path_get_deadline (self->path), get_give_up_us (self));
  if (self->is_watched && floe_ice_path_is_ready (self->path))
    deadline_us = sooner (deadline_us, floe_liveness_core_get_deadline (&self->liveness));
  return deadline_us;
}

gboolean
floe_ice_lane_is_alive (const FloeIceLane *self)
{
  return !self->is_watched || self->liveness.state == FLOE_LIVENESS_ALIVE;
}

gboolean
floe_ice_lane_is_trusted (const FloeIceLane *self)
{
  return (!self->is_watched || self->liveness.state < FLOE_LIVENESS_DISCONNECTED)
         && !self->is_on_trial;
}

gboolean
floe_ice_lane_has_expired (const FloeIceLane *self)
{
  return self->is_watched && self->liveness.state == FLOE_LIVENESS_EXPIRED
         && self->liveness.has_lived;
}

gboolean
floe_ice_lane_is_candidate (const FloeIceLane *self)
{
  return floe_ice_path_is_ready (self->path) && !self->is_gone && !floe_ice_lane_has_expired (self)
         && floe_ice_path_get_spec (self->path)->may_carry_data;
}

gboolean
floe_ice_lane_owes_answer (const FloeIceLane *self)
{
  return self->is_watched && self->liveness.first_probe_us != 0;
}

gboolean
floe_ice_lane_is_waited_for (const FloeIceLane *self)
{
  return !floe_ice_lane_is_alive (self)
         || (floe_ice_lane_owes_answer (self) && self->liveness.is_urgent);
}

gboolean
floe_ice_lane_is_mute (const FloeIceLane *self, gint64 now_us)
{
  gint64 patience_us = MAX (MUTE_US, 2 * self->liveness.round_trip_us);

  return !floe_ice_lane_is_alive (self)
         || (floe_ice_lane_is_waited_for (self)
             && now_us >= self->liveness.first_probe_us + patience_us);
}

gint64
floe_ice_lane_get_use_end (const FloeIceLane *self, gint64 received_us)
{
  if (self->received_us == 0 || received_us - self->received_us >= LEFT_US)
    return 0;
  return self->received_us + USE_US;
}

FloeRoute
floe_ice_lane_get_route (const FloeIceLane *self)
{
  return (FloeRoute){
    .kind = floe_ice_path_get_route (self->path),
    .preference = self->preference,
    .round_trip_us = self->liveness.round_trip_us,
  };
}

gboolean
floe_ice_lane_is_better (const FloeIceLane *self, const FloeIceLane *other)
{
  FloeLivenessState state = self->is_watched ? self->liveness.state : FLOE_LIVENESS_ALIVE;
  FloeLivenessState other_state;
  FloeRoute route, other_route;

  if (other == NULL)
    return TRUE;
  other_state = other->is_watched ? other->liveness.state : FLOE_LIVENESS_ALIVE;
  /* Of two that show no life none is better: data stays where it is. */
  if (state != other_state || state != FLOE_LIVENESS_ALIVE)
    return state < other_state;
  if (self->is_retiring != other->is_retiring)
    return other->is_retiring;
  route = floe_ice_lane_get_route (self);
  other_route = floe_ice_lane_get_route (other);
  return floe_route_is_better (&route, &other_route);
}

gboolean
floe_ice_lane_send (FloeIceLane *self, const guint8 *data, gsize size)
{
  /* RFC 7675 section 5.1: when consent has expired, the endpoint "MUST cease transmission". */
  if (self->is_watched && self->liveness.state == FLOE_LIVENESS_EXPIRED)
    return FALSE;
  if (!floe_ice_path_is_ready (self->path) || !floe_ice_path_send (self->path, data, size))
    return FALSE;
  self->tally.sent_bytes += size;
  return TRUE;
}
