/* SPDX-License-Identifier: MPL-2.0 */
/* soak-cycles: connections are made, used and ended, again and again, in every way that an
 * application may end them; and nothing is left of them.
 *
 *   soak-cycles [--cycles N] [--seed N] [--leak]
 *
 * --leak leaves a little behind in each cycle, which must be seen. */
#include <fcntl.h>
#include <string.h>

#include <thread>

#include "soak-gauge.h"
#include "soak-pair.h"

#define MESSAGE_SIZE 5000
#define LARGE_SIZE (64 * 1024)
#define MAX_TURNS 60

/* 200 bytes that are left in each cycle must be seen in a full run. */
#define LEAK_SIZE 200
#define LEAK_LOOKS 50
#define GROWTH_PER_CYCLE 48
#define GROWTH_ONCE (4 * 1024)

/* What one cycle works with. */
struct Cycle
{
  FloeConfiguration *configuration; /* (unowned) */
  Random random;
};

static GBytes *
make_message (Random &random, gsize size)
{
  auto *data = (guint8 *) g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (random.Next () >> 56);
  return g_bytes_new_take (data, size);
}

/* Sends back what comes. */
static void
on_bytes_to_echo (FloeDataChannel *channel, GBytes *bytes, gpointer)
{
  floe_data_channel_send_bytes (channel, bytes, nullptr);
}

struct Exchange
{
  GBytes *expected;
  guint count;
};

static void
on_bytes_back (FloeDataChannel *, GBytes *bytes, Exchange *exchange)
{
  if (!g_bytes_equal (bytes, exchange->expected))
    g_error ("A message came back that is not the one that was sent");
  exchange->count++;
}

/* Ten messages there and back, every byte looked at. */
static void
exchange_messages (Pair &pair, Cycle &cycle)
{
  g_autoptr (GBytes) message = make_message (cycle.random, MESSAGE_SIZE);
  Exchange exchange = { message, 0 };
  gulong echo =
      g_signal_connect (pair.channel (1), "message-bytes", G_CALLBACK (on_bytes_to_echo), nullptr);
  gulong back =
      g_signal_connect (pair.channel (0), "message-bytes", G_CALLBACK (on_bytes_back), &exchange);

  for (int i = 0; i < 10; i++)
    if (!floe_data_channel_send_bytes (pair.channel (0), message, nullptr))
      g_error ("An open channel does not take a message");
  WaitUntil ("waiting for messages to come back", [&] { return exchange.count == 10; });
  g_signal_handler_disconnect (pair.channel (1), echo);
  g_signal_handler_disconnect (pair.channel (0), back);
}

static void
close_after_use (Cycle &cycle)
{
  Pair pair (cycle.configuration);

  pair.Start ();
  pair.WaitForOpen ();
  exchange_messages (pair, cycle);
  pair.Close ();
}

static void
drop_after_use (Cycle &cycle)
{
  Pair pair (cycle.configuration);

  pair.Start ();
  pair.WaitForOpen ();
  exchange_messages (pair, cycle);
}

static void
close_while_gathering (Cycle &cycle)
{
  Pair pair (cycle.configuration);

  pair.Start ();
  WaitUntil ("waiting for an offer", [&] { return pair.ends ()->has_offered; });
  pair.Close ();
}

/* After so many turns of the main loop: in the middle of ICE, DTLS, SCTP or DCEP. */
static void
close_on_the_way_up (Cycle &cycle)
{
  Pair pair (cycle.configuration);
  guint turns = cycle.random.Below (MAX_TURNS);
  int end = (int) cycle.random.Below (2);

  pair.Start ();
  for (guint i = 0; i < turns && !pair.is_open (); i++)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  floe_peer_connection_close (pair.pc (end));
  for (guint i = 0; i < 5; i++)
    g_main_context_iteration (g_main_context_get_thread_default (), FALSE);
}

static void
on_bytes_to_close (FloeDataChannel *, GBytes *, FloePeerConnection *pc)
{
  floe_peer_connection_close (pc);
}

/* The other end hears of it by its channel. */
static void
close_inside_a_message (Cycle &cycle)
{
  Pair pair (cycle.configuration);
  g_autoptr (GBytes) message = make_message (cycle.random, MESSAGE_SIZE);

  pair.Start ();
  pair.WaitForOpen ();
  g_signal_connect_object (pair.channel (1), "message-bytes", G_CALLBACK (on_bytes_to_close),
                           pair.pc (1), (GConnectFlags) 0);
  floe_data_channel_send_bytes (pair.channel (0), message, nullptr);
  WaitUntil ("waiting for the other end's close", [&] {
    return floe_data_channel_get_ready_state (pair.channel (0)) == FLOE_DATA_CHANNEL_STATE_CLOSED;
  });
}

/* The last references of both connections and of the channel whose handler it is. */
static void
drop_inside_a_handler (Cycle &cycle)
{
  Pair pair (cycle.configuration);
  Call ends = pair.ends ();
  bool is_dropped = false;

  ends->on_open = [&] {
    ends->Drop ();
    is_dropped = true;
  };
  pair.Start ();
  WaitUntil ("waiting for an open channel to drop", [&] { return is_dropped; });
}

static void
on_offer_created (GObject *pc, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = nullptr;
  Call ends = EndCall (user_data);

  g_autoptr (FloeSessionDescription) offer =
      floe_peer_connection_create_offer_finish (FLOE_PEER_CONNECTION (pc), result, &error);
}

static void
on_metrics (GObject *pc, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = nullptr;
  Call ends = EndCall (user_data);

  g_autoptr (FloeConnectionMetrics) metrics =
      floe_peer_connection_update_metrics_finish (FLOE_PEER_CONNECTION (pc), result, &error);
}

/* Each of them ends, once. */
static void
close_with_calls_pending (Cycle &cycle)
{
  Pair pair (cycle.configuration);
  Call ends = pair.ends ();

  pair.Start ();
  pair.WaitForOpen ();
  for (int end : { 0, 1 })
    for (int i = 0; i < 5; i++)
      {
        floe_peer_connection_create_offer_async (pair.pc (end), nullptr, on_offer_created,
                                                 BeginCall (ends));
        floe_peer_connection_update_metrics_async (pair.pc (end), nullptr, on_metrics,
                                                   BeginCall (ends));
      }
  pair.Close ();
  WaitUntil ("waiting for pending calls to end", [&] { return ends->pending_count == 0; });
}

/* Channels in all states, and megabytes on their way in both directions. */
static void
close_with_much_queued (Cycle &cycle)
{
  Pair pair (cycle.configuration);
  g_autoptr (GBytes) message = make_message (cycle.random, LARGE_SIZE);

  pair.Start ();
  pair.WaitForOpen ();
  for (int end : { 0, 1 })
    {
      for (int i = 0; i < 20; i++)
        floe_data_channel_send_bytes (pair.channel (end), message, nullptr);
      for (int i = 0; i < 5; i++)
        {
          g_autoptr (FloeDataChannel) more =
              floe_peer_connection_create_data_channel (pair.pc (end), "more", nullptr, nullptr);

          if (i % 2 == 0)
            floe_data_channel_close (more);
        }
    }
  for (guint i = cycle.random.Below (30); i > 0; i--)
    g_main_context_iteration (g_main_context_get_thread_default (), FALSE);
  pair.Close ();
}

/* Connections of two threads at the same time, each with a context of its own. */
static void
use_two_threads (Cycle &cycle)
{
  Cycle other = { cycle.configuration, Random (cycle.random.Next ()) };
  std::thread thread ([&other] {
    GMainContext *context = g_main_context_new ();

    g_main_context_push_thread_default (context);
    close_after_use (other);
    drop_inside_a_handler (other);
    close_on_the_way_up (other);
    /* What is left to be called in it still belongs to the connections. */
    Drain ();
    g_main_context_pop_thread_default (context);
    g_main_context_unref (context);
  });

  close_after_use (cycle);
  drop_after_use (cycle);
  thread.join ();
}

static gboolean
close_pair (gpointer user_data)
{
  ((Pair *) user_data)->Close ();
  return G_SOURCE_REMOVE;
}

/* By a call that another thread sends to the context of the connections. */
static void
close_from_another_thread (Cycle &cycle)
{
  Pair pair (cycle.configuration);
  GMainContext *context = g_main_context_default ();

  pair.Start ();
  pair.WaitForOpen ();
  std::thread thread ([&] {
    GSource *idle = g_idle_source_new ();

    g_source_set_priority (idle, G_PRIORITY_HIGH);
    g_source_set_callback (idle, close_pair, &pair, nullptr);
    g_source_attach (idle, context);
    g_source_unref (idle);
  });
  /* It only sends the call. GLib's lock about its sources is a futex, which the thread sanitizer
   * does not see. */
  thread.join ();
  WaitUntil ("waiting for another thread to close", [&] {
    return floe_peer_connection_get_connection_state (pair.pc (0))
           == FLOE_PEER_CONNECTION_STATE_CLOSED;
  });
}

static void (*const ways[]) (Cycle &) = {
  close_after_use,           drop_after_use,         close_while_gathering,
  close_on_the_way_up,       close_inside_a_message, drop_inside_a_handler,
  close_with_calls_pending,  close_with_much_queued, use_two_threads,
  close_from_another_thread,
};

/* What the gauge must see. */
static void
leak (void)
{
  static gpointer kept;
  auto *block = (gpointer *) g_malloc (LEAK_SIZE);

  *block = kept;
  kept = block;
}

static gboolean
on_leaked_timer (gpointer)
{
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  int cycles = 60;
  gint64 seed = 1;
  gboolean is_leaking = FALSE;
  const GOptionEntry entries[] = {
    { "cycles", 0, 0, G_OPTION_ARG_INT, &cycles, "How many connections are made", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "What chance begins with", "N" },
    { "leak", 0, 0, G_OPTION_ARG_NONE, &is_leaking, "Leave something behind", nullptr },
    {},
  };
  Results results ("cycles");

  BeginSoak (&argc, &argv, entries, "Makes and ends connections in all ways");
  g_autoptr (FloeConfiguration) configuration = NewConfiguration ();
  Gauge gauge (results, GROWTH_PER_CYCLE, GROWTH_ONCE);
  Cycle cycle = { configuration, Random ((guint64) seed) };
  guint round = G_N_ELEMENTS (ways);
  guint warm_up = MAX ((guint) cycles / 10 / round, 2) * round;
  guint sample_count = cycles >= 500 ? 8 : 2;
  guint step =
      MAX (((guint) cycles - MIN (warm_up, (guint) cycles)) / sample_count / round, 1) * round;

  results.Note ("%d cycles, seed %" G_GINT64_FORMAT, cycles, seed);
  gauge.ReadBefore ();
  for (guint i = 0; i < (guint) cycles; i++)
    {
      ways[i % round](cycle);
      if (is_leaking)
        leak ();
      if (i + 1 >= warm_up && (i + 1 - warm_up) % step == 0)
        gauge.Sample (i + 1);
    }
  if (is_leaking)
    {
      fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
      g_timeout_add_seconds (3600, on_leaked_timer, nullptr);
      gauge.set_max_looks (LEAK_LOOKS);
      gauge.Sample ((guint) cycles);
    }
  gauge.Judge ();
  return results.status ();
}
