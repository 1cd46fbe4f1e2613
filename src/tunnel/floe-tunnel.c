/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tunnel-private.h"

#include "floe-tunnel-close-private.h"
#include "floe-tunnel-connect-private.h"
#include "floe-tunnel-door-private.h"
#include "floe-tunnel-error-private.h"
#include "floe-tunnel-pipe-private.h"
#include "floe-turn-stream-codec-private.h"

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"

#include <floe/floe-error.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

/* How long the client's last words may take after floe_tunnel_free(). */
#define FLUSH_LIMIT_US G_TIME_SPAN_SECOND

struct _FloeTunnel
{
  guint ref_count;                /* the owner's, and that of whatever runs */
  GMainContext *context;          /* (owned) */
  const FloeTunnelEvents *events; /* (nullable): NULL after the last one */
  gpointer user_data;             /* (unowned) */
  char *server_name;              /* (owned): for messages */
  gint64 start_us;
  FloeTunnelDoor *door;
  GCancellable *connecting;   /* (owned) (nullable): until the server is reached or not */
  GIOStream *server;          /* (owned) (nullable) */
  GSocketConnection *client;  /* (owned) (nullable) */
  GBytes *client_rest;        /* (owned) (nullable): what it has sent behind its CONNECT */
  FloeTunnelPipe *upstream;   /* (owned) (nullable): client to server */
  FloeTunnelPipe *downstream; /* (owned) (nullable): server to client */
  gboolean has_client_spoken;
  gboolean has_client_finished;
  GSource *flush_limit; /* (owned) (nullable): after floe_tunnel_free() */
  FloeTurnStream stream;
};

static FloeTunnel *
tunnel_ref (FloeTunnel *self)
{
  self->ref_count++;
  return self;
}

static void
tunnel_unref (FloeTunnel *self)
{
  if (--self->ref_count > 0)
    return;
  floe_tunnel_door_free (self->door);
  g_main_context_unref (self->context);
  g_free (self->server_name);
  g_free (self);
}

/* A reference while events may make the owner free the tunnel. */
typedef FloeTunnel FloeTunnelHold;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeTunnelHold, tunnel_unref)

/* Ends everything that runs. */
static void
shut_down (FloeTunnel *self)
{
  g_autoptr (FloeTunnelHold) alive G_GNUC_UNUSED = tunnel_ref (self);

  floe_tunnel_door_close (self->door);
  g_clear_pointer (&self->upstream, floe_tunnel_pipe_free);
  g_clear_pointer (&self->downstream, floe_tunnel_pipe_free);
  g_clear_pointer (&self->client_rest, g_bytes_unref);
  if (self->connecting != NULL)
    g_cancellable_cancel (self->connecting);
  if (self->client != NULL)
    g_io_stream_close (G_IO_STREAM (self->client), NULL, NULL);
  g_clear_object (&self->client);
  if (self->server != NULL)
    floe_tunnel_close (self->context, g_steal_pointer (&self->server));
  if (self->flush_limit != NULL)
    {
      g_source_destroy (self->flush_limit);
      g_clear_pointer (&self->flush_limit, g_source_unref);
      tunnel_unref (self);
    }
}

/* Tells the owner, who may free the tunnel in it. */
static void
fail (FloeTunnel *self, const GError *error)
{
  const FloeTunnelEvents *events = self->events;
  char buffer[FLOE_REDACTED_SIZE];

  floe_debug (FLOE_LOG_TUNNEL, "failed: %s", floe_redact_error (error, buffer));
  self->events = NULL;
  shut_down (self);
  if (events != NULL)
    events->failed (error, self->user_data);
}

static void
fail_broken (FloeTunnel *self, const GError *cause)
{
  g_autoptr (GError) error = NULL;

  if (cause == NULL || g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_EOF))
    error =
        g_error_new (FLOE_ERROR, FLOE_ERROR_NETWORK, "%s closed the connection", self->server_name);
  else
    error = g_error_new (FLOE_ERROR, FLOE_ERROR_NETWORK, "The connection to %s broke: %s",
                         self->server_name, cause->message);
  fail (self, error);
}

/* Whether the client's last words have somewhere to go. */
static gboolean
is_carrying (const FloeTunnel *self)
{
  return self->upstream != NULL && !self->has_client_finished;
}

/* Picks error responses out. FALSE when the tunnel has ended. */
static gboolean
look_downstream (const guint8 *data, gsize size, gpointer user_data)
{
  g_autoptr (FloeTunnelHold) self = tunnel_ref (user_data);
  gsize used = 0;

  while (used < size)
    {
      FloeTurnStreamResponse response;

      if (!floe_turn_stream_read (&self->stream, data + used, size - used, &used, &response))
        {
          g_autoptr (GError) error =
              g_error_new (FLOE_ERROR, FLOE_ERROR_NETWORK,
                           "%s is no TURN server: it sends something else than STUN messages",
                           self->server_name);

          fail (self, error);
          return FALSE;
        }
      if (response.message != NULL && self->events != NULL)
        self->events->error_response (response.message, response.size, self->user_data);
      if (self->downstream == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
on_downstream_ended (FloeTunnelPipeEnd end, const GError *error, gpointer user_data)
{
  g_autoptr (FloeTunnelHold) self = tunnel_ref (user_data);

  /* A client that has gone needs nothing more, and a server may close when the client has. */
  if (end == FLOE_TUNNEL_PIPE_WRITE_ERROR || self->has_client_finished)
    shut_down (self);
  else
    fail_broken (self, error);
}

/* A server only answers. What came before the client has spoken would get lost in a client that
 * reads the answer to its CONNECT, as libnice does, so it is read from then on. */
static gboolean
look_upstream (const guint8 *data, gsize size, gpointer user_data)
{
  FloeTunnel *self = user_data;

  (void) data;
  (void) size;
  if (!self->has_client_spoken)
    floe_tunnel_pipe_start (self->downstream, NULL);
  self->has_client_spoken = TRUE;
  return TRUE;
}

/* The client will send nothing more, and the server is told so. */
static void
finish_upstream (FloeTunnel *self)
{
  self->has_client_finished = TRUE;
  if (!self->has_client_spoken)
    floe_tunnel_pipe_start (self->downstream, NULL);
  self->has_client_spoken = TRUE;
  if (G_IS_SOCKET_CONNECTION (self->server))
    g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->server)), FALSE,
                       TRUE, NULL);
  else
    {
      /* RFC 8446 section 6.1: close_notify ends one direction. */
      g_main_context_push_thread_default (self->context);
      g_output_stream_close_async (g_io_stream_get_output_stream (self->server), G_PRIORITY_DEFAULT,
                                   NULL, NULL, NULL);
      g_main_context_pop_thread_default (self->context);
    }
}

static void
on_upstream_ended (FloeTunnelPipeEnd end, const GError *error, gpointer user_data)
{
  g_autoptr (FloeTunnelHold) self = tunnel_ref (user_data);

  if (end == FLOE_TUNNEL_PIPE_WRITE_ERROR)
    fail_broken (self, error);
  else if (end == FLOE_TUNNEL_PIPE_READ_ERROR || self->flush_limit != NULL)
    shut_down (self);
  else
    finish_upstream (self);
}

static const FloeTunnelPipeFuncs upstream_funcs = { look_upstream, on_upstream_ended };
static const FloeTunnelPipeFuncs downstream_funcs = { look_downstream, on_downstream_ended };

static FloeTunnelPipe *
make_pipe (FloeTunnel *self, GIOStream *from, GIOStream *to, const FloeTunnelPipeFuncs *funcs)
{
  return floe_tunnel_pipe_new (self->context, g_io_stream_get_input_stream (from),
                               g_io_stream_get_output_stream (to), funcs, self);
}

/* Both sides are there. */
static void
carry (FloeTunnel *self)
{
  GIOStream *client = G_IO_STREAM (self->client);

  floe_tunnel_door_answer (g_socket_connection_get_socket (self->client), TRUE);
  self->upstream = make_pipe (self, client, self->server, &upstream_funcs);
  self->downstream = make_pipe (self, self->server, client, &downstream_funcs);
  floe_tunnel_pipe_start (self->upstream, self->client_rest);
  g_clear_pointer (&self->client_rest, g_bytes_unref);
}

static void
on_admitted (GSocket *socket, GBytes *rest, gpointer user_data)
{
  FloeTunnel *self = user_data;

  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  self->client = g_socket_connection_factory_create_connection (socket);
  self->client_rest = g_bytes_ref (rest);
  if (self->server != NULL)
    carry (self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FloeTunnelHold) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) server = floe_tunnel_connect_finish (result, &error);
  gint64 elapsed_us = g_get_monotonic_time () - self->start_us;

  (void) source;
  g_clear_object (&self->connecting);
  if (self->events == NULL)
    {
      if (server != NULL)
        floe_tunnel_close (self->context, g_steal_pointer (&server));
      return;
    }
  if (server == NULL)
    {
      if (self->client != NULL)
        floe_tunnel_door_answer (g_socket_connection_get_socket (self->client), FALSE);
      fail (self, error);
      return;
    }
  floe_debug (FLOE_LOG_TUNNEL, "open after %" G_GINT64_FORMAT " us", elapsed_us);
  self->server = g_steal_pointer (&server);
  if (self->client != NULL)
    carry (self);
  self->events->opened (elapsed_us, self->user_data);
}

FloeTunnel *
floe_tunnel_new (GMainContext *context, const FloeTunnelConfig *config,
                 const FloeTunnelEvents *events, gpointer user_data, GError **error)
{
  FloeTunnel *self = g_new0 (FloeTunnel, 1);

  self->door = floe_tunnel_door_new (context, on_admitted, self, error);
  if (self->door == NULL)
    {
      g_free (self);
      return NULL;
    }
  self->ref_count = 1;
  self->context = g_main_context_ref (context);
  self->events = events;
  self->user_data = user_data;
  self->server_name = floe_tunnel_format_target (config->host, config->port);
  self->start_us = g_get_monotonic_time ();
  self->connecting = g_cancellable_new ();
  g_main_context_push_thread_default (context);
  floe_tunnel_connect_async (config, self->connecting, on_connected, tunnel_ref (self));
  g_main_context_pop_thread_default (context);
  return self;
}

guint16
floe_tunnel_get_port (const FloeTunnel *self)
{
  return floe_tunnel_door_get_port (self->door);
}

const char *
floe_tunnel_get_username (const FloeTunnel *self)
{
  return floe_tunnel_door_get_username (self->door);
}

const char *
floe_tunnel_get_password (const FloeTunnel *self)
{
  return floe_tunnel_door_get_password (self->door);
}

static void
on_flush_limit (gpointer user_data)
{
  shut_down (user_data);
}

void
floe_tunnel_free (FloeTunnel *self)
{
  self->events = NULL;
  if (is_carrying (self))
    {
      tunnel_ref (self);
      self->flush_limit = floe_deadline_source_new (self->context, on_flush_limit, self);
      floe_deadline_source_set (self->flush_limit, g_get_monotonic_time () + FLUSH_LIMIT_US);
    }
  else
    shut_down (self);
  tunnel_unref (self);
}
