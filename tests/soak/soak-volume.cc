/* SPDX-License-Identifier: MPL-2.0 */
/* soak-volume: very much over one channel, every byte looked at, in memory that stays the same.
 *
 *   soak-volume [--megabytes N]
 *
 * The sender keeps at most 1 MiB buffered. Message i is a stretch of one random table that begins
 * at a place of its own, so that another message, another order or a loss can't look right. */
#include <string.h>

#include "soak-gauge.h"
#include "soak-pair.h"

#define MAX_BUFFERED (1024 * 1024)

/* A prime, so that a step through it comes to all places before it comes back. */
#define PLACES 1048573
#define STEP 397519
#define MAX_SIZE (256 * 1024)

/* What may be on its way between the two ends: queued, in SCTP's buffers of both, and received; see
 * the table in docs/architecture.md. */
#define MAX_ON_THE_WAY (16 * 1024 * 1024)
#define GROWTH_ONCE (16 * 1024)

#define SAMPLES 20

class Volume
{
public:
  explicit Volume (guint64 total) : total_ (total)
  {
    Random random (1);
    auto *table = (guint8 *) g_malloc (PLACES + MAX_SIZE);

    for (gsize i = 0; i < PLACES + MAX_SIZE; i++)
      table[i] = (guint8) (random.Next () >> 56);
    table_ = g_bytes_new_take (table, PLACES + MAX_SIZE);
  }
  ~Volume ()
  {
    g_bytes_unref (table_);
  }

  void Begin (Pair &pair)
  {
    g_signal_connect (pair.channel (1), "message-bytes", G_CALLBACK (on_bytes), this);
    g_signal_connect (pair.channel (0), "buffered-amount-low", G_CALLBACK (fill), this);
    floe_data_channel_set_buffered_amount_low_threshold (pair.channel (0), MAX_BUFFERED / 2);
    fill (pair.channel (0), this);
  }
  guint64 received () const
  {
    return received_;
  }
  bool is_done () const
  {
    return received_ >= total_;
  }

private:
  static gsize Place (guint64 index)
  {
    return (gsize) (index * STEP % PLACES);
  }
  /* Mostly large ones, as in a transfer of files. */
  static gsize Size (guint64 index)
  {
    static const gsize sizes[] = { 65536, 65536, MAX_SIZE, 16384, 65536, 1200, 65535, 1 };

    return sizes[index % G_N_ELEMENTS (sizes)];
  }
  static void fill (FloeDataChannel *channel, Volume *self)
  {
    while (self->sent_ < self->total_
           && floe_data_channel_get_buffered_amount (channel) < MAX_BUFFERED)
      {
        guint64 index = self->sent_count_++;
        g_autoptr (GBytes) message =
            g_bytes_new_from_bytes (self->table_, Place (index), Size (index));

        if (!floe_data_channel_send_bytes (channel, message, nullptr))
          g_error ("An open channel does not take a message");
        self->sent_ += Size (index);
      }
  }
  static void on_bytes (FloeDataChannel *, GBytes *bytes, Volume *self)
  {
    gsize size;
    const void *data = g_bytes_get_data (bytes, &size);
    guint64 index = self->received_count_++;
    auto *table = (const guint8 *) g_bytes_get_data (self->table_, nullptr);

    if (size != Size (index) || memcmp (data, table + Place (index), size) != 0)
      g_error ("Message %" G_GUINT64_FORMAT " is not what was sent", index);
    self->received_ += size;
  }

  guint64 total_;
  guint64 sent_ = 0;
  guint64 sent_count_ = 0;
  guint64 received_ = 0;
  guint64 received_count_ = 0;
  GBytes *table_; /* (owned) */
};

static void
run (FloeConfiguration *configuration, guint64 total, Results &results)
{
  Pair pair (configuration);
  Volume volume (total);
  gint64 base, start, highest[2] = {};
  double seconds;

  pair.Start ();
  pair.WaitForOpen ();
  base = Gauge::InUse ();
  start = g_get_monotonic_time ();
  volume.Begin (pair);
  for (int i = 1; i <= SAMPLES; i++)
    {
      int half = i <= SAMPLES / 2 ? 0 : 1;

      WaitUntil ("waiting for bytes",
                 [&] { return volume.received () >= total / SAMPLES * i || volume.is_done (); });
      highest[half] = MAX (highest[half], Gauge::InUse () - base);
    }
  WaitUntil ("waiting for the last bytes", [&] { return volume.is_done (); });
  seconds = (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND;
  results.Note ("%" G_GUINT64_FORMAT " bytes in %.1f s, %.1f MB/s; %" G_GINT64_FORMAT
                " KiB in use at most in the first half, %" G_GINT64_FORMAT " KiB in the second",
                volume.received (), seconds, (double) volume.received () / 1e6 / seconds,
                highest[0] / 1024, highest[1] / 1024);
  results.Check (
      "on-the-way", MAX (highest[0], highest[1]) <= MAX_ON_THE_WAY,
      Format ("%" G_GINT64_FORMAT " bytes in use meanwhile", MAX (highest[0], highest[1])));
  pair.Close ();
}

int
main (int argc, char **argv)
{
  int megabytes = 200;
  const GOptionEntry entries[] = {
    { "megabytes", 0, 0, G_OPTION_ARG_INT, &megabytes, "How much is sent", "N" },
    {},
  };
  Results results ("volume");

  BeginSoak (&argc, &argv, entries, "Very much over one channel");
  g_autoptr (FloeConfiguration) configuration = NewConfiguration ();
  Gauge gauge (results, 0, GROWTH_ONCE);

  gauge.ReadBefore ();
  run (configuration, (guint64) MAX (megabytes / 10, 1) * 1000000, results);
  gauge.Sample ((guint) megabytes / 10);
  run (configuration, (guint64) megabytes * 1000000, results);
  gauge.Sample ((guint) megabytes);
  results.Check ("every-byte", true, "");
  gauge.Judge ();
  return results.status ();
}
