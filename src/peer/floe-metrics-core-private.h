/* SPDX-License-Identifier: MPL-2.0 */
/* What is counted and timed of one connection, from facts. Has no address, and no way to one.
 *
 * All times are milliseconds since gathering was begun, -1 for not yet, but where a name ends in
 * _us: those are monotonic. Bounded: of very many paths the ones are kept that carried data or are
 * there, of very many moves the last ones.
 *
 * Layer: peer. GLib only. Pure. */
#pragma once

#include <floe/floe-enums.h>

#include "floe-ice-steps-private.h"
#include "floe-nat-summary-codec-private.h"

G_BEGIN_DECLS

#define FLOE_METRICS_MAX_PATHS 64
#define FLOE_METRICS_MAX_MOVES 64
#define FLOE_METRICS_CANDIDATE_TYPES (FLOE_ICE_CANDIDATE_TYPE_RELAY + 1)

typedef enum
{
  FLOE_METRICS_LOCAL,
  FLOE_METRICS_REMOTE,
} FloeMetricsSide;

typedef struct
{
  guint number;
  FloePathType type;
  gboolean is_try;
  gint64 start_ms;
  gint64 check_ms;
  gint64 success_ms;
  gint64 selection_ms; /* for the first time */
  gint64 end_ms;
  guint64 sent_bytes;
  guint64 received_bytes;
} FloeMetricsPath;

typedef struct
{
  gint64 time_ms;
  guint path; /* its number */
  gboolean is_relayed;
  FloePathReason reason;
} FloeMetricsMove;

typedef struct
{
  FloeStrategy strategy;     /* AUTO: there is no plan */
  char *explanation;         /* (owned) (nullable) */
  FloeNatSummary summary[2]; /* by FloeMetricsSide */
  gint64 connected_ms;
  gint64 dtls_ms;
  gint64 channel_ms;
  guint candidates[2][FLOE_METRICS_CANDIDATE_TYPES];
  GArray *paths;    /* (owned) (element-type FloeMetricsPath) */
  guint path_count; /* with those that were forgotten */
  GArray *moves;    /* (owned) (element-type FloeMetricsMove) */
  guint move_count;
  guint carrier; /* the number of the path that carries; 0: none */
  gint64 origin_us;
  gint64 relay_ms;    /* that relays carried, up to the last move */
  gint64 relay_since; /* as a time; -1: none does */
} FloeMetricsCore;

void floe_metrics_core_init (FloeMetricsCore *self);
void floe_metrics_core_clear (FloeMetricsCore *self);
/* @out is not initialised. */
void floe_metrics_core_copy (FloeMetricsCore *out, const FloeMetricsCore *self);

/* @explanation, @local and @remote nullable: not known. */
void floe_metrics_core_set_plan (FloeMetricsCore *self, FloeStrategy strategy,
                                 const char *explanation, const FloeNatSummary *local,
                                 const FloeNatSummary *remote);
void floe_metrics_core_add_candidate (FloeMetricsCore *self, FloeMetricsSide side,
                                      FloeIceCandidateType type);

void floe_metrics_core_handle_step (FloeMetricsCore *self, const FloePathStep *step);
/* Data goes over another pair of the path that carries. */
void floe_metrics_core_handle_move (FloeMetricsCore *self, gint64 time_ms, gboolean is_relayed,
                                    FloePathReason reason);
/* The first time counts. */
void floe_metrics_core_handle_connected (FloeMetricsCore *self, gint64 time_ms);
void floe_metrics_core_handle_dtls (FloeMetricsCore *self, gint64 time_ms);
void floe_metrics_core_handle_channel (FloeMetricsCore *self, gint64 time_ms);
/* Nothing lives on after this. */
void floe_metrics_core_handle_close (FloeMetricsCore *self, gint64 now_us);

/* -1 before the first path. */
gint64 floe_metrics_core_get_time_ms (const FloeMetricsCore *self, gint64 now_us);
/* Up to now, in milliseconds. */
gint64 floe_metrics_core_get_relay_ms (const FloeMetricsCore *self, gint64 now_us);

G_END_DECLS
