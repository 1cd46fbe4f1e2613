/* SPDX-License-Identifier: MPL-2.0 */
/* webrtcbin-bench-peer: GStreamer's webrtcbin as a peer of the benchmark, a pipeline for each end.
 */
#define GST_USE_UNSTABLE_API
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>
#include <string.h>

#include "bench-peer.h"

typedef struct
{
  BenchEnd *end;                 /* (owned) */
  GstElement *pipeline;          /* (owned) */
  GstElement *bin;               /* (unowned): the pipeline's */
  GstWebRTCDataChannel *channel; /* (owned) (nullable): written once, on any thread */
} Connection;

/* A candidate on its way to the main thread. */
typedef struct
{
  BenchEnd *end; /* (owned) */
  char *text;    /* (owned) */
  guint index;
} Found;

static gboolean
on_found (gpointer user_data)
{
  Found *found = user_data;

  bench_end_note_candidate (found->end, found->text, "0", (int) found->index);
  return G_SOURCE_REMOVE;
}

static void
found_free (gpointer data)
{
  Found *found = data;

  bench_end_unref (found->end);
  g_free (found->text);
  g_free (found);
}

static void
on_candidate (GstElement *bin, guint index, const char *text, BenchEnd *end)
{
  Found *found = g_new0 (Found, 1);

  found->end = bench_end_ref (end);
  found->text = g_strdup (text);
  found->index = index;
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, on_found, found, found_free);
}

static void
on_open (GstWebRTCDataChannel *channel, BenchEnd *end)
{
  bench_end_note_open (end);
}

static void
on_data (GstWebRTCDataChannel *channel, GBytes *data, BenchEnd *end)
{
  if (data != NULL)
    bench_end_note_message (end, data);
}

static void
on_low (GstWebRTCDataChannel *channel, BenchEnd *end)
{
  bench_end_note_drained (end);
}

static void
on_error (GstWebRTCDataChannel *channel, GError *error, BenchEnd *end)
{
  bench_end_note_error (end, error->message);
}

static void
release_end (gpointer end, GClosure *closure)
{
  bench_end_unref (end);
}

/* Signals come on webrtcbin's own threads, and hold what they need. */
static void
watch (gpointer source, const char *signal, GCallback handler, BenchEnd *end)
{
  g_signal_connect_data (source, signal, handler, bench_end_ref (end), release_end, 0);
}

static gboolean
is_open (GstWebRTCDataChannel *channel)
{
  GstWebRTCDataChannelState state;

  g_object_get (channel, "ready-state", &state, NULL);
  return state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN;
}

/* Takes @channel over. */
static void
adopt (Connection *self, GstWebRTCDataChannel *channel)
{
  g_object_set (channel, "buffered-amount-low-threshold", bench_end_get_buffer (self->end) / 2,
                NULL);
  self->channel = channel;
  watch (channel, "on-open", G_CALLBACK (on_open), self->end);
  watch (channel, "on-message-data", G_CALLBACK (on_data), self->end);
  watch (channel, "on-buffered-amount-low", G_CALLBACK (on_low), self->end);
  watch (channel, "on-error", G_CALLBACK (on_error), self->end);
  if (is_open (channel))
    bench_end_note_open (self->end);
}

static void
on_channel (GstElement *bin, GstWebRTCDataChannel *channel, Connection *self)
{
  adopt (self, g_object_ref (channel));
}

/* Gives the reply of an action of webrtcbin, to be unreferenced; NULL after an error. */
static GstPromise *
finish (Connection *self, GstPromise *promise)
{
  const GstStructure *reply;
  g_autoptr (GError) error = NULL;

  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED)
    {
      reply = gst_promise_get_reply (promise);
      if (reply == NULL || !gst_structure_has_field (reply, "error"))
        return promise;
      gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL);
    }
  bench_end_note_error (self->end, error != NULL ? error->message : "webrtcbin gave no reply");
  gst_promise_unref (promise);
  return NULL;
}

static gboolean
set_description (Connection *self, const char *action, GstWebRTCSessionDescription *description)
{
  GstPromise *promise = gst_promise_new ();

  g_signal_emit_by_name (self->bin, action, description, promise);
  promise = finish (self, promise);
  g_clear_pointer (&promise, gst_promise_unref);
  return promise != NULL;
}

static void
describe (Connection *self, const char *type)
{
  g_autofree char *action = g_strconcat ("create-", type, NULL);
  GstPromise *promise = gst_promise_new ();
  GstWebRTCSessionDescription *description = NULL;
  g_autofree char *sdp = NULL;

  g_signal_emit_by_name (self->bin, action, NULL, promise);
  promise = finish (self, promise);
  if (promise == NULL)
    return;
  gst_structure_get (gst_promise_get_reply (promise), type, GST_TYPE_WEBRTC_SESSION_DESCRIPTION,
                     &description, NULL);
  gst_promise_unref (promise);
  set_description (self, "set-local-description", description);
  sdp = gst_sdp_message_as_text (description->sdp);
  gst_webrtc_session_description_free (description);
  bench_end_note_description (self->end, type, sdp);
}

static void
take_description (gpointer connection, const char *type, const char *sdp)
{
  Connection *self = connection;
  gboolean is_offer = strcmp (type, "offer") == 0;
  GstWebRTCSessionDescription *description;
  GstSDPMessage *message;

  if (gst_sdp_message_new_from_text (sdp, &message) != GST_SDP_OK)
    {
      bench_end_note_error (self->end, "GStreamer can't parse the description");
      return;
    }
  description = gst_webrtc_session_description_new (
      is_offer ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER, message);
  set_description (self, "set-remote-description", description);
  gst_webrtc_session_description_free (description);
  if (is_offer)
    describe (self, "answer");
}

static void
take_candidate (gpointer connection, const char *candidate, const char *mid, int index)
{
  Connection *self = connection;

  g_signal_emit_by_name (self->bin, "add-ice-candidate", (guint) index, candidate);
}

static void
close_connection (gpointer connection)
{
  Connection *self = connection;

  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_signal_handlers_disconnect_by_data (self->bin, self);
  g_signal_handlers_disconnect_by_data (self->bin, self->end);
  if (self->channel != NULL)
    g_signal_handlers_disconnect_by_data (self->channel, self->end);
  g_clear_object (&self->channel);
  gst_object_unref (self->pipeline);
  bench_end_unref (self->end);
  g_free (self);
}

static gpointer
create (BenchEnd *end, gboolean offers)
{
  Connection *self = g_new0 (Connection, 1);
  GstWebRTCDataChannel *channel = NULL;

  self->end = bench_end_ref (end);
  self->pipeline = gst_pipeline_new (NULL);
  self->bin = gst_element_factory_make ("webrtcbin", NULL);
  g_object_set (self->bin, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, NULL);
  watch (self->bin, "on-ice-candidate", G_CALLBACK (on_candidate), end);
  g_signal_connect (self->bin, "on-data-channel", G_CALLBACK (on_channel), self);
  gst_bin_add (GST_BIN (self->pipeline), self->bin);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  if (!offers)
    return self;
  g_signal_emit_by_name (self->bin, "create-data-channel", "bench", NULL, &channel);
  if (channel == NULL)
    {
      bench_end_note_error (end, "webrtcbin makes no channel");
      close_connection (self);
      return NULL;
    }
  adopt (self, channel);
  return self;
}

static void
offer (gpointer connection)
{
  describe (connection, "offer");
}

static gboolean
send_message (gpointer connection, GBytes *message)
{
  Connection *self = connection;
  g_autoptr (GError) error = NULL;

  if (gst_webrtc_data_channel_send_data_full (self->channel, message, &error))
    return TRUE;
  bench_end_note_error (self->end, error->message);
  return FALSE;
}

static guint64
get_buffered (gpointer connection)
{
  Connection *self = connection;
  guint64 amount;

  g_object_get (self->channel, "buffered-amount", &amount, NULL);
  return amount;
}

int
main (int argc, char **argv)
{
  BenchStack stack = {
    .name = "webrtcbin",
    .create = create,
    .offer = offer,
    .take_description = take_description,
    .take_candidate = take_candidate,
    .send = send_message,
    .get_buffered = get_buffered,
    .close = close_connection,
  };
  g_autofree char *version = NULL;
  g_autoptr (GstElementFactory) factory = NULL;

  gst_init (NULL, NULL);
  factory = gst_element_factory_find ("webrtcbin");
  if (factory == NULL)
    {
      g_printerr ("webrtcbin is not installed (Debian package gstreamer1.0-plugins-bad)\n");
      return 77;
    }
  version = gst_version_string ();
  stack.version = strrchr (version, ' ') + 1;
  return bench_peer_run (&stack, argc, argv);
}
