/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-peer-metrics-private.h"

#include <floe/floe-error.h>

#include "floe-connection-metrics-private.h"

struct _FloePeerMetrics
{
  FloeMetricsCore core;
  GQueue requests; /* (element-type GTask) (owned): each waits for a FLOE_FACT_COUNTED */
};

void
floe_peer_metrics_init (FloePeerConnection *self)
{
  self->paths.metrics = g_new0 (FloePeerMetrics, 1);
  floe_metrics_core_init (&self->paths.metrics->core);
  g_queue_init (&self->paths.metrics->requests);
}

void
floe_peer_metrics_clear (FloePeerConnection *self)
{
  if (self->paths.metrics == NULL)
    return;
  g_queue_clear_full (&self->paths.metrics->requests, g_object_unref);
  floe_metrics_core_clear (&self->paths.metrics->core);
  g_clear_pointer (&self->paths.metrics, g_free);
}

void
floe_peer_metrics_set_plan (FloePeerConnection *self, FloeStrategy strategy,
                            const char *explanation, const FloeNatSummary *local,
                            const FloeNatSummary *remote)
{
  floe_metrics_core_set_plan (&self->paths.metrics->core, strategy, explanation, local, remote);
}

void
floe_peer_metrics_add_candidate (FloePeerConnection *self, FloeMetricsSide side,
                                 const FloeCandidate *candidate)
{
  floe_metrics_core_add_candidate (&self->paths.metrics->core, side, candidate->type);
}

static FloeConnectionMetrics *
make_metrics (FloePeerConnection *self)
{
  FloeMetricsCore *core = &self->paths.metrics->core;

  /* Without a plan, too, there is what the peer has told. */
  if (core->strategy == FLOE_STRATEGY_AUTO && self->jsep != NULL)
    floe_jsep_get_remote_nat (self->jsep, &core->summary[FLOE_METRICS_REMOTE]);
  return floe_connection_metrics_new (core, g_get_monotonic_time ());
}

static void
answer_request (FloePeerConnection *self)
{
  g_autoptr (GTask) task = g_queue_pop_head (&self->paths.metrics->requests);

  if (task != NULL)
    g_task_return_pointer (task, make_metrics (self),
                           (GDestroyNotify) floe_connection_metrics_unref);
}

static void
handle_pair (FloeMetricsCore *core, const FloeFact *fact)
{
  const FloeCandidate *pair = fact->with.pair;

  floe_metrics_core_handle_move (core, (gint64) fact->size,
                                 pair[0].type == FLOE_ICE_CANDIDATE_TYPE_RELAY
                                     || pair[1].type == FLOE_ICE_CANDIDATE_TYPE_RELAY,
                                 (FloePathReason) fact->number);
}

void
floe_peer_metrics_handle_fact (FloePeerConnection *self, const FloeFact *fact)
{
  FloeMetricsCore *core = &self->paths.metrics->core;

  switch (fact->type)
    {
    case FLOE_FACT_CANDIDATE:
      floe_peer_metrics_add_candidate (self, FLOE_METRICS_LOCAL, fact->with.candidate);
      break;
    case FLOE_FACT_ICE_STATE:
      if (fact->number == FLOE_ICE_CONNECTION_STATE_CONNECTED
          || fact->number == FLOE_ICE_CONNECTION_STATE_COMPLETED)
        floe_metrics_core_handle_connected (core, (gint64) fact->size);
      break;
    case FLOE_FACT_DTLS_STATE:
      if (fact->number == FLOE_DTLS_CONNECTED)
        floe_metrics_core_handle_dtls (core, (gint64) fact->size);
      break;
    case FLOE_FACT_CHANNEL_INCOMING:
    case FLOE_FACT_CHANNEL_OPENED:
      floe_metrics_core_handle_channel (core, (gint64) fact->size);
      break;
    case FLOE_FACT_PAIR:
      handle_pair (core, fact);
      break;
    case FLOE_FACT_PATH_STEP:
      floe_metrics_core_handle_step (core, fact->with.step);
      break;
    case FLOE_FACT_COUNTED:
      answer_request (self);
      break;
    default:
      break;
    }
}

/* Also when nothing else is told any more. */
static void
emit_metrics (FloePeerConnection *self)
{
  g_autoptr (FloeConnectionMetrics) metrics = make_metrics (self);

  g_signal_emit (self, floe_peer_get_signal_id (FLOE_PEER_SIGNAL_METRICS), 0, metrics);
}

void
floe_peer_metrics_tell (FloePeerConnection *self)
{
  if (!self->is_closed)
    emit_metrics (self);
}

void
floe_peer_metrics_close (FloePeerConnection *self)
{
  GTask *task;

  floe_metrics_core_handle_close (&self->paths.metrics->core, g_get_monotonic_time ());
  emit_metrics (self);
  while ((task = g_queue_pop_head (&self->paths.metrics->requests)) != NULL)
    {
      g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_ABORT,
                               "The connection was closed meanwhile");
      g_object_unref (task);
    }
}

/**
 * floe_peer_connection_get_metrics:
 * @self: a connection
 *
 * Gets how the connection has come about so far, and over what it goes. Counters of bytes are at
 * most a second old while data flows, and some seconds when hardly any does;
 * floe_peer_connection_update_metrics_async() gets them as they are. Allowed at any time, also
 * after the connection was closed.
 *
 * Returns: (transfer full): the metrics
 *
 * Since: 1.0
 */
FloeConnectionMetrics *
floe_peer_connection_get_metrics (FloePeerConnection *self)
{
  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), NULL);

  return make_metrics (self);
}

/**
 * floe_peer_connection_update_metrics_async:
 * @self: a connection
 * @cancellable: (nullable): a #GCancellable
 * @callback: (nullable) (scope async) (closure user_data): called once, never before this function
 *   returns
 * @user_data: for @callback
 *
 * Gets the same as floe_peer_connection_get_metrics(), with all counters as they are now.
 *
 * Fails with %FLOE_ERROR_ABORT when the connection is closed meanwhile, and with
 * %G_IO_ERROR_CANCELLED.
 *
 * Since: 1.0
 */
void
floe_peer_connection_update_metrics_async (FloePeerConnection *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FLOE_IS_PEER_CONNECTION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = floe_peer_task_new (self, floe_peer_connection_update_metrics_async, cancellable, callback,
                             user_data);
  if (self->is_closed)
    {
      g_task_return_pointer (task, make_metrics (self),
                             (GDestroyNotify) floe_connection_metrics_unref);
      return;
    }
  g_queue_push_tail (&self->paths.metrics->requests, g_steal_pointer (&task));
  floe_stack_post (self->stack, floe_order_new (FLOE_ORDER_COUNT));
}

/**
 * floe_peer_connection_update_metrics_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Ends a call of floe_peer_connection_update_metrics_async().
 *
 * Fails with %FLOE_ERROR_ABORT when the connection was closed meanwhile, and with
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the metrics
 * Since: 1.0
 */
FloeConnectionMetrics *
floe_peer_connection_update_metrics_finish (FloePeerConnection *self, GAsyncResult *result,
                                            GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
