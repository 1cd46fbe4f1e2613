/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-channel-streams-private.h"

#include <floe/floe-error.h>

#define FLOE_TYPE_CHANNEL_INPUT_STREAM (floe_channel_input_stream_get_type ())
G_DECLARE_FINAL_TYPE (FloeChannelInputStream, floe_channel_input_stream, FLOE, CHANNEL_INPUT_STREAM,
                      GInputStream)

#define FLOE_TYPE_CHANNEL_OUTPUT_STREAM (floe_channel_output_stream_get_type ())
G_DECLARE_FINAL_TYPE (FloeChannelOutputStream, floe_channel_output_stream, FLOE,
                      CHANNEL_OUTPUT_STREAM, GOutputStream)

struct _FloeChannelInputStream
{
  GInputStream parent_instance;
  FloeDataChannelStream *owner; /* (unowned) (nullable): detaches us when it goes */
};

struct _FloeChannelOutputStream
{
  GOutputStream parent_instance;
  FloeDataChannelStream *owner; /* (unowned) (nullable): detaches us when it goes */
};

typedef struct
{
  GSource parent;
  GObject *stream; /* (owned) */
  gboolean (*is_ready) (GObject *stream);
} ReadySource;

static gboolean
check_ready (GSource *source)
{
  ReadySource *self = (ReadySource *) source;

  return self->is_ready (self->stream);
}

static gboolean
prepare_ready (GSource *source, int *timeout)
{
  *timeout = -1;
  return check_ready (source);
}

static gboolean
dispatch_ready (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE; /* the pollable source, our parent, has the callback */
}

static void
finalize_ready (GSource *source)
{
  g_object_unref (((ReadySource *) source)->stream);
}

/* A pollable source gives its child a callback that does nothing, for which GLib wants a function
 * that could call a closure. */
static gboolean
call_closure (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs ready_funcs = { prepare_ready,  check_ready,  dispatch_ready,
                                    finalize_ready, call_closure, NULL };

static GSource *
new_ready_source (GObject *stream, gboolean (*is_ready) (GObject *stream),
                  GCancellable *cancellable)
{
  GSource *child = g_source_new (&ready_funcs, sizeof (ReadySource));
  GSource *source;

  ((ReadySource *) child)->stream = g_object_ref (stream);
  ((ReadySource *) child)->is_ready = is_ready;
  source = g_pollable_source_new_full (stream, child, cancellable);
  g_source_unref (child);
  return source;
}

static void
set_would_block (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Nothing can be moved now");
}

/* A blocking call can't wait: what it would wait for happens in the very thread that it blocks. */
static void
explain_blocking (GError **error)
{
  if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return;
  g_clear_error (error);
  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
                       "A data channel's stream can't block: use the asynchronous calls");
}

static gboolean
is_input_readable (GObject *stream)
{
  FloeChannelInputStream *self = FLOE_CHANNEL_INPUT_STREAM (stream);

  return self->owner == NULL || floe_channel_stream_is_readable (self->owner);
}

static gboolean
floe_channel_input_stream_is_readable (GPollableInputStream *stream)
{
  return is_input_readable (G_OBJECT (stream));
}

static GSource *
floe_channel_input_stream_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  return new_ready_source (G_OBJECT (stream), is_input_readable, cancellable);
}

static gssize
floe_channel_input_stream_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count,
                                            GError **error)
{
  FloeChannelInputStream *self = FLOE_CHANNEL_INPUT_STREAM (stream);

  if (!is_input_readable (G_OBJECT (self)))
    {
      set_would_block (error);
      return -1;
    }
  return self->owner != NULL ? floe_channel_stream_read (self->owner, buffer, count) : 0;
}

static gssize
floe_channel_input_stream_read (GInputStream *stream, void *buffer, gsize count,
                                GCancellable *cancellable, GError **error)
{
  GError *local = NULL;
  gssize size = floe_channel_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream),
                                                            buffer, count, &local);

  if (size < 0)
    {
      explain_blocking (&local);
      g_propagate_error (error, local);
    }
  return size;
}

static void
implement_pollable_input (GPollableInputStreamInterface *iface)
{
  iface->is_readable = floe_channel_input_stream_is_readable;
  iface->create_source = floe_channel_input_stream_create_source;
  iface->read_nonblocking = floe_channel_input_stream_read_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FloeChannelInputStream, floe_channel_input_stream,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      implement_pollable_input))

static void
floe_channel_input_stream_class_init (FloeChannelInputStreamClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = floe_channel_input_stream_read;
}

static void
floe_channel_input_stream_init (FloeChannelInputStream *self)
{
}

static gboolean
is_output_writable (GObject *stream)
{
  FloeChannelOutputStream *self = FLOE_CHANNEL_OUTPUT_STREAM (stream);

  return self->owner == NULL || floe_channel_stream_is_writable (self->owner);
}

static gboolean
floe_channel_output_stream_is_writable (GPollableOutputStream *stream)
{
  return is_output_writable (G_OBJECT (stream));
}

static GSource *
floe_channel_output_stream_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  return new_ready_source (G_OBJECT (stream), is_output_writable, cancellable);
}

static gssize
floe_channel_output_stream_write_nonblocking (GPollableOutputStream *stream, const void *buffer,
                                              gsize count, GError **error)
{
  FloeChannelOutputStream *self = FLOE_CHANNEL_OUTPUT_STREAM (stream);

  if (self->owner == NULL)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
                           "The stream of the data channel is gone");
      return -1;
    }
  if (!is_output_writable (G_OBJECT (self)))
    {
      set_would_block (error);
      return -1;
    }
  return floe_channel_stream_write (self->owner, buffer, count, error);
}

static gssize
floe_channel_output_stream_write (GOutputStream *stream, const void *buffer, gsize count,
                                  GCancellable *cancellable, GError **error)
{
  GError *local = NULL;
  gssize size = floe_channel_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (stream),
                                                              buffer, count, &local);

  if (size < 0)
    {
      explain_blocking (&local);
      g_propagate_error (error, local);
    }
  return size;
}

static void
implement_pollable_output (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = floe_channel_output_stream_is_writable;
  iface->create_source = floe_channel_output_stream_create_source;
  iface->write_nonblocking = floe_channel_output_stream_write_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FloeChannelOutputStream, floe_channel_output_stream,
                               G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      implement_pollable_output))

static void
floe_channel_output_stream_class_init (FloeChannelOutputStreamClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = floe_channel_output_stream_write;
}

static void
floe_channel_output_stream_init (FloeChannelOutputStream *self)
{
}

GInputStream *
floe_channel_input_stream_new (FloeDataChannelStream *owner)
{
  FloeChannelInputStream *self = g_object_new (FLOE_TYPE_CHANNEL_INPUT_STREAM, NULL);

  self->owner = owner;
  return G_INPUT_STREAM (self);
}

GOutputStream *
floe_channel_output_stream_new (FloeDataChannelStream *owner)
{
  FloeChannelOutputStream *self = g_object_new (FLOE_TYPE_CHANNEL_OUTPUT_STREAM, NULL);

  self->owner = owner;
  return G_OUTPUT_STREAM (self);
}

void
floe_channel_input_stream_detach (GInputStream *stream)
{
  FLOE_CHANNEL_INPUT_STREAM (stream)->owner = NULL;
}

void
floe_channel_output_stream_detach (GOutputStream *stream)
{
  FLOE_CHANNEL_OUTPUT_STREAM (stream)->owner = NULL;
}
