/* SPDX-License-Identifier: MPL-2.0 */
/* bench-transfer: goodput of one reliable channel between two connections of one process.
 *
 *   bench-transfer [MEBIBYTES [MESSAGE-SIZE]]      64 MiB in messages of 65536 by default
 *
 * The sender keeps at most 1 MiB buffered. */
#include <stdlib.h>

#include "bench-pair.h"

#define MAX_BUFFERED (1024 * 1024)

typedef struct
{
  BenchPair pair;
  GBytes *message; /* (owned) */
  guint64 total;
  guint64 sent;
  guint64 received;
  gboolean is_done;
} Transfer;

static void
fill (FloeDataChannel *channel, Transfer *self)
{
  while (self->sent < self->total && floe_data_channel_get_buffered_amount (channel) < MAX_BUFFERED)
    {
      if (!floe_data_channel_send_bytes (channel, self->message, NULL))
        return;
      self->sent += g_bytes_get_size (self->message);
    }
}

static void
on_bytes (FloeDataChannel *channel, GBytes *bytes, Transfer *self)
{
  self->received += g_bytes_get_size (bytes);
  self->is_done = self->received >= self->total;
}

static gboolean
has_far (gpointer user_data)
{
  return ((Transfer *) user_data)->pair.far != NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (FloeConfiguration) configuration = bench_configuration_new ();
  guint64 mebibytes = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 64;
  gsize size = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 65536;
  Transfer self = { .total = mebibytes * 1024 * 1024 };
  gint64 start;
  double seconds;

  if (mebibytes == 0 || size == 0 || size > 256 * 1024)
    {
      g_printerr ("bench-transfer: give mebibytes, and a message size of 1 to 262144\n");
      return 2;
    }
  self.message = g_bytes_new_take (g_malloc0 (size), size);
  bench_pair_start (&self.pair, configuration);
  bench_wait (&self.pair.is_open, "open channel");
  while (!has_far (&self))
    g_main_context_iteration (NULL, TRUE);
  g_signal_connect (self.pair.far, "message-bytes", G_CALLBACK (on_bytes), &self);
  g_signal_connect (self.pair.near, "buffered-amount-low", G_CALLBACK (fill), &self);
  floe_data_channel_set_buffered_amount_low_threshold (self.pair.near, MAX_BUFFERED / 2);

  start = g_get_monotonic_time ();
  fill (self.pair.near, &self);
  while (!self.is_done)
    g_main_context_iteration (NULL, TRUE);
  seconds = (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND;
  g_print ("transfer: %" G_GUINT64_FORMAT " MiB  messages of %" G_GSIZE_FORMAT
           "  %.2f s  %.1f MB/s  %.0f messages/s\n",
           mebibytes, size, seconds, (double) self.received / 1e6 / seconds,
           (double) self.received / (double) size / seconds);
  bench_pair_clear (&self.pair);
  g_bytes_unref (self.message);
  return 0;
}
