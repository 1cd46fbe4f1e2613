/* SPDX-License-Identifier: MPL-2.0 */
/* Which path carries, whether gathering is complete, and what state that is. */
#include "floe-ice-transport-internal-private.h"

#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"

static gboolean
is_same_place (const FloeCandidate *a, const FloeCandidate *b)
{
  return a->type == b->type && a->port == b->port && strcmp (a->address, b->address) == 0;
}

static void
report_pair (FloeIceTransport *self)
{
  FloeIceEvent *event;
  const FloeIceEvent *last = self->last_pair;

  if (self->carrier == NULL)
    return;
  event = floe_ice_event_new (FLOE_ICE_EVENT_PAIR);
  event->path_id = floe_ice_path_get_id (self->carrier->path);
  if (!floe_ice_path_get_pair (self->carrier->path, &event->local, &event->remote)
      || (last != NULL && last->path_id == event->path_id
          && is_same_place (&last->local, &event->local)
          && is_same_place (&last->remote, &event->remote)))
    {
      floe_ice_event_free (event);
      return;
    }
  g_clear_pointer (&self->last_pair, floe_ice_event_free);
  self->last_pair = g_memdup2 (event, sizeof *event);
  floe_ice_transport_push (self, event);
}

/* Sends go to the ready path that shows life and is preferred most. Only to one: a peer that
 * follows the path it hears last would flap between two. */
static void
choose_carrier (FloeIceTransport *self, gint64 now_us)
{
  gboolean is_dead = self->carrier != NULL && !floe_ice_lane_is_alive (self->carrier);
  FloeIceLane *best = NULL;

  /* A path that is no better than the one in use does not displace it. */
  if (self->carrier != NULL && floe_ice_lane_is_candidate (self->carrier))
    best = self->carrier;
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);

      if (floe_ice_lane_is_candidate (lane) && floe_ice_lane_is_better (lane, best))
        best = lane;
    }
  if (best == self->carrier)
    return;
  self->carrier = best;
  if (best == NULL)
    return;
  floe_debug (FLOE_LOG_ICE, "path %u carries", floe_ice_path_get_id (best->path));
  floe_ice_lane_start_watch (best, is_dead, now_us);
}

/* What comes after the end of gathering is told, and that it has ended again. */
static void
check_gathered (FloeIceTransport *self, gint64 now_us)
{
  FloeGatherFacts facts = { 0 };

  for (guint i = 0; i < self->lanes->len; i++)
    floe_ice_path_add_gather_facts (floe_ice_transport_get_lane (self, i)->path, &facts);
  facts.pending_relays = !floe_ice_relays_is_settled (self->relays);
  floe_gather_core_handle_facts (&self->gather, &facts, now_us);
  if (!self->gather.is_complete || self->is_told_gathered)
    return;
  self->is_told_gathered = TRUE;
  floe_ice_transport_push (self, floe_ice_event_new (FLOE_ICE_EVENT_GATHERING_DONE));
}

FloeIceFacts
floe_ice_transport_collect_facts (const FloeIceTransport *self)
{
  return (FloeIceFacts){
    .is_checking = self->has_started && self->remote.ufrag != NULL,
    .is_carried = self->carrier != NULL,
    .is_alive = self->carrier != NULL && floe_ice_lane_is_trusted (self->carrier),
    .is_gathered = self->gather.is_complete,
    .is_remote_ended = self->remote.is_ended,
    .is_ready = self->carrier != NULL && floe_ice_path_is_finished (self->carrier->path),
    .is_closed = self->is_closed,
  };
}

static gint64
sooner (gint64 a, gint64 b)
{
  if (a == -1 || b == -1)
    return MAX (a, b);
  return MIN (a, b);
}

static void
arm_timer (FloeIceTransport *self)
{
  gint64 deadline_us = sooner (floe_ice_state_core_get_deadline (&self->core),
                               floe_gather_core_get_deadline (&self->gather));

  for (guint i = 0; self->has_started && i < self->lanes->len; i++)
    deadline_us =
        sooner (deadline_us, floe_ice_lane_get_deadline (floe_ice_transport_get_lane (self, i)));
  deadline_us = sooner (deadline_us, floe_ice_relays_get_deadline (self->relays));
  floe_deadline_source_set (self->deadline_source, deadline_us);
}

/* Checks and data keep the NATs' mappings from now on. */
static void
settle (FloeIceTransport *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    floe_ice_path_stop_refreshing (floe_ice_transport_get_lane (self, i)->path);
}

void
floe_ice_transport_update (FloeIceTransport *self)
{
  gint64 now_us = g_get_monotonic_time ();
  FloeIceFacts facts;

  if (self->is_closed)
    return;
  floe_ice_relays_update (self->relays, self->carrier);
  choose_carrier (self, now_us);
  report_pair (self);
  check_gathered (self, now_us);
  facts = floe_ice_transport_collect_facts (self);
  /* A transport may pass several states at once: new, checking, connected. */
  while (floe_ice_state_core_handle_facts (&self->core, &facts, now_us))
    {
      FloeIceEvent *event = floe_ice_event_new (FLOE_ICE_EVENT_STATE);

      event->state = self->core.state;
      floe_ice_transport_push (self, event);
      if (event->state == FLOE_ICE_CONNECTION_STATE_CONNECTED)
        settle (self);
    }
  arm_timer (self);
}
