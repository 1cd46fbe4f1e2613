/* SPDX-License-Identifier: MPL-2.0 */
/* Eleven minutes over a relay: libnice clears all permissions every 240 s and binds its channel
 * anew after 540 s, and the allocation is refreshed after 540 s. Data must not notice. */
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

/* Two peers over one server. */
class Pair
{
public:
  Pair (GMainContext *context, const std::string &url)
      : url_ (url), a_ (context, Options (true)), b_ (context, Options (false))
  {
    Wire (a_, b_);
    a_.TakeCredentials (b_);
    b_.TakeCredentials (a_);
    floe_ice_transport_gather (a_.transport);
    floe_ice_transport_gather (b_.transport);
  }

  bool IsConnected () const
  {
    return a_.IsConnected () && b_.IsConnected ();
  }
  void StartStreams (gint64 now_us)
  {
    there_ = std::make_unique<Stream> (a_, b_, now_us);
    back_ = std::make_unique<Stream> (b_, a_, now_us);
  }
  void Send ()
  {
    there_->SendOne ();
    back_->SendOne ();
  }
  void Take ()
  {
    there_->TakeAll ();
    back_->TakeAll ();
  }
  void Expect () const
  {
    there_->Expect ((url_ + " there").c_str ());
    back_->Expect ((url_ + " back").c_str ());
    EXPECT_TRUE (IsConnected ());
  }

private:
  PeerOptions Options (bool is_controlling) const
  {
    PeerOptions options;

    options.urls = { url_.c_str () };
    options.relay_only = true;
    options.is_controlling = is_controlling;
    return options;
  }

  std::string url_;
  IcePeer a_, b_;
  std::unique_ptr<Stream> there_, back_;
};

class IceLongRelay : public IceTest
{
protected:
  void SetUp () override
  {
    if (g_getenv ("FLOE_TEST_FULL") == nullptr)
      GTEST_SKIP () << "takes eleven minutes: set FLOE_TEST_FULL=1, as check.sh --full does";
    server_ = std::make_unique<Coturn> ();
    forgetful_ = std::make_unique<Coturn> ();
    if (!server_->IsRunning () || !forgetful_->IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  std::unique_ptr<Coturn> server_, forgetful_;
};

TEST_F (IceLongRelay, LosesNothingWhenPermissionsChannelsAndAllocationsAreRenewed)
{
  Pair udp (context_, server_->Url ("udp")), tcp (context_, server_->Url ("tcp"));
  Pair lost (context_, forgetful_->Url ("udp"));
  gint64 start_us;

  ASSERT_TRUE (
      Run (10000, [&] { return udp.IsConnected () && tcp.IsConnected () && lost.IsConnected (); }));
  /* What is said of the allocation then is refused, with a reason that hangs on what comes first
   * and which we have to survive: it is nobody's. */
  forgetful_->Restart ();
  start_us = g_get_monotonic_time ();
  udp.StartStreams (start_us);
  tcp.StartStreams (start_us);
  while (g_get_monotonic_time () - start_us < DURATION_US)
    {
      udp.Send ();
      tcp.Send ();
      Pause (INTERVAL_MS);
      udp.Take ();
      tcp.Take ();
    }
  Pause (1000);
  udp.Take ();
  tcp.Take ();
  udp.Expect ();
  tcp.Expect ();
  EXPECT_FALSE (lost.IsConnected ());
  EXPECT_TRUE (forgetful_->Log ().find ("error 437") != std::string::npos
               || forgetful_->Log ().find ("error 400") != std::string::npos)
      << forgetful_->Log ();
}
