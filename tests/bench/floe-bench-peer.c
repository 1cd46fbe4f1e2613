/* SPDX-License-Identifier: MPL-2.0 */
/* floe-bench-peer: Floe as a peer of the benchmark, with the configuration that is the default. */
#include <floe/floe.h>
#include <string.h>

#include "bench-peer.h"

#define END_KEY "bench-end"

/* Calls that are still under way when a connection is closed find no end any more. */
static BenchEnd *
get_end (gpointer connection)
{
  return g_object_get_data (connection, END_KEY);
}

static FloeDataChannel *
get_channel (gpointer connection)
{
  return g_object_get_data (connection, "bench-channel");
}

static void
note_error (gpointer connection, const GError *error)
{
  BenchEnd *end = get_end (connection);

  if (end != NULL)
    bench_end_note_error (end, error->message);
}

static void
on_open (FloeDataChannel *channel, BenchEnd *end)
{
  bench_end_note_open (end);
}

static void
on_bytes (FloeDataChannel *channel, GBytes *message, BenchEnd *end)
{
  bench_end_note_message (end, message);
}

static void
on_low (FloeDataChannel *channel, BenchEnd *end)
{
  bench_end_note_drained (end);
}

/* Takes @channel over. */
static void
adopt (gpointer connection, FloeDataChannel *channel)
{
  BenchEnd *end = get_end (connection);

  floe_data_channel_set_buffered_amount_low_threshold (channel, bench_end_get_buffer (end) / 2);
  g_signal_connect (channel, "open", G_CALLBACK (on_open), end);
  g_signal_connect (channel, "message-bytes", G_CALLBACK (on_bytes), end);
  g_signal_connect (channel, "buffered-amount-low", G_CALLBACK (on_low), end);
  g_object_set_data_full (connection, "bench-channel", channel, g_object_unref);
}

static void
on_channel (FloePeerConnection *connection, FloeDataChannel *channel, BenchEnd *end)
{
  adopt (connection, g_object_ref (channel));
  if (floe_data_channel_get_ready_state (channel) == FLOE_DATA_CHANNEL_STATE_OPEN)
    bench_end_note_open (end);
}

static void
on_candidate (FloePeerConnection *connection, FloeIceCandidate *candidate, BenchEnd *end)
{
  if (!floe_ice_candidate_is_end_of_candidates (candidate))
    bench_end_note_candidate (end, floe_ice_candidate_get_candidate (candidate),
                              floe_ice_candidate_get_sdp_mid (candidate),
                              floe_ice_candidate_get_sdp_mline_index (candidate));
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FloePeerConnection *connection = FLOE_PEER_CONNECTION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (FloeSessionDescription) description = NULL;

  if (!floe_peer_connection_set_local_description_finish (connection, result, &error))
    {
      note_error (connection, error);
      return;
    }
  if (get_end (connection) == NULL)
    return;
  description = floe_peer_connection_get_local_description (connection);
  bench_end_note_description (
      get_end (connection),
      floe_session_description_get_sdp_type (description) == FLOE_SDP_TYPE_OFFER ? "offer"
                                                                                 : "answer",
      floe_session_description_get_sdp (description));
}

static void
describe (FloePeerConnection *connection)
{
  floe_peer_connection_set_local_description_async (connection, NULL, NULL, on_described, NULL);
}

static void
close_connection (gpointer connection)
{
  FloeDataChannel *channel = get_channel (connection);
  BenchEnd *end = get_end (connection);

  if (channel != NULL)
    g_signal_handlers_disconnect_by_data (channel, end);
  g_signal_handlers_disconnect_by_data (connection, end);
  g_object_set_data (connection, END_KEY, NULL);
  floe_peer_connection_close (connection);
  g_object_unref (connection);
}

static gpointer
create (BenchEnd *end, gboolean offers)
{
  static FloeConfiguration *configuration; /* shared: it has the certificate */
  g_autoptr (GError) error = NULL;
  FloePeerConnection *connection;
  FloeDataChannel *channel;

  if (configuration == NULL)
    configuration = floe_configuration_new ();
  connection = floe_peer_connection_new (configuration, &error);
  if (connection == NULL)
    {
      bench_end_note_error (end, error->message);
      return NULL;
    }
  g_object_set_data_full (G_OBJECT (connection), END_KEY, bench_end_ref (end),
                          (GDestroyNotify) bench_end_unref);
  g_signal_connect (connection, "ice-candidate", G_CALLBACK (on_candidate), end);
  g_signal_connect (connection, "data-channel", G_CALLBACK (on_channel), end);
  if (!offers)
    return connection;
  channel = floe_peer_connection_create_data_channel (connection, "bench", NULL, &error);
  if (channel == NULL)
    {
      bench_end_note_error (end, error->message);
      close_connection (connection);
      return NULL;
    }
  adopt (connection, channel);
  return connection;
}

static void
offer (gpointer connection)
{
  describe (connection);
}

static void
on_remote_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!floe_peer_connection_set_remote_description_finish (FLOE_PEER_CONNECTION (source), result,
                                                           &error))
    note_error (source, error);
}

static void
take_description (gpointer connection, const char *type, const char *sdp)
{
  gboolean is_offer = strcmp (type, "offer") == 0;
  g_autoptr (FloeSessionDescription) description =
      floe_session_description_new (is_offer ? FLOE_SDP_TYPE_OFFER : FLOE_SDP_TYPE_ANSWER, sdp);

  floe_peer_connection_set_remote_description_async (connection, description, NULL, on_remote_set,
                                                     NULL);
  if (is_offer)
    describe (connection);
}

static void
on_candidate_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!floe_peer_connection_add_ice_candidate_finish (FLOE_PEER_CONNECTION (source), result,
                                                      &error))
    note_error (source, error);
}

static void
take_candidate (gpointer connection, const char *candidate, const char *mid, int index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FloeIceCandidate) parsed =
      floe_ice_candidate_new (candidate, mid, index, NULL, &error);

  if (parsed == NULL)
    note_error (connection, error);
  else
    floe_peer_connection_add_ice_candidate_async (connection, parsed, NULL, on_candidate_added,
                                                  NULL);
}

static gboolean
send_message (gpointer connection, GBytes *message)
{
  g_autoptr (GError) error = NULL;

  if (floe_data_channel_send_bytes (get_channel (connection), message, &error))
    return TRUE;
  note_error (connection, error);
  return FALSE;
}

static guint64
get_buffered (gpointer connection)
{
  return floe_data_channel_get_buffered_amount (get_channel (connection));
}

int
main (int argc, char **argv)
{
  static const BenchStack stack = {
    .name = "floe",
    .version = FLOE_VERSION_S,
    .create = create,
    .offer = offer,
    .take_description = take_description,
    .take_candidate = take_candidate,
    .send = send_message,
    .get_buffered = get_buffered,
    .close = close_connection,
  };

  return bench_peer_run (&stack, argc, argv);
}
