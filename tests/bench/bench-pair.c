/* SPDX-License-Identifier: MPL-2.0 */
#include "bench-pair.h"

#include <stdlib.h>

static void
on_candidate (FloePeerConnection *from, FloeIceCandidate *candidate, FloePeerConnection *to)
{
  floe_peer_connection_add_ice_candidate_async (to, candidate, NULL, NULL, NULL);
}

static void
on_answered (GObject *from, GAsyncResult *result, gpointer user_data)
{
  BenchPair *pair = user_data;
  g_autoptr (FloeSessionDescription) answer =
      floe_peer_connection_get_local_description (pair->answerer);

  floe_peer_connection_set_remote_description_async (pair->offerer, answer, NULL, NULL, NULL);
}

static void
on_offered (GObject *from, GAsyncResult *result, gpointer user_data)
{
  BenchPair *pair = user_data;
  g_autoptr (FloeSessionDescription) offer =
      floe_peer_connection_get_local_description (pair->offerer);

  floe_peer_connection_set_remote_description_async (pair->answerer, offer, NULL, NULL, NULL);
  floe_peer_connection_set_local_description_async (pair->answerer, NULL, NULL, on_answered, pair);
}

static void
on_channel (FloePeerConnection *pc, FloeDataChannel *channel, BenchPair *pair)
{
  g_set_object (&pair->far, channel);
}

static void
on_open (FloeDataChannel *channel, BenchPair *pair)
{
  pair->is_open = TRUE;
}

static FloePeerConnection *
new_connection (FloeConfiguration *configuration)
{
  g_autoptr (GError) error = NULL;
  FloePeerConnection *pc = floe_peer_connection_new (configuration, &error);

  if (pc == NULL)
    {
      g_printerr ("bench: %s\n", error->message);
      exit (1);
    }
  return pc;
}

void
bench_pair_start (BenchPair *pair, FloeConfiguration *configuration)
{
  *pair = (BenchPair){ 0 };
  pair->offerer = new_connection (configuration);
  pair->answerer = new_connection (configuration);
  g_signal_connect (pair->offerer, "ice-candidate", G_CALLBACK (on_candidate), pair->answerer);
  g_signal_connect (pair->answerer, "ice-candidate", G_CALLBACK (on_candidate), pair->offerer);
  g_signal_connect (pair->answerer, "data-channel", G_CALLBACK (on_channel), pair);
  pair->near = floe_peer_connection_create_data_channel (pair->offerer, "bench", NULL, NULL);
  g_signal_connect (pair->near, "open", G_CALLBACK (on_open), pair);
  floe_peer_connection_set_local_description_async (pair->offerer, NULL, NULL, on_offered, pair);
}

void
bench_pair_clear (BenchPair *pair)
{
  floe_peer_connection_close (pair->offerer);
  floe_peer_connection_close (pair->answerer);
  g_clear_object (&pair->near);
  g_clear_object (&pair->far);
  g_clear_object (&pair->offerer);
  g_clear_object (&pair->answerer);
}

void
bench_wait (const gboolean *flag, const char *what)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  while (!*flag)
    {
      g_main_context_iteration (NULL, TRUE);
      if (g_get_monotonic_time () > deadline)
        {
          g_printerr ("bench: no %s after 30 s\n", what);
          exit (1);
        }
    }
}

FloeConfiguration *
bench_configuration_new (void)
{
  static const char *const interfaces[] = { "lo", NULL };
  FloeConfiguration *configuration = floe_configuration_new ();

  floe_configuration_set_interfaces (configuration, interfaces);
  return configuration;
}
