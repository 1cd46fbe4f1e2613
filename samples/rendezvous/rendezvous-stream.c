/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-stream.h"

#define READ_SIZE (16 * 1024)
/* For the rest of what is sent, a page to a phone say, and then for the other side to close. */
#define FINISH_TIMEOUT_US (20 * G_TIME_SPAN_SECOND)
/* What may still come in then: what was under way, and not what goes on and on. */
#define MAX_DROPPED_SIZE (1024 * 1024)

struct _RendezvousStream
{
  GIOStream *io;   /* (owned) */
  GSocket *socket; /* (owned) */
  const RendezvousStreamCallbacks *callbacks;
  gpointer user_data;

  GSource *input_source;    /* (owned) (nullable) */
  GSource *output_source;   /* (owned) (nullable): while there is something to send */
  GSource *deadline_source; /* (owned) (nullable): once finished or aborted */

  GQueue output; /* (owned): of GBytes */
  gsize output_size;
  gsize head_sent; /* of the first in the queue */
  gsize dropped_size;
  gboolean is_finishing;
  gboolean input_ended; /* and there is still something to send */
};

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
on_deadline (gpointer user_data)
{
  RendezvousStream *self = user_data;

  clear_source (&self->deadline_source);
  self->callbacks->handle_closed (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
set_deadline (RendezvousStream *self, gint64 ready_time_us)
{
  if (self->deadline_source == NULL)
    {
      self->deadline_source = g_timeout_source_new (0);
      g_source_set_callback (self->deadline_source, on_deadline, self, NULL);
      g_source_attach (self->deadline_source, g_main_context_get_thread_default ());
    }
  g_source_set_ready_time (self->deadline_source, ready_time_us);
}

/* Nothing goes in or out any more. The socket is closed before TLS gets to say goodbye, which it
 * would do in a blocking way: lengths and close frames say where things end. */
static void
disconnect (RendezvousStream *self)
{
  clear_source (&self->input_source);
  clear_source (&self->output_source);
  g_queue_clear_full (&self->output, (GDestroyNotify) g_bytes_unref);
  self->output_size = 0;
  self->head_sent = 0;
  g_socket_close (self->socket, NULL);
}

void
rendezvous_stream_abort (RendezvousStream *self)
{
  if (g_socket_is_closed (self->socket))
    return;
  disconnect (self);
  set_deadline (self, 0);
}

/* All was sent: says so, and waits for the other side to close, as closing with something unread
 * would make the system throw away what the other side has not yet got. */
static void
end_output (RendezvousStream *self)
{
  if (self->input_ended)
    rendezvous_stream_abort (self);
  else
    g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
}

/* The other side has no more to say, or the connection broke. */
static void
handle_input_end (RendezvousStream *self, gboolean in_order)
{
  if (in_order && self->is_finishing && !g_queue_is_empty (&self->output))
    {
      self->input_ended = TRUE;
      clear_source (&self->input_source);
    }
  else
    rendezvous_stream_abort (self);
}

static gboolean
on_readable (GObject *pollable, gpointer user_data)
{
  RendezvousStream *self = user_data;
  guint8 buffer[READ_SIZE];
  g_autoptr (GError) error = NULL;
  gssize size = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (pollable),
                                                          buffer, sizeof (buffer), NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (size <= 0)
    {
      handle_input_end (self, size == 0);
      return G_SOURCE_REMOVE;
    }
  if (!self->is_finishing)
    self->callbacks->handle_input (self->user_data, buffer, (gsize) size);
  else
    {
      self->dropped_size += (gsize) size;
      if (self->dropped_size > MAX_DROPPED_SIZE)
        rendezvous_stream_abort (self);
    }
  return G_SOURCE_CONTINUE;
}

/* Writes what goes of the first in the queue. FALSE with @error when nothing does. */
static gboolean
write_some (RendezvousStream *self, GError **error)
{
  GOutputStream *output = g_io_stream_get_output_stream (self->io);
  gsize head_size;
  const guint8 *data = g_bytes_get_data (g_queue_peek_head (&self->output), &head_size);
  gssize size = g_pollable_output_stream_write_nonblocking (
      G_POLLABLE_OUTPUT_STREAM (output), data + self->head_sent, head_size - self->head_sent, NULL,
      error);

  if (size < 0)
    return FALSE;
  self->head_sent += (gsize) size;
  self->output_size -= (gsize) size;
  if (self->head_sent < head_size)
    return TRUE;
  g_bytes_unref (g_queue_pop_head (&self->output));
  self->head_sent = 0;
  return TRUE;
}

static gboolean
on_writable (GObject *pollable, gpointer user_data)
{
  RendezvousStream *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!write_some (self, &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      rendezvous_stream_abort (self);
      return G_SOURCE_REMOVE;
    }
  if (!g_queue_is_empty (&self->output))
    return G_SOURCE_CONTINUE;
  clear_source (&self->output_source);
  if (self->is_finishing)
    end_output (self);
  return G_SOURCE_REMOVE;
}

static void
start_output (RendezvousStream *self)
{
  GOutputStream *output = g_io_stream_get_output_stream (self->io);

  self->output_source =
      g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (output), NULL);
  g_source_set_callback (self->output_source, G_SOURCE_FUNC (on_writable), self, NULL);
  g_source_attach (self->output_source, g_main_context_get_thread_default ());
}

RendezvousStream *
rendezvous_stream_new (GIOStream *io, GSocket *socket, const RendezvousStreamCallbacks *callbacks,
                       gpointer user_data)
{
  RendezvousStream *self = g_new0 (RendezvousStream, 1);
  GInputStream *input = g_io_stream_get_input_stream (io);

  self->io = g_object_ref (io);
  self->socket = g_object_ref (socket);
  self->callbacks = callbacks;
  self->user_data = user_data;
  g_queue_init (&self->output);
  self->input_source =
      g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);
  g_source_set_callback (self->input_source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->input_source, g_main_context_get_thread_default ());
  return self;
}

void
rendezvous_stream_free (RendezvousStream *self)
{
  while (!g_queue_is_empty (&self->output) && write_some (self, NULL))
    ;
  disconnect (self);
  clear_source (&self->deadline_source);
  g_object_unref (self->io);
  g_object_unref (self->socket);
  g_free (self);
}

void
rendezvous_stream_send (RendezvousStream *self, GBytes *bytes)
{
  gsize size = g_bytes_get_size (bytes);

  if (self->is_finishing || g_socket_is_closed (self->socket))
    g_bytes_unref (bytes);
  else if (size > RENDEZVOUS_MAX_QUEUED_SIZE - self->output_size)
    { /* It does not read. */
      g_bytes_unref (bytes);
      rendezvous_stream_abort (self);
    }
  else
    {
      g_queue_push_tail (&self->output, bytes);
      self->output_size += size;
      if (self->output_source == NULL)
        start_output (self);
    }
}

void
rendezvous_stream_finish (RendezvousStream *self)
{
  if (self->is_finishing || g_socket_is_closed (self->socket))
    return;
  self->is_finishing = TRUE;
  set_deadline (self, g_get_monotonic_time () + FINISH_TIMEOUT_US);
  if (g_queue_is_empty (&self->output))
    end_output (self);
}
