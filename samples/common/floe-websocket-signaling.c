/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-websocket-signaling.h"

#include <libsoup/soup.h>

#include "floe-room-message.h"
#include "sample-json.h"

#define PROTOCOL "floe.1"
/* A session takes some dozens; whoever sends more is not connecting. */
#define MAX_MESSAGES 1024
/* Often enough for the NATs and proxies that drop a silent TCP connection after a minute. */
#define KEEPALIVE_S 25
/* Pings go out between two looks at whether any was answered. */
#define PINGS_A_LOOK 2
/* From the beginning to the welcome: name, TCP, TLS and two round trips on a slow network. */
#define WELCOME_TIMEOUT_S 30
/* RFC 6585 section 4; libsoup has no name for it. */
#define HTTP_TOO_MANY_REQUESTS 429
/* No session: nobody is there. */
#define NO_SESSION (-1)

struct _FloeWebsocketSignaling
{
  GObject parent_instance;

  SoupSession *session;                /* (owned): outlives what it connected */
  SoupWebsocketConnection *connection; /* (owned) (nullable): NULL before and after */
  GCancellable *cancellable;           /* (owned): of the attempt to connect */
  GTlsDatabase *trust;                 /* (owned) (nullable): besides the system's */
  GSocketConnectable *identity;        /* (owned): whom a certificate must name */
  GSource *timer;                      /* (owned): for the welcome, then for the next look */
  guint keepalive_s;
  gboolean opens;
  gboolean is_over;      /* closed or failed: nothing is emitted any more */
  gboolean is_welcome;   /* the room let us in */
  gboolean is_answered;  /* a ping was, since the last look */
  gint64 peer_session;   /* or NO_SESSION */
  gint64 latest_session; /* the last that there was, or NO_SESSION */
  guint message_count;   /* in this session */
};

static void signaling_iface_init (FloeSignalingInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FloeWebsocketSignaling, floe_websocket_signaling, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FLOE_TYPE_SIGNALING, signaling_iface_init))

static void
stop_timer (FloeWebsocketSignaling *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* Drops the connection, or the attempt to make one; a close frame goes out if it stands. */
static void
disconnect (FloeWebsocketSignaling *self)
{
  g_autoptr (SoupWebsocketConnection) connection = g_steal_pointer (&self->connection);

  self->is_over = TRUE;
  self->peer_session = NO_SESSION;
  stop_timer (self);
  g_cancellable_cancel (self->cancellable);
  if (connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (connection, self);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
}

static void
fail (FloeWebsocketSignaling *self, const GError *error)
{
  g_autoptr (FloeWebsocketSignaling) alive = g_object_ref (self);

  if (self->is_over)
    return;
  disconnect (self);
  floe_signaling_emit_error (FLOE_SIGNALING (self), error);
}

static void
fail_with (FloeWebsocketSignaling *self, FloeError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (FLOE_ERROR, code, message);

  fail (self, error);
}

/* Takes @source. */
static void
start_timer (FloeWebsocketSignaling *self, GSource *source, GSourceFunc callback)
{
  self->timer = source;
  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/* TCP alone notices only after a quarter of an hour that the way is gone: after a suspend, say, or
 * when this machine has got another address. */
static gboolean
on_look (gpointer user_data)
{
  FloeWebsocketSignaling *self = FLOE_WEBSOCKET_SIGNALING (user_data);

  if (self->is_answered)
    {
      self->is_answered = FALSE;
      return G_SOURCE_CONTINUE;
    }
  fail_with (self, FLOE_ERROR_NETWORK, "The connection to the rendezvous broke off");
  return G_SOURCE_REMOVE;
}

static void
handle_welcome (FloeWebsocketSignaling *self, const FloeRoomMessage *message)
{
  if (self->is_welcome)
    return;
  self->is_welcome = TRUE;
  stop_timer (self);
  start_timer (self, g_timeout_source_new_seconds (PINGS_A_LOOK * self->keepalive_s), on_look);
  if (message->privacy != FLOE_PRIVACY_LEVEL_OPEN)
    floe_signaling_emit_privacy (FLOE_SIGNALING (self), message->privacy);
  floe_signaling_emit_welcome (FLOE_SIGNALING (self), message->ice_servers);
}

static void
handle_gone (FloeWebsocketSignaling *self)
{
  self->peer_session = NO_SESSION;
  floe_signaling_emit_gone (FLOE_SIGNALING (self));
}

static void
handle_peer (FloeWebsocketSignaling *self, const FloeRoomMessage *message)
{
  if (!self->is_welcome || message->session == self->latest_session)
    return;
  if (self->peer_session != NO_SESSION)
    handle_gone (self);
  if (self->is_over) /* closed in a handler */
    return;
  self->peer_session = self->latest_session = message->session;
  self->message_count = 0;
  floe_signaling_emit_peer (FLOE_SIGNALING (self), message->offers);
}

static void
handle_message (FloeWebsocketSignaling *self, const FloeRoomMessage *message)
{
  FloeSignaling *signaling = FLOE_SIGNALING (self);
  gboolean is_current = self->peer_session != NO_SESSION && message->session == self->peer_session;

  if (message->kind == FLOE_ROOM_MESSAGE_WELCOME)
    handle_welcome (self, message);
  else if (message->kind == FLOE_ROOM_MESSAGE_ERROR)
    fail (self, message->error);
  else if (message->kind == FLOE_ROOM_MESSAGE_PEER)
    handle_peer (self, message);
  else if (!is_current) /* meant for one who left, or from one */
    g_debug ("signaling: left out a message of another session");
  else if (message->kind == FLOE_ROOM_MESSAGE_GONE)
    handle_gone (self);
  else if (message->kind == FLOE_ROOM_MESSAGE_DESCRIPTION)
    floe_signaling_emit_description (signaling, message->description);
  else
    floe_signaling_emit_candidate (signaling, message->candidate);
}

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes,
            FloeWebsocketSignaling *self)
{
  g_autoptr (FloeWebsocketSignaling) alive = g_object_ref (self);
  g_auto (FloeRoomMessage) message = { 0 };
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  if (type == SOUP_WEBSOCKET_DATA_TEXT && ++self->message_count <= MAX_MESSAGES)
    object = sample_json_parse_object (text, size, NULL);
  if (object == NULL)
    fail_with (self, FLOE_ERROR_OPERATION,
               "The rendezvous does not keep to its protocol: see that the address is right");
  else if (floe_room_message_read (object, &message, &error))
    handle_message (self, &message);
  else /* One that makes no sense, a candidate of a new kind say, stops nobody. */
    g_debug ("signaling: left out a message: %s", error->message);
}

static void
on_pong (SoupWebsocketConnection *connection, GBytes *payload, FloeWebsocketSignaling *self)
{
  self->is_answered = TRUE;
}

static void
on_closed (SoupWebsocketConnection *connection, FloeWebsocketSignaling *self)
{
  fail_with (self, FLOE_ERROR_NETWORK,
             self->is_welcome ? "The connection to the rendezvous broke off"
                              : "The rendezvous ended the connection: try again later");
}

static void
send_line (FloeWebsocketSignaling *self, char *line)
{
  g_autofree char *owned = line;

  if (self->connection != NULL
      && soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->connection, owned);
}

static void
adopt_connection (FloeWebsocketSignaling *self, SoupWebsocketConnection *connection)
{
  g_autofree char *id = g_uuid_string_random ();

  self->connection = g_object_ref (connection);
  soup_websocket_connection_set_max_incoming_payload_size (connection, FLOE_SIGNALING_MAX_SIZE);
  soup_websocket_connection_set_keepalive_interval (connection, self->keepalive_s);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  send_line (self, floe_room_message_write_join (id, self->opens));
}

static void
fail_to_connect (FloeWebsocketSignaling *self, guint status, const GError *reason)
{
  g_autoptr (GError) error = NULL;

  if (status == HTTP_TOO_MANY_REQUESTS || status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    g_set_error_literal (&error, FLOE_ERROR, FLOE_ERROR_NETWORK,
                         "The rendezvous has too much to do: try again later");
  else if (status != SOUP_STATUS_NONE)
    g_set_error (&error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                 "The server at this address does not let us in (HTTP status %u): check that the "
                 "address is that of a rendezvous",
                 status);
  else if (reason->domain == G_TLS_ERROR)
    g_set_error (&error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                 "No secure connection to the rendezvous can be made: %s", reason->message);
  else
    g_set_error (&error, FLOE_ERROR, FLOE_ERROR_NETWORK, "The rendezvous can't be reached: %s",
                 reason->message);
  fail (self, error);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FloeWebsocketSignaling) self = FLOE_WEBSOCKET_SIGNALING (user_data);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  if (self->is_over)
    return;
  if (connection == NULL)
    fail_to_connect (self, soup_message_get_status (message), error);
  else if (g_strcmp0 (soup_websocket_connection_get_protocol (connection), PROTOCOL) != 0)
    fail_with (self, FLOE_ERROR_OPERATION,
               "The server at this address is no rendezvous of this version");
  else
    adopt_connection (self, connection);
}

/* Of a certificate that the system does not trust. */
static gboolean
on_accept_certificate (SoupMessage *message, GTlsCertificate *certificate,
                       GTlsCertificateFlags errors, FloeWebsocketSignaling *self)
{
  return self->trust != NULL
         && g_tls_database_verify_chain (self->trust, certificate,
                                         G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, self->identity,
                                         NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, NULL)
                == 0;
}

static gboolean
on_welcome_timeout (gpointer user_data)
{
  fail_with (FLOE_WEBSOCKET_SIGNALING (user_data), FLOE_ERROR_NETWORK,
             "The rendezvous does not answer: check the address, and that it can be reached from "
             "here");
  return G_SOURCE_REMOVE;
}

static gboolean
on_malformed (gpointer user_data)
{
  fail_with (FLOE_WEBSOCKET_SIGNALING (user_data), FLOE_ERROR_OPERATION,
             "The host name in the address is malformed");
  return G_SOURCE_REMOVE;
}

static void
connect_to (FloeWebsocketSignaling *self, const char *uri)
{
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);
  char *protocols[] = { PROTOCOL, NULL };

  if (message == NULL)
    {
      start_timer (self, g_idle_source_new (), on_malformed);
      return;
    }
  /* Nobody may send us elsewhere, or fill the memory with a few compressed bytes. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_disable_feature (message, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  g_signal_connect_object (message, "accept-certificate", G_CALLBACK (on_accept_certificate), self,
                           0);
  start_timer (self, g_timeout_source_new_seconds (WELCOME_TIMEOUT_S), on_welcome_timeout);
  soup_session_websocket_connect_async (self->session, message, NULL, protocols, G_PRIORITY_DEFAULT,
                                        self->cancellable, on_connected, g_object_ref (self));
}

static void
send_description (FloeSignaling *signaling, FloeSessionDescription *description)
{
  FloeWebsocketSignaling *self = FLOE_WEBSOCKET_SIGNALING (signaling);

  if (self->peer_session != NO_SESSION)
    send_line (self, floe_room_message_write_description (self->peer_session, description));
}

static void
send_candidate (FloeSignaling *signaling, FloeIceCandidate *candidate)
{
  FloeWebsocketSignaling *self = FLOE_WEBSOCKET_SIGNALING (signaling);

  if (self->peer_session != NO_SESSION)
    send_line (self, floe_room_message_write_candidate (self->peer_session, candidate));
}

static void
dismiss_peer (FloeSignaling *signaling)
{
  FloeWebsocketSignaling *self = FLOE_WEBSOCKET_SIGNALING (signaling);

  if (self->peer_session != NO_SESSION)
    send_line (self, floe_room_message_write_gone (self->peer_session));
  self->peer_session = NO_SESSION;
}

static void
close_signaling (FloeSignaling *signaling)
{
  disconnect (FLOE_WEBSOCKET_SIGNALING (signaling));
}

static void
signaling_iface_init (FloeSignalingInterface *iface)
{
  iface->send_description = send_description;
  iface->send_candidate = send_candidate;
  iface->dismiss_peer = dismiss_peer;
  iface->close = close_signaling;
}

static void
floe_websocket_signaling_dispose (GObject *object)
{
  FloeWebsocketSignaling *self = FLOE_WEBSOCKET_SIGNALING (object);

  disconnect (self);
  g_clear_object (&self->session);
  g_clear_object (&self->trust);
  g_clear_object (&self->identity);

  G_OBJECT_CLASS (floe_websocket_signaling_parent_class)->dispose (object);
}

static void
floe_websocket_signaling_finalize (GObject *object)
{
  g_object_unref (FLOE_WEBSOCKET_SIGNALING (object)->cancellable);

  G_OBJECT_CLASS (floe_websocket_signaling_parent_class)->finalize (object);
}

static void
floe_websocket_signaling_class_init (FloeWebsocketSignalingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = floe_websocket_signaling_dispose;
  G_OBJECT_CLASS (klass)->finalize = floe_websocket_signaling_finalize;
}

static void
floe_websocket_signaling_init (FloeWebsocketSignaling *self)
{
  self->cancellable = g_cancellable_new ();
  self->keepalive_s = KEEPALIVE_S;
  self->peer_session = self->latest_session = NO_SESSION;
}

FloeSignaling *
floe_websocket_signaling_new (const FloeRoomAddress *address, gboolean opens, GTlsDatabase *trust)
{
  FloeWebsocketSignaling *self;
  g_autofree char *uri = NULL;

  g_return_val_if_fail (address->has_code, NULL);

  self = g_object_new (FLOE_TYPE_WEBSOCKET_SIGNALING, NULL);
  uri = floe_room_address_to_websocket_uri (address);
  self->opens = opens;
  g_set_object (&self->trust, trust);
  self->identity = g_network_address_new (address->host, address->port);
  /* A proxy has no business between machines of one network. */
  self->session = floe_room_address_is_private (address)
                      ? soup_session_new_with_options ("proxy-resolver", NULL, NULL)
                      : soup_session_new ();
  connect_to (self, uri);
  return FLOE_SIGNALING (self);
}

void
floe_websocket_signaling_set_keepalive (FloeWebsocketSignaling *self, guint seconds)
{
  g_return_if_fail (FLOE_IS_WEBSOCKET_SIGNALING (self));
  g_return_if_fail (seconds > 0);

  self->keepalive_s = seconds;
}
