/* SPDX-License-Identifier: MPL-2.0 */
/* Who does not read holds the sender back, and nobody's memory grows. */
#include "peer-pair.h"

class Backpressure : public PeerPairTest
{
};

TEST_F (Backpressure, RefusesMoreThanSixteenMebibytesInTheQueue)
{
  ErrorHolder error;
  gsize sent = 0;

  Connect ();
  /* The main loop does not run, so nothing is taken off the account. */
  while (sent < 32 * 1024 * 1024 && channel->SendPattern (65536, error))
    sent += 65536;
  EXPECT_EQ (sent, 16u * 1024 * 1024);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_OPERATION)) << error.message ();
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->bytes.size () == sent / 65536; }, 30));
  EXPECT_EQ (floe_data_channel_get_buffered_amount (channel->get ()), 0u);
  EXPECT_TRUE (channel->SendText ("goes on"));
}

TEST_F (Backpressure, TellsWhenTheQueueHasFallenToTheThreshold)
{
  Connect ();
  floe_data_channel_set_buffered_amount_low_threshold (channel->get (), 100000);
  for (int i = 0; i < 64; i++)
    ASSERT_TRUE (channel->SendPattern (65536));
  EXPECT_EQ (floe_data_channel_get_buffered_amount (channel->get ()), 64u * 65536);
  EXPECT_TRUE (RunUntil ([&] { return channel->low_count > 0; }));
  EXPECT_LE (floe_data_channel_get_buffered_amount (channel->get ()), 100000u);
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->bytes.size () == 64; }));
  EXPECT_EQ (channel->low_count, 1);
}

TEST_F (Backpressure, HoldsTheSenderWhenNobodyListens)
{
  Connect ();
  /* A channel without a handler takes nothing. */
  g_signal_handlers_disconnect_by_data (peer_channel->get (), peer_channel);
  long before = ResidentKib ();
  guint64 sent = 0;
  for (int i = 0; i < 200; i++)
    {
      ASSERT_TRUE (channel->SendPattern (65536));
      sent += 65536;
    }
  RunFor (1);
  guint64 waiting = floe_data_channel_get_buffered_amount (channel->get ());
  /* 1 MiB with the receiver's application, 1 MiB in its SCTP, 1 MiB in ours, and some on its way:
   * the rest of the 12.5 MiB must still be at the sender. */
  EXPECT_GT (waiting, sent - 5 * 1024 * 1024);
  RunFor (0.5);
  EXPECT_GT (floe_data_channel_get_buffered_amount (channel->get ()) + 1024 * 1024, waiting);

#ifndef __SANITIZE_ADDRESS__
  /* What was sent, once, and the queues on the way: not a copy of all of it at the receiver. */
  EXPECT_LT (ResidentKib () - before, (long) (sent / 1024) + 6 * 1024);
#endif
  (void) before;

  guint64 got = 0;
  g_signal_connect (peer_channel->get (), "message-bytes",
                    G_CALLBACK (+[] (FloeDataChannel *, GBytes *bytes, guint64 *to) {
                      *to += g_bytes_get_size (bytes);
                    }),
                    &got);
  EXPECT_TRUE (RunUntil ([&] { return got == sent; }, 30));
  g_signal_handlers_disconnect_by_data (peer_channel->get (), &got);
}

TEST_F (Backpressure, LetsOtherSourcesRunBetweenBatchesOfMessages)
{
  int most = 0;
  int since = 0;
  int *counters[] = { &most, &since };

  Connect ();
  g_signal_connect (peer_channel->get (), "message-text",
                    G_CALLBACK (+[] (FloeDataChannel *, const char *, int **both) {
                      ++*both[1];
                      *both[0] = MAX (*both[0], *both[1]);
                    }),
                    counters);
  for (int i = 0; i < 1000; i++)
    ASSERT_TRUE (channel->SendText ("x"));
  /* The network thread delivers all of them while this thread does nothing. */
  g_usleep (500000);
  guint idle = g_timeout_add (
      0,
      [] (gpointer since_batch) -> gboolean {
        *(int *) since_batch = 0;
        return G_SOURCE_CONTINUE;
      },
      &since);
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->texts.size () == 1000; }));
  g_source_remove (idle);
  g_signal_handlers_disconnect_by_data (peer_channel->get (), counters);
  EXPECT_LE (most, 64);
}
