/* SPDX-License-Identifier: MPL-2.0 */
/* What the network side tells, one fact after the other, in the application's context. */
#include "floe-peer-connection-private.h"

#include "floe-ice-candidate-pair-private.h"
#include "floe-ice-candidate-private.h"
#include "floe-log-private.h"
#include "floe-path-event-private.h"
#include "floe-peer-metrics-private.h"

/* (transfer full): a candidate as the application signals it; @ufrag of the side that it is of. */
static FloeIceCandidate *
make_candidate (FloePeerConnection *self, const FloeCandidate *value, const char *ufrag)
{
  const char *mid = NULL;
  int index = -1;

  floe_jsep_get_transport_section (self->jsep, &mid, &index);
  return floe_ice_candidate_new_from_value (value, mid, index, ufrag);
}

/* A server was late, or replaces another one. The transport tells again when that is all. */
static void
begin_gathering_again (FloePeerConnection *self)
{
  if (self->states.gathering == FLOE_ICE_GATHERING_STATE_COMPLETE)
    floe_peer_set_gathering_state (self, FLOE_ICE_GATHERING_STATE_GATHERING);
}

gboolean
floe_peer_keeps_candidate (FloePeerConnection *self, const FloeCandidate *value, gboolean is_local)
{
  guint signal_id = floe_peer_get_signal_id (FLOE_PEER_SIGNAL_FILTER_CANDIDATE);
  g_autoptr (FloeIceCandidate) candidate = NULL;
  gboolean is_kept = TRUE;

  if (self->is_closed || !g_signal_has_handler_pending (self, signal_id, 0, FALSE))
    return !self->is_closed;
  candidate = make_candidate (self, value,
                              is_local ? self->ufrag : floe_jsep_get_remote_ufrag (self->jsep));
  g_signal_emit (self, signal_id, 0, candidate, is_local, &is_kept);
  return is_kept && !self->is_closed;
}

void
floe_peer_tell_candidate (FloePeerConnection *self, const FloeCandidate *value)
{
  g_autoptr (FloeIceCandidate) candidate = NULL;

  begin_gathering_again (self);
  floe_jsep_add_local_candidate (self->jsep, value);
  candidate = make_candidate (self, value, self->ufrag);
  floe_peer_emit (self, FLOE_PEER_SIGNAL_ICE_CANDIDATE, candidate);
}

static void
handle_candidate (FloePeerConnection *self, FloeCandidate *value)
{
  begin_gathering_again (self);
  if (!floe_peer_keeps_candidate (self, value, TRUE))
    return;
  floe_peer_nat_mark_candidate (self, value);
  floe_peer_tell_candidate (self, value);
}

void
floe_peer_tell_gathered (FloePeerConnection *self)
{
  floe_jsep_add_local_candidate (self->jsep, NULL);
  floe_peer_set_gathering_state (self, FLOE_ICE_GATHERING_STATE_COMPLETE);
  floe_peer_emit (self, FLOE_PEER_SIGNAL_ICE_CANDIDATE, NULL);
}

static void
handle_pair (FloePeerConnection *self, const FloeFact *fact)
{
  const FloeCandidate *pair = fact->with.pair;
  g_autoptr (FloeIceCandidate) local = make_candidate (self, &pair[0], self->ufrag);
  g_autoptr (FloeIceCandidate) remote =
      make_candidate (self, &pair[1], floe_jsep_get_remote_ufrag (self->jsep));
  g_autoptr (FloeIceCandidatePair) from = g_steal_pointer (&self->paths.pair);
  g_autoptr (FloePathEvent) event = NULL;
  FloePathReason reason = (FloePathReason) fact->number;
  gboolean is_relayed;

  self->paths.pair = floe_ice_candidate_pair_new (local, remote, pair[0].relay_protocol);
  is_relayed = floe_ice_candidate_pair_is_relayed (self->paths.pair);
  event = floe_path_event_new (from, self->paths.pair, reason, fact->size);
  floe_peer_emit (self, FLOE_PEER_SIGNAL_PATH_CHANGED, event);
  /* The first path is told of when the connection is up. */
  if (from != NULL)
    floe_peer_metrics_tell (self);
  floe_peer_nat_handle_path (self, is_relayed, reason);
}

static void
handle_plan (FloePeerConnection *self, const FloeStackPlan *plan)
{
  floe_info (FLOE_LOG_PEER, "%s", plan->plan.explanation);
  floe_peer_metrics_set_plan (self, plan->plan.strategy, plan->plan.explanation,
                              plan->has_local ? &plan->local : NULL,
                              plan->has_remote ? &plan->remote : NULL);
}

static void
handle_dtls_state (FloePeerConnection *self, const FloeFact *fact)
{
  if (fact->error != NULL)
    floe_info (FLOE_LOG_PEER, "the connection failed: %s", fact->error->message);
  floe_peer_set_dtls_state (self, (FloeDtlsState) fact->number);
  /* Nothing can come any more, so there will be no sign of life either: don't wait for that. */
  if (fact->number == FLOE_DTLS_CLOSED && !self->is_closed)
    floe_peer_set_ice_state (self, FLOE_ICE_CONNECTION_STATE_DISCONNECTED);
}

static void
handle_ice_state (FloePeerConnection *self, FloeIceConnectionState state)
{
  if (state == FLOE_ICE_CONNECTION_STATE_FAILED)
    floe_peer_leave_network (self);
  if (self->states.dtls != FLOE_DTLS_CLOSED || state == FLOE_ICE_CONNECTION_STATE_FAILED)
    floe_peer_set_ice_state (self, state);
}

static void
deliver_fact (FloeLetter *letter, gpointer user_data)
{
  /* A handler may drop the last reference. */
  g_autoptr (FloePeerConnection) self = g_object_ref (user_data);
  g_autoptr (FloeFact) fact = (FloeFact *) letter;

  floe_peer_metrics_handle_fact (self, fact);
  switch (fact->type)
    {
    case FLOE_FACT_PATH_STEP:
    case FLOE_FACT_COUNTED:
      break;
    case FLOE_FACT_CANDIDATE:
      handle_candidate (self, fact->with.candidate);
      break;
    case FLOE_FACT_CANDIDATE_ERROR:
      floe_peer_emit (self, FLOE_PEER_SIGNAL_ICE_CANDIDATE_ERROR, fact->text, fact->number,
                      fact->error->message);
      break;
    case FLOE_FACT_GATHERING_DONE:
      floe_peer_tell_gathered (self);
      break;
    case FLOE_FACT_ICE_STATE:
      handle_ice_state (self, (FloeIceConnectionState) fact->number);
      break;
    case FLOE_FACT_DTLS_STATE:
      handle_dtls_state (self, fact);
      break;
    case FLOE_FACT_PAIR:
      handle_pair (self, fact);
      break;
    case FLOE_FACT_PLAN:
      handle_plan (self, fact->with.plan);
      break;
    default:
      floe_peer_handle_channel_fact (self, g_steal_pointer (&fact));
      break;
    }
}

static void
finish_facts (gpointer user_data)
{
  floe_peer_flush_consumed (user_data);
}

static void
discard_fact (gpointer letter)
{
  floe_fact_free (letter);
}

const FloeMailboxFuncs floe_peer_fact_funcs = { deliver_fact, finish_facts, discard_fact };
