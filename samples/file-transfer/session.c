/* SPDX-License-Identifier: MPL-2.0 */
#include "session.h"

#include <glib-unix.h>
#include <signal.h>

#include "floe-connector.h"
#include "floe-websocket-signaling.h"

/* Progress is looked at, and reported, five times a second. */
#define TICK_MS 200
#define DEFAULT_TIMEOUT_S 60
/* When the other side has left the room: what is under way may arrive, nothing new will. */
#define GONE_TIMEOUT_S 5
/* How long the last message may take to be read by a peer that does not hang up. */
#define PARTING_MS 2000
static const int signal_numbers[] = { SIGINT, SIGTERM, SIGHUP };

typedef enum
{
  PHASE_WAITING,    /* for somebody to join */
  PHASE_CONNECTING, /* to who joined */
  PHASE_CONNECTED,
  PHASE_PARTING, /* the end is decided: for the other side to hang up */
  PHASE_OVER,
} Phase;

struct _Session
{
  Report *report; /* (unowned) */
  SessionOptions options;
  SessionHandlers handlers;
  gpointer user_data;

  GMainLoop *loop;                /* (owned) */
  GCancellable *cancellable;      /* (owned): of joining */
  FloeSignaling *signaling;       /* (owned) (nullable): NULL until joined */
  FloePeerConnection *connection; /* (owned) (nullable): NULL until somebody joined */
  FloeConnector *connector;       /* (owned) (nullable): as connection */
  char *address;                  /* (owned) (nullable): what is reported as ready */
  guint sources[G_N_ELEMENTS (signal_numbers) + 1];
  guint parting_source; /* 0 unless it is armed */

  Phase phase;
  ExitStatus status;
  gboolean invites;
  gboolean is_peer_gone; /* from the room */
  guint64 moved_bytes;
  gint64 moved_at_us; /* when something moved last */
  gint64 phase_began_us;
};

static gboolean
is_ending (Session *self)
{
  return self->phase >= PHASE_PARTING;
}

static void
set_phase (Session *self, Phase phase)
{
  g_assert (phase > self->phase);
  g_debug ("session: phase %d -> %d", self->phase, phase);
  self->phase = phase;
  self->phase_began_us = g_get_monotonic_time ();
  self->moved_at_us = self->phase_began_us;
}

static gboolean
on_farewell_over (gpointer user_data)
{
  Session *self = user_data;

  self->parting_source = 0;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* Hangs up and lets the loop end soon. */
static void
hang_up (Session *self)
{
  set_phase (self, PHASE_OVER);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->parting_source, g_source_remove);
  if (self->connection != NULL)
    floe_peer_connection_close (self->connection);
  if (self->signaling != NULL)
    floe_signaling_close (self->signaling);
  self->parting_source = g_idle_add (on_farewell_over, self);
}

static gboolean
on_parting_over (gpointer user_data)
{
  Session *self = user_data;

  self->parting_source = 0;
  hang_up (self);
  return G_SOURCE_REMOVE;
}

void
session_end (Session *self, ExitStatus status, gboolean waits_for_peer)
{
  if (is_ending (self))
    return;
  self->status = status;
  set_phase (self, PHASE_PARTING);
  if (waits_for_peer && !self->is_peer_gone)
    self->parting_source = g_timeout_add (PARTING_MS, on_parting_over, self);
  else
    hang_up (self);
}

static void
fail_with (Session *self, ExitStatus status, const char *message, gboolean waits_for_peer)
{
  if (is_ending (self))
    return;
  report_error (self->report, status, message);
  session_end (self, status, waits_for_peer);
}

void
session_fail (Session *self, ExitStatus status, const char *message)
{
  fail_with (self, status, message, FALSE);
}

void
session_fail_politely (Session *self, ExitStatus status, const char *message)
{
  fail_with (self, status, message, TRUE);
}

void
session_lose_peer (Session *self)
{
  if (self->phase == PHASE_PARTING)
    hang_up (self);
  else
    session_fail (self, EXIT_STATUS_FAILED, "The other side hung up before all was done");
}

static void
on_connection_state (FloePeerConnection *connection, GParamSpec *pspec, Session *self)
{
  FloePeerConnectionState state = floe_peer_connection_get_connection_state (connection);
  g_autoptr (FloeIceCandidatePair) pair = NULL;
  gint64 began_us = self->phase_began_us;

  if (state == FLOE_PEER_CONNECTION_STATE_CONNECTED && self->phase == PHASE_CONNECTING)
    {
      set_phase (self, PHASE_CONNECTED);
      pair = floe_peer_connection_get_selected_candidate_pair (connection);
      report_connected (self->report, pair, (self->phase_began_us - began_us) / 1000);
    }
  else if (state == FLOE_PEER_CONNECTION_STATE_FAILED && self->phase == PHASE_CONNECTING)
    session_fail (self, EXIT_STATUS_FAILED,
                  "No connection: no path between the two machines let anything through");
  else if (state == FLOE_PEER_CONNECTION_STATE_FAILED)
    session_lose_peer (self);
}

static void
on_negotiation_failed (FloeConnector *connector, const GError *error, Session *self)
{
  session_fail (self, EXIT_STATUS_FAILED, error->message);
}

static void
on_candidate_refused (FloeConnector *connector, const GError *error, Session *self)
{
  g_debug ("session: a candidate was refused: %s", error->message);
}

static void
on_peer_joined (FloeSignaling *signaling, Session *self)
{
  g_autoptr (FloeConfiguration) configuration = NULL;
  g_autoptr (GError) error = NULL;

  if (self->phase != PHASE_WAITING)
    return;
  set_phase (self, PHASE_CONNECTING);
  configuration = floe_configuration_new ();
  floe_configuration_set_include_loopback (configuration, self->options.includes_loopback);
  self->connection = floe_peer_connection_new (configuration, &error);
  if (self->connection == NULL)
    {
      session_fail (self, EXIT_STATUS_FAILED, error->message);
      return;
    }
  self->connector = floe_connector_new (self->connection, signaling);
  g_signal_connect (self->connection, "notify::connection-state", G_CALLBACK (on_connection_state),
                    self);
  g_signal_connect (self->connector, "negotiation-failed", G_CALLBACK (on_negotiation_failed),
                    self);
  g_signal_connect (self->connector, "candidate-refused", G_CALLBACK (on_candidate_refused), self);
  self->handlers.prepare (self->connection, self->user_data);
  if (self->options.offers && !is_ending (self))
    floe_connector_offer (self->connector);
}

/* The room is not needed once there is a connection, but somebody who leaves it without a word on
 * the connection was most likely killed. */
static void
note_peer_gone (Session *self, const char *message)
{
  self->is_peer_gone = TRUE;
  self->moved_at_us = g_get_monotonic_time ();
  if (self->phase == PHASE_PARTING)
    hang_up (self);
  else if (self->phase != PHASE_CONNECTED)
    session_fail (self, EXIT_STATUS_FAILED, message);
}

static void
on_gone (FloeSignaling *signaling, Session *self)
{
  note_peer_gone (self, "The other side left before there was a connection");
}

static void
on_signaling_error (FloeSignaling *signaling, const GError *error, Session *self)
{
  note_peer_gone (self, error->message);
}

static void
on_joined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Session *self = user_data; /* gone if the error says "cancelled" */
  g_autoptr (GError) error = NULL;
  g_autoptr (FloeSignaling) signaling = floe_websocket_signaling_join_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (signaling == NULL)
    {
      session_fail (self, EXIT_STATUS_FAILED, error->message);
      return;
    }
  if (is_ending (self))
    return;
  self->moved_at_us = g_get_monotonic_time ();
  self->signaling = g_steal_pointer (&signaling);
  g_signal_connect (self->signaling, "peer-joined", G_CALLBACK (on_peer_joined), self);
  g_signal_connect (self->signaling, "gone", G_CALLBACK (on_gone), self);
  g_signal_connect (self->signaling, "error", G_CALLBACK (on_signaling_error), self);
  report_ready (self->report, self->address, self->invites);
}

static void
check_deadline (Session *self)
{
  guint timeout_s = self->options.timeout_s;
  gboolean waits_gladly = self->phase == PHASE_WAITING && self->invites && timeout_s == 0;
  gint64 quiet_us = g_get_monotonic_time () - self->moved_at_us;

  if (is_ending (self) || waits_gladly)
    return;
  if (timeout_s == 0)
    timeout_s = DEFAULT_TIMEOUT_S;
  if (self->is_peer_gone && quiet_us > GONE_TIMEOUT_S * G_TIME_SPAN_SECOND)
    session_lose_peer (self);
  else if (quiet_us > timeout_s * G_TIME_SPAN_SECOND)
    session_fail (self, EXIT_STATUS_TIMED_OUT,
                  self->phase == PHASE_WAITING      ? "Timed out: nobody joined"
                  : self->phase == PHASE_CONNECTING ? "Timed out while connecting"
                                                    : "Timed out: nothing moves any more");
}

static gboolean
on_tick (gpointer user_data)
{
  Session *self = user_data;
  guint64 bytes = 0, total = 0;

  if (self->phase == PHASE_CONNECTED)
    {
      self->handlers.get_progress (&bytes, &total, self->user_data);
      if (bytes != self->moved_bytes)
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
    hang_up (self);
  else
    session_fail (self, EXIT_STATUS_INTERRUPTED, "Interrupted");
  return G_SOURCE_CONTINUE;
}

Session *
session_new (Report *report, const SessionOptions *options, const SessionHandlers *handlers,
             gpointer user_data)
{
  Session *self = g_new0 (Session, 1);

  self->report = report;
  self->options = *options;
  self->options.invitation = NULL; /* the caller's, not to be kept */
  self->invites = options->invitation != NULL;
  self->address = g_strdup (options->invitation);
  self->handlers = *handlers;
  self->user_data = user_data;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  self->moved_at_us = g_get_monotonic_time ();
  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    self->sources[i] = g_unix_signal_add (signal_numbers[i], on_signal, self);
  self->sources[G_N_ELEMENTS (signal_numbers)] = g_timeout_add (TICK_MS, on_tick, self);
  return self;
}

void
session_free (Session *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sources); i++)
    g_source_remove (self->sources[i]);
  g_clear_handle_id (&self->parting_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->signaling != NULL)
    g_signal_handlers_disconnect_by_data (self->signaling, self);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  if (self->connector != NULL)
    g_signal_handlers_disconnect_by_data (self->connector, self);
  g_clear_object (&self->connector);
  g_clear_object (&self->connection);
  g_clear_object (&self->signaling);
  g_object_unref (self->cancellable);
  g_main_loop_unref (self->loop);
  g_free (self->address);
  g_free (self);
}

void
session_join (Session *self, const FloeRoomAddress *address)
{
  if (self->address == NULL)
    self->address = floe_room_address_to_string (address);
  floe_websocket_signaling_join_async (address, self->cancellable, on_joined, self);
}

ExitStatus
session_run (Session *self)
{
  g_main_loop_run (self->loop);
  return self->status;
}

FloePeerConnection *
session_get_connection (Session *self)
{
  return self->connection;
}

double
session_get_seconds (Session *self)
{
  return (double) (g_get_monotonic_time () - self->phase_began_us) / G_USEC_PER_SEC;
}
