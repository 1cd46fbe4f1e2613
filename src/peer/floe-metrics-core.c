/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-metrics-core-private.h"

void
floe_metrics_core_init (FloeMetricsCore *self)
{
  *self = (FloeMetricsCore){
    .connected_ms = -1,
    .dtls_ms = -1,
    .channel_ms = -1,
    .paths = g_array_new (FALSE, FALSE, sizeof (FloeMetricsPath)),
    .moves = g_array_new (FALSE, FALSE, sizeof (FloeMetricsMove)),
    .relay_since = -1,
  };
}

void
floe_metrics_core_clear (FloeMetricsCore *self)
{
  g_clear_pointer (&self->explanation, g_free);
  g_clear_pointer (&self->paths, g_array_unref);
  g_clear_pointer (&self->moves, g_array_unref);
}

void
floe_metrics_core_copy (FloeMetricsCore *out, const FloeMetricsCore *self)
{
  *out = *self;
  out->explanation = g_strdup (self->explanation);
  out->paths = g_array_copy (self->paths);
  out->moves = g_array_copy (self->moves);
}

void
floe_metrics_core_set_plan (FloeMetricsCore *self, FloeStrategy strategy, const char *explanation,
                            const FloeNatSummary *local, const FloeNatSummary *remote)
{
  static const FloeNatSummary unknown = { 0 };

  self->strategy = strategy;
  g_free (self->explanation);
  self->explanation = g_strdup (explanation);
  self->summary[FLOE_METRICS_LOCAL] = local != NULL ? *local : unknown;
  self->summary[FLOE_METRICS_REMOTE] = remote != NULL ? *remote : unknown;
}

void
floe_metrics_core_add_candidate (FloeMetricsCore *self, FloeMetricsSide side,
                                 FloeIceCandidateType type)
{
  if ((guint) type < FLOE_METRICS_CANDIDATE_TYPES)
    self->candidates[side][type]++;
}

static FloeMetricsPath *
get_path (FloeMetricsCore *self, guint index)
{
  return &g_array_index (self->paths, FloeMetricsPath, index);
}

/* The newest are looked for mostly. */
static FloeMetricsPath *
find_path (FloeMetricsCore *self, guint number)
{
  for (guint i = self->paths->len; i > 0; i--)
    {
      if (get_path (self, i - 1)->number == number)
        return get_path (self, i - 1);
    }
  return NULL;
}

/* FALSE when all that are kept are of more interest than one more. */
static gboolean
make_room (FloeMetricsCore *self)
{
  guint oldest = G_MAXUINT;

  if (self->paths->len < FLOE_METRICS_MAX_PATHS)
    return TRUE;
  for (guint i = 0; i < self->paths->len; i++)
    {
      const FloeMetricsPath *path = get_path (self, i);

      if (path->end_ms == -1)
        continue;
      if (path->selection_ms == -1)
        {
          oldest = i;
          break;
        }
      oldest = MIN (oldest, i);
    }
  if (oldest == G_MAXUINT)
    return FALSE;
  g_array_remove_index (self->paths, oldest);
  return TRUE;
}

static void
begin_path (FloeMetricsCore *self, const FloePathStep *step, gint64 time_ms)
{
  FloeMetricsPath path = {
    .number = step->run,
    .type = step->type,
    .is_try = step->is_try,
    .start_ms = time_ms,
    .check_ms = -1,
    .success_ms = -1,
    .selection_ms = -1,
    .end_ms = -1,
  };

  self->origin_us = step->origin_us;
  self->path_count++;
  if (make_room (self))
    g_array_append_val (self->paths, path);
}

static void
set_once (gint64 *member, gint64 time_ms)
{
  if (*member == -1)
    *member = time_ms;
}

static void
advance_path (FloeMetricsPath *path, const FloePathStep *step, gint64 time_ms)
{
  path->sent_bytes = MAX (path->sent_bytes, step->sent_bytes);
  path->received_bytes = MAX (path->received_bytes, step->received_bytes);
  switch (step->kind)
    {
    case FLOE_PATH_STEP_CHECKED:
      set_once (&path->check_ms, time_ms);
      break;
    case FLOE_PATH_STEP_WORKS:
      set_once (&path->success_ms, time_ms);
      break;
    case FLOE_PATH_STEP_CARRIES:
      set_once (&path->selection_ms, time_ms);
      break;
    case FLOE_PATH_STEP_ENDED:
      set_once (&path->end_ms, time_ms);
      break;
    case FLOE_PATH_STEP_STARTED:
    case FLOE_PATH_STEP_COUNTED:
    case FLOE_PATH_STEP_TOLD_ALL:
    default:
      break;
    }
}

void
floe_metrics_core_handle_step (FloeMetricsCore *self, const FloePathStep *step)
{
  gint64 time_ms = step->elapsed_us / G_TIME_SPAN_MILLISECOND;
  FloeMetricsPath *path;

  if (step->kind == FLOE_PATH_STEP_STARTED)
    {
      begin_path (self, step, time_ms);
      return;
    }
  if (step->kind == FLOE_PATH_STEP_CARRIES)
    self->carrier = step->run;
  path = find_path (self, step->run);
  if (path != NULL)
    advance_path (path, step, time_ms);
}

static void
end_relaying (FloeMetricsCore *self, gint64 time_ms)
{
  if (self->relay_since != -1)
    self->relay_ms += MAX (time_ms - self->relay_since, 0);
  self->relay_since = -1;
}

void
floe_metrics_core_handle_move (FloeMetricsCore *self, gint64 time_ms, gboolean is_relayed,
                               FloePathReason reason)
{
  FloeMetricsMove move = { time_ms, self->carrier, is_relayed, reason };

  end_relaying (self, time_ms);
  if (is_relayed)
    self->relay_since = time_ms;
  self->move_count++;
  if (self->moves->len >= FLOE_METRICS_MAX_MOVES)
    g_array_remove_index (self->moves, 0);
  g_array_append_val (self->moves, move);
}

void
floe_metrics_core_handle_connected (FloeMetricsCore *self, gint64 time_ms)
{
  set_once (&self->connected_ms, time_ms);
}

void
floe_metrics_core_handle_dtls (FloeMetricsCore *self, gint64 time_ms)
{
  set_once (&self->dtls_ms, time_ms);
}

void
floe_metrics_core_handle_channel (FloeMetricsCore *self, gint64 time_ms)
{
  set_once (&self->channel_ms, time_ms);
}

gint64
floe_metrics_core_get_time_ms (const FloeMetricsCore *self, gint64 now_us)
{
  return self->path_count > 0 ? (now_us - self->origin_us) / G_TIME_SPAN_MILLISECOND : -1;
}

void
floe_metrics_core_handle_close (FloeMetricsCore *self, gint64 now_us)
{
  gint64 time_ms = floe_metrics_core_get_time_ms (self, now_us);

  end_relaying (self, time_ms);
  for (guint i = 0; i < self->paths->len; i++)
    set_once (&get_path (self, i)->end_ms, time_ms);
}

gint64
floe_metrics_core_get_relay_ms (const FloeMetricsCore *self, gint64 now_us)
{
  gint64 relay_ms = self->relay_ms;

  if (self->relay_since != -1)
    relay_ms += MAX (floe_metrics_core_get_time_ms (self, now_us) - self->relay_since, 0);
  return relay_ms;
}
