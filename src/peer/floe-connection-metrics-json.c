/* SPDX-License-Identifier: MPL-2.0 */
/* Metrics as JSON, by docs/schema/metrics.json. */
#include "floe-connection-metrics-private.h"

#include <floe/floe-enum-types.h>

/* RFC 8259 section 7: quotation mark, reverse solidus and control characters "MUST be escaped". */
static void
append_string (GString *json, const char *text)
{
  if (text == NULL)
    {
      g_string_append (json, "null");
      return;
    }
  g_string_append_c (json, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if ((guchar) *p < 0x20 || *p == '"' || *p == '\\')
        g_string_append_printf (json, "\\u%04x", (guint) (guchar) *p);
      else
        g_string_append_c (json, *p);
    }
  g_string_append_c (json, '"');
}

static void
append_name (GString *json, const char *name)
{
  if (json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  append_string (json, name);
  g_string_append_c (json, ':');
}

static void
append_text (GString *json, const char *name, const char *text)
{
  append_name (json, name);
  append_string (json, text);
}

static void
append_time (GString *json, const char *name, gint64 time_ms)
{
  append_name (json, name);
  if (time_ms < 0)
    g_string_append (json, "null");
  else
    g_string_append_printf (json, "%" G_GINT64_FORMAT, time_ms);
}

static void
append_count (GString *json, const char *name, guint64 count)
{
  append_name (json, name);
  g_string_append_printf (json, "%" G_GUINT64_FORMAT, count);
}

static void
append_boolean (GString *json, const char *name, gboolean value)
{
  append_name (json, name);
  g_string_append (json, value ? "true" : "false");
}

static const char *
get_nick (GType type, int value)
{
  g_autoptr (GEnumClass) values = g_type_class_ref (type);

  /* Strings of static storage. */
  return g_enum_get_value (values, value)->value_nick;
}

/* A name as it is written in capitals: PORT_RESTRICTED. */
static void
append_capitals (GString *json, const char *name, GType type, int value)
{
  g_autofree char *text = g_ascii_strup (get_nick (type, value), -1);

  g_strdelimit (text, "-", '_');
  append_text (json, name, text);
}

static void
append_nat (GString *json, const char *name, const FloeConnectionMetrics *self,
            FloeMetricsSide side)
{
  const FloeNatSummary *summary = &self->core.summary[side];

  append_name (json, name);
  g_string_append_c (json, '{');
  append_capitals (json, "type", FLOE_TYPE_NAT_TYPE,
                   (int) floe_connection_metrics_get_nat_type (self, side));
  append_text (json, "mapping", get_nick (FLOE_TYPE_NAT_BEHAVIOUR, (int) summary->mapping));
  append_text (json, "filtering", get_nick (FLOE_TYPE_NAT_BEHAVIOUR, (int) summary->filtering));
  g_string_append_c (json, '}');
}

static void
append_candidates (GString *json, const char *name, const guint *counts)
{
  append_name (json, name);
  g_string_append_c (json, '{');
  for (guint i = 0; i < FLOE_METRICS_CANDIDATE_TYPES; i++)
    append_count (json, get_nick (FLOE_TYPE_ICE_CANDIDATE_TYPE, (int) i), counts[i]);
  g_string_append_c (json, '}');
}

static void
append_path (GString *json, const FloeMetricsPath *path)
{
  g_string_append_c (json, '{');
  append_count (json, "number", path->number);
  append_text (json, "type", get_nick (FLOE_TYPE_PATH_TYPE, (int) path->type));
  append_boolean (json, "try", path->is_try);
  append_time (json, "start_ms", path->start_ms);
  append_time (json, "check_ms", path->check_ms);
  append_time (json, "success_ms", path->success_ms);
  append_time (json, "selection_ms", path->selection_ms);
  append_time (json, "end_ms", path->end_ms);
  append_count (json, "bytes_sent", path->sent_bytes);
  append_count (json, "bytes_received", path->received_bytes);
  g_string_append_c (json, '}');
}

static void
append_move (GString *json, const FloeMetricsMove *move)
{
  g_string_append_c (json, '{');
  append_time (json, "ms", move->time_ms);
  append_count (json, "path", move->path);
  append_boolean (json, "relayed", move->is_relayed);
  append_text (json, "reason", get_nick (FLOE_TYPE_PATH_REASON, (int) move->reason));
  g_string_append_c (json, '}');
}

static void
append_plan (GString *json, const FloeConnectionMetrics *self)
{
  if (self->core.strategy == FLOE_STRATEGY_AUTO)
    append_text (json, "strategy", NULL);
  else
    append_capitals (json, "strategy", FLOE_TYPE_STRATEGY, (int) self->core.strategy);
  append_text (json, "explanation", self->core.explanation);
  append_text (json, "method", floe_connection_metrics_get_method (self));
  append_nat (json, "local_nat", self, FLOE_METRICS_LOCAL);
  append_nat (json, "remote_nat", self, FLOE_METRICS_REMOTE);
}

static void
append_paths (GString *json, const FloeMetricsCore *core)
{
  append_name (json, "paths");
  g_string_append_c (json, '[');
  for (guint i = 0; i < core->paths->len; i++)
    {
      g_string_append (json, i > 0 ? "," : "");
      append_path (json, &g_array_index (core->paths, FloeMetricsPath, i));
    }
  g_string_append_c (json, ']');
  append_count (json, "path_count", core->path_count);
  append_name (json, "moves");
  g_string_append_c (json, '[');
  for (guint i = 0; i < core->moves->len; i++)
    {
      g_string_append (json, i > 0 ? "," : "");
      append_move (json, &g_array_index (core->moves, FloeMetricsMove, i));
    }
  g_string_append_c (json, ']');
  append_count (json, "move_count", core->move_count);
}

/**
 * floe_connection_metrics_to_json:
 * @self: metrics
 *
 * All of it as one line of JSON (RFC 8259), for a log or a statistics server of the application's.
 * Members are only ever added, so ignore what you do not know; what is not known, or has not
 * happened, is `null`. May be called in any thread.
 *
 * Returns: (transfer full): a JSON object, without an end of line
 *
 * Since: 1.0
 */
char *
floe_connection_metrics_to_json (const FloeConnectionMetrics *self)
{
  GString *json;
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];

  g_return_val_if_fail (self != NULL, NULL);

  json = g_string_new ("{");
  append_time (json, "ms", self->time_ms);
  append_plan (json, self);
  append_time (json, "connected_ms", self->core.connected_ms);
  append_time (json, "dtls_ms", self->core.dtls_ms);
  append_time (json, "channel_ms", self->core.channel_ms);
  append_candidates (json, "gathered", self->core.candidates[FLOE_METRICS_LOCAL]);
  append_candidates (json, "received", self->core.candidates[FLOE_METRICS_REMOTE]);
  append_paths (json, &self->core);
  append_name (json, "relay_seconds");
  g_string_append (
      json, g_ascii_formatd (seconds, sizeof seconds, "%.3f", (double) self->relay_ms / 1000));
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
