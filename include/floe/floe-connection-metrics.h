/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <glib-object.h>

#include <floe/floe-enums.h>
#include <floe/floe-nat-enums.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_CONNECTION_METRICS (floe_connection_metrics_get_type ())
#define FLOE_TYPE_PATH_METRICS (floe_path_metrics_get_type ())
#define FLOE_TYPE_MOVE_METRICS (floe_move_metrics_get_type ())

typedef struct _FloeConnectionMetrics FloeConnectionMetrics;
typedef struct _FloePathMetrics FloePathMetrics;
typedef struct _FloeMoveMetrics FloeMoveMetrics;

FLOE_AVAILABLE_IN_1_0
GType floe_connection_metrics_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeConnectionMetrics *floe_connection_metrics_ref (FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
void floe_connection_metrics_unref (FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_connection_metrics_get_time (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
FloeStrategy floe_connection_metrics_get_strategy (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_connection_metrics_get_explanation (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_connection_metrics_get_method (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
FloeNatType floe_connection_metrics_get_local_nat_type (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
FloeNatBehaviour floe_connection_metrics_get_local_mapping (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
FloeNatBehaviour floe_connection_metrics_get_local_filtering (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
FloeNatType floe_connection_metrics_get_remote_nat_type (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
FloeNatBehaviour floe_connection_metrics_get_remote_mapping (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
FloeNatBehaviour floe_connection_metrics_get_remote_filtering (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_connection_metrics_get_connected_time (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_connection_metrics_get_dtls_time (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_connection_metrics_get_channel_time (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
guint floe_connection_metrics_get_gathered_count (const FloeConnectionMetrics *self,
                                                  FloeIceCandidateType type);

FLOE_AVAILABLE_IN_1_0
guint floe_connection_metrics_get_received_count (const FloeConnectionMetrics *self,
                                                  FloeIceCandidateType type);

FLOE_AVAILABLE_IN_1_0
GPtrArray *floe_connection_metrics_get_paths (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
guint floe_connection_metrics_get_path_count (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
GPtrArray *floe_connection_metrics_get_moves (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
guint floe_connection_metrics_get_move_count (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
double floe_connection_metrics_get_relay_seconds (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
char *floe_connection_metrics_to_json (const FloeConnectionMetrics *self);

FLOE_AVAILABLE_IN_1_0
GType floe_path_metrics_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloePathMetrics *floe_path_metrics_ref (FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
void floe_path_metrics_unref (FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
guint floe_path_metrics_get_number (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
FloePathType floe_path_metrics_get_path_type (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_path_metrics_is_try (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_path_metrics_get_start_time (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_path_metrics_get_check_time (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_path_metrics_get_success_time (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_path_metrics_get_selection_time (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_path_metrics_get_end_time (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
guint64 floe_path_metrics_get_bytes_sent (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
guint64 floe_path_metrics_get_bytes_received (const FloePathMetrics *self);

FLOE_AVAILABLE_IN_1_0
GType floe_move_metrics_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeMoveMetrics *floe_move_metrics_ref (FloeMoveMetrics *self);

FLOE_AVAILABLE_IN_1_0
void floe_move_metrics_unref (FloeMoveMetrics *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_move_metrics_get_time (const FloeMoveMetrics *self);

FLOE_AVAILABLE_IN_1_0
guint floe_move_metrics_get_path_number (const FloeMoveMetrics *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_move_metrics_is_relayed (const FloeMoveMetrics *self);

FLOE_AVAILABLE_IN_1_0
FloePathReason floe_move_metrics_get_reason (const FloeMoveMetrics *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeConnectionMetrics, floe_connection_metrics_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePathMetrics, floe_path_metrics_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeMoveMetrics, floe_move_metrics_unref)

G_END_DECLS
