/* SPDX-License-Identifier: MPL-2.0 */
#include "report.h"

#include <stdio.h>
#include <unistd.h>

#include "sample-json.h"
#include "transfer-message.h"

struct _Report
{
  ReportForm form;
  gboolean shows_progress; /* standard error is a terminal */
  gboolean has_progress_line;
};

Report *
report_new (ReportForm form)
{
  Report *self = g_new0 (Report, 1);

  self->form = form;
  self->shows_progress = form == REPORT_TEXT && isatty (STDERR_FILENO) == 1;
  return self;
}

void
report_free (Report *self)
{
  g_free (self);
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

  json_object_unref (object);
  printf ("%s\n", line);
  fflush (stdout);
}

/* Wipes the progress line, so that a sentence can stand there. */
static void
end_progress_line (Report *self)
{
  if (self->has_progress_line)
    fputs ("\r\033[K", stderr);
  self->has_progress_line = FALSE;
}

void
report_ready (Report *self, const char *address, gboolean invites)
{
  if (self->form == REPORT_JSON)
    {
      JsonObject *event = event_new ("ready");
      json_object_set_string_member (event, "address", address);
      print_event (event);
    }
  else if (invites)
    {
      printf ("To fetch the file, run\n\n    floe receive '%s'\n\n", address);
      fflush (stdout);
    }
}

static const char *
candidate_type (FloeIceCandidate *candidate)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (FLOE_TYPE_ICE_CANDIDATE_TYPE);
  FloeIceCandidateType type = floe_ice_candidate_get_candidate_type (candidate);

  return g_enum_get_value (names, (int) type)->value_nick;
}

void
report_connected (Report *self, FloeIceCandidatePair *pair, gint64 ms)
{
  const char *path = "unknown", *local = "unknown", *remote = "unknown";

  if (pair != NULL)
    {
      path = floe_ice_candidate_pair_is_relayed (pair) ? "relay" : "direct";
      local = candidate_type (floe_ice_candidate_pair_get_local (pair));
      remote = candidate_type (floe_ice_candidate_pair_get_remote (pair));
    }
  if (self->form == REPORT_JSON)
    {
      JsonObject *event = event_new ("connected");
      json_object_set_string_member (event, "path", path);
      json_object_set_string_member (event, "local_candidate", local);
      json_object_set_string_member (event, "remote_candidate", remote);
      json_object_set_int_member (event, "ms", ms);
      print_event (event);
      return;
    }
  printf ("Connected in %" G_GINT64_FORMAT " ms; path: %s (%s to %s), encrypted.\n", ms, path,
          local, remote);
  fflush (stdout);
}

void
report_progress (Report *self, guint64 bytes, guint64 total)
{
  g_autofree char *done = NULL;
  g_autofree char *all = NULL;

  if (self->form == REPORT_JSON)
    {
      JsonObject *event = event_new ("progress");
      json_object_set_int_member (event, "bytes", (gint64) bytes);
      json_object_set_int_member (event, "total", (gint64) total);
      print_event (event);
      return;
    }
  if (!self->shows_progress || total == 0)
    return;
  done = g_format_size (bytes);
  all = g_format_size (total);
  fprintf (stderr, "\r\033[K%3d %%  %s of %s", (int) ((double) bytes / (double) total * 100), done,
           all);
  self->has_progress_line = TRUE;
}

void
report_done (Report *self, const char *name, guint64 bytes, const char *sha256, double seconds)
{
  g_autofree char *size = g_format_size (bytes);

  if (self->form == REPORT_JSON)
    {
      JsonObject *event = event_new ("done");
      json_object_set_string_member (event, "name", name);
      json_object_set_int_member (event, "bytes", (gint64) bytes);
      json_object_set_string_member (event, "sha256", sha256);
      json_object_set_double_member (event, "seconds", seconds);
      print_event (event);
      return;
    }
  end_progress_line (self);
  printf ("Done: %s, %s in %.2f s (%.1f MB/s).\nSHA-256 %s\n", name, size, seconds,
          seconds > 0 ? (double) bytes / 1e6 / seconds : 0.0, sha256);
  fflush (stdout);
}

void
report_error (Report *self, ExitStatus status, const char *message)
{
  if (self->form == REPORT_JSON)
    {
      JsonObject *event = event_new ("error");
      json_object_set_string_member (event, "code", transfer_status_code (status));
      json_object_set_string_member (event, "message", message);
      print_event (event);
      return;
    }
  end_progress_line (self);
  fprintf (stderr, "floe: %s\n", message);
}
