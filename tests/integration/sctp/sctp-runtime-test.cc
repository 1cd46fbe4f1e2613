/* SPDX-License-Identifier: MPL-2.0 */
/* The runtime's timer in real time: packets cross a main loop, some get lost, and nobody but the
 * runtime drives usrsctp's clock. */
#include "sctp/floe-sctp-pair.h"

class SctpRuntime : public testing::Test
{
protected:
  void SetUp () override
  {
    floe_sctp_runtime_init (g_main_context_default ());
  }

  bool RunUntil (const std::function<bool ()> &is_done, gint64 max_ms)
  {
    gint64 end_us = g_get_monotonic_time () + max_ms * G_TIME_SPAN_MILLISECOND;

    while (!is_done () && g_get_monotonic_time () < end_us)
      {
        pair_.Settle ();
        if (!g_main_context_iteration (nullptr, FALSE))
          g_usleep (500);
      }
    return is_done ();
  }

  /* The first packet of each is lost, so that both take the repetition's pause for the round trip.
   */
  void ConnectSlowly ()
  {
    floe_sctp_engine_connect (pair_.a.engine);
    pair_.a.sent.clear ();
    floe_sctp_engine_connect (pair_.b.engine);
    pair_.b.sent.clear ();
    ASSERT_TRUE (RunUntil (
        [this] {
          return pair_.a.State () == FLOE_SCTP_CONNECTED && pair_.b.State () == FLOE_SCTP_CONNECTED;
        },
        20000));
  }

  /* How often the timer woke us in @ms. */
  guint CountWakeups (gint64 ms)
  {
    gint64 end_us = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
    guint count = 0;

    while (g_get_monotonic_time () < end_us)
      {
        pair_.Settle ();
        if (g_main_context_iteration (nullptr, FALSE))
          count++;
        else
          g_usleep (500);
      }
    return count;
  }

  SctpPair pair_;
};

TEST_F (SctpRuntime, RepeatsWhatWasLostAndSleepsWhenThereIsNothingToDo)
{
  ASSERT_NO_FATAL_FAILURE (ConnectSlowly ());

  /* The first tick after a quiet time must not make the message's timer fire at once. */
  CountWakeups (1500);
  gint64 start_us = g_get_monotonic_time ();
  pair_.a.Send (0, "again");
  pair_.a.sent.clear ();
  ASSERT_TRUE (RunUntil ([this] { return !pair_.b.messages.empty (); }, 20000));
  EXPECT_GE (g_get_monotonic_time () - start_us, 350 * G_TIME_SPAN_MILLISECOND);

  ASSERT_TRUE (
      RunUntil ([this] { return floe_sctp_engine_get_buffered (pair_.a.engine) == 0; }, 20000));
  CountWakeups (500);
  EXPECT_LE (CountWakeups (2000), 4u);

  pair_.a.Free ();
  pair_.b.Free ();
  CountWakeups (4000);
  EXPECT_EQ (CountWakeups (1500), 0u);
}

/* The timeout is about 1.7 s here: 0.4 s, and four times half of that for its variation. A timer
 * that fires before the message is so old repeats nothing, and the next is 3.4 s away. */
TEST_F (SctpRuntime, RepeatsWhatWasLostAtTheFirstTimeout)
{
  ASSERT_NO_FATAL_FAILURE (ConnectSlowly ());
  CountWakeups (100);

  /* usrsctp's clock is brought up to date, and is 9 ms behind when the timer is started. */
  g_usleep (11000);
  pair_.b.Send (0, "other");
  pair_.Settle ();
  g_usleep (9000);
  gint64 start_us = g_get_monotonic_time ();
  pair_.a.Send (0, "again");
  pair_.a.sent.clear ();
  /* What is said meanwhile keeps the runtime's ticks fine. */
  while (pair_.b.messages.empty ())
    {
      pair_.b.Send (0, "other");
      RunUntil ([] { return false; }, 3);
      ASSERT_TRUE (!pair_.b.messages.empty ()
                   || g_get_monotonic_time () - start_us < 4 * G_TIME_SPAN_SECOND);
    }
}
