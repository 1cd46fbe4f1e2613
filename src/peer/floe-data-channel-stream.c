/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-data-channel-stream.h>

#include <floe/floe-error.h>

#include <string.h>

#include "floe-channel-streams-private.h"
#include "floe-data-channel-private.h"

/* Received bytes kept here; beyond that messages stay in the channel, and the peer is held back. */
#define MAX_RECEIVED_SIZE (256 * 1024)

/* A writer waits while so much is queued: enough to keep a fast path busy between two turns of the
 * main loop, little enough not to matter. */
#define MAX_BUFFERED_SIZE (1024 * 1024)

/* Messages of this size cost little overhead and can be taken by every peer (RFC 8841 section 6.1:
 * 64 KiB is what a peer takes that says nothing). */
#define MAX_CHUNK_SIZE (64 * 1024)

struct _FloeDataChannelStream
{
  GIOStream parent_instance;
  FloeDataChannel *channel;     /* (owned) */
  GInputStream *input_stream;   /* (owned) */
  GOutputStream *output_stream; /* (owned) */
  GQueue received;              /* (element-type GBytes) (owned) */
  gsize received_size;          /* bytes in it that were not read */
  gsize head_offset;            /* bytes of its first message that were read */
  gboolean is_at_end;
};

/**
 * FloeDataChannelStream:
 *
 * A data channel as a stream of bytes, with back-pressure in both directions.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (FloeDataChannelStream, floe_data_channel_stream, G_TYPE_IO_STREAM)

/* FloeChannelSinkFunc: @bytes NULL is the end. */
static gboolean
take_message (GBytes *bytes, gpointer user_data)
{
  FloeDataChannelStream *self = user_data;

  if (bytes == NULL)
    {
      self->is_at_end = TRUE;
      return TRUE;
    }
  if (self->received_size >= MAX_RECEIVED_SIZE)
    return FALSE;
  if (g_bytes_get_size (bytes) > 0)
    g_queue_push_tail (&self->received, g_bytes_ref (bytes));
  self->received_size += g_bytes_get_size (bytes);
  return TRUE;
}

/* Lets the channel give what it holds back, after this call has returned. */
static void
ask_for_more (FloeDataChannelStream *self)
{
  FloePeerConnection *connection = floe_data_channel_get_connection (self->channel);

  if (connection != NULL)
    floe_peer_hold (connection, TRUE);
}

gboolean
floe_channel_stream_is_readable (FloeDataChannelStream *self)
{
  return self->received_size > 0 || self->is_at_end;
}

gssize
floe_channel_stream_read (FloeDataChannelStream *self, void *buffer, gsize count)
{
  gboolean was_full = self->received_size >= MAX_RECEIVED_SIZE;
  gsize total = 0;

  while (total < count && self->received_size > 0)
    {
      GBytes *head = g_queue_peek_head (&self->received);
      gsize size;
      const guint8 *data = g_bytes_get_data (head, &size);
      gsize part = MIN (count - total, size - self->head_offset);

      memcpy ((guint8 *) buffer + total, data + self->head_offset, part);
      total += part;
      self->received_size -= part;
      self->head_offset += part;
      if (self->head_offset == size)
        {
          g_bytes_unref (g_queue_pop_head (&self->received));
          self->head_offset = 0;
        }
    }
  if (was_full && self->received_size < MAX_RECEIVED_SIZE)
    ask_for_more (self);
  return (gssize) total;
}

/* What other channels have queued counts too: together they must not meet the connection's bound,
 * which would be an error and not a reason to wait. */
static gboolean
has_room (FloeDataChannelStream *self)
{
  FloePeerConnection *connection = floe_data_channel_get_connection (self->channel);

  return floe_data_channel_get_buffered_amount (self->channel) < MAX_BUFFERED_SIZE
         && (connection == NULL || floe_peer_has_room (connection, MAX_CHUNK_SIZE));
}

gboolean
floe_channel_stream_is_writable (FloeDataChannelStream *self)
{
  switch (floe_data_channel_get_ready_state (self->channel))
    {
    case FLOE_DATA_CHANNEL_STATE_CONNECTING:
      return FALSE;
    case FLOE_DATA_CHANNEL_STATE_OPEN:
      return has_room (self);
    default:
      return TRUE; /* so that the writer gets its error */
    }
}

gssize
floe_channel_stream_write (FloeDataChannelStream *self, const void *buffer, gsize count,
                           GError **error)
{
  FloePeerConnection *connection = floe_data_channel_get_connection (self->channel);
  gsize limit = connection != NULL
                    ? MIN (MAX_CHUNK_SIZE, floe_peer_connection_get_max_message_size (connection))
                    : MAX_CHUNK_SIZE;
  g_autoptr (GBytes) bytes = g_bytes_new (buffer, MIN (count, limit));

  if (!floe_data_channel_send_bytes (self->channel, bytes, error))
    return -1;
  return (gssize) g_bytes_get_size (bytes);
}

static GInputStream *
floe_data_channel_stream_get_input_stream (GIOStream *stream)
{
  return FLOE_DATA_CHANNEL_STREAM (stream)->input_stream;
}

static GOutputStream *
floe_data_channel_stream_get_output_stream (GIOStream *stream)
{
  return FLOE_DATA_CHANNEL_STREAM (stream)->output_stream;
}

static gboolean
floe_data_channel_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  FloeDataChannelStream *self = FLOE_DATA_CHANNEL_STREAM (stream);

  if (self->channel != NULL)
    floe_data_channel_close (self->channel);
  return TRUE;
}

/* GIOStream's own would close in a thread of its own, where the channel may not be touched. */
static void
floe_data_channel_stream_close_async (GIOStream *stream, int io_priority, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, floe_data_channel_stream_close_async);
  if (FLOE_DATA_CHANNEL_STREAM (stream)->channel != NULL)
    floe_data_channel_close (FLOE_DATA_CHANNEL_STREAM (stream)->channel);
  g_task_return_boolean (task, TRUE);
}

static gboolean
floe_data_channel_stream_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
floe_data_channel_stream_dispose (GObject *object)
{
  FloeDataChannelStream *self = FLOE_DATA_CHANNEL_STREAM (object);

  if (self->channel != NULL)
    {
      floe_data_channel_set_sink (self->channel, NULL, NULL);
      /* What the stream left in the channel would hold back the peer for good. */
      ask_for_more (self);
    }
  if (self->input_stream != NULL)
    floe_channel_input_stream_detach (self->input_stream);
  if (self->output_stream != NULL)
    floe_channel_output_stream_detach (self->output_stream);
  G_OBJECT_CLASS (floe_data_channel_stream_parent_class)->dispose (object);
  g_clear_object (&self->input_stream);
  g_clear_object (&self->output_stream);
  g_clear_object (&self->channel);
  g_queue_clear_full (&self->received, (GDestroyNotify) g_bytes_unref);
  self->received_size = 0;
}

static void
floe_data_channel_stream_class_init (FloeDataChannelStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->dispose = floe_data_channel_stream_dispose;
  stream_class->get_input_stream = floe_data_channel_stream_get_input_stream;
  stream_class->get_output_stream = floe_data_channel_stream_get_output_stream;
  stream_class->close_fn = floe_data_channel_stream_close;
  stream_class->close_async = floe_data_channel_stream_close_async;
  stream_class->close_finish = floe_data_channel_stream_close_finish;
}

static void
floe_data_channel_stream_init (FloeDataChannelStream *self)
{
  g_queue_init (&self->received);
}

/**
 * floe_data_channel_stream_new:
 * @channel: (transfer none): an ordered and reliable channel, open or about to open, that has no
 *   stream yet
 *
 * Makes a stream of bytes out of a channel's messages, for g_output_stream_splice_async() and the
 * like. While the stream exists it takes all messages, text ones as their UTF-8 bytes, and
 * #FloeDataChannel::message-bytes and #FloeDataChannel::message-text are not emitted.
 *
 * Both directions hold back: a writer waits while more than 1 MiB is queued, and what is not read
 * makes the peer wait. Where one write ends and the next begins is not kept. Reading ends when the
 * peer closes the channel; closing the stream closes it from this side after what was written has
 * been sent. Closing only one of the two directions does nothing.
 *
 * Only the asynchronous and the pollable calls work, in the channel's thread: a blocking read or
 * write that would have to wait fails with %FLOE_ERROR_NOT_SUPPORTED. Writing to a channel that
 * has closed fails with %FLOE_ERROR_INVALID_STATE.
 *
 * Returns: (transfer full): a new stream
 * Since: 1.0
 */
FloeDataChannelStream *
floe_data_channel_stream_new (FloeDataChannel *channel)
{
  FloeDataChannelStream *self;

  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL (channel), NULL);
  g_return_val_if_fail (channel->sink == NULL, NULL);

  self = g_object_new (FLOE_TYPE_DATA_CHANNEL_STREAM, NULL);
  self->channel = g_object_ref (channel);
  self->input_stream = floe_channel_input_stream_new (self);
  self->output_stream = floe_channel_output_stream_new (self);
  self->is_at_end = floe_data_channel_get_ready_state (channel) == FLOE_DATA_CHANNEL_STATE_CLOSED;
  floe_data_channel_set_sink (channel, take_message, self);
  ask_for_more (self);
  return self;
}

/**
 * floe_data_channel_stream_get_channel:
 * @self: a stream
 *
 * Gets the channel that the stream was made from.
 *
 * Returns: (transfer none): the channel
 * Since: 1.0
 */
FloeDataChannel *
floe_data_channel_stream_get_channel (FloeDataChannelStream *self)
{
  g_return_val_if_fail (FLOE_IS_DATA_CHANNEL_STREAM (self), NULL);

  return self->channel;
}
