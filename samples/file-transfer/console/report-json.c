/* SPDX-License-Identifier: MPL-2.0 */
#include "report-json.h"

#include <stdio.h>

#include "connection-path.h"
#include "safe-text.h"
#include "sample-json.h"

/* What JSON lets stand as it is and a terminal, or who cuts its input into lines, does not. */
static gboolean
needs_escape (gunichar c)
{
  return c > 0x7e && safe_text_is_active (c);
}

char *
report_json_escape (const char *line)
{
  GString *escaped = g_string_new (NULL);

  for (const char *p = line; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (!needs_escape (c))
        g_string_append_unichar (escaped, c);
      else if (c < 0x10000)
        g_string_append_printf (escaped, "\\u%04x", c);
      else /* RFC 8259 section 7: "a 12-character sequence, encoding the UTF-16 surrogate pair" */
        g_string_append_printf (escaped, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10),
                                0xdc00 + (c & 0x3ff));
    }
  return g_string_free (escaped, FALSE);
}

static JsonObject *
event_new (const char *event)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "event", event);
  return object;
}

/* Takes @object. */
static void
print_event (JsonObject *object)
{
  g_autofree char *line = sample_json_to_line (object);
  g_autofree char *escaped = report_json_escape (line);

  json_object_unref (object);
  printf ("%s\n", escaped);
  fflush (stdout);
}

/* @text may come from a file name, which need not be UTF-8. */
static void
set_text (JsonObject *object, const char *member, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  json_object_set_string_member (object, member, valid);
}

void
report_json_ready (const char *url, const char *code)
{
  JsonObject *event = event_new ("ready");

  set_text (event, "url", url);
  set_text (event, "code", code);
  print_event (event);
}

void
report_json_listening (const char *url)
{
  JsonObject *event = event_new ("listening");

  set_text (event, "url", url);
  print_event (event);
}

static void
set_path (JsonObject *event, FloeIceCandidatePair *pair)
{
  ConnectionPath path;

  connection_path_describe (pair, &path);
  sample_json_set_string (event, "path", path.path);
  sample_json_set_string (event, "local_candidate", path.local_candidate);
  sample_json_set_string (event, "remote_candidate", path.remote_candidate);
  sample_json_set_string (event, "protocol", path.protocol);
}

static void
set_plan (JsonObject *event, FloeConnectionMetrics *metrics)
{
  ConnectionPlan plan;

  connection_plan_describe (metrics, &plan);
  sample_json_set_string (event, "strategy", plan.strategy);
  sample_json_set_string (event, "local_nat", plan.local_nat);
  sample_json_set_string (event, "remote_nat", plan.remote_nat);
}

void
report_json_connected (FloeIceCandidatePair *pair, FloeConnectionMetrics *metrics, gint64 ms)
{
  JsonObject *event = event_new ("connected");

  json_object_set_int_member (event, "ms", ms);
  set_path (event, pair);
  set_plan (event, metrics);
  print_event (event);
}

void
report_json_path (FloePathEvent *path, FloeConnectionMetrics *metrics, gint64 ms)
{
  g_autoptr (GEnumClass) reasons = g_type_class_ref (FLOE_TYPE_PATH_REASON);
  JsonObject *event = event_new ("path");
  ConnectionPath from;

  connection_path_describe (floe_path_event_get_from (path), &from);
  json_object_set_int_member (event, "ms", ms);
  sample_json_set_string (event, "from", from.path);
  set_path (event, floe_path_event_get_to (path));
  set_plan (event, metrics);
  set_text (event, "reason",
            g_enum_get_value (reasons, (int) floe_path_event_get_reason (path))->value_nick);
  print_event (event);
}

void
report_json_file (const char *name, gint64 size)
{
  JsonObject *event = event_new ("file");

  set_text (event, "name", name);
  sample_json_set_index (event, "size", size);
  print_event (event);
}

void
report_json_progress (guint64 bytes, gint64 total)
{
  JsonObject *event = event_new ("progress");

  json_object_set_int_member (event, "bytes", (gint64) bytes);
  sample_json_set_index (event, "total", total);
  print_event (event);
}

void
report_json_file_done (const char *name, guint64 bytes, const char *sha256)
{
  JsonObject *event = event_new ("file-done");

  set_text (event, "name", name);
  json_object_set_int_member (event, "bytes", (gint64) bytes);
  set_text (event, "sha256", sha256);
  print_event (event);
}

void
report_json_done (guint files, guint64 bytes, double seconds)
{
  JsonObject *event = event_new ("done");

  json_object_set_int_member (event, "files", files);
  json_object_set_int_member (event, "bytes", (gint64) bytes);
  json_object_set_double_member (event, "seconds", seconds);
  print_event (event);
}

void
report_json_error (const char *code, const char *message)
{
  JsonObject *event = event_new ("error");

  set_text (event, "code", code);
  set_text (event, "message", message);
  print_event (event);
}
