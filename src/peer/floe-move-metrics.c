/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-connection-metrics-private.h"

/**
 * FloeMoveMetrics:
 *
 * Where data went from some moment on (#FloeConnectionMetrics). Immutable; may be shared between
 * threads.
 *
 * Since: 1.0
 */
G_DEFINE_BOXED_TYPE (FloeMoveMetrics, floe_move_metrics, floe_move_metrics_ref,
                     floe_move_metrics_unref)

FloeMoveMetrics *
floe_move_metrics_new (const FloeMetricsMove *move)
{
  FloeMoveMetrics *self = g_atomic_rc_box_new0 (FloeMoveMetrics);

  self->move = *move;
  return self;
}

/**
 * floe_move_metrics_ref:
 * @self: a move
 *
 * A further reference to @self. May be called in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
FloeMoveMetrics *
floe_move_metrics_ref (FloeMoveMetrics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * floe_move_metrics_unref:
 * @self: (transfer full): a move
 *
 * Gives a reference back; the last one frees @self. May be called in any thread.
 *
 * Since: 1.0
 */
void
floe_move_metrics_unref (FloeMoveMetrics *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release (self);
}

/**
 * floe_move_metrics_get_time:
 * @self: a move
 *
 * When data went there. May be called in any thread.
 *
 * Returns: milliseconds since gathering began
 *
 * Since: 1.0
 */
gint64
floe_move_metrics_get_time (const FloeMoveMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->move.time_ms;
}

/**
 * floe_move_metrics_get_path_number:
 * @self: a move
 *
 * Over which path (floe_path_metrics_get_number()). May be called in any thread.
 *
 * Returns: the path's number
 *
 * Since: 1.0
 */
guint
floe_move_metrics_get_path_number (const FloeMoveMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->move.path;
}

/**
 * floe_move_metrics_is_relayed:
 * @self: a move
 *
 * Whether it was through a relay, of either side. May be called in any thread.
 *
 * Returns: %TRUE when it was
 *
 * Since: 1.0
 */
gboolean
floe_move_metrics_is_relayed (const FloeMoveMetrics *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->move.is_relayed;
}

/**
 * floe_move_metrics_get_reason:
 * @self: a move
 *
 * Why the path before was left. May be called in any thread.
 *
 * Returns: the reason
 *
 * Since: 1.0
 */
FloePathReason
floe_move_metrics_get_reason (const FloeMoveMetrics *self)
{
  g_return_val_if_fail (self != NULL, FLOE_PATH_REASON_FIRST);

  return self->move.reason;
}
