/* SPDX-License-Identifier: MPL-2.0 */
/* What the operations do: descriptions and candidates go through JSEP to the network side. */
#include "floe-peer-connection-private.h"

#include <floe/floe-error.h>

#include "floe-ice-candidate-private.h"
#include "floe-log-private.h"
#include "floe-peer-metrics-private.h"

/* More than any peer has; a page full of them is an attack on our memory. */
#define MAX_EARLY_CANDIDATES 100

static void
post_candidate (FloePeerConnection *self, const FloeCandidate *candidate)
{
  FloeOrder *order;

  if (!floe_peer_keeps_candidate (self, candidate, FALSE))
    return;
  order = floe_order_new (FLOE_ORDER_ADD_CANDIDATE);
  floe_peer_metrics_add_candidate (self, FLOE_METRICS_REMOTE, candidate);
  order->with.candidate = g_memdup2 (candidate, sizeof *candidate);
  floe_stack_post (self->stack, order);
}

static void
post_remote (FloePeerConnection *self, const FloeJsepRemote *remote)
{
  FloeOrder *order = floe_order_new (FLOE_ORDER_SET_REMOTE);

  order->with.remote = g_new0 (FloeStackRemote, 1);
  order->with.remote->ufrag = g_strdup (remote->ufrag);
  order->with.remote->pwd = g_strdup (remote->pwd);
  order->with.remote->fingerprints = g_strdupv (remote->fingerprints);
  order->with.remote->sctp_port = remote->sctp_port;
  order->with.remote->can_trickle = remote->trickle;
  floe_stack_post (self->stack, order);

  self->has_remote = TRUE;
  self->can_trickle = remote->trickle;
  /* W3C 5.6.1.2 "update the data max message size": 0 of the peer's is no limit. */
  self->max_message_size = remote->max_message_size == 0
                               ? FLOE_STACK_MAX_SEND_SIZE
                               : MIN (remote->max_message_size, FLOE_STACK_MAX_SEND_SIZE);
}

/* Makes the network side do what a description that was applied asks for. */
static void
carry_out (FloePeerConnection *self, const FloeJsepActions *actions)
{
  FloeOrder *order;

  if (actions->has_remote)
    post_remote (self, &actions->remote);
  if (actions->start_gathering)
    {
      floe_peer_servers_gather (self, actions->is_controlling);
      floe_peer_set_gathering_state (self, FLOE_ICE_GATHERING_STATE_GATHERING);
    }
  if (self->is_closed)
    return;
  for (guint i = 0; actions->candidates != NULL && i < actions->candidates->len; i++)
    post_candidate (self, &g_array_index (actions->candidates, FloeCandidate, i));
  if (self->is_closed)
    return;
  if (actions->end_of_candidates)
    floe_stack_post (self->stack, floe_order_new (FLOE_ORDER_END_OF_CANDIDATES));
  if (actions->dtls_role != FLOE_JSEP_ROLE_UNKNOWN && !self->is_started)
    {
      order = floe_order_new (FLOE_ORDER_START);
      order->is_set = actions->dtls_role == FLOE_JSEP_ROLE_CLIENT;
      floe_stack_post (self->stack, order);
      self->is_started = TRUE;
    }
  if (actions->data_rejected)
    floe_peer_close_channels (self);
}

/* candidate (nullable): the end of all candidates. */
static gboolean
use_candidate (FloePeerConnection *self, FloeIceCandidate *candidate, GError **error)
{
  const FloeCandidate *value = candidate != NULL ? floe_ice_candidate_get_value (candidate) : NULL;
  gboolean is_used = FALSE;
  gboolean is_good;

  /* W3C 4.4.2 "addIceCandidate": without a candidate, the end of those of all sections. */
  if (candidate == NULL)
    is_good = floe_jsep_add_remote_candidate (self->jsep, NULL, NULL, 0, NULL, &is_used, error);
  else
    is_good = floe_jsep_add_remote_candidate (
        self->jsep, value, floe_ice_candidate_get_sdp_mid (candidate),
        floe_ice_candidate_get_sdp_mline_index (candidate),
        floe_ice_candidate_get_username_fragment (candidate), &is_used, error);
  if (is_good)
    floe_peer_nat_handle_remote (self);
  if (is_good && is_used && value != NULL)
    post_candidate (self, value);
  else if (is_good && is_used)
    floe_stack_post (self->stack, floe_order_new (FLOE_ORDER_END_OF_CANDIDATES));
  return is_good;
}

/* Signalling may overtake itself: candidates that come before the description they belong to wait
 * for it (docs/decisions/0005-early-candidates.md). */
static gboolean
keep_early_candidate (FloePeerConnection *self, FloeIceCandidate *candidate, GError **error)
{
  if (self->early_candidates.length >= MAX_EARLY_CANDIDATES)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                           "Too many candidates have come before the description: set the "
                           "remote description first");
      return FALSE;
    }
  g_queue_push_tail (&self->early_candidates,
                     candidate != NULL ? floe_ice_candidate_ref (candidate) : NULL);
  return TRUE;
}

static void
use_early_candidates (FloePeerConnection *self)
{
  while (!self->is_closed && !g_queue_is_empty (&self->early_candidates))
    {
      g_autoptr (FloeIceCandidate) candidate = g_queue_pop_head (&self->early_candidates);
      g_autoptr (GError) error = NULL;

      if (!use_candidate (self, candidate, &error))
        floe_info (FLOE_LOG_PEER, "an early candidate is of no use: %s", error->message);
    }
}

void
floe_peer_run_add_candidate (FloePeerConnection *self, GTask *task)
{
  FloeIceCandidate *candidate = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean is_good = use_candidate (self, candidate, &error);

  if (g_error_matches (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE))
    {
      g_clear_error (&error);
      is_good = keep_early_candidate (self, candidate, &error);
    }
  if (is_good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
apply_description (FloePeerConnection *self, GTask *task, FloeJsepSide side, FloeSdpType type,
                   const char *sdp)
{
  g_auto (FloeJsepActions) actions = { 0 };
  GError *error = NULL;

  if (!floe_jsep_apply (self->jsep, side, type, sdp, &actions, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (side == FLOE_JSEP_LOCAL)
    floe_peer_nat_handle_local (self);
  else
    floe_peer_nat_handle_remote (self);
  carry_out (self, &actions);
  if (side == FLOE_JSEP_REMOTE && !self->is_closed)
    use_early_candidates (self);
  floe_peer_update_signaling_state (self);
  /* A handler of those notifications may have closed the connection. */
  if (self->is_closed)
    g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_ABORT,
                             "The connection was closed before this could be done");
  else
    g_task_return_boolean (task, TRUE);
}

static char *
create (FloePeerConnection *self, FloeSdpType type, GError **error)
{
  floe_peer_nat_write (self);
  return type == FLOE_SDP_TYPE_OFFER ? floe_jsep_create_offer (self->jsep, error)
                                     : floe_jsep_create_answer (self->jsep, error);
}

void
floe_peer_run_create (FloePeerConnection *self, GTask *task)
{
  GError *error = NULL;
  FloeSdpType type = GPOINTER_TO_INT (g_task_get_task_data (task));
  g_autofree char *sdp = create (self, type, &error);

  if (sdp == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, floe_session_description_new (type, sdp),
                           (GDestroyNotify) floe_session_description_unref);
}

/* W3C 4.4.2 "setLocalDescription", step 4.3: what a description without a type is. */
static FloeSdpType
get_implicit_type (FloePeerConnection *self)
{
  FloeSignalingState state = floe_jsep_get_signaling_state (self->jsep);

  return state == FLOE_SIGNALING_STATE_STABLE || state == FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER
                 || state == FLOE_SIGNALING_STATE_HAVE_REMOTE_PRANSWER
             ? FLOE_SDP_TYPE_OFFER
             : FLOE_SDP_TYPE_ANSWER;
}

void
floe_peer_run_set_local (FloePeerConnection *self, GTask *task)
{
  FloeSessionDescription *description = g_task_get_task_data (task);
  FloeSdpType type = description != NULL ? floe_session_description_get_sdp_type (description)
                                         : get_implicit_type (self);
  g_autofree char *created = NULL;
  GError *error = NULL;
  const char *sdp;

  if (description == NULL)
    {
      created = create (self, type, &error);
      if (created == NULL)
        {
          g_task_return_error (task, error);
          return;
        }
    }
  sdp = description != NULL ? floe_session_description_get_sdp (description) : created;
  apply_description (self, task, FLOE_JSEP_LOCAL, type, sdp);
}

void
floe_peer_run_set_remote (FloePeerConnection *self, GTask *task)
{
  FloeSessionDescription *description = g_task_get_task_data (task);

  apply_description (self, task, FLOE_JSEP_REMOTE,
                     floe_session_description_get_sdp_type (description),
                     floe_session_description_get_sdp (description));
}
