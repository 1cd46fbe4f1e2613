/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-report.h"

#include <json-glib/json-glib.h>

#include "sample-json.h"

static const char *const verdict_names[] = { "ok", "note", "skipped", "unknown", "open" };

static void
range_result_free (gpointer data)
{
  TurnRangeResult *result = data;

  g_free (result->range);
  g_free (result->what);
  g_free (result->evidence);
  g_free (result);
}

static void
finding_free (gpointer data)
{
  TurnFinding *finding = data;

  g_free (finding->name);
  g_free (finding->text);
  g_free (finding);
}

TurnReport *
turn_report_new (const char *url)
{
  TurnReport *self = g_new0 (TurnReport, 1);

  self->url = g_strdup (url);
  self->ranges = g_ptr_array_new_with_free_func (range_result_free);
  self->others = g_ptr_array_new_with_free_func (finding_free);
  return self;
}

void
turn_report_free (TurnReport *self)
{
  g_free (self->url);
  g_free (self->address);
  g_free (self->failure);
  g_ptr_array_unref (self->ranges);
  g_ptr_array_unref (self->others);
  g_free (self);
}

void
turn_report_add_range (TurnReport *self, const char *range, const char *what, TurnVerdict verdict,
                       const char *evidence)
{
  TurnRangeResult *result = g_new0 (TurnRangeResult, 1);

  result->range = g_strdup (range);
  result->what = g_strdup (what);
  result->verdict = verdict;
  result->evidence = g_strdup (evidence);
  g_ptr_array_add (self->ranges, result);
}

void
turn_report_add (TurnReport *self, const char *name, TurnVerdict verdict, const char *format, ...)
{
  TurnFinding *finding = g_new0 (TurnFinding, 1);
  va_list arguments;

  va_start (arguments, format);
  finding->text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  finding->name = g_strdup (name);
  finding->verdict = verdict;
  g_ptr_array_add (self->others, finding);
}

static guint
count_ranges (const TurnReport *self, TurnVerdict verdict)
{
  guint count = 0;

  for (guint i = 0; i < self->ranges->len; i++)
    {
      const TurnRangeResult *result = g_ptr_array_index (self->ranges, i);
      count += result->verdict == verdict;
    }
  return count;
}

static gboolean
has_finding (const TurnReport *self, TurnVerdict verdict)
{
  for (guint i = 0; i < self->others->len; i++)
    {
      const TurnFinding *finding = g_ptr_array_index (self->others, i);
      if (finding->verdict == verdict)
        return TRUE;
    }
  return FALSE;
}

TurnVerdict
turn_report_get_verdict (const TurnReport *self)
{
  static const TurnVerdict worst_first[] = { TURN_VERDICT_OPEN, TURN_VERDICT_UNKNOWN };

  for (guint i = 0; i < G_N_ELEMENTS (worst_first); i++)
    if (count_ranges (self, worst_first[i]) > 0 || has_finding (self, worst_first[i]))
      return worst_first[i];
  /* Without a single refusal nothing is proved. */
  return self->failure == NULL && count_ranges (self, TURN_VERDICT_OK) > 0 ? TURN_VERDICT_OK
                                                                           : TURN_VERDICT_UNKNOWN;
}

static void
append_summary (const TurnReport *self, GString *text)
{
  guint refused = count_ranges (self, TURN_VERDICT_OK);
  guint open = count_ranges (self, TURN_VERDICT_OPEN);

  switch (turn_report_get_verdict (self))
    {
    case TURN_VERDICT_OK:
      g_string_append_printf (text,
                              "Good: all %u ranges that were tried are refused, and nothing "
                              "else is open.\n",
                              refused);
      break;
    case TURN_VERDICT_OPEN:
      if (open > 0)
        g_string_append_printf (text,
                                "OPEN: of the ranges that must be refused %u are not, and %u "
                                "are.\n",
                                open, refused);
      else
        g_string_append (text, "OPEN: see what says so above.\n");
      break;
    default:
      g_string_append (text, "Not proved: something could not be found out.\n");
    }
}

/* What asks for attention, or all. */
static gboolean
is_shown (TurnVerdict verdict, gboolean is_long)
{
  return is_long || verdict == TURN_VERDICT_OPEN || verdict == TURN_VERDICT_UNKNOWN
         || verdict == TURN_VERDICT_NOTE;
}

char *
turn_report_to_text (const TurnReport *self, gboolean is_long)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s%s%s%s\n", self->url, self->address != NULL ? " at " : "",
                          self->address != NULL ? self->address : "", ":");
  for (guint i = 0; i < self->ranges->len; i++)
    {
      const TurnRangeResult *result = g_ptr_array_index (self->ranges, i);
      if (is_shown (result->verdict, is_long))
        g_string_append_printf (text, "  %-8s %-20s %s: %s\n", verdict_names[result->verdict],
                                result->range, result->what, result->evidence);
    }
  for (guint i = 0; i < self->others->len; i++)
    {
      const TurnFinding *finding = g_ptr_array_index (self->others, i);
      if (is_shown (finding->verdict, is_long || finding->verdict == TURN_VERDICT_SKIPPED))
        g_string_append_printf (text, "  %-8s %-20s %s\n", verdict_names[finding->verdict],
                                finding->name, finding->text);
    }
  if (self->failure != NULL)
    g_string_append_printf (text, "  The check broke off: %s\n", self->failure);
  append_summary (self, text);
  g_string_append_printf (text, "%u requests in %.1f s.\n", self->requests, self->seconds);
  return g_string_free (text, FALSE);
}

char *
turn_report_to_json (const TurnReport *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *ranges = json_array_new ();
  JsonArray *others = json_array_new ();

  for (guint i = 0; i < self->ranges->len; i++)
    {
      const TurnRangeResult *result = g_ptr_array_index (self->ranges, i);
      JsonObject *item = json_object_new ();
      json_object_set_string_member (item, "range", result->range);
      json_object_set_string_member (item, "what", result->what);
      json_object_set_string_member (item, "verdict", verdict_names[result->verdict]);
      json_object_set_string_member (item, "evidence", result->evidence);
      json_array_add_object_element (ranges, item);
    }
  for (guint i = 0; i < self->others->len; i++)
    {
      const TurnFinding *finding = g_ptr_array_index (self->others, i);
      JsonObject *item = json_object_new ();
      json_object_set_string_member (item, "check", finding->name);
      json_object_set_string_member (item, "verdict", verdict_names[finding->verdict]);
      json_object_set_string_member (item, "text", finding->text);
      json_array_add_object_element (others, item);
    }
  json_object_set_string_member (object, "url", self->url);
  sample_json_set_string (object, "address", self->address);
  json_object_set_string_member (object, "verdict", verdict_names[turn_report_get_verdict (self)]);
  sample_json_set_string (object, "error", self->failure);
  json_object_set_array_member (object, "ranges", ranges);
  json_object_set_array_member (object, "checks", others);
  json_object_set_int_member (object, "requests", self->requests);
  json_object_set_int_member (object, "ms", (gint64) (self->seconds * 1000));
  return sample_json_take_line (object);
}
