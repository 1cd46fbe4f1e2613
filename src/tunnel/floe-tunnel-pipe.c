/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tunnel-pipe-private.h"

#include <string.h>

#define BUFFER_SIZE (64 * 1024)

/* Bytes after which other sources have their turn. */
#define BURST_SIZE (256 * 1024)

typedef enum
{
  WAIT_NOTHING,
  WAIT_INPUT,
  WAIT_OUTPUT,
  WAIT_TURN,
} Wait;

struct _FloeTunnelPipe
{
  GMainContext *context; /* (owned) */
  GInputStream *input;   /* (owned) */
  GOutputStream *output; /* (owned) */
  const FloeTunnelPipeFuncs *funcs;
  gpointer user_data; /* (unowned) */
  GSource *source;    /* (owned) (nullable): what is waited for */
  Wait wait;
  gboolean is_unseen; /* what is in the buffer was not looked at */
  gsize start;        /* the bytes of the buffer that are to be written */
  gsize end;
  guint8 buffer[BUFFER_SIZE];
};

static void pump (FloeTunnelPipe *self);

/* The pipe may be freed in here, and the source be destroyed. */
static gboolean
on_turn (gpointer user_data)
{
  pump (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_ready (GObject *stream, gpointer user_data)
{
  (void) stream;
  return on_turn (user_data);
}

static void
stop_waiting (FloeTunnelPipe *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  self->wait = WAIT_NOTHING;
}

static void
wait_for (FloeTunnelPipe *self, Wait wait)
{
  if (self->wait == wait)
    return;
  stop_waiting (self);
  self->wait = wait;
  if (wait == WAIT_INPUT)
    self->source =
        g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (self->input), NULL);
  else if (wait == WAIT_OUTPUT)
    self->source =
        g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (self->output), NULL);
  else
    self->source = g_idle_source_new ();
  if (wait == WAIT_TURN)
    g_source_set_callback (self->source, on_turn, self, NULL);
  else
    g_source_set_callback (self->source, (GSourceFunc) (void (*) (void)) on_ready, self, NULL);
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_attach (self->source, self->context);
}

/* The last thing that a pipe does. */
static void
end (FloeTunnelPipe *self, FloeTunnelPipeEnd how, const GError *error)
{
  stop_waiting (self);
  self->funcs->ended (how, error, self->user_data);
}

/* FALSE when nothing is to be written now; the pipe may have been freed then. */
static gboolean
fill (FloeTunnelPipe *self)
{
  g_autoptr (GError) error = NULL;
  gssize count;

  count = g_pollable_input_stream_read_nonblocking (
      G_POLLABLE_INPUT_STREAM (self->input), self->buffer, sizeof self->buffer, NULL, &error);
  if (count > 0)
    {
      self->start = 0;
      self->end = (gsize) count;
      self->is_unseen = TRUE;
      return TRUE;
    }
  if (count == 0)
    end (self, FLOE_TUNNEL_PIPE_FINISHED, NULL);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    wait_for (self, WAIT_INPUT);
  else
    end (self, FLOE_TUNNEL_PIPE_READ_ERROR, error);
  return FALSE;
}

/* FALSE when no more can be written now; the pipe may have been freed then. A write that would have
 * blocked is repeated with the same bytes, as TLS wants it. */
static gboolean
drain (FloeTunnelPipe *self)
{
  g_autoptr (GError) error = NULL;
  gssize count;

  count = g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (self->output),
                                                      self->buffer + self->start,
                                                      self->end - self->start, NULL, &error);
  if (count >= 0)
    {
      self->start += (gsize) count;
      return TRUE;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    wait_for (self, WAIT_OUTPUT);
  else
    end (self, FLOE_TUNNEL_PIPE_WRITE_ERROR, error);
  return FALSE;
}

static gboolean
look (FloeTunnelPipe *self)
{
  if (!self->is_unseen)
    return TRUE;
  self->is_unseen = FALSE;
  return self->funcs->look == NULL
         || self->funcs->look (self->buffer + self->start, self->end - self->start,
                               self->user_data);
}

static void
pump (FloeTunnelPipe *self)
{
  gsize moved = 0;

  while (moved < BURST_SIZE)
    {
      gsize start;

      if (self->start == self->end && !fill (self))
        return;
      if (!look (self))
        return;
      start = self->start;
      if (!drain (self))
        return;
      moved += self->start - start;
    }
  /* Not by waiting for the input, of which TLS may hold more than the socket shows. */
  wait_for (self, WAIT_TURN);
}

FloeTunnelPipe *
floe_tunnel_pipe_new (GMainContext *context, GInputStream *input, GOutputStream *output,
                      const FloeTunnelPipeFuncs *funcs, gpointer user_data)
{
  FloeTunnelPipe *self = g_new0 (FloeTunnelPipe, 1);

  self->context = g_main_context_ref (context);
  self->input = g_object_ref (input);
  self->output = g_object_ref (output);
  self->funcs = funcs;
  self->user_data = user_data;
  return self;
}

void
floe_tunnel_pipe_start (FloeTunnelPipe *self, GBytes *first)
{
  gsize size = 0;
  gconstpointer data = first != NULL ? g_bytes_get_data (first, &size) : NULL;

  g_assert (self->wait == WAIT_NOTHING && size <= sizeof self->buffer);
  if (size > 0)
    memcpy (self->buffer, data, size);
  self->end = size;
  self->is_unseen = size > 0;
  wait_for (self, WAIT_TURN);
}

void
floe_tunnel_pipe_free (FloeTunnelPipe *self)
{
  stop_waiting (self);
  g_object_unref (self->output);
  g_object_unref (self->input);
  g_main_context_unref (self->context);
  g_free (self);
}
