/* SPDX-License-Identifier: MPL-2.0 */
/* hostile-sender: says to "floe receive" whatever it is told to.
 *
 *   hostile-sender TEXT SIZE TEXT
 *
 * runs a rendezvous, prints its address, and sends whoever joins the first TEXT, SIZE zero bytes
 * and the second TEXT (nothing where a TEXT is empty). Prints the answer and ends: with 0, or
 * with 1 when the receiver hangs up without one. */
#include <stdio.h>
#include <stdlib.h>

#include "floe-connector.h"
#include "floe-rendezvous.h"
#include "floe-websocket-signaling.h"
#include "transfer-message.h"

#define CHUNK 16384

typedef struct
{
  GMainLoop *loop;
  const char *first;
  gsize size;
  const char *last;
  FloeSignaling *signaling;
  FloePeerConnection *connection;
  FloeConnector *connector;
  FloeDataChannel *channel;
  gboolean is_answered;
} Hostile;

static void
send_text (Hostile *self, const char *text)
{
  if (text[0] != '\0' && !floe_data_channel_send_text (self->channel, text, NULL))
    exit (EXIT_FAILURE);
}

static void
on_open (FloeDataChannel *channel, Hostile *self)
{
  static const guint8 zeros[CHUNK];

  send_text (self, self->first);
  for (gsize sent = 0; sent < self->size; sent += CHUNK)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (zeros, MIN (CHUNK, self->size - sent));
      if (!floe_data_channel_send_bytes (channel, bytes, NULL))
        exit (EXIT_FAILURE);
    }
  send_text (self, self->last);
}

static void
on_message_text (FloeDataChannel *channel, const char *text, Hostile *self)
{
  self->is_answered = TRUE;
  printf ("%s\n", text);
  fflush (stdout);
  g_main_loop_quit (self->loop);
}

static void
quit (Hostile *self)
{
  g_main_loop_quit (self->loop);
}

static void
on_peer_joined (FloeSignaling *signaling, Hostile *self)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  g_autoptr (FloeDataChannelInit) init = floe_data_channel_init_new ();

  floe_configuration_set_include_loopback (configuration, TRUE);
  floe_data_channel_init_set_protocol (init, TRANSFER_CHANNEL_PROTOCOL);
  self->connection = floe_peer_connection_new (configuration, NULL);
  self->connector = floe_connector_new (self->connection, signaling);
  self->channel = floe_peer_connection_create_data_channel (self->connection,
                                                            TRANSFER_CHANNEL_LABEL, init, NULL);
  g_signal_connect (self->channel, "open", G_CALLBACK (on_open), self);
  g_signal_connect (self->channel, "message-text", G_CALLBACK (on_message_text), self);
  g_signal_connect_swapped (self->channel, "close", G_CALLBACK (quit), self);
  floe_connector_offer (self->connector);
}

static void
on_joined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Hostile *self = user_data;

  self->signaling = floe_websocket_signaling_join_finish (result, NULL);
  if (self->signaling == NULL)
    exit (EXIT_FAILURE);
  g_signal_connect (self->signaling, "peer-joined", G_CALLBACK (on_peer_joined), self);
  g_signal_connect_swapped (self->signaling, "gone", G_CALLBACK (quit), self);
}

static void
hostile_clear (Hostile *self)
{
  if (self->channel != NULL)
    g_signal_handlers_disconnect_by_data (self->channel, self);
  if (self->signaling != NULL)
    g_signal_handlers_disconnect_by_data (self->signaling, self);
  if (self->connection != NULL)
    floe_peer_connection_close (self->connection);
  g_clear_object (&self->channel);
  g_clear_object (&self->connector);
  g_clear_object (&self->connection);
  g_clear_object (&self->signaling);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

int
main (int argc, char **argv)
{
  Hostile self = { 0 };
  g_autoptr (GInetAddress) host = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (host, 0);
  g_autoptr (FloeRendezvous) rendezvous = NULL;
  g_autoptr (GInetSocketAddress) bound = NULL;
  g_auto (FloeRoomAddress)
      address = { g_strdup ("http"), g_strdup ("127.0.0.1"), 0, floe_room_token_new () };
  g_autofree char *text = NULL;

  if (argc != 4)
    return 2;
  self.loop = g_main_loop_new (NULL, FALSE);
  self.first = argv[1];
  self.size = (gsize) g_ascii_strtoull (argv[2], NULL, 10);
  self.last = argv[3];
  rendezvous = floe_rendezvous_new (address.token);
  bound = floe_rendezvous_listen (rendezvous, G_INET_SOCKET_ADDRESS (any_port), NULL);
  if (bound == NULL)
    return EXIT_FAILURE;
  address.port = g_inet_socket_address_get_port (bound);
  floe_websocket_signaling_join_async (&address, NULL, on_joined, &self);
  text = floe_room_address_to_string (&address);
  printf ("%s\n", text);
  fflush (stdout);
  g_main_loop_run (self.loop);
  hostile_clear (&self);
  return self.is_answered ? EXIT_SUCCESS : EXIT_FAILURE;
}
