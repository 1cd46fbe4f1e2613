/* SPDX-License-Identifier: MPL-2.0 */
#include "session-private.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "prompt.h"

/* Progress is looked at, and reported, five times a second. */
#define TICK_MS 200
#define DEFAULT_TIMEOUT_S 60
/* What may wait to be sent: far more than an engine lets wait that looks at it, and far less than
 * a peer could make us keep that asks for answers and takes none. */
#define MAX_BUFFERED (8 * 1024 * 1024)
/* How long the last message may take to be read by a peer that does not hang up. */
#define PARTING_MS 2000
static const int signal_numbers[SESSION_SIGNAL_COUNT] = { SIGINT, SIGTERM, SIGHUP };

gboolean
session_is_ending (Session *self)
{
  return self->phase >= PHASE_PARTING;
}

void
session_set_phase (Session *self, Phase phase)
{
  g_assert (!session_is_ending (self) || phase == PHASE_OVER);
  g_debug ("session: phase %d -> %d", self->phase, phase);
  self->phase = phase;
  self->phase_began_us = g_get_monotonic_time ();
  self->moved_at_us = self->phase_began_us;
}

static gboolean
on_over (gpointer user_data)
{
  Session *self = user_data;

  self->parting_source = 0;
  g_clear_pointer (&self->link, peer_link_free);
  g_clear_pointer (&self->room, room_free);
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* Hangs up and lets the loop end soon: what is hung up on may be what is calling. */
void
session_hang_up (Session *self)
{
  session_set_phase (self, PHASE_OVER);
  g_clear_handle_id (&self->parting_source, g_source_remove);
  self->parting_source = g_idle_add (on_over, self);
}

static gboolean
on_parting_over (gpointer user_data)
{
  Session *self = user_data;

  self->parting_source = 0;
  session_hang_up (self);
  return G_SOURCE_REMOVE;
}

static void
end_with (Session *self, ExitStatus status, gboolean waits_for_peer)
{
  self->status = status;
  session_set_phase (self, PHASE_PARTING);
  if (waits_for_peer && self->link != NULL && peer_link_is_open (self->link))
    self->parting_source = g_timeout_add (PARTING_MS, on_parting_over, self);
  else
    session_hang_up (self);
}

void
session_finish (Session *self, gboolean waits_for_peer)
{
  if (!session_is_ending (self))
    end_with (self, EXIT_STATUS_OK, waits_for_peer);
}

void
session_report_attempt (Session *self)
{
  g_autoptr (FloeConnectionMetrics) metrics = NULL;

  if (self->phase != PHASE_CONNECTING || self->link == NULL)
    return;
  metrics = peer_link_get_metrics (self->link);
  report_attempt (self->report, metrics);
}

void
session_end (Session *self, ExitStatus status, const char *message, gboolean waits_for_peer)
{
  if (session_is_ending (self))
    return;
  /* A question that is not to be answered any more still stands on its line. */
  if (self->awaits_person && self->engine.role == FLOE_PROOF_RECEIVER && prompt_is_possible ())
    fputc ('\n', stderr);
  session_report_attempt (self);
  report_error (self->report, status, message);
  end_with (self, status, waits_for_peer);
}

/* What the other side is told of an end here: nothing about names and paths. */
static const char *
get_told_message (TransferErrorCode code)
{
  switch (code)
    {
    case TRANSFER_ERROR_PROTOCOL:
      return "it does not understand what it is sent";
    case TRANSFER_ERROR_AUTHENTICATION:
      return "the proof is wrong";
    case TRANSFER_ERROR_INTEGRITY:
      return "what arrived is not what was announced";
    case TRANSFER_ERROR_FILE:
      return "a file there can't be read or written";
    case TRANSFER_ERROR_TIMEOUT:
      return "nothing moved for too long";
    case TRANSFER_ERROR_INTERRUPTED:
      return "it was interrupted";
    case TRANSFER_ERROR_FAILED:
    default:
      return "something went wrong there";
    }
}

static void
fail_with_code (Session *self, ExitStatus status, TransferErrorCode code, const char *message)
{
  g_autofree char *text = transfer_message_write_error (code, get_told_message (code));

  if (session_is_ending (self))
    return;
  if (self->link != NULL && peer_link_is_open (self->link))
    peer_link_send_text (self->link, text, NULL);
  session_end (self, status, message, TRUE);
}

void
session_fail (Session *self, ExitStatus status, const char *message)
{
  fail_with_code (self, status, transfer_error_code_from_status (status), message);
}

void
session_fail_protocol (Session *self, const char *message)
{
  fail_with_code (self, EXIT_STATUS_FAILED, TRANSFER_ERROR_PROTOCOL, message);
}

static void
check_deadline (Session *self)
{
  guint timeout_s = self->options->timeout_s;
  gboolean is_patient =
      self->awaits_person || (self->phase < PHASE_TRANSFERRING && room_is_ours (self->room));
  gint64 quiet_us = g_get_monotonic_time () - self->moved_at_us;

  if (self->phase == PHASE_CONNECTING || self->phase == PHASE_TRANSFERRING)
    session_check_peer (self, quiet_us);
  if (session_is_ending (self) || (is_patient && timeout_s == 0))
    return;
  if (timeout_s == 0)
    timeout_s = DEFAULT_TIMEOUT_S;
  if (quiet_us > timeout_s * G_TIME_SPAN_SECOND)
    session_fail (self, EXIT_STATUS_TIMED_OUT,
                  self->phase == PHASE_WAITING      ? "Timed out: nobody came"
                  : self->phase == PHASE_CONNECTING ? "Timed out while connecting"
                  : self->awaits_person             ? "Timed out: nobody answered"
                                                    : "Timed out: nothing moves any more");
}

static gboolean
on_tick (gpointer user_data)
{
  Session *self = user_data;
  guint64 bytes = 0;
  gint64 total = -1;

  if (self->phase == PHASE_TRANSFERRING)
    {
      self->engine.get_progress (&bytes, &total, self->user_data);
      if (bytes > self->moved_bytes)
        {
          self->moved_bytes = bytes;
          self->moved_at_us = g_get_monotonic_time ();
          report_progress (self->report, bytes, total);
        }
    }
  check_deadline (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_signal (gpointer user_data)
{
  Session *self = user_data;

  if (self->phase == PHASE_PARTING)
    session_hang_up (self);
  else
    session_fail (self, EXIT_STATUS_INTERRUPTED, "Interrupted");
  return G_SOURCE_CONTINUE;
}

Session *
session_new (const Options *options, Report *report, const SessionEngine *engine,
             gpointer user_data)
{
  Session *self = g_new0 (Session, 1);

  self->options = options;
  self->report = report;
  self->engine = *engine;
  self->user_data = user_data;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->moved_at_us = g_get_monotonic_time ();
  for (guint i = 0; i < SESSION_SIGNAL_COUNT; i++)
    self->sources[i] = g_unix_signal_add (signal_numbers[i], on_signal, self);
  self->networks = networks_new ();
  self->sources[SESSION_SIGNAL_COUNT] = g_timeout_add (TICK_MS, on_tick, self);
  return self;
}

void
session_free (Session *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sources); i++)
    g_source_remove (self->sources[i]);
  g_clear_handle_id (&self->parting_source, g_source_remove);
  g_clear_pointer (&self->link, peer_link_free);
  g_clear_pointer (&self->room, room_free);
  networks_free (self->networks);
  g_main_loop_unref (self->loop);
  g_free (self);
}

ExitStatus
session_run (Session *self)
{
  g_autoptr (GError) error = NULL;

  self->room = room_new (self->options, &session_room_handlers, self, &error);
  if (self->room == NULL)
    {
      report_error (self->report, EXIT_STATUS_FAILED, error->message);
      return EXIT_STATUS_FAILED;
    }
  g_main_loop_run (self->loop);
  return self->status;
}

void
session_send_text (Session *self, char *text)
{
  g_autofree char *owned = text;
  g_autoptr (GError) error = NULL;

  if (session_is_ending (self))
    return;
  if (peer_link_get_buffered (self->link) > MAX_BUFFERED)
    session_fail_protocol (self, "The other side does not read what it is told");
  else if (!peer_link_send_text (self->link, owned, &error))
    session_end (self, EXIT_STATUS_FAILED, error->message, FALSE);
}

void
session_send_bytes (Session *self, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;

  if (!session_is_ending (self) && !peer_link_send_bytes (self->link, bytes, &error))
    session_end (self, EXIT_STATUS_FAILED, error->message, FALSE);
}

guint64
session_get_buffered (Session *self)
{
  return self->link != NULL ? peer_link_get_buffered (self->link) : 0;
}

gsize
session_get_chunk_size (Session *self)
{
  return peer_link_get_chunk_size (self->link);
}

void
session_set_awaits_person (Session *self, gboolean awaits_person)
{
  self->awaits_person = awaits_person;
  self->moved_at_us = g_get_monotonic_time ();
}

double
session_get_seconds (Session *self)
{
  return (double) (g_get_monotonic_time () - self->phase_began_us) / G_USEC_PER_SEC;
}
