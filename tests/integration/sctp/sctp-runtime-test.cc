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
  floe_sctp_engine_connect (pair_.a.engine);
  pair_.a.sent.clear (); /* the INIT is lost */
  floe_sctp_engine_connect (pair_.b.engine);
  pair_.b.sent.clear ();
  ASSERT_TRUE (RunUntil (
      [this] {
        return pair_.a.State () == FLOE_SCTP_CONNECTED && pair_.b.State () == FLOE_SCTP_CONNECTED;
      },
      2000));

  /* The first tick after a quiet time must not make the message's timer fire at once. */
  CountWakeups (1500);
  gint64 start_us = g_get_monotonic_time ();
  pair_.a.Send (0, "again");
  pair_.a.sent.clear ();
  ASSERT_TRUE (RunUntil ([this] { return !pair_.b.messages.empty (); }, 3000));
  EXPECT_GE (g_get_monotonic_time () - start_us, 350 * G_TIME_SPAN_MILLISECOND);

  ASSERT_TRUE (
      RunUntil ([this] { return floe_sctp_engine_get_buffered (pair_.a.engine) == 0; }, 1000));
  CountWakeups (500);
  EXPECT_LE (CountWakeups (2000), 4u);

  pair_.a.Free ();
  pair_.b.Free ();
  CountWakeups (4000);
  EXPECT_EQ (CountWakeups (1500), 0u);
}
