/* SPDX-License-Identifier: MPL-2.0 */
/* RFC 7675's promise, in real time: without a sign of life for 30 s nothing more is sent. */
#include "ice-peer.h"

/* Two connected transports; nothing above them proves anybody's life unless the test says so. */
class IceConsent : public testing::Test
{
protected:
  void SetUp () override
  {
    PeerOptions controlling;

    controlling.is_controlling = true;
    alice_ = std::make_unique<IcePeer> (context_, controlling);
    bob_ = std::make_unique<IcePeer> (context_, PeerOptions ());
    Wire (*alice_, *bob_);
    Wire (*bob_, *alice_);
    ASSERT_TRUE (
        RunUntil (context_, 5000, [&] { return alice_->IsConnected () && bob_->IsConnected (); }));
  }
  void TearDown () override
  {
    alice_.reset ();
    bob_.reset ();
    g_main_context_unref (context_);
  }

  static void Wire (IcePeer &from, IcePeer &to)
  {
    to.TakeCredentials (from);
    from.on_candidate = [&to] (const FloeCandidate &candidate) {
      floe_ice_transport_add_remote_candidate (to.transport, &candidate);
    };
    floe_ice_transport_gather (from.transport);
  }

  GMainContext *context_ = g_main_context_new ();
  std::unique_ptr<IcePeer> alice_, bob_;
};

TEST_F (IceConsent, EndsThirtySecondsAfterTheLastSignOfLifeAndComesBackWithOne)
{
  gint64 start_us = g_get_monotonic_time ();
  gint64 end_us;

  floe_ice_transport_handle_life (alice_->transport, alice_->pair_path);
  ASSERT_TRUE (alice_->Send ("within consent"));
  EXPECT_TRUE (RunUntil (context_, 12000,
                         [&] { return alice_->state == FLOE_ICE_CONNECTION_STATE_DISCONNECTED; }));
  EXPECT_GE (g_get_monotonic_time () - start_us, 8 * G_TIME_SPAN_SECOND);
  EXPECT_GT (alice_->probe_count, 0u);
  /* It may come back, so it may still be tried. */
  EXPECT_TRUE (alice_->Send ("still within consent"));

  EXPECT_TRUE (RunUntil (context_, 25000, [&] { return !alice_->Send ("?"); }));
  end_us = g_get_monotonic_time ();
  EXPECT_GE (end_us - start_us, 29 * G_TIME_SPAN_SECOND);
  EXPECT_LE (end_us - start_us, 31 * G_TIME_SPAN_SECOND);

  floe_ice_transport_handle_life (alice_->transport, alice_->pair_path);
  EXPECT_TRUE (alice_->Send ("consented again"));
  EXPECT_TRUE (RunUntil (context_, 1000, [&] { return alice_->IsConnected (); }));
}
