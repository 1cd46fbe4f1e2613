/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#define BACKLOG 256
/* So many at once, so that a flood of connections leaves time for those that stand. */
#define ACCEPT_BATCH 32
/* When the process has no file descriptor left. */
#define ACCEPT_PAUSE_MS 500
#define HANDSHAKE_TIMEOUT_S 8

struct _RendezvousListener
{
  GSocket *socket;              /* (owned) */
  GTlsCertificate *certificate; /* (owned) (nullable) */
  RendezvousLimits *limits;     /* (unowned) */
  RendezvousAccepted accepted;
  gpointer user_data;
  GSource *accept_source; /* (owned): accepts, or waits to do so again */
  GPtrArray *handshakes;  /* (owned): of Handshake, unowned: they end themselves */
};

/* A TLS handshake runs in a thread of GLib's; cancelling it is the way to end it early. */
typedef struct
{
  RendezvousListener *listener; /* (unowned) (nullable): NULL once it is gone */
  GSocket *socket;              /* (owned) */
  RendezvousSlot *slot;         /* (owned) (nullable) */
  GCancellable *cancellable;    /* (owned) */
  GSource *timeout;             /* (owned) */
} Handshake;

static void watch_socket (RendezvousListener *self);

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
handshake_free (Handshake *handshake)
{
  clear_source (&handshake->timeout);
  g_clear_pointer (&handshake->slot, rendezvous_slot_free);
  g_object_unref (handshake->cancellable);
  g_object_unref (handshake->socket);
  g_free (handshake);
}

static gboolean
on_handshake_timeout (gpointer user_data)
{
  Handshake *handshake = user_data;

  g_cancellable_cancel (handshake->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_handshake_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTlsConnection) connection = G_TLS_CONNECTION (source);
  Handshake *handshake = user_data;
  RendezvousListener *listener = handshake->listener;
  g_autoptr (GError) error = NULL;

  if (listener != NULL)
    g_ptr_array_remove_fast (listener->handshakes, handshake);
  if (listener != NULL && g_tls_connection_handshake_finish (connection, result, &error))
    {
      rendezvous_slot_end_handshake (handshake->slot);
      listener->accepted (listener->user_data, G_IO_STREAM (connection), handshake->socket,
                          g_steal_pointer (&handshake->slot));
    }
  else
    {
      g_debug ("rendezvous: a TLS handshake failed: %s",
               error != NULL ? error->message : "too late");
      /* Before TLS says goodbye in a blocking way. */
      g_socket_close (handshake->socket, NULL);
    }
  handshake_free (handshake);
}

/* Takes @slot. */
static void
start_handshake (RendezvousListener *self, GIOStream *io, GSocket *socket, RendezvousSlot *slot)
{
  g_autoptr (GError) error = NULL;
  GIOStream *connection;
  Handshake *handshake;

  if (!rendezvous_slot_begin_handshake (slot))
    {
      g_debug ("rendezvous: too many TLS handshakes at once");
      rendezvous_slot_free (slot);
      return;
    }
  connection = g_tls_server_connection_new (io, self->certificate, &error);
  if (connection == NULL)
    {
      g_warning ("rendezvous: TLS does not work here: %s", error->message);
      rendezvous_slot_free (slot);
      return;
    }
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (connection), FALSE);
  handshake = g_new0 (Handshake, 1);
  handshake->listener = self;
  handshake->socket = g_object_ref (socket);
  handshake->slot = slot;
  handshake->cancellable = g_cancellable_new ();
  handshake->timeout = g_timeout_source_new_seconds (HANDSHAKE_TIMEOUT_S);
  g_source_set_callback (handshake->timeout, on_handshake_timeout, handshake, NULL);
  g_source_attach (handshake->timeout, g_main_context_get_thread_default ());
  g_ptr_array_add (self->handshakes, handshake);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (connection), G_PRIORITY_DEFAULT,
                                    handshake->cancellable, on_handshake_done, handshake);
}

static void
adopt (RendezvousListener *self, GSocket *socket)
{
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  g_autoptr (GSocketConnection) io = NULL;
  RendezvousSlot *slot = NULL;

  if (G_IS_INET_SOCKET_ADDRESS (remote))
    slot = rendezvous_limits_take (
        self->limits, g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)),
        g_get_monotonic_time ());
  if (slot == NULL)
    return;
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  io = g_socket_connection_factory_create_connection (socket);
  if (self->certificate != NULL)
    start_handshake (self, G_IO_STREAM (io), socket, slot);
  else
    self->accepted (self->user_data, G_IO_STREAM (io), socket, slot);
}

static gboolean
on_pause_over (gpointer user_data)
{
  watch_socket (user_data);
  return G_SOURCE_REMOVE;
}

/* accept() fails for as long as there is no file descriptor, and the socket stays readable. */
static void
pause_accepting (RendezvousListener *self, const GError *error)
{
  g_info ("rendezvous: not accepting for a moment: %s", error->message);
  clear_source (&self->accept_source);
  self->accept_source = g_timeout_source_new (ACCEPT_PAUSE_MS);
  g_source_set_callback (self->accept_source, on_pause_over, self, NULL);
  g_source_attach (self->accept_source, g_main_context_get_thread_default ());
}

/* Errors that belong to the connection that was to be accepted, not to the socket (accept(2)). */
static gboolean
concerns_one_connection (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static gboolean
on_acceptable (GSocket *listening, GIOCondition condition, gpointer user_data)
{
  RendezvousListener *self = user_data;

  for (int i = 0; i < ACCEPT_BATCH; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_accept (listening, NULL, &error);

      if (socket != NULL)
        adopt (self, socket);
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        break;
      else if (!concerns_one_connection (error))
        {
          pause_accepting (self, error);
          return G_SOURCE_REMOVE;
        }
    }
  return G_SOURCE_CONTINUE;
}

static void
watch_socket (RendezvousListener *self)
{
  clear_source (&self->accept_source);
  self->accept_source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->accept_source, G_SOURCE_FUNC (on_acceptable), self, NULL);
  g_source_attach (self->accept_source, g_main_context_get_thread_default ());
}

/* (transfer full) (nullable): a listening socket. */
static GSocket *
open_socket (GInetSocketAddress *address, GError **error)
{
  GSocketFamily family = g_socket_address_get_family (G_SOCKET_ADDRESS (address));
  g_autoptr (GSocket) socket =
      g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, FALSE, NULL);
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, G_SOCKET_ADDRESS (address), TRUE, error)
      || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

RendezvousListener *
rendezvous_listener_new (GInetSocketAddress *address, GTlsCertificate *certificate,
                         RendezvousLimits *limits, RendezvousAccepted accepted, gpointer user_data,
                         GError **error)
{
  GSocket *socket = open_socket (address, error);
  RendezvousListener *self;

  if (socket == NULL)
    return NULL;
  self = g_new0 (RendezvousListener, 1);
  self->socket = socket;
  g_set_object (&self->certificate, certificate);
  self->limits = limits;
  self->accepted = accepted;
  self->user_data = user_data;
  self->handshakes = g_ptr_array_new ();
  watch_socket (self);
  return self;
}

GInetSocketAddress *
rendezvous_listener_get_address (RendezvousListener *self, GError **error)
{
  GSocketAddress *address = g_socket_get_local_address (self->socket, error);

  return address != NULL ? G_INET_SOCKET_ADDRESS (address) : NULL;
}

void
rendezvous_listener_free (RendezvousListener *self)
{
  clear_source (&self->accept_source);
  for (guint i = 0; i < self->handshakes->len; i++)
    {
      Handshake *handshake = g_ptr_array_index (self->handshakes, i);

      /* Their callbacks come later, and find nobody. */
      handshake->listener = NULL;
      g_clear_pointer (&handshake->slot, rendezvous_slot_free);
      g_cancellable_cancel (handshake->cancellable);
    }
  g_ptr_array_unref (self->handshakes);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_clear_object (&self->certificate);
  g_free (self);
}
