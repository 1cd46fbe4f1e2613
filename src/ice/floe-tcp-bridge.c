/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tcp-bridge-private.h"

#include "floe-inet-convert-private.h"
#include "floe-log-private.h"
#include "floe-nice-sockets-private.h"
#include "floe-socket-names-private.h"
#include "floe-tunnel-pipe-private.h"

/* What waits between libnice and the connection is kept small, so that libnice soon learns that the
 * network is slower than it. */
#define DOOR_BUFFER_SIZE (32 * 1024)

/* With more the door is shut: somebody wants to be in the way, and is. */
#define MAX_STRANGERS 64
#define BACKLOG 8

struct _FloeTcpBridge
{
  GMainContext *context;               /* (unowned) */
  GSocket *connection;                 /* (owned) */
  GSocket *door;                       /* (owned) (nullable): until somebody has come */
  GSource *source;                     /* (owned) (nullable): of @door */
  guint stranger_count;                /* who were sent away */
  GSocketConnection *inside, *outside; /* (owned) (nullable) */
  FloeTunnelPipe *out, *in;            /* (owned) (nullable) */
};

static void
close_door (FloeTcpBridge *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_object (&self->door);
}

/* The kernel does not tell whose the other end of a TCP connection is, so the descriptors of this
 * process are asked. Where they can't be listed nobody is let in. */
static gboolean
owns_connection (const FloeStunAddress *local, const FloeStunAddress *remote)
{
  g_autoptr (GDir) descriptors = g_dir_open (FLOE_SOCKET_NAMES_FOLDER, 0, NULL);
  FloeStunAddress own, other;
  const char *name;

  while (descriptors != NULL && (name = g_dir_read_name (descriptors)) != NULL)
    {
      int fd = (int) g_ascii_strtoull (name, NULL, 10);

      if (floe_socket_name_get_local (fd, &own) && floe_stun_address_equal (&own, local)
          && floe_socket_name_get_remote (fd, &other) && floe_stun_address_equal (&other, remote))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_own (GSocket *client)
{
  g_autoptr (GSocketAddress) from = g_socket_get_remote_address (client, NULL);
  g_autoptr (GSocketAddress) to = g_socket_get_local_address (client, NULL);
  FloeStunAddress local, remote;

  return from != NULL && to != NULL && floe_stun_address_from_socket_address (from, &local)
         && floe_stun_address_from_socket_address (to, &remote)
         && owns_connection (&local, &remote);
}

/* Where one side ends the other one does, for libnice to see. */
static void
on_ended (FloeTunnelPipeEnd end, const GError *error, gpointer user_data)
{
  FloeTcpBridge *self = user_data;

  floe_debug (FLOE_LOG_ICE, "a connection that was opened from both sides has ended");
  g_socket_shutdown (g_socket_connection_get_socket (self->inside), TRUE, TRUE, NULL);
  g_socket_shutdown (self->connection, TRUE, TRUE, NULL);
}

static const FloeTunnelPipeFuncs pipe_funcs = { .ended = on_ended };

static FloeTunnelPipe *
connect_ends (FloeTcpBridge *self, GSocketConnection *from, GSocketConnection *to)
{
  FloeTunnelPipe *pipe =
      floe_tunnel_pipe_new (self->context, g_io_stream_get_input_stream (G_IO_STREAM (from)),
                            g_io_stream_get_output_stream (G_IO_STREAM (to)), &pipe_funcs, self);

  floe_tunnel_pipe_start (pipe, NULL);
  return pipe;
}

static gboolean
send_away (FloeTcpBridge *self)
{
  self->stranger_count++;
  if (self->stranger_count < MAX_STRANGERS)
    return G_SOURCE_CONTINUE;
  floe_debug (FLOE_LOG_ICE, "%u strangers came in place of libnice", self->stranger_count);
  close_door (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_client (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  FloeTcpBridge *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) client = g_socket_accept (socket, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (client == NULL)
    {
      /* Most likely there are no descriptors left. Who waits outside goes on waiting, and the main
       * loop would come here again without a pause. */
      floe_debug (FLOE_LOG_ICE, "nobody can be let in: %s", error->message);
      close_door (self);
      return G_SOURCE_REMOVE;
    }
  if (!is_own (client))
    return send_away (self);
  g_socket_set_blocking (client, FALSE);
  floe_nice_socket_bound (client);
  self->inside = g_socket_connection_factory_create_connection (client);
  self->outside = g_socket_connection_factory_create_connection (self->connection);
  self->out = connect_ends (self, self->inside, self->outside);
  self->in = connect_ends (self, self->outside, self->inside);
  close_door (self);
  return G_SOURCE_REMOVE;
}

static gboolean
open_door (FloeTcpBridge *self, FloeStunAddress *address)
{
  GSocketFamily family = g_socket_get_family (self->connection);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->door = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  if (self->door == NULL)
    return FALSE;
  g_socket_set_blocking (self->door, FALSE);
  g_socket_set_listen_backlog (self->door, BACKLOG);
  g_socket_set_option (self->door, SOL_SOCKET, SO_RCVBUF, DOOR_BUFFER_SIZE, NULL);
  if (!g_socket_bind (self->door, any, FALSE, NULL) || !g_socket_listen (self->door, NULL))
    return FALSE;
  bound = g_socket_get_local_address (self->door, NULL);
  return bound != NULL && floe_stun_address_from_socket_address (bound, address);
}

FloeTcpBridge *
floe_tcp_bridge_new (GMainContext *context, GSocket *connection, FloeStunAddress *door)
{
  FloeTcpBridge *self = g_new0 (FloeTcpBridge, 1);

  self->context = context;
  self->connection = g_object_ref (connection);
  if (!open_door (self, door))
    {
      floe_tcp_bridge_free (self);
      return NULL;
    }
  self->source = g_socket_create_source (self->door, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_client), self, NULL);
  g_source_attach (self->source, context);
  floe_nice_socket_bound (connection);
  return self;
}

void
floe_tcp_bridge_free (FloeTcpBridge *self)
{
  close_door (self);
  g_clear_pointer (&self->out, floe_tunnel_pipe_free);
  g_clear_pointer (&self->in, floe_tunnel_pipe_free);
  g_clear_object (&self->inside);
  g_clear_object (&self->outside);
  g_socket_close (self->connection, NULL);
  g_object_unref (self->connection);
  g_free (self);
}
