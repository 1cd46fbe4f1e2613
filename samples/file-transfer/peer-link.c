/* SPDX-License-Identifier: MPL-2.0 */
#include "peer-link.h"

#include <string.h>

#include "floe-connector.h"
#include "handshake.h"
#include "transfer-message.h"

/* The message size that every WebRTC implementation takes. */
#define MAX_CHUNK (64 * 1024)
/* When the channel wants more to send. */
#define LOW_BUFFERED (512 * 1024)
/* How long the last message may take to be read by a peer that does not hang up. */
#define PARTING_MS 2000

struct _PeerLink
{
  PeerLinkHandlers handlers; /* all NULL once it parts */
  gpointer user_data;
  FloePeerConnection *connection; /* (owned) */
  FloeSignaling *signaling;       /* (owned) (nullable): NULL once it is not used any more */
  FloeConnector *connector;       /* (owned) (nullable): as signaling */
  FloeDataChannel *channel;       /* (owned) (nullable): NULL until there is one */
  Handshake *handshake;           /* (owned) (nullable): from the opening to the proof */
  char *remote_sdp;               /* (owned) (nullable): the first description that came */
  guint8 key[FLOE_CODE_KEY_SIZE]; /* wiped at the end */
  FloeProofRole role;
  FloePrivacyLevel privacy;
  gboolean offers;
  gboolean is_proven;
  gboolean is_parting;
  guint parting_source; /* 0 unless it is armed */
  gint64 began_us;
  gint64 opened_us; /* 0 before */
};

static gboolean
on_parting_over (gpointer user_data)
{
  PeerLink *self = user_data;

  self->parting_source = 0;
  peer_link_free (self);
  return G_SOURCE_REMOVE;
}

/* The last that is done in a handler. */
static void
fail (PeerLink *self, ExitStatus status, const char *message)
{
  if (!self->is_parting)
    self->handlers.failed (status, message, self->user_data);
  else
    {
      g_clear_handle_id (&self->parting_source, g_source_remove);
      self->parting_source = g_idle_add (on_parting_over, self);
    }
}

/* Sends what the handshake has to say, and sees how it stands. The last that is done in a handler:
 * the link may be gone. */
static void
advance_handshake (PeerLink *self)
{
  HandshakeState state = handshake_get_state (self->handshake);
  g_autoptr (Handshake) ended = NULL;
  g_autoptr (GError) error = NULL;
  char *next;

  while (error == NULL && (next = handshake_poll (self->handshake)) != NULL)
    {
      g_autofree char *text = next;
      floe_data_channel_send_text (self->channel, text, &error);
    }
  if (error != NULL)
    {
      fail (self, EXIT_STATUS_FAILED, error->message);
      return;
    }
  if (state == HANDSHAKE_NEEDS_MORE)
    return;
  ended = g_steal_pointer (&self->handshake);
  self->is_proven = state == HANDSHAKE_PROVEN;
  if (self->is_proven)
    self->handlers.proven (self->user_data);
  else
    fail (self, handshake_get_status (ended), handshake_get_message (ended));
}

static void
on_open (FloeDataChannel *channel, PeerLink *self)
{
  g_autoptr (FloeSessionDescription) local =
      floe_peer_connection_get_local_description (self->connection);
  HandshakeOptions options = { .key = self->key,
                               .role = self->role,
                               .offers = self->offers,
                               .privacy = self->privacy,
                               .remote_sdp = self->remote_sdp };

  if (self->opened_us != 0 || self->is_parting || local == NULL || self->remote_sdp == NULL)
    return;
  self->opened_us = g_get_monotonic_time ();
  options.local_sdp = floe_session_description_get_sdp (local);
  self->handshake = handshake_new (&options);
  advance_handshake (self);
}

static void
on_message_text (FloeDataChannel *channel, const char *text, PeerLink *self)
{
  if (self->is_parting)
    return;
  if (self->is_proven)
    self->handlers.text (text, self->user_data);
  else if (self->handshake != NULL)
    {
      handshake_handle_text (self->handshake, text);
      advance_handshake (self);
    }
}

static void
on_message_bytes (FloeDataChannel *channel, GBytes *bytes, PeerLink *self)
{
  if (self->is_parting)
    return;
  if (self->is_proven)
    self->handlers.bytes (bytes, self->user_data);
  else if (self->handshake != NULL)
    {
      handshake_handle_bytes (self->handshake);
      advance_handshake (self);
    }
}

static void
on_buffered_amount_low (FloeDataChannel *channel, PeerLink *self)
{
  if (self->is_proven && !self->is_parting)
    self->handlers.room (self->user_data);
}

static void
on_error (FloeDataChannel *channel, const GError *error, PeerLink *self)
{
  fail (self, EXIT_STATUS_FAILED, error->message);
}

static void
on_close (FloeDataChannel *channel, PeerLink *self)
{
  fail (self, EXIT_STATUS_FAILED, "The other side hung up before all was done");
}

static void
take_channel (PeerLink *self, FloeDataChannel *channel)
{
  self->channel = g_object_ref (channel);
  floe_data_channel_set_buffered_amount_low_threshold (channel, LOW_BUFFERED);
  g_signal_connect (channel, "open", G_CALLBACK (on_open), self);
  g_signal_connect (channel, "buffered-amount-low", G_CALLBACK (on_buffered_amount_low), self);
  g_signal_connect (channel, "message-text", G_CALLBACK (on_message_text), self);
  g_signal_connect (channel, "message-bytes", G_CALLBACK (on_message_bytes), self);
  g_signal_connect (channel, "error", G_CALLBACK (on_error), self);
  g_signal_connect (channel, "close", G_CALLBACK (on_close), self);
}

static void
on_data_channel (FloePeerConnection *connection, FloeDataChannel *channel, PeerLink *self)
{
  if (self->channel != NULL
      || strcmp (floe_data_channel_get_protocol (channel), TRANSFER_CHANNEL_PROTOCOL) != 0
      || strcmp (floe_data_channel_get_label (channel), TRANSFER_CHANNEL_LABEL) != 0
      || !floe_data_channel_get_ordered (channel)
      || floe_data_channel_get_max_retransmits (channel) >= 0
      || floe_data_channel_get_max_packet_life_time (channel) >= 0)
    {
      floe_data_channel_close (channel);
      return;
    }
  take_channel (self, channel);
  if (floe_data_channel_get_ready_state (channel) == FLOE_DATA_CHANNEL_STATE_OPEN)
    on_open (channel, self);
}

static void
on_connection_state (FloePeerConnection *connection, GParamSpec *pspec, PeerLink *self)
{
  if (floe_peer_connection_get_connection_state (connection) != FLOE_PEER_CONNECTION_STATE_FAILED)
    return;
  if (self->opened_us == 0)
    fail (self, EXIT_STATUS_FAILED,
          "No connection: no path between the two machines let anything through");
  else
    fail (self, EXIT_STATUS_FAILED, "The connection to the other side was lost");
}

static void
on_negotiation_failed (FloeConnector *connector, const GError *error, PeerLink *self)
{
  if (self->opened_us == 0)
    fail (self, EXIT_STATUS_FAILED, error->message);
  else
    g_debug ("link: a later description failed: %s", error->message);
}

static void
on_candidate_refused (FloeConnector *connector, const GError *error, PeerLink *self)
{
  g_debug ("link: a candidate was refused: %s", error->message);
}

static gboolean
has_same_fingerprint (const char *sdp, const char *other)
{
  guint8 fingerprints[2][FLOE_PROOF_FINGERPRINT_SIZE];

  return floe_proof_read_fingerprint (sdp, fingerprints[0], NULL)
         && floe_proof_read_fingerprint (other, fingerprints[1], NULL)
         && memcmp (fingerprints[0], fingerprints[1], FLOE_PROOF_FINGERPRINT_SIZE) == 0;
}

/* Before the connector gets it. The certificate that is proved must be the one that the DTLS
 * association was made with, so a rendezvous can't send another one's description afterwards. */
static void
on_description (FloeSignaling *signaling, FloeSessionDescription *description, PeerLink *self)
{
  const char *sdp = floe_session_description_get_sdp (description);

  if (self->remote_sdp == NULL)
    self->remote_sdp = g_strdup (sdp);
  else if (!has_same_fingerprint (self->remote_sdp, sdp))
    {
      g_signal_stop_emission_by_name (signaling, "description");
      g_debug ("link: a later description has another fingerprint and was dropped");
    }
}

static gboolean
open_channel (PeerLink *self, GError **error)
{
  g_autoptr (FloeDataChannelInit) init = floe_data_channel_init_new ();
  g_autoptr (FloeDataChannel) channel = NULL;

  floe_data_channel_init_set_protocol (init, TRANSFER_CHANNEL_PROTOCOL);
  channel = floe_peer_connection_create_data_channel (self->connection, TRANSFER_CHANNEL_LABEL,
                                                      init, error);
  if (channel == NULL)
    return FALSE;
  take_channel (self, channel);
  floe_connector_offer (self->connector);
  return TRUE;
}

static void
on_path_changed (FloePeerConnection *connection, FloePathEvent *event, PeerLink *self)
{
  if (peer_link_is_proven (self))
    self->handlers.path (event, (g_get_monotonic_time () - self->began_us) / 1000, self->user_data);
}

PeerLink *
peer_link_new (const PeerLinkOptions *options, const PeerLinkHandlers *handlers, gpointer user_data,
               GError **error)
{
  g_autoptr (PeerLink) self = NULL;
  g_autoptr (FloePeerConnection) connection =
      floe_peer_connection_new (options->configuration, error);

  if (connection == NULL)
    return NULL;
  self = g_new0 (PeerLink, 1);
  self->handlers = *handlers;
  self->user_data = user_data;
  self->role = options->role;
  self->offers = options->offers;
  self->began_us = g_get_monotonic_time ();
  self->privacy = options->privacy;
  memcpy (self->key, options->key, sizeof self->key);
  self->connection = g_steal_pointer (&connection);
  self->signaling = g_object_ref (options->signaling);
  g_signal_connect (self->signaling, "description", G_CALLBACK (on_description), self);
  self->connector = floe_connector_new (self->connection, self->signaling);
  g_signal_connect (self->connector, "negotiation-failed", G_CALLBACK (on_negotiation_failed),
                    self);
  g_signal_connect (self->connector, "candidate-refused", G_CALLBACK (on_candidate_refused), self);
  g_signal_connect (self->connection, "notify::connection-state", G_CALLBACK (on_connection_state),
                    self);
  g_signal_connect (self->connection, "path-changed", G_CALLBACK (on_path_changed), self);
  g_signal_connect (self->connection, "data-channel", G_CALLBACK (on_data_channel), self);
  if (self->offers && !open_channel (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
peer_link_free (PeerLink *self)
{
  g_clear_handle_id (&self->parting_source, g_source_remove);
  peer_link_forget_signaling (self);
  if (self->channel != NULL)
    g_signal_handlers_disconnect_by_data (self->channel, self);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  floe_peer_connection_close (self->connection);
  g_clear_object (&self->channel);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->handshake, handshake_free);
  explicit_bzero (self->key, sizeof self->key);
  g_free (self->remote_sdp);
  g_free (self);
}

void
peer_link_part (PeerLink *self)
{
  peer_link_forget_signaling (self);
  self->is_parting = TRUE;
  self->parting_source = g_timeout_add (PARTING_MS, on_parting_over, self);
}

void
peer_link_forget_signaling (PeerLink *self)
{
  if (self->signaling == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->signaling, self);
  g_signal_handlers_disconnect_by_data (self->connector, self);
  g_clear_object (&self->connector);
  g_clear_object (&self->signaling);
}

gboolean
peer_link_is_open (PeerLink *self)
{
  return self->channel != NULL
         && floe_data_channel_get_ready_state (self->channel) == FLOE_DATA_CHANNEL_STATE_OPEN;
}

gboolean
peer_link_is_proven (PeerLink *self)
{
  return self->is_proven;
}

gboolean
peer_link_is_alive (PeerLink *self)
{
  return floe_peer_connection_get_connection_state (self->connection)
         == FLOE_PEER_CONNECTION_STATE_CONNECTED;
}

gboolean
peer_link_send_text (PeerLink *self, const char *text, GError **error)
{
  return floe_data_channel_send_text (self->channel, text, error);
}

gboolean
peer_link_send_bytes (PeerLink *self, GBytes *bytes, GError **error)
{
  return floe_data_channel_send_bytes (self->channel, bytes, error);
}

guint64
peer_link_get_buffered (PeerLink *self)
{
  return floe_data_channel_get_buffered_amount (self->channel);
}

gsize
peer_link_get_chunk_size (PeerLink *self)
{
  guint64 limit = floe_peer_connection_get_max_message_size (self->connection);

  return limit == 0 ? MAX_CHUNK : (gsize) MIN (limit, MAX_CHUNK);
}

FloeIceCandidatePair *
peer_link_get_pair (PeerLink *self)
{
  return floe_peer_connection_get_selected_candidate_pair (self->connection);
}

FloeConnectionMetrics *
peer_link_get_metrics (PeerLink *self)
{
  return floe_peer_connection_get_metrics (self->connection);
}

gint64
peer_link_get_connect_ms (PeerLink *self)
{
  return (self->opened_us - self->began_us) / 1000;
}
