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
  const FloeIceEvent *last = self->moves.last;

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
  event->reason = last == NULL ? FLOE_PATH_REASON_FIRST : self->moves.reason;
  event->elapsed_us = g_get_monotonic_time () - self->moves.start_us;
  g_clear_pointer (&self->moves.last, floe_ice_event_free);
  self->moves.last = g_memdup2 (event, sizeof *event);
  /* Another pair of the same agent is a better one: libnice moves up only. */
  self->moves.reason = FLOE_PATH_REASON_BETTER;
  floe_privacy_rules_mask (&self->shared.rules, &event->local);
  floe_ice_transport_push (self, event);
}

static FloePathReason
get_reason (const FloeIceLane *left)
{
  if (left->is_gone)
    return FLOE_PATH_REASON_NETWORK_CHANGED;
  if (!floe_ice_lane_is_candidate (left) || !floe_ice_lane_is_alive (left))
    return FLOE_PATH_REASON_LOST;
  return left->is_retiring ? FLOE_PATH_REASON_CREDENTIALS : FLOE_PATH_REASON_BETTER;
}

static gboolean
is_forced (FloePathReason reason)
{
  return reason == FLOE_PATH_REASON_LOST || reason == FLOE_PATH_REASON_NETWORK_CHANGED;
}

/* Of two that could take over, one that has answered lately is the better one. */
static gboolean
is_preferred (const FloeIceTransport *self, const FloeIceLane *lane, const FloeIceLane *best)
{
  if (best != NULL && best != self->carrier && floe_ice_lane_is_alive (lane)
      && floe_ice_lane_is_alive (best)
      && floe_ice_lane_owes_answer (lane) != floe_ice_lane_owes_answer (best))
    return floe_ice_lane_owes_answer (best);
  return floe_ice_lane_is_better (lane, best);
}

/* One that was asked has to answer first, as long as there is another one: paths often die
 * together, and one may be open in one direction only. */
static gboolean
is_eligible (const FloeIceTransport *self, const FloeIceLane *lane)
{
  gboolean has_choice = self->carrier != NULL && floe_ice_lane_is_candidate (self->carrier);

  return floe_ice_lane_is_candidate (lane) && (!has_choice || !floe_ice_lane_is_waited_for (lane));
}

/* How what carried before showed life. After a long silence it has ended. */
static FloeLivenessState
get_predecessor (const FloeIceTransport *self, gint64 now_us)
{
  if (self->carrier == NULL)
    return self->shared.life_us != 0 && now_us >= self->shared.life_us + FLOE_ICE_CONSENT_US
               ? FLOE_LIVENESS_EXPIRED
               : FLOE_LIVENESS_ALIVE;
  return self->carrier->is_watched ? self->carrier->liveness.state : FLOE_LIVENESS_ALIVE;
}

/* Sends go to the ready path that shows life and leads to the peer best. Only to one: a peer that
 * follows the path it hears last would flap between two. */
static void
choose_carrier (FloeIceTransport *self, gint64 now_us)
{
  FloeLivenessState state = get_predecessor (self, now_us);
  FloeIceLane *best = NULL;

  /* A path that is no better than the one in use does not displace it. */
  if (self->carrier != NULL && floe_ice_lane_is_candidate (self->carrier))
    best = self->carrier;
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);

      if (is_eligible (self, lane) && now_us >= floe_ice_transport_get_carry_us (self, lane)
          && is_preferred (self, lane, best)
          && floe_ice_rise_allows (self->rise, lane, self->carrier))
        best = lane;
    }
  if (best == self->carrier)
    return;
  if (self->carrier != NULL)
    self->moves.reason = get_reason (self->carrier);
  if (self->carrier != NULL && is_forced (self->moves.reason))
    self->moves.silent_us = now_us;
  if (self->carrier != NULL)
    floe_liveness_core_set_reserve (&self->carrier->liveness, TRUE);
  self->moves.is_told_resumed = FALSE;
  self->carrier = best;
  if (best == NULL)
    return;
  floe_debug (FLOE_LOG_ICE, "path %u carries", floe_ice_path_get_id (best->path));
  floe_ice_lane_start_watch (best, state, now_us);
}

/* After a silence: at the move, since nothing more is lost then by waiting, and with the first life
 * that comes, since what was sent meanwhile may have been lost as well. */
static void
report_resumed (FloeIceTransport *self, gint64 now_us)
{
  const FloeIceLane *carrier = self->carrier;
  FloeIceEvent *event;
  gboolean has_lived;

  if (carrier == NULL)
    return;
  if (carrier->is_gone || !floe_ice_lane_is_alive (carrier))
    {
      self->moves.silent_us = now_us;
      return;
    }
  has_lived = carrier->liveness.last_life_us >= self->moves.silent_us;
  if (self->moves.silent_us == 0 || (self->moves.is_told_resumed && !has_lived))
    return;
  floe_debug (FLOE_LOG_ICE, "data flows again");
  event = floe_ice_event_new (FLOE_ICE_EVENT_RESUMED);
  event->is_heard = has_lived;
  floe_ice_transport_push (self, event);
  self->moves.is_told_resumed = TRUE;
  if (has_lived)
    self->moves.silent_us = 0;
}

/* What comes after the end of gathering is told, and that it has ended again. */
static void
check_gathered (FloeIceTransport *self, gint64 now_us)
{
  FloeGatherFacts facts = { 0 };

  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);

      /* What the schedule has not begun yet is not waited for. */
      if (self->timing.is_set && floe_ice_path_get_state (lane->path) == FLOE_PATH_IDLE)
        continue;
      /* What gathered before the last try is known. */
      if (lane->start_us >= self->gather.started_us
          || floe_ice_path_get_spec (lane->path)->kind == FLOE_PATH_RELAY)
        floe_ice_path_add_gather_facts (lane->path, &facts);
    }
  facts.pending_relays = !floe_ice_relays_is_settled (self->relays);
  floe_gather_core_handle_facts (&self->gather, &facts, now_us);
  if (!self->gather.is_complete || self->moves.is_told_gathered)
    return;
  self->moves.is_told_gathered = TRUE;
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
    .is_remote_ended = self->remote.is_ended && !self->remote.is_resolving,
    .is_ready = self->carrier != NULL && floe_ice_path_is_finished (self->carrier->path),
    .is_closed = self->is_closed,
    /* Who offers has the answer from somebody who has the offer. */
    .met_us = self->shared.is_controlling ? 0 : self->timing.met_us,
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
  gint64 deadline_us;

  if (floe_ice_transport_is_over (self))
    {
      floe_deadline_source_set (self->deadline_source, 0);
      return;
    }
  deadline_us = sooner (floe_ice_state_core_get_deadline (&self->core),
                        floe_gather_core_get_deadline (&self->gather));

  for (guint i = 0; self->has_started && i < self->lanes->len; i++)
    deadline_us =
        sooner (deadline_us, floe_ice_lane_get_deadline (floe_ice_transport_get_lane (self, i)));
  deadline_us = sooner (deadline_us, floe_ice_relays_get_deadline (self->relays, self->carrier));
  deadline_us = sooner (deadline_us, floe_ice_rise_get_deadline (self->rise, self->carrier));
  deadline_us = sooner (deadline_us, self->moves.look_us);
  deadline_us = sooner (deadline_us,
                        floe_ice_transport_get_schedule_deadline (self, g_get_monotonic_time ()));
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

  if (floe_ice_transport_is_over (self))
    return;
  floe_ice_transport_apply_schedule (self, now_us);
  floe_ice_relays_update (self->relays, self->carrier);
  choose_carrier (self, now_us);
  floe_ice_rise_update (self->rise, self->carrier);
  floe_ice_transport_note_steps (self, now_us);
  report_pair (self);
  report_resumed (self, now_us);
  check_gathered (self, now_us);
  facts = floe_ice_transport_collect_facts (self);
  /* A transport may pass several states at once: new, checking, connected. */
  while (floe_ice_state_core_handle_facts (&self->core, &facts, now_us))
    {
      /* That is told when all is closed. */
      if (self->core.state == FLOE_ICE_CONNECTION_STATE_FAILED)
        break;
      floe_ice_transport_tell_state (self);
      if (self->core.state == FLOE_ICE_CONNECTION_STATE_CONNECTED)
        settle (self);
    }
  arm_timer (self);
}
