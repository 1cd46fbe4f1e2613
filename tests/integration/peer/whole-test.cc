/* SPDX-License-Identifier: MPL-2.0 */
/* Descriptions that are sent whole, when gathering is complete, with a NAT that is known: a
 * strategy that gives the relay no head start keeps its address out of no description. */
#include "../coturn.h"
#include "peer-pair.h"

#define PORT_RESTRICTED "1 udp-yes nat-yes map-ei filter-apd sure-high"
/* As before, and what knocks early spoils its ports. */
#define POISONED "1 udp-yes nat-yes map-ei filter-apd poison-yes sure-high"

class Whole : public PeerPairTest
{
protected:
  void SetUp () override
  {
    if (!server_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  FloeConfiguration *Configure (bool trickles, const char *summary = PORT_RESTRICTED)
  {
    FloeConfiguration *configuration = floe_configuration_new ();
    ErrorHolder error;

    floe_configuration_set_include_loopback (configuration, TRUE);
    floe_configuration_set_trickle (configuration, trickles);
    EXPECT_TRUE (floe_configuration_set_nat_summary (configuration, summary, error))
        << error.message ();
    EXPECT_TRUE (floe_configuration_add_ice_server_url (configuration, server_.Url ("udp").c_str (),
                                                        Coturn::Username (), Coturn::Credential (),
                                                        error))
        << error.message ();
    return configuration;
  }

  /* A listener to candidates does nothing with them. */
  std::unique_ptr<Peer> MakePeer (FloeConfiguration *configuration, bool listens)
  {
    auto peer = std::make_unique<Peer> (configuration);

    if (!listens)
      g_signal_handlers_disconnect_matched (
          peer->pc, (GSignalMatchType) (G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DATA),
          g_signal_lookup ("ice-candidate", FLOE_TYPE_PEER_CONNECTION), 0, nullptr, nullptr,
          peer.get ());
    return peer;
  }

  static std::string WaitForDescription (Peer &peer)
  {
    EXPECT_TRUE (RunUntil (
        [&] {
          return floe_peer_connection_get_ice_gathering_state (peer.pc)
                 == FLOE_ICE_GATHERING_STATE_COMPLETE;
        },
        30));
    g_autoptr (FloeSessionDescription) local = floe_peer_connection_get_local_description (peer.pc);

    return floe_session_description_get_sdp (local);
  }

  std::string Offer (Peer &peer)
  {
    auto channel = peer.CreateChannel ("whole");

    EXPECT_EQ (peer.SetLocal (), "");
    return WaitForDescription (peer);
  }

  static std::string Give (Peer &peer, FloeSdpType type, const std::string &text)
  {
    g_autoptr (FloeSessionDescription) description =
        floe_session_description_new (type, text.c_str ());

    return peer.SetRemote (description);
  }

  Coturn server_;
};

static bool
HasRelay (const std::string &sdp)
{
  return sdp.find (" typ relay") != std::string::npos;
}

static bool
Trickles (const std::string &sdp)
{
  return sdp.find ("a=ice-options:trickle") != std::string::npos;
}

TEST_F (Whole, HasARelayWhereTheApplicationSaysSo)
{
  g_autoptr (FloeConfiguration) configuration = Configure (false);
  auto carol = MakePeer (configuration, true);
  std::string offer = Offer (*carol);

  EXPECT_TRUE (HasRelay (offer)) << offer;
  EXPECT_FALSE (Trickles (offer)) << offer;
}

TEST_F (Whole, HasARelayWhereNobodyListensToCandidates)
{
  g_autoptr (FloeConfiguration) configuration = Configure (true);
  auto carol = MakePeer (configuration, false);
  std::string offer = Offer (*carol);

  EXPECT_TRUE (HasRelay (offer)) << offer;
  EXPECT_TRUE (Trickles (offer)) << "It can take what comes later: " << offer;
}

TEST_F (Whole, HasNoRelayWhereCandidatesTrickle)
{
  g_autoptr (FloeConfiguration) configuration = Configure (true);
  auto carol = MakePeer (configuration, true);
  std::string offer = Offer (*carol);

  EXPECT_FALSE (HasRelay (offer)) << offer;
  EXPECT_TRUE (Trickles (offer)) << offer;
}

TEST_F (Whole, HasWhatIsHeldBackForARouterThatSpoilsPorts)
{
  g_autoptr (FloeConfiguration) configuration = Configure (false, POISONED);
  auto carol = MakePeer (configuration, true), dave = MakePeer (configuration, true);
  std::string offer = Offer (*carol);

  EXPECT_NE (offer.find (" typ host"), std::string::npos) << offer;
  ASSERT_EQ (Give (*dave, FLOE_SDP_TYPE_OFFER, offer), "");
  ASSERT_EQ (dave->SetLocal (), "");
  std::string answer = WaitForDescription (*dave);
  EXPECT_NE (answer.find (" typ host"), std::string::npos) << answer;
  EXPECT_TRUE (HasRelay (answer)) << answer;
}

TEST_F (Whole, ConnectsTwoThatExchangeNothingElse)
{
  g_autoptr (FloeConfiguration) configuration = Configure (false);
  auto carol = MakePeer (configuration, true), dave = MakePeer (configuration, true);
  auto near = carol->CreateChannel ("copied");

  ASSERT_EQ (carol->SetLocal (), "");
  ASSERT_EQ (Give (*dave, FLOE_SDP_TYPE_OFFER, WaitForDescription (*carol)), "");
  ASSERT_EQ (dave->SetLocal (), "");
  ASSERT_EQ (Give (*carol, FLOE_SDP_TYPE_ANSWER, WaitForDescription (*dave)), "");
  EXPECT_TRUE (RunUntil ([&] { return near->is_open () && dave->Incoming () != nullptr; }, 30));
}
