/* SPDX-License-Identifier: MPL-2.0 */
#include "session.h"

#include <glib-unix.h>
#include <signal.h>

#include "peer-link.h"
#include "room.h"

/* Progress is looked at, and reported, five times a second. */
#define TICK_MS 200
#define DEFAULT_TIMEOUT_S 60
/* What somebody has who came to our room, from their coming to their proof. */
#define PROOF_TIMEOUT_S 30
/* After that many wrong proofs somebody is guessing or in between. */
#define MAX_WRONG_PROOFS 5
/* When the other side has left the room: what is under way may arrive, nothing new will. */
#define GONE_TIMEOUT_S 5
/* How long the last message may take to be read by a peer that does not hang up. */
#define PARTING_MS 2000
/* Larger messages than any sender should make. */
#define MAX_MESSAGE_SIZE (256 * 1024)
static const int signal_numbers[] = { SIGINT, SIGTERM, SIGHUP };

typedef enum
{
  PHASE_WAITING,      /* for somebody to come */
  PHASE_CONNECTING,   /* to who came, and for the proof */
  PHASE_TRANSFERRING, /* with who knows the code */
  PHASE_PARTING,      /* the end is decided: for the other side to hang up */
  PHASE_OVER,
} Phase;

struct _Session
{
  const Options *options; /* (unowned) */
  Report *report;         /* (unowned) */
  SessionEngine engine;
  gpointer user_data;

  GMainLoop *loop; /* (owned) */
  Room *room;      /* (owned) (nullable): NULL when there could be none */
  PeerLink *link;  /* (owned) (nullable): NULL unless somebody is there */
  guint sources[G_N_ELEMENTS (signal_numbers) + 1];
  guint parting_source; /* 0 unless it is armed */

  Phase phase;
  ExitStatus status;
  guint wrong_proofs;
  gboolean is_peer_gone; /* from the room */
  gboolean awaits_person;
  guint64 moved_bytes;
  gint64 moved_at_us; /* when something moved last */
  gint64 phase_began_us;
};

gboolean
session_is_ending (Session *self)
{
  return self->phase >= PHASE_PARTING;
}

static void
set_phase (Session *self, Phase phase)
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
static void
hang_up (Session *self)
{
  set_phase (self, PHASE_OVER);
  g_clear_handle_id (&self->parting_source, g_source_remove);
  self->parting_source = g_idle_add (on_over, self);
}

static gboolean
on_parting_over (gpointer user_data)
{
  Session *self = user_data;

  self->parting_source = 0;
  hang_up (self);
  return G_SOURCE_REMOVE;
}

static void
end_with (Session *self, ExitStatus status, gboolean waits_for_peer)
{
  self->status = status;
  set_phase (self, PHASE_PARTING);
  if (waits_for_peer && self->link != NULL && peer_link_is_open (self->link))
    self->parting_source = g_timeout_add (PARTING_MS, on_parting_over, self);
  else
    hang_up (self);
}

void
session_finish (Session *self, gboolean waits_for_peer)
{
  if (!session_is_ending (self))
    end_with (self, EXIT_STATUS_OK, waits_for_peer);
}

void
session_end (Session *self, ExitStatus status, const char *message, gboolean waits_for_peer)
{
  if (session_is_ending (self))
    return;
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

/* Lets go of who came and did not prove to be right. */
static void
dismiss (Session *self)
{
  PeerLink *link = g_steal_pointer (&self->link);

  if (link != NULL)
    peer_link_part (link);
  room_dismiss_peer (self->room);
  self->is_peer_gone = FALSE;
  set_phase (self, PHASE_WAITING);
}

static void
on_link_proven (gpointer user_data)
{
  Session *self = user_data;
  g_autoptr (FloeIceCandidatePair) pair = NULL;

  if (session_is_ending (self))
    return;
  room_stop_waiting (self->room);
  set_phase (self, PHASE_TRANSFERRING);
  pair = peer_link_get_pair (self->link);
  report_connected (self->report, pair, peer_link_get_connect_ms (self->link));
  self->engine.start (self->user_data);
}

static void
on_link_failed (ExitStatus status, const char *message, gpointer user_data)
{
  Session *self = user_data;
  gboolean is_wrong_proof = self->phase == PHASE_CONNECTING && status == EXIT_STATUS_AUTHENTICATION;

  if (self->phase == PHASE_OVER)
    return;
  if (self->phase == PHASE_PARTING)
    {
      hang_up (self);
      return;
    }
  if (is_wrong_proof)
    self->wrong_proofs++;
  if (self->phase == PHASE_TRANSFERRING || !room_is_ours (self->room)
      || self->wrong_proofs >= MAX_WRONG_PROOFS)
    {
      session_end (self, status, message, TRUE);
      return;
    }
  if (is_wrong_proof)
    report_warning (self->report, "Somebody came who does not know the code");
  g_debug ("session: who came is dismissed: %s", message);
  dismiss (self);
}

static void
handle_peer_error (Session *self, const TransferError *error)
{
  g_autofree char *message = g_strdup_printf ("The other side gave up: %s", error->message);

  session_end (self, transfer_error_code_to_status (error->code), message, FALSE);
}

static void
on_link_text (const char *text, gpointer user_data)
{
  Session *self = user_data;
  g_auto (TransferMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (session_is_ending (self))
    return;
  self->moved_at_us = g_get_monotonic_time ();
  if (!transfer_message_read (text, &message, &error))
    session_fail_protocol (self, error->message);
  else if (message.kind == TRANSFER_MESSAGE_ERROR)
    handle_peer_error (self, &message.error);
  else if (message.kind != TRANSFER_MESSAGE_UNKNOWN)
    self->engine.handle_message (&message, self->user_data);
}

static void
on_link_bytes (GBytes *bytes, gpointer user_data)
{
  Session *self = user_data;

  if (session_is_ending (self))
    return;
  self->moved_at_us = g_get_monotonic_time ();
  self->engine.handle_bytes (bytes, self->user_data);
}

static void
on_link_room (gpointer user_data)
{
  Session *self = user_data;

  if (!session_is_ending (self))
    self->engine.handle_room (self->user_data);
}

/* (transfer full). */
static FloeConfiguration *
make_configuration (Session *self)
{
  FloeConfiguration *configuration = floe_configuration_new ();

  room_add_ice_servers (self->room, configuration);
  floe_configuration_set_include_loopback (configuration, room_is_on_loopback (self->room));
  floe_configuration_set_max_message_size (configuration, MAX_MESSAGE_SIZE);
  if (self->options->relay_only)
    floe_configuration_set_ice_transport_policy (configuration, FLOE_ICE_TRANSPORT_POLICY_RELAY);
  if (self->options->max_port != 0)
    floe_configuration_set_port_range (configuration, self->options->min_port,
                                       self->options->max_port, NULL);
  return configuration;
}

static void
on_peer (gboolean offers, gpointer user_data)
{
  static const PeerLinkHandlers handlers = { on_link_proven, on_link_failed, on_link_text,
                                             on_link_bytes, on_link_room };
  Session *self = user_data;
  guint8 key[FLOE_CODE_KEY_SIZE];
  PeerLinkOptions options = { .signaling = room_get_signaling (self->room),
                              .offers = offers,
                              .role = self->engine.role,
                              .key = key };
  g_autoptr (FloeConfiguration) configuration = NULL;
  g_autoptr (GError) error = NULL;

  if (session_is_ending (self))
    return;
  if (self->phase == PHASE_TRANSFERRING)
    {
      /* Somebody else, after ours left the room, whom nobody awaits. */
      room_dismiss_peer (self->room);
      return;
    }
  g_clear_pointer (&self->link, peer_link_free);
  self->is_peer_gone = FALSE;
  set_phase (self, PHASE_CONNECTING);
  configuration = make_configuration (self);
  options.configuration = configuration;
  room_get_key (self->room, key);
  self->link = peer_link_new (&options, &handlers, self, &error);
  explicit_bzero (key, sizeof key);
  if (self->link == NULL)
    session_fail (self, EXIT_STATUS_FAILED, error->message);
}

/* The room is not needed once there is a connection, but somebody who leaves it without a word on
 * the connection was most likely killed. */
static void
on_gone (gpointer user_data)
{
  Session *self = user_data;

  if (self->phase == PHASE_OVER)
    return;
  self->is_peer_gone = TRUE;
  self->moved_at_us = g_get_monotonic_time ();
  if (self->link != NULL)
    peer_link_forget_signaling (self->link);
  if (self->phase == PHASE_PARTING && !peer_link_is_alive (self->link))
    hang_up (self);
  /* What the peer said last on an open channel may be on its way: see check_deadline(). */
  if (self->phase == PHASE_CONNECTING && !peer_link_is_open (self->link))
    on_link_failed (EXIT_STATUS_FAILED, "The other side left before there was a connection", self);
}

static void
on_entered (gpointer user_data)
{
  Session *self = user_data;

  self->moved_at_us = g_get_monotonic_time ();
  if (session_is_ending (self))
    return;
  room_warn_if_exposed (self->room, self->report);
  if (room_is_ours (self->room))
    report_ready (self->report, room_get_url (self->room), room_get_code (self->room),
                  room_get_server (self->room), self->engine.role == FLOE_PROOF_SENDER);
}

static void
on_lost (ExitStatus status, const char *message, gpointer user_data)
{
  Session *self = user_data;

  if (self->phase == PHASE_CONNECTING && peer_link_is_open (self->link))
    on_gone (self);
  else
    session_end (self, status, message, FALSE);
}

/* Whether who is there has been too long about it. */
static void
check_peer (Session *self, gint64 quiet_us)
{
  gint64 phase_us = g_get_monotonic_time () - self->phase_began_us;

  if (self->is_peer_gone && quiet_us > GONE_TIMEOUT_S * G_TIME_SPAN_SECOND
      && (self->phase == PHASE_CONNECTING || !peer_link_is_alive (self->link)))
    on_link_failed (EXIT_STATUS_FAILED, "The other side hung up before all was done", self);
  else if (self->phase == PHASE_CONNECTING && room_is_ours (self->room)
           && phase_us > PROOF_TIMEOUT_S * G_TIME_SPAN_SECOND)
    on_link_failed (EXIT_STATUS_TIMED_OUT, "Who came did not prove anything", self);
}

static void
check_deadline (Session *self)
{
  guint timeout_s = self->options->timeout_s;
  gboolean is_patient =
      self->awaits_person || (self->phase < PHASE_TRANSFERRING && room_is_ours (self->room));
  gint64 quiet_us = g_get_monotonic_time () - self->moved_at_us;

  if (self->phase == PHASE_CONNECTING || self->phase == PHASE_TRANSFERRING)
    check_peer (self, quiet_us);
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
  g_clear_pointer (&self->link, peer_link_free);
  g_clear_pointer (&self->room, room_free);
  g_main_loop_unref (self->loop);
  g_free (self);
}

ExitStatus
session_run (Session *self)
{
  static const RoomHandlers handlers = { on_entered, on_peer, on_gone, on_lost };
  g_autoptr (GError) error = NULL;

  self->room = room_new (self->options, &handlers, self, &error);
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

  if (!session_is_ending (self) && !peer_link_send_text (self->link, owned, &error))
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
