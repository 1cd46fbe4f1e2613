/* SPDX-License-Identifier: MPL-2.0 */
#include "attack-link.h"

#include "floe-connector.h"
#include "floe-stdio-signaling.h"
#include "sample-json.h"

#define LABEL "floe"
#define PROTOCOL "floe-transfer.1"
/* In bytes: what may wait to be sent before we do. */
#define MAX_BUFFERED (1024 * 1024)

struct _AttackLink
{
  const AttackLinkEvents *events; /* (unowned) */
  gpointer user_data;             /* (unowned) */
  FloePeerConnection *connection; /* (owned) */
  FloeSignaling *signaling;       /* (owned) */
  FloeConnector *connector;       /* (owned) */
  FloeDataChannel *channel;       /* (owned) (nullable): until there is one */
  gboolean offers;
  gboolean is_open;
  gboolean is_closed;
};

static void
on_open (FloeDataChannel *channel, AttackLink *self)
{
  if (self->is_open)
    return;
  self->is_open = TRUE;
  self->events->opened (self->user_data);
}

static void
on_text (FloeDataChannel *channel, const char *text, AttackLink *self)
{
  self->events->text (text, self->user_data);
}

static void
on_bytes (FloeDataChannel *channel, GBytes *bytes, AttackLink *self)
{
  self->events->bytes (bytes, self->user_data);
}

static void
on_drained (FloeDataChannel *channel, AttackLink *self)
{
  self->events->drained (self->user_data);
}

static void
close_once (AttackLink *self)
{
  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  self->events->closed (self->user_data);
}

static void
adopt_channel (AttackLink *self, FloeDataChannel *channel)
{
  self->channel = g_object_ref (channel);
  floe_data_channel_set_buffered_amount_low_threshold (channel, MAX_BUFFERED / 2);
  g_signal_connect (channel, "open", G_CALLBACK (on_open), self);
  g_signal_connect (channel, "message-text", G_CALLBACK (on_text), self);
  g_signal_connect (channel, "message-bytes", G_CALLBACK (on_bytes), self);
  g_signal_connect (channel, "buffered-amount-low", G_CALLBACK (on_drained), self);
  g_signal_connect_swapped (channel, "close", G_CALLBACK (close_once), self);
}

static void
on_data_channel (FloePeerConnection *connection, FloeDataChannel *channel, AttackLink *self)
{
  if (self->channel != NULL || g_strcmp0 (floe_data_channel_get_label (channel), LABEL) != 0)
    return;
  adopt_channel (self, channel);
  if (floe_data_channel_get_ready_state (channel) == FLOE_DATA_CHANNEL_STATE_OPEN)
    on_open (channel, self);
}

static void
on_connection_state (FloePeerConnection *connection, GParamSpec *pspec, AttackLink *self)
{
  if (floe_peer_connection_get_connection_state (connection) == FLOE_PEER_CONNECTION_STATE_FAILED)
    close_once (self);
}

static void
on_negotiation_failed (FloeConnector *connector, const GError *error, AttackLink *self)
{
  g_printerr ("attack: %s\n", error->message);
  close_once (self);
}

static void
make_channel (AttackLink *self)
{
  g_autoptr (FloeDataChannelInit) init = floe_data_channel_init_new ();
  g_autoptr (FloeDataChannel) channel = NULL;

  floe_data_channel_init_set_protocol (init, PROTOCOL);
  channel = floe_peer_connection_create_data_channel (self->connection, LABEL, init, NULL);
  adopt_channel (self, channel);
  floe_connector_offer (self->connector);
}

AttackLink *
attack_link_new (gboolean offers, const AttackLinkEvents *events, gpointer user_data)
{
  AttackLink *self = g_new0 (AttackLink, 1);
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();

  floe_configuration_set_include_loopback (configuration, TRUE);
  self->events = events;
  self->user_data = user_data;
  self->offers = offers;
  self->connection = floe_peer_connection_new (configuration, NULL);
  self->signaling = floe_stdio_signaling_new (events->signal, user_data);
  self->connector = floe_connector_new (self->connection, self->signaling);
  g_signal_connect (self->connection, "data-channel", G_CALLBACK (on_data_channel), self);
  g_signal_connect (self->connection, "notify::connection-state", G_CALLBACK (on_connection_state),
                    self);
  g_signal_connect (self->connector, "negotiation-failed", G_CALLBACK (on_negotiation_failed),
                    self);
  if (offers)
    make_channel (self);
  return self;
}

void
attack_link_free (AttackLink *self)
{
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_signal_handlers_disconnect_by_data (self->connector, self);
  if (self->channel != NULL)
    g_signal_handlers_disconnect_by_data (self->channel, self);
  floe_signaling_close (self->signaling);
  floe_peer_connection_close (self->connection);
  g_clear_object (&self->channel);
  g_clear_object (&self->connector);
  g_clear_object (&self->signaling);
  g_clear_object (&self->connection);
  g_free (self);
}

/* (transfer full): @sdp with no bound on the length of a message (RFC 8841 section 6.1: 0). */
static char *
lift_bound (const char *sdp)
{
  g_autoptr (GRegex) bound = g_regex_new ("a=max-message-size:[0-9]+", 0, 0, NULL);

  return g_regex_replace_literal (bound, sdp, -1, 0, "a=max-message-size:0", 0, NULL);
}

void
attack_link_receive (AttackLink *self, JsonObject *object)
{
  const char *sdp = sample_json_get_string (object, "sdp", G_MAXUINT16);
  g_autoptr (JsonObject) lifted = json_object_new ();
  g_autoptr (GError) error = NULL;

  if (sdp != NULL)
    {
      g_autofree char *text = lift_bound (sdp);
      json_object_set_string_member (lifted, "type", sample_json_get_string (object, "type", 16));
      json_object_set_string_member (lifted, "sdp", text);
    }
  if (!floe_stdio_signaling_receive (FLOE_STDIO_SIGNALING (self->signaling),
                                     sdp != NULL ? lifted : object, &error))
    g_printerr ("attack: %s\n", error->message);
}

gboolean
attack_link_send_text (AttackLink *self, const char *text)
{
  return self->channel != NULL && floe_data_channel_send_text (self->channel, text, NULL);
}

gboolean
attack_link_send_bytes (AttackLink *self, GBytes *bytes)
{
  return self->channel != NULL && floe_data_channel_send_bytes (self->channel, bytes, NULL);
}

gboolean
attack_link_is_full (AttackLink *self)
{
  return self->channel != NULL
         && floe_data_channel_get_buffered_amount (self->channel) > MAX_BUFFERED;
}

void
attack_link_stall (AttackLink *self)
{
  g_signal_handlers_disconnect_by_func (self->channel, on_text, self);
  g_signal_handlers_disconnect_by_func (self->channel, on_bytes, self);
}

static gboolean
read_fingerprint (FloeSessionDescription *description, guint8 *fingerprint)
{
  gboolean is_read = description != NULL
                     && floe_proof_read_fingerprint (floe_session_description_get_sdp (description),
                                                     fingerprint, NULL);

  g_clear_pointer (&description, floe_session_description_unref);
  return is_read;
}

gboolean
attack_link_get_fingerprints (AttackLink *self, FloeProofBinding *binding)
{
  return read_fingerprint (floe_peer_connection_get_local_description (self->connection),
                           self->offers ? binding->offerer_fingerprint
                                        : binding->answerer_fingerprint)
         && read_fingerprint (floe_peer_connection_get_remote_description (self->connection),
                              self->offers ? binding->answerer_fingerprint
                                           : binding->offerer_fingerprint);
}
