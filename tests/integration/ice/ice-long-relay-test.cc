/* SPDX-License-Identifier: MPL-2.0 */
/* Eleven minutes over a relay: libnice clears all permissions every 240 s and binds its channel anew
 * after 540 s, and the allocation is refreshed after 540 s. Data must not notice. */
#include "coturn.h"
#include "ice-peer.h"

#define DURATION_US (11 * G_TIME_SPAN_MINUTE)
#define INTERVAL_MS 20
#define MAX_PAUSE_US G_TIME_SPAN_SECOND

/* One direction: numbered messages, and what became of them. */
class Stream
{
public:
  Stream (IcePeer &from, IcePeer &to, gint64 start_us)
      : from_ (from), to_ (to), start_us_ (start_us), last_us_ (start_us)
  {
  }

  void SendOne ()
  {
    if (from_.Send (std::to_string (sent_count)))
      sent_count++;
    else
      refused_count++;
  }

  void TakeAll ()
  {
    gint64 now_us = g_get_monotonic_time ();

    if (to_.messages.empty ())
      return;
    received_count += to_.messages.size ();
    to_.messages.clear ();
    floe_ice_transport_handle_life (to_.transport, to_.pair_path);
    if (now_us - last_us_ > max_pause_us)
      {
        max_pause_us = now_us - last_us_;
        max_pause_at_us = now_us - start_us_;
      }
    last_us_ = now_us;
  }

  void Expect (const char *name) const
  {
    printf ("%s: %u sent, %u lost, %u refused; longest pause %d ms at %d s\n", name, sent_count,
            sent_count - received_count, refused_count, (int) (max_pause_us / 1000),
            (int) (max_pause_at_us / G_USEC_PER_SEC));
    EXPECT_EQ (received_count, sent_count) << name;
    EXPECT_EQ (refused_count, 0u) << name;
    EXPECT_LT (max_pause_us, MAX_PAUSE_US) << name;
  }

  guint sent_count = 0, received_count = 0, refused_count = 0;
  gint64 max_pause_us = 0, max_pause_at_us = 0;

private:
  IcePeer &from_, &to_;
  gint64 start_us_, last_us_;
};

class IceLongRelay : public IceTest, public testing::WithParamInterface<const char *>
{
protected:
  void SetUp () override
  {
    if (g_getenv ("FLOE_TEST_FULL") == nullptr)
      GTEST_SKIP () << "takes eleven minutes: set FLOE_TEST_FULL=1, as check.sh --full does";
    if (!coturn_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  Coturn coturn_;
};

TEST_P (IceLongRelay, LosesNothingWhenPermissionsAndChannelsAreRenewed)
{
  std::string url = coturn_.Url (GetParam ());
  PeerOptions options;

  options.urls = { url.c_str () };
  options.relay_only = true;
  IcePeer b (context_, options);
  options.is_controlling = true;
  IcePeer a (context_, options);

  Wire (a, b);
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_gather (b.transport);
  ASSERT_TRUE (Run (10000, [&] { return a.IsConnected () && b.IsConnected (); }));

  gint64 start_us = g_get_monotonic_time ();
  Stream there (a, b, start_us), back (b, a, start_us);
  while (g_get_monotonic_time () - start_us < DURATION_US)
    {
      there.SendOne ();
      back.SendOne ();
      Pause (INTERVAL_MS);
      there.TakeAll ();
      back.TakeAll ();
    }
  Pause (1000);
  there.TakeAll ();
  back.TakeAll ();
  there.Expect ("there");
  back.Expect ("back");
  EXPECT_TRUE (a.IsConnected ());
  EXPECT_TRUE (b.IsConnected ());
}

INSTANTIATE_TEST_SUITE_P (Over, IceLongRelay, testing::Values ("udp", "tcp"),
                          [] (const auto &info) { return std::string (info.param); });
