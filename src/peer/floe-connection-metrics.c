/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-connection-metrics-private.h"

#include "floe-nat-findings-private.h"
#include "floe-strategy-core-private.h"

/**
 * FloeConnectionMetrics:
 *
 * How a connection came about, and over what it went: what both sides know of their NATs, which
 * paths were tried and when each of them began, worked and carried data, and how much went over
 * each. For an application's own statistics; Floe sends it nowhere.
 *
 * It has no address, no port, no name and no credential in it, of either side. Times are
 * milliseconds since this side began to gather candidates, or -1 for what has not happened.
 * Immutable; may be shared between threads.
 *
 * Get it with floe_peer_connection_get_metrics(), or from #FloePeerConnection::metrics.
 *
 * Since: 1.0
 */
G_DEFINE_BOXED_TYPE (FloeConnectionMetrics, floe_connection_metrics, floe_connection_metrics_ref,
                     floe_connection_metrics_unref)

FloeConnectionMetrics *
floe_connection_metrics_new (const FloeMetricsCore *core, gint64 now_us)
{
  FloeConnectionMetrics *self = g_atomic_rc_box_new0 (FloeConnectionMetrics);

  floe_metrics_core_copy (&self->core, core);
  self->time_ms = floe_metrics_core_get_time_ms (core, now_us);
  self->relay_ms = floe_metrics_core_get_relay_ms (core, now_us);
  self->paths = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_path_metrics_unref);
  for (guint i = 0; i < core->paths->len; i++)
    g_ptr_array_add (self->paths,
                     floe_path_metrics_new (&g_array_index (core->paths, FloeMetricsPath, i)));
  self->moves = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_move_metrics_unref);
  for (guint i = 0; i < core->moves->len; i++)
    g_ptr_array_add (self->moves,
                     floe_move_metrics_new (&g_array_index (core->moves, FloeMetricsMove, i)));
  return self;
}

static void
clear_metrics (gpointer data)
{
  FloeConnectionMetrics *self = data;

  floe_metrics_core_clear (&self->core);
  g_ptr_array_unref (self->paths);
  g_ptr_array_unref (self->moves);
}

FloeNatType
floe_connection_metrics_get_nat_type (const FloeConnectionMetrics *self, FloeMetricsSide side)
{
  const FloeNatSummary *summary = &self->core.summary[side];
  const FloeNatFindings findings = {
    .udp = summary->udp,
    .is_translated = summary->is_translated,
    .mapping = summary->mapping,
    .filtering = summary->filtering,
  };

  return floe_nat_findings_get_type (&findings);
}

/**
 * floe_connection_metrics_ref:
 * @self: metrics
 *
 * A further reference to @self. May be called in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
FloeConnectionMetrics *
floe_connection_metrics_ref (FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * floe_connection_metrics_unref:
 * @self: (transfer full): metrics
 *
 * Gives a reference back; the last one frees @self. May be called in any thread.
 *
 * Since: 1.0
 */
void
floe_connection_metrics_unref (FloeConnectionMetrics *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_metrics);
}

/**
 * floe_connection_metrics_get_time:
 * @self: metrics
 *
 * When they were taken. May be called in any thread.
 *
 * Returns: milliseconds since gathering began, or -1 when it had not
 *
 * Since: 1.0
 */
gint64
floe_connection_metrics_get_time (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->time_ms;
}

/**
 * floe_connection_metrics_get_strategy:
 * @self: metrics
 *
 * The strategy that both sides' NATs and the configuration have led to. May be called in any
 * thread.
 *
 * Returns: the strategy, or %FLOE_STRATEGY_AUTO as long as there is no plan
 *
 * Since: 1.0
 */
FloeStrategy
floe_connection_metrics_get_strategy (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, FLOE_STRATEGY_AUTO);

  return self->core.strategy;
}

/**
 * floe_connection_metrics_get_explanation:
 * @self: metrics
 *
 * Why it is that strategy: a sentence for people. May be called in any thread.
 *
 * Returns: (transfer none) (nullable): the sentence, or %NULL as long as there is no plan
 *
 * Since: 1.0
 */
const char *
floe_connection_metrics_get_explanation (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->core.explanation;
}

/**
 * floe_connection_metrics_get_method:
 * @self: metrics
 *
 * What is possible between the two NATs when both sides do all they can: `plain` ICE, `foretold`
 * ports, checks in `lock-step`, `punch` or `punch-blocks` for many ports, or only a `relay`, or
 * one over TCP, `relay-tcp`; `unknown` when too little is known of either NAT. May be called in
 * any thread.
 *
 * Returns: (transfer none): the word
 *
 * Since: 1.0
 */
const char *
floe_connection_metrics_get_method (const FloeConnectionMetrics *self)
{
  static const char *const names[] = {
    [FLOE_STRATEGY_METHOD_UNKNOWN] = "unknown",
    [FLOE_STRATEGY_METHOD_PLAIN] = "plain",
    [FLOE_STRATEGY_METHOD_FORETOLD] = "foretold",
    [FLOE_STRATEGY_METHOD_LOCK_STEP] = "lock-step",
    [FLOE_STRATEGY_METHOD_PUNCH] = "punch",
    [FLOE_STRATEGY_METHOD_PUNCH_BLOCKS] = "punch-blocks",
    [FLOE_STRATEGY_METHOD_RELAY] = "relay",
    [FLOE_STRATEGY_METHOD_RELAY_TCP] = "relay-tcp",
  };

  g_return_val_if_fail (self != NULL, NULL);

  return names[floe_strategy_get_method (&self->core.summary[FLOE_METRICS_LOCAL],
                                         &self->core.summary[FLOE_METRICS_REMOTE])];
}

/**
 * floe_connection_metrics_get_local_nat_type:
 * @self: metrics
 *
 * The classic name of this side's NAT, from what was told to the peer. May be called in any
 * thread.
 *
 * Returns: the name, or %FLOE_NAT_TYPE_UNKNOWN
 *
 * Since: 1.0
 */
FloeNatType
floe_connection_metrics_get_local_nat_type (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_TYPE_UNKNOWN);

  return floe_connection_metrics_get_nat_type (self, FLOE_METRICS_LOCAL);
}

/**
 * floe_connection_metrics_get_local_mapping:
 * @self: metrics
 *
 * On what the mappings of this side's NAT depend. May be called in any thread.
 *
 * Returns: the behaviour, or %FLOE_NAT_BEHAVIOUR_UNKNOWN
 *
 * Since: 1.0
 */
FloeNatBehaviour
floe_connection_metrics_get_local_mapping (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_BEHAVIOUR_UNKNOWN);

  return self->core.summary[FLOE_METRICS_LOCAL].mapping;
}

/**
 * floe_connection_metrics_get_local_filtering:
 * @self: metrics
 *
 * On what the filter of this side's NAT depends. May be called in any thread.
 *
 * Returns: the behaviour, or %FLOE_NAT_BEHAVIOUR_UNKNOWN
 *
 * Since: 1.0
 */
FloeNatBehaviour
floe_connection_metrics_get_local_filtering (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_BEHAVIOUR_UNKNOWN);

  return self->core.summary[FLOE_METRICS_LOCAL].filtering;
}

/**
 * floe_connection_metrics_get_remote_nat_type:
 * @self: metrics
 *
 * The classic name of the peer's NAT, from what it has told, or what its candidates prove. May be
 * called in any thread.
 *
 * Returns: the name, or %FLOE_NAT_TYPE_UNKNOWN
 *
 * Since: 1.0
 */
FloeNatType
floe_connection_metrics_get_remote_nat_type (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_TYPE_UNKNOWN);

  return floe_connection_metrics_get_nat_type (self, FLOE_METRICS_REMOTE);
}

/**
 * floe_connection_metrics_get_remote_mapping:
 * @self: metrics
 *
 * On what the mappings of the peer's NAT depend. May be called in any thread.
 *
 * Returns: the behaviour, or %FLOE_NAT_BEHAVIOUR_UNKNOWN
 *
 * Since: 1.0
 */
FloeNatBehaviour
floe_connection_metrics_get_remote_mapping (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_BEHAVIOUR_UNKNOWN);

  return self->core.summary[FLOE_METRICS_REMOTE].mapping;
}

/**
 * floe_connection_metrics_get_remote_filtering:
 * @self: metrics
 *
 * On what the filter of the peer's NAT depends. May be called in any thread.
 *
 * Returns: the behaviour, or %FLOE_NAT_BEHAVIOUR_UNKNOWN
 *
 * Since: 1.0
 */
FloeNatBehaviour
floe_connection_metrics_get_remote_filtering (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_BEHAVIOUR_UNKNOWN);

  return self->core.summary[FLOE_METRICS_REMOTE].filtering;
}

/**
 * floe_connection_metrics_get_connected_time:
 * @self: metrics
 *
 * When the first path worked: ICE was connected. May be called in any thread.
 *
 * Returns: milliseconds since gathering began, or -1
 *
 * Since: 1.0
 */
gint64
floe_connection_metrics_get_connected_time (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->core.connected_ms;
}

/**
 * floe_connection_metrics_get_dtls_time:
 * @self: metrics
 *
 * When the peer had proved who it is, and data could be encrypted. May be called in any thread.
 *
 * Returns: milliseconds since gathering began, or -1
 *
 * Since: 1.0
 */
gint64
floe_connection_metrics_get_dtls_time (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->core.dtls_ms;
}

/**
 * floe_connection_metrics_get_channel_time:
 * @self: metrics
 *
 * When the first data channel was open. May be called in any thread.
 *
 * Returns: milliseconds since gathering began, or -1
 *
 * Since: 1.0
 */
gint64
floe_connection_metrics_get_channel_time (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->core.channel_ms;
}

/**
 * floe_connection_metrics_get_gathered_count:
 * @self: metrics
 * @type: of which kind
 *
 * How many candidates this side has gathered and told. May be called in any thread.
 *
 * Returns: how many there were
 *
 * Since: 1.0
 */
guint
floe_connection_metrics_get_gathered_count (const FloeConnectionMetrics *self,
                                            FloeIceCandidateType type)
{
  g_return_val_if_fail (self != NULL, 0);

  g_return_val_if_fail ((guint) type < FLOE_METRICS_CANDIDATE_TYPES, 0);

  return self->core.candidates[FLOE_METRICS_LOCAL][type];
}

/**
 * floe_connection_metrics_get_received_count:
 * @self: metrics
 * @type: of which kind
 *
 * How many candidates the peer has told that are for this connection. May be called in any thread.
 *
 * Returns: how many there were
 *
 * Since: 1.0
 */
guint
floe_connection_metrics_get_received_count (const FloeConnectionMetrics *self,
                                            FloeIceCandidateType type)
{
  g_return_val_if_fail (self != NULL, 0);

  g_return_val_if_fail ((guint) type < FLOE_METRICS_CANDIDATE_TYPES, 0);

  return self->core.candidates[FLOE_METRICS_REMOTE][type];
}

/**
 * floe_connection_metrics_get_paths:
 * @self: metrics
 *
 * The paths that were tried, in the order in which they began. Of more than 64 those are left out
 * first that came to nothing. May be called in any thread.
 *
 * Returns: (transfer none) (element-type FloePathMetrics): the paths
 *
 * Since: 1.0
 */
GPtrArray *
floe_connection_metrics_get_paths (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->paths;
}

/**
 * floe_connection_metrics_get_path_count:
 * @self: metrics
 *
 * How many paths were tried, with those that floe_connection_metrics_get_paths() leaves out. May
 * be called in any thread.
 *
 * Returns: how many there were
 *
 * Since: 1.0
 */
guint
floe_connection_metrics_get_path_count (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->core.path_count;
}

/**
 * floe_connection_metrics_get_moves:
 * @self: metrics
 *
 * Where data has gone: the first path, and each move to another one, or to another pair of
 * addresses of the same one. Of more than 64 the oldest are left out. May be called in any thread.
 *
 * Returns: (transfer none) (element-type FloeMoveMetrics): the moves
 *
 * Since: 1.0
 */
GPtrArray *
floe_connection_metrics_get_moves (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->moves;
}

/**
 * floe_connection_metrics_get_move_count:
 * @self: metrics
 *
 * How many moves there were, with the first path and with those that
 * floe_connection_metrics_get_moves() leaves out. May be called in any thread.
 *
 * Returns: how many there were
 *
 * Since: 1.0
 */
guint
floe_connection_metrics_get_move_count (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->core.move_count;
}

/**
 * floe_connection_metrics_get_relay_seconds:
 * @self: metrics
 *
 * How long data has gone through a relay, of either side. May be called in any thread.
 *
 * Returns: seconds
 *
 * Since: 1.0
 */
double
floe_connection_metrics_get_relay_seconds (const FloeConnectionMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (double) self->relay_ms / 1000;
}
