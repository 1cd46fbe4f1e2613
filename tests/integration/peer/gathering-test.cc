/* SPDX-License-Identifier: MPL-2.0 */
/* What an application sees of gathering, with STUN servers that are fast and slow. */
#include "../stun-responder.h"
#include "peer-pair.h"

class PeerGathering : public PeerPairTest
{
protected:
  std::unique_ptr<Peer> MakePeer (const std::vector<std::string> &urls)
  {
    static const char *const loopback[] = { "127.0.0.1", nullptr };
    g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
    ErrorHolder error;

    floe_configuration_set_interfaces (configuration, loopback);
    /* What is found out of the NAT is told with one more candidate, whenever it is known. */
    floe_configuration_set_nat_discovery (configuration, FLOE_NAT_DISCOVERY_MODE_OFF);
    for (const std::string &url : urls)
      EXPECT_TRUE (floe_configuration_add_ice_server_url (configuration, url.c_str (), nullptr,
                                                          nullptr, error))
          << error.message ();
    auto peer = std::make_unique<Peer> (configuration);
    g_signal_connect (peer->pc, "notify::ice-gathering-state",
                      G_CALLBACK (+[] (FloePeerConnection *pc, GParamSpec *, std::string *trace) {
                        bool is_complete = floe_peer_connection_get_ice_gathering_state (pc)
                                           == FLOE_ICE_GATHERING_STATE_COMPLETE;

                        *trace += is_complete ? "complete " : "gathering ";
                      }),
                      &trace_);
    g_signal_connect (
        peer->pc, "ice-candidate",
        G_CALLBACK (+[] (FloePeerConnection *, FloeIceCandidate *candidate, std::string *trace) {
          if (candidate == nullptr)
            *trace += "end ";
          else if (floe_ice_candidate_get_candidate_type (candidate)
                   == FLOE_ICE_CANDIDATE_TYPE_SRFLX)
            *trace += "srflx ";
        }),
        &trace_);
    return peer;
  }

  std::string trace_;
};

TEST_F (PeerGathering, GoesBackToGatheringForALateServer)
{
  StunResponder fast (nullptr, 1), slow (nullptr, 2);
  auto carol = MakePeer ({ slow.Url (), fast.Url () });
  auto channel = carol->CreateChannel ("any");

  slow.is_holding = true;
  EXPECT_EQ (carol->SetLocal (), "");
  EXPECT_TRUE (RunUntil ([&] { return trace_ == "gathering srflx complete end "; })) << trace_;
  slow.Release ();
  EXPECT_TRUE (RunUntil ([&] {
    return trace_ == "gathering srflx complete end gathering srflx complete end ";
  })) << trace_;
}

TEST_F (PeerGathering, ConnectsBeforeALateServerAnswers)
{
  StunResponder slow (nullptr, 1);
  auto carol = MakePeer ({ slow.Url () });
  auto dave = MakePeer ({ slow.Url () });
  auto channel = carol->CreateChannel ("any");

  slow.is_holding = true;
  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return channel->is_open (); }));
  slow.Release ();
  EXPECT_TRUE (RunUntil ([&] { return carol->is_gathering_done && dave->is_gathering_done; }));
  EXPECT_TRUE (channel->is_open ());
}
