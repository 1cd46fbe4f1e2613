/* SPDX-License-Identifier: MPL-2.0 */
/* ICE below, DTLS above it: candidates and states go up as facts, datagrams both ways. */
#include "floe-stack-internal-private.h"

#include <floe/floe-error.h>

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"
#include "floe-random-private.h"

static void
arm_dtls_timer (FloeStack *self)
{
  floe_deadline_source_set (self->dtls_timer, floe_dtls_engine_get_deadline (self->dtls));
}

static void
output_datagram (const guint8 *data, gsize size, gpointer user_data)
{
  FloeStack *self = user_data;

  floe_ice_transport_send (self->ice, data, size);
}

static void
output_probe (const guint8 *data, gsize size, gpointer user_data)
{
  FloeStack *self = user_data;

  floe_ice_transport_send_on (self->ice, self->probe_path_id, data, size);
}

void
floe_stack_send_on (FloeStack *self, guint path_id, const guint8 *packet, gsize size)
{
  self->probe_path_id = path_id;
  floe_dtls_engine_send_to (self->dtls, packet, size, output_probe, self);
}

static void
receive_record (const guint8 *data, gsize size, gpointer user_data)
{
  FloeStack *self = user_data;

  if (self->sctp != NULL)
    floe_sctp_engine_handle_packet (self->sctp, data, size);
}

gsize
floe_stack_get_elapsed_ms (const FloeStack *self)
{
  return self->ice != NULL
             ? (gsize) (floe_ice_transport_get_elapsed_us (self->ice) / G_TIME_SPAN_MILLISECOND)
             : 0;
}

static void
tell_dtls_state (FloeStack *self, FloeDtlsState state, const GError *error)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_DTLS_STATE);

  fact->number = state;
  fact->error = error != NULL ? g_error_copy (error) : NULL;
  fact->size = floe_stack_get_elapsed_ms (self);
  floe_stack_tell (self, fact);
}

static void
change_dtls_state (FloeDtlsState state, const GError *error, gpointer user_data)
{
  FloeStack *self = user_data;

  floe_debug (FLOE_LOG_STACK, "DTLS state %d%s%s", state, error != NULL ? ": " : "",
              error != NULL ? error->message : "");
  tell_dtls_state (self, state, error);
  if (state == FLOE_DTLS_CONNECTED)
    floe_stack_start_sctp (self);
  else if (state == FLOE_DTLS_CLOSED || state == FLOE_DTLS_FAILED)
    floe_stack_end_channels (self, error);
}

static const FloeDtlsCallbacks dtls_callbacks = { output_datagram, receive_record,
                                                  change_dtls_state };

static void
handle_dtls_deadline (gpointer user_data)
{
  FloeStack *self = user_data;

  floe_dtls_engine_handle_timeout (self->dtls);
  floe_stack_flush_sent (self);
  arm_dtls_timer (self);
}

static void
handle_dtls_datagram (FloeStack *self, guint path_id, const guint8 *data, gsize size)
{
  gboolean is_life;

  self->input_path_id = path_id;
  is_life = floe_dtls_engine_handle_datagram (self->dtls, data, size);
  self->input_path_id = FLOE_STACK_NO_PATH;
  /* Only who holds the keys can make a record that decrypts. */
  if (is_life)
    floe_ice_transport_handle_life (self->ice, path_id);
  arm_dtls_timer (self);
  floe_stack_flush_sent (self);
}

static void
drain_early_datagrams (FloeStack *self)
{
  guint path_id = 0;
  GBytes *datagram;

  while ((datagram = floe_early_queue_pop (&self->early, &path_id)) != NULL)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (datagram, &size);

      handle_dtls_datagram (self, path_id, data, size);
      g_bytes_unref (datagram);
    }
}

/* The client's first flight needs a path; the server waits for it, and may as well wait now. */
static void
start_handshake (FloeStack *self)
{
  if (self->dtls == NULL || !self->has_pair)
    return;
  if (floe_dtls_engine_get_state (self->dtls) == FLOE_DTLS_NEW)
    floe_dtls_engine_start (self->dtls);
  drain_early_datagrams (self);
  arm_dtls_timer (self);
}

void
floe_stack_start_dtls (FloeStack *self, gboolean is_client)
{
  if (self->dtls != NULL || self->remote == NULL)
    return;
  floe_stack_ensure_channels (self);
  floe_channel_set_set_role (self->channels, is_client);
  self->dtls = floe_dtls_engine_new (self->settings.certificate, is_client,
                                     (const char *const *) self->remote->fingerprints,
                                     FLOE_STACK_DATAGRAM_SIZE, &dtls_callbacks, self);
  self->dtls_timer =
      floe_deadline_source_new (self->settings.ice.context, handle_dtls_deadline, self);
  start_handshake (self);
}

static void
receive_datagram (guint path_id, const guint8 *data, gsize size, gpointer user_data)
{
  FloeStack *self = user_data;

  /* RFC 7983 section 7: DTLS is what begins with 20 to 63. */
  if (size == 0 || data[0] < 20 || data[0] > 63)
    return;
  if (self->dtls != NULL && floe_dtls_engine_get_state (self->dtls) != FLOE_DTLS_NEW)
    handle_dtls_datagram (self, path_id, data, size);
  else if (!floe_early_queue_push (&self->early, path_id, data, size))
    floe_debug (FLOE_LOG_STACK, "dropping an early datagram: too many are waiting");
}

static void
tell_candidate (const FloeCandidate *candidate, gpointer user_data)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_CANDIDATE);

  fact->with.candidate = g_memdup2 (candidate, sizeof *candidate);
  floe_stack_tell (user_data, fact);
  floe_traversal_handle_local_candidate (((FloeStack *) user_data)->traversal, candidate);
}

static void
tell_candidate_error (const char *url, guint code, const char *text, gpointer user_data)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_CANDIDATE_ERROR);

  fact->text = g_strdup (url);
  fact->number = code;
  fact->error = g_error_new_literal (FLOE_ERROR, FLOE_ERROR_NETWORK, text);
  floe_stack_tell (user_data, fact);
}

static void
tell_gathering_done (gpointer user_data)
{
  floe_stack_tell (user_data, floe_fact_new (FLOE_FACT_GATHERING_DONE));
}

static void
tell_ice_state (FloeIceConnectionState state, gpointer user_data)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_ICE_STATE);

  fact->number = state;
  fact->size = floe_stack_get_elapsed_ms (user_data);
  /* When it is told that all has failed, nothing goes on any more. */
  floe_traversal_handle_state (((FloeStack *) user_data)->traversal, state);
  floe_stack_tell (user_data, fact);
}

static void
handle_path_change (gpointer user_data)
{
  floe_traversal_handle_change (((FloeStack *) user_data)->traversal);
}

static void
change_pair (guint path_id, const FloeCandidate *local, const FloeCandidate *remote,
             FloePathReason reason, gint64 elapsed_us, gpointer user_data)
{
  FloeStack *self = user_data;
  FloeFact *fact = floe_fact_new (FLOE_FACT_PAIR);

  fact->with.pair = g_new (FloeCandidate, 2);
  fact->with.pair[0] = *local;
  fact->with.pair[1] = *remote;
  fact->number = reason;
  fact->size = (gsize) (elapsed_us / G_TIME_SPAN_MILLISECOND);
  floe_stack_tell (self, fact);
  self->has_pair = TRUE;
  self->carrier_id = path_id;
  start_handshake (self);
  floe_traversal_handle_change (self->traversal);
}

static void
send_probe (guint path_id, gpointer user_data)
{
  FloeStack *self = user_data;
  guint8 packet[128];
  guint64 nonce = floe_random_uint64 ();
  gsize size;

  /* Without an association the handshake's own retransmissions ask the peer. */
  if (self->sctp == NULL)
    return;
  size = floe_sctp_engine_make_heartbeat (self->sctp, nonce, packet, sizeof packet);
  if (size == 0)
    return;
  floe_probe_ledger_add (&self->probes, nonce, path_id, g_get_monotonic_time ());
  floe_stack_send_on (self, path_id, packet, size);
}

static void
tell_step (const FloePathStep *step, gpointer user_data)
{
  FloeFact *fact;

  if (step->kind == FLOE_PATH_STEP_TOLD_ALL)
    fact = floe_fact_new (FLOE_FACT_COUNTED);
  else
    {
      fact = floe_fact_new (FLOE_FACT_PATH_STEP);
      fact->with.step = g_memdup2 (step, sizeof *step);
    }
  floe_stack_tell (user_data, fact);
}

void
floe_stack_count (FloeStack *self)
{
  if (self->ice != NULL)
    floe_ice_transport_count (self->ice);
  else
    floe_stack_tell (self, floe_fact_new (FLOE_FACT_COUNTED));
}

static void
resume_sending (gboolean is_heard, gpointer user_data)
{
  FloeStack *self = user_data;

  if (self->sctp != NULL)
    floe_sctp_engine_resume (self->sctp, is_heard);
}

static const FloeIceTransportEvents ice_events = {
  .candidate = tell_candidate,
  .candidate_error = tell_candidate_error,
  .gathering_done = tell_gathering_done,
  .state_changed = tell_ice_state,
  .pair_changed = change_pair,
  .received = receive_datagram,
  .probe = send_probe,
  .changed = handle_path_change,
  .resumed = resume_sending,
  .stepped = tell_step,
};

static void
tell_plan (const FloeStrategyPlan *plan, const FloeNatSummary *local, const FloeNatSummary *remote,
           gpointer user_data)
{
  FloeFact *fact = floe_fact_new (FLOE_FACT_PLAN);

  fact->with.plan = g_new0 (FloeStackPlan, 1);
  fact->with.plan->plan = *plan;
  fact->with.plan->has_local = local != NULL;
  if (local != NULL)
    fact->with.plan->local = *local;
  fact->with.plan->has_remote = remote != NULL;
  if (remote != NULL)
    fact->with.plan->remote = *remote;
  floe_stack_tell (user_data, fact);
}

static const FloeTraversalEvents traversal_events = { tell_plan };

void
floe_stack_ensure_ice (FloeStack *self)
{
  FloeTraversalConfig config = {
    .context = self->settings.ice.context,
    .ufrag = self->settings.ufrag,
    .pwd = self->settings.pwd,
    .strategy = self->settings.strategy,
  };

  if (self->ice != NULL)
    return;
  self->ice = floe_ice_transport_new (&self->settings.ice, self->settings.plan, &ice_events, self);
  self->traversal = floe_traversal_new (&config, &traversal_events, self);
  floe_traversal_set_servers (self->traversal, self->settings.plan);
  floe_traversal_set_transport (self->traversal, self->ice);
}

void
floe_stack_clear_transport (FloeStack *self)
{
  /* From the top down: each says goodbye through what is below it. */
  if (self->channels != NULL)
    floe_channel_set_set_engine (self->channels, NULL, NULL);
  if (self->sctp != NULL)
    floe_sctp_engine_close (self->sctp);
  if (self->dtls != NULL)
    floe_dtls_engine_close (self->dtls);
  g_clear_pointer (&self->traversal, floe_traversal_free);
  if (self->ice != NULL)
    floe_ice_transport_close (self->ice);

  g_clear_pointer (&self->channels, floe_channel_set_free);
  g_clear_pointer (&self->sctp, floe_sctp_engine_free);
  if (self->dtls_timer != NULL)
    g_source_destroy (self->dtls_timer);
  g_clear_pointer (&self->dtls_timer, g_source_unref);
  g_clear_pointer (&self->dtls, floe_dtls_engine_free);
  g_clear_pointer (&self->ice, floe_ice_transport_unref);
}
