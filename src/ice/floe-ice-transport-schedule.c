/* SPDX-License-Identifier: MPL-2.0 */
/* When the plan's paths begin, when they may carry, and what is held back until both descriptions
 * are there and a while after that. */
#include "floe-ice-transport-internal-private.h"

G_STATIC_ASSERT ((guint) FLOE_ICE_ROW_DIRECT == (guint) FLOE_RELAY_PROTOCOL_NONE);
G_STATIC_ASSERT ((guint) FLOE_ICE_ROW_RELAY_UDP == (guint) FLOE_RELAY_PROTOCOL_UDP);
G_STATIC_ASSERT ((guint) FLOE_ICE_ROW_RELAY_TCP == (guint) FLOE_RELAY_PROTOCOL_TCP);
G_STATIC_ASSERT ((guint) FLOE_ICE_ROW_RELAY_TLS == (guint) FLOE_RELAY_PROTOCOL_TLS);

static gint64
after (gint64 time_us, guint delay_ms)
{
  return time_us + delay_ms * (gint64) G_TIME_SPAN_MILLISECOND;
}

/* What starts at 0 has begun with gathering. */
static gint64
get_start_us (const FloeIceTransport *self, FloeIceRowKind kind)
{
  const FloeIceRow *row = &self->timing.schedule.rows[kind];

  if (!row->is_planned)
    return FLOE_LANE_HELD;
  if (row->start_after_ms == 0)
    return self->moves.start_us;
  return self->timing.both_us != -1 ? after (self->timing.both_us, row->start_after_ms)
                                    : FLOE_LANE_HELD;
}

gint64
floe_ice_transport_get_carry_us (const FloeIceTransport *self, const FloeIceLane *lane)
{
  const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);
  FloeIceRowKind kind = spec->kind == FLOE_PATH_ICE_TCP
                            ? FLOE_ICE_ROW_TCP
                            : (FloeIceRowKind) floe_path_spec_get_relay_protocol (spec);
  const FloeIceRow *row = &self->timing.schedule.rows[kind];

  if (!self->timing.is_set || self->timing.both_us == -1 || row->may_carry_after_ms == 0
      || spec->is_try || spec->is_successor)
    return 0;
  return after (self->timing.both_us, row->may_carry_after_ms);
}

static void
schedule_direct (FloeIceTransport *self)
{
  gint64 start_us = get_start_us (self, FLOE_ICE_ROW_DIRECT);

  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);
      const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);

      if (spec->kind != FLOE_PATH_DIRECT || spec->is_try || lane->start_us == start_us
          || floe_ice_path_get_state (lane->path) != FLOE_PATH_IDLE)
        continue;
      lane->start_us = start_us;
      /* The first try of all; others come after it. */
      if (start_us != FLOE_LANE_HELD)
        floe_ice_rise_start (self->rise, start_us);
    }
}

/* Where UDP carries it stays in reserve: a later try may wake it. */
static void
schedule_tcp (FloeIceTransport *self, gint64 now_us)
{
  gint64 start_us = get_start_us (self, FLOE_ICE_ROW_TCP);

  if (now_us >= start_us && floe_ice_transport_is_direct (self))
    start_us = FLOE_LANE_HELD;
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);

      if (floe_ice_path_get_spec (lane->path)->kind == FLOE_PATH_ICE_TCP
          && floe_ice_path_get_state (lane->path) == FLOE_PATH_IDLE)
        lane->start_us = start_us;
    }
}

static void
schedule_relays (FloeIceTransport *self)
{
  FloeRelayStarts *starts = floe_ice_relays_get_starts (self->relays);

  starts->is_set = TRUE;
  for (guint i = FLOE_RELAY_PROTOCOL_UDP; i <= FLOE_RELAY_PROTOCOL_TLS; i++)
    {
      starts->rows[i].start_us = get_start_us (self, (FloeIceRowKind) i);
      starts->rows[i].stays_warm = self->timing.schedule.rows[i].stays_warm;
    }
}

/* -1 when nothing is held; FLOE_LANE_HELD when both descriptions are not there yet. */
static gint64
get_release_us (const FloeIceTransport *self, guint hold_ms)
{
  if (hold_ms == 0)
    return -1;
  return self->timing.both_us != -1 ? after (self->timing.both_us, hold_ms) : FLOE_LANE_HELD;
}

static void
release_candidates (FloeIceTransport *self, gint64 now_us)
{
  FloeIceEvent *event;

  if (now_us < get_release_us (self, self->timing.schedule.hold_candidates_ms))
    return;
  while ((event = g_queue_pop_head (&self->timing.held)) != NULL)
    {
      self->moves.is_told_gathered = FALSE;
      floe_ice_transport_push (self, event);
    }
}

static void
release_checks (FloeIceTransport *self, gint64 now_us)
{
  gboolean is_held = now_us < get_release_us (self, self->timing.schedule.hold_checks_ms);

  if (self->shared.is_direct_held == is_held)
    return;
  self->shared.is_direct_held = is_held;
  for (guint i = 0; !is_held && i < self->lanes->len; i++)
    floe_ice_path_update_remote (floe_ice_transport_get_lane (self, i)->path);
}

void
floe_ice_transport_set_schedule (FloeIceTransport *self, const FloeIceSchedule *schedule)
{
  if (floe_ice_transport_is_over (self))
    return;
  self->timing.schedule = *schedule;
  self->timing.is_set = TRUE;
  if (schedule->fail_after_ms > 0)
    self->core.failed_timeout_us = after (0, schedule->fail_after_ms);
  floe_ice_transport_update (self);
}

void
floe_ice_transport_tell_candidate (FloeIceTransport *self, FloeIceEvent *event)
{
  gint64 release_us = get_release_us (self, self->timing.schedule.hold_candidates_ms);

  if (!floe_privacy_rules_prepare (&self->shared.rules, &event->local))
    {
      floe_ice_event_free (event);
      return;
    }
  /* Nobody's packets to a relay can spoil a port of our NAT. */
  if (event->local.type != FLOE_ICE_CANDIDATE_TYPE_RELAY && g_get_monotonic_time () < release_us)
    {
      g_queue_push_tail (&self->timing.held, event);
      return;
    }
  floe_ice_transport_push (self, event);
  self->moves.is_told_gathered = FALSE;
}

void
floe_ice_transport_apply_schedule (FloeIceTransport *self, gint64 now_us)
{
  if (!self->has_started)
    return;
  if (self->timing.both_us == -1 && self->remote.ufrag != NULL)
    {
      self->timing.both_us = now_us;
      floe_ice_rise_handle_meeting (self->rise);
    }
  if (!self->timing.is_set)
    return;
  schedule_direct (self);
  schedule_tcp (self, now_us);
  schedule_relays (self);
  release_candidates (self, now_us);
  release_checks (self, now_us);
}

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

/* The times at which something may carry matter only for what is ready. */
gint64
floe_ice_transport_get_schedule_deadline (const FloeIceTransport *self, gint64 now_us)
{
  gint64 deadline_us = -1;

  if (!self->timing.is_set || self->timing.both_us == -1)
    return -1;
  if (!g_queue_is_empty ((GQueue *) &self->timing.held))
    deadline_us = get_release_us (self, self->timing.schedule.hold_candidates_ms);
  if (self->shared.is_direct_held)
    deadline_us = sooner (deadline_us, get_release_us (self, self->timing.schedule.hold_checks_ms));
  for (guint i = 0; i < self->lanes->len; i++)
    {
      const FloeIceLane *lane = floe_ice_transport_get_lane (self, i);
      gint64 carry_us = floe_ice_transport_get_carry_us (self, lane);

      if (carry_us > now_us && floe_ice_lane_is_candidate (lane))
        deadline_us = sooner (deadline_us, carry_us);
    }
  return deadline_us;
}

void
floe_ice_transport_clear_schedule (FloeIceTransport *self)
{
  g_queue_clear_full (&self->timing.held, (GDestroyNotify) floe_ice_event_free);
}

gboolean
floe_ice_transport_is_direct (FloeIceTransport *self)
{
  return self->carrier != NULL && floe_ice_lane_is_candidate (self->carrier)
         && floe_ice_lane_is_alive (self->carrier)
         && floe_ice_path_get_route (self->carrier->path) == FLOE_ROUTE_DIRECT;
}
