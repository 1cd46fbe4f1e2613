/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-link.h"

#include "turn-message.h"

#define MAX_ADDRESSES 8
#define MAX_FRAME (4 + 65535 + TURN_HEADER_SIZE)
/* One wait for a connection, a handshake's next bytes, or room to write. */
#define STEP_SECONDS 4

struct _TurnLink
{
  GSocket *socket;     /* (owned) */
  GIOStream *stream;   /* (owned) (nullable): of TCP and TLS */
  GByteArray *pending; /* (owned): what came of a frame so far */
  GTlsCertificateFlags tls_errors;
};

GPtrArray *
turn_link_resolve (const TurnUrl *url, GError **error)
{
  g_autoptr (GSocketConnectable) name = g_network_address_new (url->host, url->port);
  g_autoptr (GSocketAddressEnumerator) enumerator = g_socket_connectable_enumerate (name);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) local_error = NULL;
  GSocketAddress *address;

  while (addresses->len < MAX_ADDRESSES
         && (address = g_socket_address_enumerator_next (enumerator, NULL, &local_error)) != NULL)
    g_ptr_array_add (addresses, address);
  if (addresses->len > 0)
    return g_steal_pointer (&addresses);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s has no address", url->host);
  return NULL;
}

static gboolean
on_accept_certificate (GTlsConnection *connection, GTlsCertificate *certificate,
                       GTlsCertificateFlags errors, TurnLink *self)
{
  self->tls_errors = errors;
  return TRUE;
}

/* The password never crosses the line, so a wrong certificate loses nothing but trust. */
static gboolean
start_tls (TurnLink *self, const TurnUrl *url, GTlsDatabase *database, GError **error)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new (url->host, url->port);
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (self->stream, identity, error);

  if (tls == NULL)
    return FALSE;
  if (database != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), database);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_accept_certificate), self);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, error))
    return FALSE;
  g_object_unref (self->stream);
  self->stream = g_steal_pointer (&tls);
  return TRUE;
}

TurnLink *
turn_link_open (const TurnUrl *url, TurnTransport transport, GSocketAddress *address,
                GTlsDatabase *database, GError **error)
{
  g_autoptr (TurnLink) self = g_new0 (TurnLink, 1);
  gboolean is_udp = transport == TURN_TRANSPORT_UDP;

  self->pending = g_byte_array_new ();
  self->socket = g_socket_new (g_socket_address_get_family (address),
                               is_udp ? G_SOCKET_TYPE_DATAGRAM : G_SOCKET_TYPE_STREAM,
                               G_SOCKET_PROTOCOL_DEFAULT, error);
  if (self->socket == NULL)
    return NULL;
  g_socket_set_timeout (self->socket, STEP_SECONDS);
  if (!g_socket_connect (self->socket, address, NULL, error))
    return NULL;
  if (is_udp)
    return g_steal_pointer (&self);
  self->stream = G_IO_STREAM (g_socket_connection_factory_create_connection (self->socket));
  if (transport == TURN_TRANSPORT_TLS && !start_tls (self, url, database, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Without a farewell that could block: the sockets are about to close. */
void
turn_link_close (TurnLink *self)
{
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  if (self->stream != NULL)
    g_signal_handlers_disconnect_by_data (self->stream, self);
  g_clear_object (&self->stream);
  g_clear_object (&self->socket);
  g_byte_array_unref (self->pending);
  g_free (self);
}

gboolean
turn_link_send (TurnLink *self, const guint8 *data, gsize size, GError **error)
{
  if (self->stream == NULL)
    return g_socket_send (self->socket, (const char *) data, size, NULL, error) >= 0;
  return g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), data, size, NULL,
                                    NULL, error);
}

/* Reads what is there: its size, or -1 with an error, which may be G_IO_ERROR_WOULD_BLOCK. */
static gssize
read_some (TurnLink *self, guint8 *buffer, gsize size, GError **error)
{
  GInputStream *input;
  gssize count;

  if (self->stream == NULL)
    return g_socket_receive_with_blocking (self->socket, (char *) buffer, size, FALSE, NULL, error);
  input = g_io_stream_get_input_stream (self->stream);
  count = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), buffer, size,
                                                    NULL, error);
  if (count == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                           "the server closed the connection");
      return -1;
    }
  return count;
}

/* (nullable) (transfer full): a whole frame at the start of what came. */
static GBytes *
take_frame (TurnLink *self, GError **error)
{
  gssize size = turn_frame_get_size (self->pending->data, self->pending->len, self->stream != NULL);
  GBytes *frame;

  if (size < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "what answers there does not speak TURN");
      return NULL;
    }
  if (size == 0 || (gsize) size > self->pending->len)
    return NULL;
  frame = g_bytes_new (self->pending->data, (gsize) size);
  g_byte_array_remove_range (self->pending, 0, (guint) size);
  return frame;
}

/* Of datagrams those that are none of ours are none at all: anybody can send them. */
static GBytes *
take_datagram (const guint8 *buffer, gsize size)
{
  gssize frame = turn_frame_get_size (buffer, size, FALSE);

  return frame > 0 && (gsize) frame <= size ? g_bytes_new (buffer, (gsize) frame) : NULL;
}

GBytes *
turn_link_receive (TurnLink *self, gint64 until_us, GError **error)
{
  guint8 buffer[MAX_FRAME];

  for (;;)
    {
      g_autoptr (GError) local_error = NULL;
      GBytes *frame = self->stream != NULL ? take_frame (self, &local_error) : NULL;
      gint64 left_us = until_us - g_get_monotonic_time ();
      gssize count = -1;

      if (frame != NULL)
        return frame;
      if (local_error == NULL)
        count = read_some (self, buffer, sizeof buffer, &local_error);
      if (count > 0 && self->stream != NULL)
        g_byte_array_append (self->pending, buffer, (guint) count);
      if (count > 0 && self->stream == NULL && (frame = take_datagram (buffer, (gsize) count)))
        return frame;
      if (count < 0 && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      if (left_us <= 0)
        return NULL;
      if (count < 0)
        g_socket_condition_timed_wait (self->socket, G_IO_IN, left_us, NULL, NULL);
    }
}

gboolean
turn_link_is_stream (const TurnLink *self)
{
  return self->stream != NULL;
}

GTlsCertificateFlags
turn_link_get_tls_errors (const TurnLink *self)
{
  return self->tls_errors;
}
