/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of FloeConnectionMetrics and what it consists of. Layer: peer. Any thread. */
#pragma once

#include <floe/floe-connection-metrics.h>

#include "floe-metrics-core-private.h"

G_BEGIN_DECLS

struct _FloeConnectionMetrics
{
  FloeMetricsCore core; /* as it was then */
  gint64 time_ms;       /* -1: nothing had begun */
  gint64 relay_ms;
  GPtrArray *paths; /* (owned) (element-type FloePathMetrics) */
  GPtrArray *moves; /* (owned) (element-type FloeMoveMetrics) */
};

struct _FloePathMetrics
{
  FloeMetricsPath path;
};

struct _FloeMoveMetrics
{
  FloeMetricsMove move;
};

/* Returns: (transfer full): @core as it is at @now_us. */
FloeConnectionMetrics *floe_connection_metrics_new (const FloeMetricsCore *core, gint64 now_us);
/* Returns: (transfer full) */
FloePathMetrics *floe_path_metrics_new (const FloeMetricsPath *path);
/* Returns: (transfer full) */
FloeMoveMetrics *floe_move_metrics_new (const FloeMetricsMove *move);

FloeNatType floe_connection_metrics_get_nat_type (const FloeConnectionMetrics *self,
                                                  FloeMetricsSide side);

G_END_DECLS
