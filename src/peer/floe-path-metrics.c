/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-connection-metrics-private.h"

/**
 * FloePathMetrics:
 *
 * One path that was tried, and what became of it (#FloeConnectionMetrics). Immutable; may be
 * shared between threads.
 *
 * Since: 1.0
 */
G_DEFINE_BOXED_TYPE (FloePathMetrics, floe_path_metrics, floe_path_metrics_ref,
                     floe_path_metrics_unref)

FloePathMetrics *
floe_path_metrics_new (const FloeMetricsPath *path)
{
  FloePathMetrics *self = g_atomic_rc_box_new0 (FloePathMetrics);

  self->path = *path;
  return self;
}

/**
 * floe_path_metrics_ref:
 * @self: metrics of a path
 *
 * A further reference to @self. May be called in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
FloePathMetrics *
floe_path_metrics_ref (FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * floe_path_metrics_unref:
 * @self: (transfer full): metrics of a path
 *
 * Gives a reference back; the last one frees @self. May be called in any thread.
 *
 * Since: 1.0
 */
void
floe_path_metrics_unref (FloePathMetrics *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release (self);
}

/**
 * floe_path_metrics_get_number:
 * @self: metrics of a path
 *
 * Which path it was, in the order in which they began. May be called in any thread.
 *
 * Returns: 1 for the first one
 *
 * Since: 1.0
 */
guint
floe_path_metrics_get_number (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->path.number;
}

/**
 * floe_path_metrics_get_path_type:
 * @self: metrics of a path
 *
 * How the path was tried. May be called in any thread.
 *
 * Returns: the kind of path
 *
 * Since: 1.0
 */
FloePathType
floe_path_metrics_get_path_type (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, FLOE_PATH_TYPE_DIRECT);

  return self->path.type;
}

/**
 * floe_path_metrics_is_try:
 * @self: metrics of a path
 *
 * Whether it was begun later than the paths that a connection begins with, to find a better way,
 * or another one in need. May be called in any thread.
 *
 * Returns: %TRUE when it was
 *
 * Since: 1.0
 */
gboolean
floe_path_metrics_is_try (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->path.is_try;
}

/**
 * floe_path_metrics_get_start_time:
 * @self: metrics of a path
 *
 * When it was begun. May be called in any thread.
 *
 * Returns: milliseconds since gathering began
 *
 * Since: 1.0
 */
gint64
floe_path_metrics_get_start_time (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->path.start_ms;
}

/**
 * floe_path_metrics_get_check_time:
 * @self: metrics of a path
 *
 * When the first check went out on it. May be called in any thread.
 *
 * Returns: milliseconds since gathering began, or -1
 *
 * Since: 1.0
 */
gint64
floe_path_metrics_get_check_time (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->path.check_ms;
}

/**
 * floe_path_metrics_get_success_time:
 * @self: metrics of a path
 *
 * When it worked. May be called in any thread.
 *
 * Returns: milliseconds since gathering began, or -1
 *
 * Since: 1.0
 */
gint64
floe_path_metrics_get_success_time (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->path.success_ms;
}

/**
 * floe_path_metrics_get_selection_time:
 * @self: metrics of a path
 *
 * When data was sent on it for the first time. May be called in any thread.
 *
 * Returns: milliseconds since gathering began, or -1
 *
 * Since: 1.0
 */
gint64
floe_path_metrics_get_selection_time (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->path.selection_ms;
}

/**
 * floe_path_metrics_get_end_time:
 * @self: metrics of a path
 *
 * When it was given up. May be called in any thread.
 *
 * Returns: milliseconds since gathering began, or -1
 *
 * Since: 1.0
 */
gint64
floe_path_metrics_get_end_time (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->path.end_ms;
}

/**
 * floe_path_metrics_get_bytes_sent:
 * @self: metrics of a path
 *
 * How much was sent on it: what the peer gets of it, without checks and the headers of UDP and
 * TURN. At most a second old while data flows; floe_peer_connection_update_metrics_async() makes
 * it exact. May be called in any thread.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
floe_path_metrics_get_bytes_sent (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->path.sent_bytes;
}

/**
 * floe_path_metrics_get_bytes_received:
 * @self: metrics of a path
 *
 * How much came in on it, likewise. May be called in any thread.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
floe_path_metrics_get_bytes_received (const FloePathMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->path.received_bytes;
}
