/* SPDX-License-Identifier: MPL-2.0 */
/* What has become of the paths since the last look at them, as events. Nothing else knows of it. */
#include "floe-ice-transport-internal-private.h"

/* How old counters get while data flows; nobody wakes up for them. */
#define COUNT_INTERVAL_US G_TIME_SPAN_SECOND

static void
tell_step (FloeIceTransport *self, FloeIceLane *lane, FloePathStepKind kind, gint64 when_us)
{
  const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);
  FloeIceEvent *event = floe_ice_event_new (FLOE_ICE_EVENT_STEP);

  event->step = (FloePathStep){
    .kind = kind,
    .run = lane->tally.run,
    .type = floe_path_spec_get_type (spec),
    .is_try = spec->is_try,
    .origin_us = self->moves.start_us,
    .elapsed_us = when_us - self->moves.start_us,
    .sent_bytes = lane->tally.sent_bytes,
    .received_bytes = lane->tally.received_bytes,
  };
  lane->tally.told |= 1u << kind;
  lane->tally.told_bytes = lane->tally.sent_bytes + lane->tally.received_bytes;
  floe_ice_transport_push (self, event);
}

static void
tell_once (FloeIceTransport *self, FloeIceLane *lane, FloePathStepKind kind, gboolean is_so,
           gint64 now_us)
{
  if (is_so && (lane->tally.told & (1u << kind)) == 0)
    tell_step (self, lane, kind, now_us);
}

/* A lane may have been closed and begun again since the last look. */
static void
begin_run (FloeIceTransport *self, FloeIceLane *lane, gint64 started_us, gint64 now_us)
{
  tell_once (self, lane, FLOE_PATH_STEP_ENDED, lane->tally.run != 0, now_us);
  lane->tally = (FloeIceTally){ .run = ++self->moves.run_count, .started_us = started_us };
  tell_step (self, lane, FLOE_PATH_STEP_STARTED, started_us);
}

static void
note_lane (FloeIceTransport *self, FloeIceLane *lane, gint64 now_us)
{
  gint64 started_us = floe_ice_path_get_started_us (lane->path);

  if (started_us == 0)
    return;
  if (started_us != lane->tally.started_us)
    begin_run (self, lane, started_us, now_us);
  tell_once (self, lane, FLOE_PATH_STEP_CHECKED, floe_ice_path_is_checking (lane->path), now_us);
  tell_once (self, lane, FLOE_PATH_STEP_WORKS, floe_ice_path_is_ready (lane->path), now_us);
  if (lane == self->carrier && lane->tally.run != self->moves.carried_run)
    {
      self->moves.carried_run = lane->tally.run;
      tell_step (self, lane, FLOE_PATH_STEP_CARRIES, now_us);
    }
  tell_once (self, lane, FLOE_PATH_STEP_ENDED,
             floe_ice_path_get_state (lane->path) == FLOE_PATH_CLOSED, now_us);
}

static void
tell_counts (FloeIceTransport *self, gint64 now_us)
{
  self->moves.counted_us = now_us;
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);

      if (lane->tally.sent_bytes + lane->tally.received_bytes != lane->tally.told_bytes)
        tell_step (self, lane, FLOE_PATH_STEP_COUNTED, now_us);
    }
}

void
floe_ice_transport_note_steps (FloeIceTransport *self, gint64 now_us)
{
  for (guint i = 0; i < self->lanes->len; i++)
    note_lane (self, floe_ice_transport_get_lane (self, i), now_us);
  if (now_us - self->moves.counted_us >= COUNT_INTERVAL_US)
    tell_counts (self, now_us);
}

void
floe_ice_transport_count (FloeIceTransport *self)
{
  FloeIceEvent *event;

  if (self->is_closed)
    return;
  tell_counts (self, g_get_monotonic_time ());
  event = floe_ice_event_new (FLOE_ICE_EVENT_STEP);
  event->step.kind = FLOE_PATH_STEP_TOLD_ALL;
  floe_ice_transport_push (self, event);
}

gint64
floe_ice_transport_get_elapsed_us (const FloeIceTransport *self)
{
  return self->has_started ? g_get_monotonic_time () - self->moves.start_us : 0;
}
