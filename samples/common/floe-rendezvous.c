/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-rendezvous.h"

#include <libsoup/soup.h>
#include <string.h>

#include "floe-signaling-message.h"
#include "floe-websocket-signaling.h"

#define ROOM_PATH "/room"
#define N_SEATS 2
/* What one member may say in all: some hundred times what a session takes. */
#define MAX_RELAYED_SIZE (1024 * 1024)

typedef struct
{
  SoupWebsocketConnection *connection; /* (owned) (nullable): NULL once it left */
  gsize relayed_size;
} Seat;

struct _FloeRendezvous
{
  GObject parent_instance;

  SoupServer *server; /* (owned) (nullable): NULL once closed */
  char *token;        /* (owned) */
  Seat seats[N_SEATS];
  guint joined_count;
};

G_DEFINE_FINAL_TYPE (FloeRendezvous, floe_rendezvous, G_TYPE_OBJECT)

/* Compares in a time that tells nothing about where the difference is. */
static gboolean
token_matches (FloeRendezvous *self, const char *token)
{
  gsize size = strlen (self->token);
  guint8 difference = 0;

  if (strlen (token) != size)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    difference |= (guint8) (self->token[i] ^ token[i]);
  return difference == 0;
}

static void
say (Seat *seat, const char *text)
{
  if (seat->connection != NULL
      && soup_websocket_connection_get_state (seat->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (seat->connection, text);
}

/* (nullable): the index of @connection's seat, or -1. */
static int
find_seat (FloeRendezvous *self, SoupWebsocketConnection *connection)
{
  for (int i = 0; i < N_SEATS; i++)
    if (self->seats[i].connection == connection)
      return i;
  return -1;
}

static void
leave_seat (FloeRendezvous *self, Seat *seat)
{
  g_autoptr (SoupWebsocketConnection) connection = g_steal_pointer (&seat->connection);

  if (connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (connection, self);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
on_closed (SoupWebsocketConnection *connection, FloeRendezvous *self)
{
  int index = find_seat (self, connection);

  leave_seat (self, &self->seats[index]);
  say (&self->seats[1 - index], "{\"type\":\"gone\"}");
}

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes,
            FloeRendezvous *self)
{
  int index = find_seat (self, connection);
  Seat *seat = &self->seats[index];
  Seat *other = &self->seats[1 - index];
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  seat->relayed_size += size;
  if (type != SOUP_WEBSOCKET_DATA_TEXT || seat->relayed_size > MAX_RELAYED_SIZE)
    {
      leave_seat (self, seat);
      say (other, "{\"type\":\"gone\"}");
      return;
    }
  /* libsoup ends a text frame's bytes with a NUL and has checked that they are UTF-8; one with a
   * NUL inside is no JSON and arrives cut. */
  if (size > 0)
    say (other, text);
}

static void
on_join (SoupServer *server, SoupServerMessage *message, const char *path,
         SoupWebsocketConnection *connection, gpointer user_data)
{
  FloeRendezvous *self = FLOE_RENDEZVOUS (user_data);
  Seat *seat;

  if (self->joined_count == N_SEATS)
    { /* Two handshakes at once got past on_request(). */
      soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, NULL);
      return;
    }
  seat = &self->seats[self->joined_count++];
  seat->connection = g_object_ref (connection);
  soup_websocket_connection_set_max_incoming_payload_size (connection, FLOE_SIGNALING_MAX_SIZE);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  if (self->joined_count < N_SEATS)
    return;
  for (guint i = 0; i < N_SEATS; i++)
    say (&self->seats[i], "{\"type\":\"joined\"}");
}

/* Runs before the handshake, so that a stranger gets no WebSocket at all. */
static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  FloeRendezvous *self = FLOE_RENDEZVOUS (user_data);
  const char *token = path + strlen (ROOM_PATH);

  if (token[0] != '/' || !token_matches (self, token + 1))
    soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
  else if (self->joined_count == N_SEATS)
    soup_server_message_set_status (message, SOUP_STATUS_CONFLICT, NULL);
}

static void
floe_rendezvous_dispose (GObject *object)
{
  floe_rendezvous_close (FLOE_RENDEZVOUS (object));

  G_OBJECT_CLASS (floe_rendezvous_parent_class)->dispose (object);
}

static void
floe_rendezvous_finalize (GObject *object)
{
  g_free (FLOE_RENDEZVOUS (object)->token);

  G_OBJECT_CLASS (floe_rendezvous_parent_class)->finalize (object);
}

static void
floe_rendezvous_class_init (FloeRendezvousClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = floe_rendezvous_dispose;
  G_OBJECT_CLASS (klass)->finalize = floe_rendezvous_finalize;
}

static void
floe_rendezvous_init (FloeRendezvous *self)
{
  char *protocols[] = { FLOE_SIGNALING_PROTOCOL, NULL };

  self->server = soup_server_new ("server-header", "floe ", NULL);
  /* A compressed frame can be a thousand times what it looks like, and ours are small. */
  soup_server_remove_websocket_extension (self->server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_early_handler (self->server, ROOM_PATH, on_request, self, NULL);
  soup_server_add_websocket_handler (self->server, ROOM_PATH, NULL, protocols, on_join, self, NULL);
}

FloeRendezvous *
floe_rendezvous_new (const char *token)
{
  FloeRendezvous *self;

  g_return_val_if_fail (token != NULL, NULL);

  self = g_object_new (FLOE_TYPE_RENDEZVOUS, NULL);
  self->token = g_strdup (token);
  return self;
}

GInetSocketAddress *
floe_rendezvous_listen (FloeRendezvous *self, GInetSocketAddress *address, GError **error)
{
  g_autoslist (GUri) uris = NULL;

  g_return_val_if_fail (FLOE_IS_RENDEZVOUS (self) && self->server != NULL, NULL);

  if (!soup_server_listen (self->server, G_SOCKET_ADDRESS (address), 0, error))
    return NULL;
  uris = soup_server_get_uris (self->server);
  return G_INET_SOCKET_ADDRESS (g_inet_socket_address_new (
      g_inet_socket_address_get_address (address), (guint16) g_uri_get_port (uris->data)));
}

void
floe_rendezvous_close (FloeRendezvous *self)
{
  g_return_if_fail (FLOE_IS_RENDEZVOUS (self));

  for (guint i = 0; i < N_SEATS; i++)
    leave_seat (self, &self->seats[i]);
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
}
