/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tunnel-close-private.h"

#include "floe-deadline-source-private.h"

#define CLOSE_LIMIT_US G_TIME_SPAN_SECOND

typedef struct
{
  GIOStream *stream;         /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GSource *limit;            /* (owned) */
} Closing;

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Closing *closing = user_data;

  /* Whether the other side heard it does not matter any more. */
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  g_source_destroy (closing->limit);
  g_source_unref (closing->limit);
  g_object_unref (closing->cancellable);
  g_object_unref (closing->stream);
  g_free (closing);
}

static void
on_limit (gpointer user_data)
{
  Closing *closing = user_data;

  g_cancellable_cancel (closing->cancellable);
}

void
floe_tunnel_close (GMainContext *context, GIOStream *stream)
{
  Closing *closing = g_new0 (Closing, 1);

  closing->stream = stream;
  closing->cancellable = g_cancellable_new ();
  closing->limit = floe_deadline_source_new (context, on_limit, closing);
  floe_deadline_source_set (closing->limit, g_get_monotonic_time () + CLOSE_LIMIT_US);
  g_main_context_push_thread_default (context);
  g_io_stream_close_async (stream, G_PRIORITY_DEFAULT, closing->cancellable, on_closed, closing);
  g_main_context_pop_thread_default (context);
}
