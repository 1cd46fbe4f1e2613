/* SPDX-License-Identifier: MPL-2.0 */
#include "session-private.h"

#include <string.h>

/* What somebody has who came to our room, from their coming to their proof. */
#define PROOF_TIMEOUT_S 30
/* After that many wrong proofs somebody is guessing or in between. */
#define MAX_WRONG_PROOFS 5
/* When the other side has left the room: what is under way may arrive, nothing new will. */
#define GONE_TIMEOUT_S 5
/* Larger messages than any sender should make. */
#define MAX_MESSAGE_SIZE (256 * 1024)

/* Lets go of who came and did not prove to be right. */
static void
dismiss (Session *self)
{
  PeerLink *link;

  session_report_attempt (self);
  link = g_steal_pointer (&self->link);
  if (link != NULL)
    peer_link_part (link);
  if (!self->is_peer_gone)
    room_dismiss_peer (self->room);
  self->is_peer_gone = FALSE;
  session_set_phase (self, PHASE_WAITING);
}

static void
on_link_proven (gpointer user_data)
{
  Session *self = user_data;
  g_autoptr (FloeIceCandidatePair) pair = NULL;
  g_autoptr (FloeConnectionMetrics) metrics = NULL;

  if (session_is_ending (self))
    return;
  room_stop_waiting (self->room);
  session_set_phase (self, PHASE_TRANSFERRING);
  pair = peer_link_get_pair (self->link);
  metrics = peer_link_get_metrics (self->link);
  report_connected (self->report, pair, metrics, peer_link_get_connect_ms (self->link));
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
      session_hang_up (self);
      return;
    }
  if (is_wrong_proof)
    self->wrong_proofs++;
  if (self->phase == PHASE_TRANSFERRING || !room_is_ours (self->room) || self->is_room_lost
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
  g_autofree char *message = transfer_error_to_text (error);

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
  if (!transfer_message_read (text, &message, &error))
    session_fail_protocol (self, error->message);
  else if (message.kind == TRANSFER_MESSAGE_ERROR)
    handle_peer_error (self, &message.error);
  else if (message.kind != TRANSFER_MESSAGE_UNKNOWN)
    {
      self->moved_at_us = g_get_monotonic_time ();
      self->engine.handle_message (&message, self->user_data);
    }
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

static void
on_link_path (FloePathEvent *event, gint64 ms, gpointer user_data)
{
  Session *self = user_data;
  g_autoptr (FloeConnectionMetrics) metrics = NULL;

  if (session_is_ending (self))
    return;
  metrics = peer_link_get_metrics (self->link);
  report_path (self->report, event, metrics, ms);
}

/* (transfer full). */
static FloeConfiguration *
make_configuration (Session *self)
{
  FloeConfiguration *configuration = floe_configuration_new ();

  room_add_ice_servers (self->room, configuration);
  floe_configuration_set_tls_database (configuration, self->options->turn_trust);
  floe_configuration_set_proxy_resolver (configuration, self->options->turn_proxy);
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
                                             on_link_bytes,  on_link_room,   on_link_path };
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
  session_set_phase (self, PHASE_CONNECTING);
  configuration = make_configuration (self);
  networks_fill (self->networks, configuration);
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
    session_hang_up (self);
  /* What the peer said last on an open channel may be on its way: see check_deadline(). */
  if (self->phase == PHASE_CONNECTING && !peer_link_is_open (self->link))
    on_link_failed (EXIT_STATUS_FAILED, "The other side left before there was a connection", self);
}

/* Before somebody comes: the other side is told of our NAT with the first description then. */
static void
look_at_network (Session *self)
{
  g_autoptr (FloeConfiguration) configuration = make_configuration (self);

  networks_look (self->networks, configuration);
}

static void
on_entered (gpointer user_data)
{
  Session *self = user_data;

  self->moved_at_us = g_get_monotonic_time ();
  if (session_is_ending (self))
    return;
  look_at_network (self);
  if (room_is_ours (self->room))
    {
      room_warn_if_exposed (self->room, self->report); /* a browser may come */
      report_ready (self->report, room_get_url (self->room), room_get_code (self->room),
                    room_get_server (self->room), self->engine.role == FLOE_PROOF_SENDER);
    }
}

static void
on_lost (ExitStatus status, const char *message, gpointer user_data)
{
  Session *self = user_data;

  self->is_room_lost = TRUE;
  if (self->phase == PHASE_CONNECTING && peer_link_is_open (self->link))
    on_gone (self);
  else
    session_end (self, status, message, FALSE);
}

/* Whether who is there has been too long about it. */
void
session_check_peer (Session *self, gint64 quiet_us)
{
  gint64 phase_us = g_get_monotonic_time () - self->phase_began_us;

  if (self->is_peer_gone && quiet_us > GONE_TIMEOUT_S * G_TIME_SPAN_SECOND
      && (self->phase == PHASE_CONNECTING || !peer_link_is_alive (self->link)))
    on_link_failed (EXIT_STATUS_FAILED, "The other side hung up before all was done", self);
  else if (self->phase == PHASE_CONNECTING && room_is_ours (self->room)
           && phase_us > PROOF_TIMEOUT_S * G_TIME_SPAN_SECOND)
    on_link_failed (EXIT_STATUS_TIMED_OUT, "Who came did not prove anything", self);
}

const RoomHandlers session_room_handlers = { on_entered, on_peer, on_gone, on_lost };
