/* SPDX-License-Identifier: MPL-2.0 */
/* What comes before somebody listens waits for him: docs/decisions/0004. */
#include "peer-pair.h"

using Strings = std::vector<std::string>;

/* Bob takes the channel and connects nothing to it. */
class Waiting : public PeerPairTest
{
protected:
  void ConnectSilently ()
  {
    g_signal_handlers_disconnect_by_data (bob.pc, &bob);
    g_signal_connect (
        bob.pc, "ice-candidate",
        G_CALLBACK (+[] (FloePeerConnection *, FloeIceCandidate *candidate, Peer *to) {
          floe_peer_connection_add_ice_candidate_async (to->pc, candidate, nullptr, nullptr,
                                                        nullptr);
        }),
        &alice);
    g_signal_connect (
        bob.pc, "data-channel",
        G_CALLBACK (+[] (FloePeerConnection *, FloeDataChannel *it, FloeDataChannel **to) {
          *to = FLOE_DATA_CHANNEL (g_object_ref (it));
        }),
        &taken_);
    channel = alice.CreateChannel ("test");
    Negotiate (alice, bob);
    ASSERT_TRUE (RunUntil ([&] { return channel->is_open () && taken_ != nullptr; }));
  }
  void TearDown () override
  {
    g_signal_handlers_disconnect_by_data (bob.pc, &alice);
    g_signal_handlers_disconnect_by_data (bob.pc, &taken_);
    g_clear_object (&taken_);
  }

  FloeDataChannel *taken_ = nullptr;
};

TEST_F (Waiting, AMessageIsKeptUntilSomebodyListens)
{
  ConnectSilently ();
  ASSERT_TRUE (channel->SendText ("patience"));
  RunFor (0.3);
  Channel late (FLOE_DATA_CHANNEL (g_object_ref (taken_)));
  EXPECT_TRUE (RunUntil ([&] { return late.texts == Strings ({ "patience" }); }));
}

TEST_F (Waiting, MessagesAreStillThereShortlyAfterTheChannelsEnd)
{
  ConnectSilently ();
  ASSERT_TRUE (channel->SendText ("last words"));
  floe_data_channel_close (channel->get ());
  RunFor (0.3);
  EXPECT_EQ (floe_data_channel_get_ready_state (taken_), FLOE_DATA_CHANNEL_STATE_OPEN);
  Channel late (FLOE_DATA_CHANNEL (g_object_ref (taken_)));
  EXPECT_TRUE (RunUntil ([&] { return late.is_closed (); }));
  EXPECT_EQ (late.texts, Strings ({ "last words" }));
  EXPECT_EQ (late.events.back (), "close");
}

TEST_F (Waiting, TheEndDoesNotWaitForeverForAMessageThatNobodyTakes)
{
  ConnectSilently ();
  ASSERT_TRUE (channel->SendText ("unheard"));
  floe_data_channel_close (channel->get ());
  EXPECT_TRUE (RunUntil (
      [&] { return floe_data_channel_get_ready_state (taken_) == FLOE_DATA_CHANNEL_STATE_CLOSED; },
      5));
}

TEST_F (Waiting, AChannelIsAnnouncedWhenSomebodyListens)
{
  g_signal_handlers_disconnect_by_data (bob.pc, &bob);
  g_signal_connect (bob.pc, "ice-candidate",
                    G_CALLBACK (+[] (FloePeerConnection *, FloeIceCandidate *candidate, Peer *to) {
                      floe_peer_connection_add_ice_candidate_async (to->pc, candidate, nullptr,
                                                                    nullptr, nullptr);
                    }),
                    &alice);
  channel = alice.CreateChannel ("test");
  Negotiate (alice, bob);
  ASSERT_TRUE (RunUntil ([&] { return channel->is_open (); }));
  RunFor (0.2);
  g_signal_connect (
      bob.pc, "data-channel",
      G_CALLBACK (+[] (FloePeerConnection *, FloeDataChannel *it, FloeDataChannel **to) {
        *to = FLOE_DATA_CHANNEL (g_object_ref (it));
      }),
      &taken_);
  EXPECT_TRUE (RunUntil ([&] { return taken_ != nullptr; }));
}
