/* SPDX-License-Identifier: MPL-2.0 */
#include "report.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "connection-path.h"
#include "nat-json.h"
#include "nat-text.h"
#include "progress-meter.h"
#include "qr-code.h"
#include "race-timeline.h"
#include "report-json.h"
#include "safe-text.h"

/* Of text that the other side chose. */
#define MAX_TEXT 4096
/* Lines of progress where they can't be overwritten. */
#define PLAIN_PROGRESS_INTERVAL_US (5 * G_TIME_SPAN_SECOND)
#define DEFAULT_COLUMNS 80
/* What takes less is over before its rate means anything. */
#define MIN_RATED_BYTES 100000

struct _Report
{
  ReportForm form;
  FILE *out;             /* (unowned): where sentences go; with JSON those about an offer */
  gboolean has_terminal; /* standard error is one: the progress line goes there */
  gboolean has_progress_line;
  gboolean draws_races;
  ProgressMeter meter;
  gint64 last_progress_us; /* of the last plain line */
  guint files_done;
  char *last_sha256; /* (owned) (nullable) */
};

static const char *const status_codes[] = { [EXIT_STATUS_OK] = "ok",
                                            [EXIT_STATUS_FAILED] = "failed",
                                            [EXIT_STATUS_USAGE] = "usage",
                                            [EXIT_STATUS_REFUSED] = "refused",
                                            [EXIT_STATUS_AUTHENTICATION] = "authentication",
                                            [EXIT_STATUS_FILE] = "file",
                                            [EXIT_STATUS_TIMED_OUT] = "timeout" };

const char *
exit_status_code (ExitStatus status)
{
  if (status == EXIT_STATUS_INTERRUPTED)
    return "interrupted";
  if (status == EXIT_STATUS_INTEGRITY)
    return "integrity";
  return (guint) status < G_N_ELEMENTS (status_codes) ? status_codes[status] : "failed";
}

static gboolean
can_move_cursor (int fd)
{
  return isatty (fd) == 1 && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

Report *
report_new (ReportForm form)
{
  Report *self = g_new0 (Report, 1);

  self->form = form;
  self->out = form == REPORT_JSON ? stderr : stdout;
  self->has_terminal = form == REPORT_TEXT && can_move_cursor (STDERR_FILENO);
  return self;
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
report_free (Report *self)
{
  end_progress_line (self);
  g_free (self->last_sha256);
  g_free (self);
}

void
report_use_stderr (Report *self)
{
  self->out = stderr;
}

void
report_draw_races (Report *self)
{
  self->draws_races = TRUE;
}

static void say (Report *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (Report *self, const char *format, ...)
{
  va_list arguments;

  end_progress_line (self);
  va_start (arguments, format);
  vfprintf (self->out, format, arguments);
  va_end (arguments);
  fflush (self->out);
}

static guint
get_columns (int fd)
{
  struct winsize size;

  return ioctl (fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : DEFAULT_COLUMNS;
}

/* https://no-color.org: "when present and not an empty string". */
static gboolean
has_variable (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && value[0] != '\0';
}

static void
show_qr_code (Report *self, const char *url)
{
  int fd = fileno (self->out);
  g_autofree char *picture = NULL;

  if (!can_move_cursor (fd) || !g_get_charset (NULL))
    return;
  picture = qr_code_draw (url, !has_variable ("NO_COLOR"), get_columns (fd));
  if (picture != NULL)
    say (self, "%s\n", picture);
}

void
report_ready (Report *self, const char *url, const char *code, const char *server,
              gboolean offers_files)
{
  if (self->form == REPORT_JSON)
    {
      report_json_ready (url, code);
      return;
    }
  say (self, "To %s, open this in a browser:\n\n    %s\n\n",
       offers_files ? "fetch it" : "send something here", url);
  show_qr_code (self, url);
  if (offers_files)
    say (self, "Or run:\n\n    floe receive '%s'\n\n", url);
  if (offers_files && server != NULL)
    say (self, "Or, with the code alone:\n\n    floe receive --server '%s' %s\n\n", server, code);
}

void
report_listening (Report *self, const char *url)
{
  if (self->form == REPORT_JSON)
    report_json_listening (url);
  else
    say (self, "The rendezvous is at %s\nUse it with: floe send --server '%s' PATH...\n", url, url);
}

void
report_warning (Report *self, const char *message)
{
  g_autofree char *safe = safe_message (message, MAX_TEXT);

  end_progress_line (self);
  fprintf (stderr, "floe: warning: %s\n", safe);
}

void
report_offer (Report *self, const char *const *names, guint n_names, guint more, guint files,
              gint64 bytes)
{
  g_autofree char *size = bytes >= 0 ? progress_format_size ((guint64) bytes) : NULL;

  say (self, "Offered: %u %s%s%s\n", files, files == 1 ? "file" : "files", size != NULL ? ", " : "",
       size != NULL ? size : "");
  for (guint i = 0; i < n_names; i++)
    {
      g_autofree char *safe = safe_message (names[i], MAX_TEXT);
      say (self, "    %s\n", safe);
    }
  if (more > 0)
    say (self, "    and %u more\n", more);
}

void
report_attempt (Report *self, FloeConnectionMetrics *metrics)
{
  g_autofree char *drawing = NULL;

  if (!self->draws_races || metrics == NULL)
    return;
  drawing = race_timeline_draw_metrics (metrics);
  end_progress_line (self);
  fputs (drawing, stderr);
}

void
report_connected (Report *self, FloeIceCandidatePair *pair, FloeConnectionMetrics *metrics,
                  gint64 ms)
{
  ConnectionPath path;

  report_attempt (self, metrics);
  if (self->form == REPORT_JSON)
    {
      report_json_connected (pair, metrics, ms);
      return;
    }
  connection_path_describe (pair, &path);
  say (self, "Connected%s in %" G_GINT64_FORMAT " ms, encrypted from end to end.\n",
       path.path == NULL                  ? ""
       : g_str_equal (path.path, "relay") ? " through a relay"
                                          : " directly",
       ms);
}

/* People are told of a change between a relay and the direct way: programs of every one. */
void
report_path (Report *self, FloePathEvent *event, FloeConnectionMetrics *metrics, gint64 ms)
{
  ConnectionPath from, to;

  report_attempt (self, metrics);
  if (self->form == REPORT_JSON)
    {
      report_json_path (event, metrics, ms);
      return;
    }
  connection_path_describe (floe_path_event_get_from (event), &from);
  connection_path_describe (floe_path_event_get_to (event), &to);
  if (g_strcmp0 (from.path, to.path) != 0)
    say (self, "Now connected %s.\n",
         g_str_equal (to.path, "relay") ? "through a relay" : "directly");
}

void
report_nat_waiting (Report *self, guint server_count)
{
  g_autofree char *text = nat_text_format_waiting (server_count);

  if (!self->has_terminal)
    return;
  fprintf (stderr, "\r\033[K%s", text);
  self->has_progress_line = TRUE;
}

void
report_nat (Report *self, const NatFacts *facts, gsize n_facts, gboolean with_evidence)
{
  g_autofree char *text = NULL, *privacy = NULL;

  if (self->form == REPORT_JSON)
    {
      text = nat_json_format (facts, n_facts, with_evidence);
      printf ("%s\n", text);
      fflush (stdout);
      return;
    }
  text = nat_text_format (facts, n_facts, with_evidence);
  privacy = nat_text_format_privacy (facts, n_facts);
  say (self, "%s%s", text, privacy);
}

void
report_nat_plans (Report *self, const char *const *plans)
{
  if (self->form == REPORT_JSON)
    return;
  say (self, "\nConnections from here, by the network of the other side:\n");
  for (gsize i = 0; plans[i] != NULL; i++)
    say (self, "- %s\n", plans[i]);
}

void
report_file (Report *self, const char *name, gint64 size)
{
  if (self->form == REPORT_JSON)
    report_json_file (name, size);
}

void
report_progress (Report *self, guint64 bytes, gint64 total)
{
  gint64 now_us = g_get_monotonic_time ();
  g_autofree char *line = NULL;

  if (self->form == REPORT_JSON)
    {
      report_json_progress (bytes, total);
      return;
    }
  progress_meter_update (&self->meter, now_us, bytes);
  if (self->has_terminal) /* the last column would wrap */
    {
      line = progress_meter_format (&self->meter, bytes, total, get_columns (STDERR_FILENO) - 1);
      fprintf (stderr, "\r\033[K%s", line);
      self->has_progress_line = TRUE;
      return;
    }
  if (self->last_progress_us == 0)
    self->last_progress_us = now_us;
  if (now_us - self->last_progress_us < PLAIN_PROGRESS_INTERVAL_US)
    return;
  self->last_progress_us = now_us;
  line = progress_meter_format (&self->meter, bytes, total, G_MAXINT);
  say (self, "%s\n", line);
}

void
report_file_done (Report *self, const char *name, guint64 bytes, const char *sha256)
{
  g_autofree char *safe = NULL;
  g_autofree char *size = NULL;

  if (self->form == REPORT_JSON)
    {
      report_json_file_done (name, bytes, sha256);
      return;
    }
  safe = safe_message (name, MAX_TEXT);
  size = progress_format_size (bytes);
  say (self, "%s, %s\n", safe, size);
  self->files_done++;
  g_free (self->last_sha256);
  self->last_sha256 = g_strdup (sha256);
}

void
report_done (Report *self, guint files, guint64 bytes, double seconds)
{
  g_autofree char *size = NULL;

  if (self->form == REPORT_JSON)
    {
      report_json_done (files, bytes, seconds);
      return;
    }
  size = progress_format_size (bytes);
  say (self, "Done: %u %s, %s in %.1f s", files, files == 1 ? "file" : "files", size, seconds);
  if (bytes >= MIN_RATED_BYTES && seconds > 0)
    {
      g_autofree char *rate = progress_format_size ((guint64) ((double) bytes / seconds));
      say (self, " (%s/s)", rate);
    }
  say (self, ".\n");
  if (self->files_done == 1)
    say (self, "SHA-256 %s\n", self->last_sha256);
}

void
report_error (Report *self, ExitStatus status, const char *message)
{
  g_autofree char *safe = NULL;

  if (self->form == REPORT_JSON)
    {
      report_json_error (exit_status_code (status), message);
      return;
    }
  safe = safe_message (message, MAX_TEXT);
  end_progress_line (self);
  fprintf (stderr, "floe: %s\n", safe);
}
