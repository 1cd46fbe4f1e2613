/* SPDX-License-Identifier: MPL-2.0 */
/* What tells an answerer that somebody has its answer, and what is left when all has failed, or the
 * transport is closed (decision 32). */
#include "floe-ice-transport-internal-private.h"

#include "floe-log-private.h"

/* A candidate that comes so long after the answer is of a later try, which a peer begins so long
 * after it has got the answer, or later (floe-rise-core): gathering is over by then. */
#define LATE_CANDIDATE_US (8 * G_TIME_SPAN_SECOND)

static void
destroy_deadline (FloeIceTransport *self)
{
  if (self->deadline_source != NULL)
    g_source_destroy (self->deadline_source);
  g_clear_pointer (&self->deadline_source, g_source_unref);
}

gboolean
floe_ice_transport_is_over (const FloeIceTransport *self)
{
  return self->is_closed || floe_ice_state_core_is_over (&self->core);
}

void
floe_ice_transport_note_meeting (FloeIceTransport *self, gint64 now_us)
{
  if (self->timing.met_us != -1)
    return;
  floe_debug (FLOE_LOG_ICE, "the peer has both descriptions");
  self->timing.met_us = now_us;
}

void
floe_ice_transport_note_candidate (FloeIceTransport *self, gint64 now_us)
{
  if (self->timing.both_us != -1 && now_us >= self->timing.both_us + LATE_CANDIDATE_US)
    floe_ice_transport_note_meeting (self, now_us - LATE_CANDIDATE_US);
}

void
floe_ice_transport_tell_state (FloeIceTransport *self)
{
  FloeIceEvent *event = floe_ice_event_new (FLOE_ICE_EVENT_STATE);

  event->state = self->core.state;
  floe_ice_transport_push (self, event);
}

/* The lanes themselves stay: others know them by their numbers. */
void
floe_ice_transport_end_failed (FloeIceTransport *self, gint64 now_us)
{
  if (self->rise == NULL)
    return;
  floe_debug (FLOE_LOG_ICE, "all has failed: everything is closed");
  self->carrier = NULL;
  g_clear_pointer (&self->rise, floe_ice_rise_free);
  g_cancellable_cancel (self->prefixes);
  g_clear_object (&self->prefixes);
  g_clear_pointer (&self->relays, floe_ice_relays_free);
  for (guint i = 0; i < self->lanes->len; i++)
    floe_ice_lane_close (floe_ice_transport_get_lane (self, i));
  floe_ice_transport_clear_schedule (self);
  destroy_deadline (self);
  floe_ice_transport_note_steps (self, now_us);
  /* Who waits for the end of gathering does not wait for ever. */
  if (!self->moves.is_told_gathered)
    floe_ice_transport_push (self, floe_ice_event_new (FLOE_ICE_EVENT_GATHERING_DONE));
  self->moves.is_told_gathered = TRUE;
  floe_ice_transport_tell_state (self);
  /* What follows has no candidate in it. */
  g_clear_pointer (&self->outbox.names, floe_ice_names_free);
}

void
floe_ice_transport_close (FloeIceTransport *self)
{
  FloeIceFacts facts;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  facts = floe_ice_transport_collect_facts (self);
  floe_ice_state_core_handle_facts (&self->core, &facts, g_get_monotonic_time ());
  self->carrier = NULL;
  g_clear_pointer (&self->rise, floe_ice_rise_free);
  g_cancellable_cancel (self->prefixes);
  g_clear_object (&self->prefixes);
  g_clear_pointer (&self->relays, floe_ice_relays_free);
  g_clear_pointer (&self->lanes, g_ptr_array_unref);
  destroy_deadline (self);
  g_clear_pointer (&self->moves.last, floe_ice_event_free);
  floe_ice_transport_clear_schedule (self);
  floe_ice_transport_clear_outbox (self);
}
