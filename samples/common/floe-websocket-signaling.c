/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-websocket-signaling.h"

#include "floe-signaling-message.h"
#include "sample-json.h"

/* A session takes some dozens; whoever sends more is not connecting. */
#define MAX_MESSAGES 1024
/* Often enough for the NATs and proxies that drop a silent TCP connection after a minute. */
#define KEEPALIVE_S 25

struct _FloeWebsocketSignaling
{
  GObject parent_instance;

  SoupSession *session;                /* (owned): outlives what it connected */
  SoupWebsocketConnection *connection; /* (owned) (nullable): NULL once closed */
  guint message_count;
};

static void signaling_iface_init (FloeSignalingInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FloeWebsocketSignaling, floe_websocket_signaling, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FLOE_TYPE_SIGNALING, signaling_iface_init))

/* Drops the connection; a close frame goes out if it still stands. */
static void
disconnect (FloeWebsocketSignaling *self)
{
  g_autoptr (SoupWebsocketConnection) connection = g_steal_pointer (&self->connection);

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

  disconnect (self);
  floe_signaling_emit_error (FLOE_SIGNALING (self), error);
}

static void
deliver (FloeWebsocketSignaling *self, const FloeSignalingMessage *message)
{
  FloeSignaling *signaling = FLOE_SIGNALING (self);

  switch (message->kind)
    {
    case FLOE_SIGNALING_MESSAGE_JOINED:
      floe_signaling_emit_peer_joined (signaling);
      break;
    case FLOE_SIGNALING_MESSAGE_GONE:
      floe_signaling_emit_gone (signaling);
      break;
    case FLOE_SIGNALING_MESSAGE_DESCRIPTION:
      floe_signaling_emit_description (signaling, message->description);
      break;
    case FLOE_SIGNALING_MESSAGE_CANDIDATE:
      floe_signaling_emit_candidate (signaling, message->candidate);
      break;
    }
}

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes,
            FloeWebsocketSignaling *self)
{
  g_autoptr (FloeWebsocketSignaling) alive = g_object_ref (self);
  g_auto (FloeSignalingMessage) message = { 0 };
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  if (type != SOUP_WEBSOCKET_DATA_TEXT || ++self->message_count > MAX_MESSAGES)
    {
      g_set_error_literal (&error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                           "The other side does not keep to the signalling protocol");
      fail (self, error);
      return;
    }
  object = sample_json_parse_object (size > 0 ? text : "", size, &error);
  if (object != NULL && floe_signaling_message_read (object, &message, &error))
    deliver (self, &message);
  else /* One message that makes no sense, a candidate of a new kind say, stops nobody. */
    g_debug ("signaling: left out a message: %s", error->message);
}

static void
on_closed (SoupWebsocketConnection *connection, FloeWebsocketSignaling *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (FLOE_ERROR, FLOE_ERROR_NETWORK, "The rendezvous ended the connection");

  fail (self, error);
}

static void
adopt_connection (FloeWebsocketSignaling *self, SoupWebsocketConnection *connection)
{
  self->connection = g_object_ref (connection);
  soup_websocket_connection_set_max_incoming_payload_size (connection, FLOE_SIGNALING_MAX_SIZE);
  soup_websocket_connection_set_keepalive_interval (connection, KEEPALIVE_S);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
}

/* Takes @object. */
static void
send_object (FloeWebsocketSignaling *self, JsonObject *object)
{
  g_autofree char *line = sample_json_to_line (object);

  json_object_unref (object);
  if (self->connection != NULL
      && soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->connection, line);
}

static void
send_description (FloeSignaling *signaling, FloeSessionDescription *description)
{
  send_object (FLOE_WEBSOCKET_SIGNALING (signaling),
               floe_signaling_message_write_description (description));
}

static void
send_candidate (FloeSignaling *signaling, FloeIceCandidate *candidate)
{
  send_object (FLOE_WEBSOCKET_SIGNALING (signaling),
               floe_signaling_message_write_candidate (candidate));
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
  iface->close = close_signaling;
}

static void
floe_websocket_signaling_dispose (GObject *object)
{
  FloeWebsocketSignaling *self = FLOE_WEBSOCKET_SIGNALING (object);

  disconnect (self);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (floe_websocket_signaling_parent_class)->dispose (object);
}

static void
floe_websocket_signaling_class_init (FloeWebsocketSignalingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = floe_websocket_signaling_dispose;
}

static void
floe_websocket_signaling_init (FloeWebsocketSignaling *self)
{
  /* A room is on this machine or in the same network: a proxy has no business in between. */
  self->session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FloeWebsocketSignaling *self = g_task_get_task_data (task);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  guint status = soup_message_get_status (message);
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  if (connection != NULL)
    {
      adopt_connection (self, connection);
      g_task_return_pointer (task, g_object_ref (self), g_object_unref);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (status == SOUP_STATUS_CONFLICT)
    g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                             "Somebody else has joined already: the address works once");
  else if (status != SOUP_STATUS_NONE)
    g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                             "The rendezvous does not let us in (HTTP status %u): check that the "
                             "address is complete",
                             status);
  else
    g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_NETWORK,
                             "The rendezvous can't be reached: %s", error->message);
}

void
floe_websocket_signaling_join_async (const FloeRoomAddress *address, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  FloeWebsocketSignaling *self = g_object_new (FLOE_TYPE_WEBSOCKET_SIGNALING, NULL);
  g_autofree char *uri = floe_room_address_to_websocket_uri (address);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);
  char *protocols[] = { FLOE_SIGNALING_PROTOCOL, NULL };

  g_task_set_source_tag (task, floe_websocket_signaling_join_async);
  g_task_set_task_data (task, self, g_object_unref);
  if (message == NULL)
    {
      g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_NETWORK,
                               "The host name in the address is malformed");
      return;
    }
  soup_session_websocket_connect_async (self->session, message, NULL, protocols, G_PRIORITY_DEFAULT,
                                        cancellable, on_connected, g_steal_pointer (&task));
}

FloeSignaling *
floe_websocket_signaling_join_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
