/* SPDX-License-Identifier: MPL-2.0 */
/* What an application is told, and may signal, at each privacy level; and whether servers are
 * asked. A host on loopback, seen by a STUN server at 192.0.2.77. */
#include "../stun-responder.h"
#include "peer-pair.h"

#define PORT_RESTRICTED "1 udp-yes nat-yes map-ei filter-apd sure-high"

struct LevelCase
{
  const char *name;
  FloePrivacyLevel level;
  FloeIceTransportPolicy policy;
  bool tells_host, tells_public, tells_nat, asks;
};

class PeerPrivacy : public PeerPairTest, public testing::WithParamInterface<LevelCase>
{
protected:
  std::unique_ptr<Peer> MakePeer (const std::string &url)
  {
    static const char *const loopback[] = { "127.0.0.1", nullptr };
    g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
    ErrorHolder error;

    floe_configuration_set_interfaces (configuration, loopback);
    floe_configuration_set_privacy_level (configuration, GetParam ().level);
    floe_configuration_set_ice_transport_policy (configuration, GetParam ().policy);
    floe_configuration_set_ice_tcp (configuration, TRUE);
    EXPECT_TRUE (floe_configuration_set_nat_summary (configuration, PORT_RESTRICTED, error))
        << error.message ();
    EXPECT_TRUE (floe_configuration_add_ice_server_url (configuration, url.c_str (), nullptr,
                                                        nullptr, error))
        << error.message ();
    return std::make_unique<Peer> (configuration);
  }
};

TEST_P (PeerPrivacy, DescriptionsSayNoMoreThanTheLevelLets)
{
  StunResponder stun (nullptr);
  auto carol = MakePeer (stun.Url ());
  auto channel = carol->CreateChannel ("any");
  std::string text;

  EXPECT_EQ (carol->SetLocal (), "");
  ASSERT_TRUE (RunUntil ([&] {
    return floe_peer_connection_get_ice_gathering_state (carol->pc)
           == FLOE_ICE_GATHERING_STATE_COMPLETE;
  }));
  g_autoptr (FloeSessionDescription) description =
      floe_peer_connection_get_local_description (carol->pc);
  text = floe_session_description_get_sdp (description);
  EXPECT_EQ (text.find ("127.0.0.1") != std::string::npos, GetParam ().tells_host) << text;
  EXPECT_EQ (text.find ("192.0.2.77") != std::string::npos, GetParam ().tells_public) << text;
  EXPECT_EQ (text.find ("a=floe-nat") != std::string::npos, GetParam ().tells_nat) << text;
  EXPECT_EQ (text.find ("c=IN IP4 0.0.0.0\r\n") == std::string::npos, GetParam ().tells_host)
      << text;
  EXPECT_EQ (stun.request_count > 0, GetParam ().asks);
}

TEST_P (PeerPrivacy, CandidatesAndThePairSayNoMoreEither)
{
  StunResponder stun (nullptr);
  auto carol = MakePeer (stun.Url ());
  auto dave = MakePeer (stun.Url ());
  auto channel = carol->CreateChannel ("any");
  std::string text;

  g_signal_connect (
      carol->pc, "ice-candidate",
      G_CALLBACK (+[] (FloePeerConnection *, FloeIceCandidate *candidate, std::string *all) {
        if (candidate != nullptr)
          *all += floe_ice_candidate_get_candidate (candidate);
      }),
      &text);
  g_signal_connect (carol->pc, "path-changed",
                    G_CALLBACK (+[] (FloePeerConnection *, FloePathEvent *event, std::string *all) {
                      FloeIceCandidatePair *pair = floe_path_event_get_to (event);

                      *all +=
                          floe_ice_candidate_get_address (floe_ice_candidate_pair_get_local (pair));
                    }),
                    &text);
  Negotiate (*carol, *dave);
  RunUntil ([&] { return stun.request_count > 0; }, GetParam ().asks ? 10 : 0.5);
  RunFor (0.5);
  EXPECT_EQ (text.find ("127.0.0.1") != std::string::npos, GetParam ().tells_host) << text;
  EXPECT_EQ (stun.request_count > 0, GetParam ().asks);
}

static const FloeIceTransportPolicy ALL = FLOE_ICE_TRANSPORT_POLICY_ALL;
static const FloeIceTransportPolicy RELAY = FLOE_ICE_TRANSPORT_POLICY_RELAY;

INSTANTIATE_TEST_SUITE_P (
    Levels, PeerPrivacy,
    testing::Values (
        LevelCase{ "Open", FLOE_PRIVACY_LEVEL_OPEN, ALL, true, true, true, true },
        LevelCase{ "DefaultRoute", FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE, ALL, true, true, true, true },
        LevelCase{ "Obfuscated", FLOE_PRIVACY_LEVEL_OBFUSCATED, ALL, false, true, false, true },
        LevelCase{ "NoHost", FLOE_PRIVACY_LEVEL_NO_HOST, ALL, false, true, false, true },
        LevelCase{ "RelayOnly", FLOE_PRIVACY_LEVEL_RELAY_ONLY, ALL, false, false, false, false },
        LevelCase{ "RelayPolicy", FLOE_PRIVACY_LEVEL_OPEN, RELAY, false, false, false, false }),
    [] (const auto &info) { return std::string (info.param.name); });
