/* SPDX-License-Identifier: MPL-2.0 */
/* Connections through a real TURN server, as an application configures them. */
#include "../coturn.h"
#include "peer-pair.h"

class Relay : public PeerPairTest
{
protected:
  void SetUp () override
  {
    if (!server_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  /* A peer that knows the server. */
  std::unique_ptr<Peer> MakePeer (const char *transport, FloeIceTransportPolicy policy,
                                  const char *credential = Coturn::Credential ())
  {
    g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
    ErrorHolder error;

    floe_configuration_set_include_loopback (configuration, TRUE);
    floe_configuration_set_ice_transport_policy (configuration, policy);
    EXPECT_TRUE (floe_configuration_add_ice_server_url (
        configuration, server_.Url (transport).c_str (), Coturn::Username (), credential, error))
        << error.message ();
    return std::make_unique<Peer> (configuration);
  }

  Coturn server_;
};

class RelayOnly : public Relay, public testing::WithParamInterface<const char *>
{
};

TEST_P (RelayOnly, OpensAndCarriesMessagesThroughTheServer)
{
  auto carol = MakePeer (GetParam (), FLOE_ICE_TRANSPORT_POLICY_RELAY);
  auto dave = MakePeer (GetParam (), FLOE_ICE_TRANSPORT_POLICY_RELAY);
  auto near = carol->CreateChannel ("relayed");

  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open () && dave->Incoming () != nullptr; }));
  ASSERT_TRUE (near->SendPattern (65536));
  EXPECT_TRUE (RunUntil ([&] { return !dave->Incoming ()->bytes.empty (); }));
  g_autoptr (FloeIceCandidatePair) pair =
      floe_peer_connection_get_selected_candidate_pair (carol->pc);
  ASSERT_NE (pair, nullptr);
  EXPECT_TRUE (floe_ice_candidate_pair_is_relayed (pair));
  EXPECT_EQ (floe_ice_candidate_pair_get_relay_protocol (pair), std::string (GetParam ()) == "udp"
                                                                    ? FLOE_RELAY_PROTOCOL_UDP
                                                                    : FLOE_RELAY_PROTOCOL_TCP);
}

INSTANTIATE_TEST_SUITE_P (Transports, RelayOnly, testing::Values ("udp", "tcp"),
                          [] (const auto &info) { return std::string (info.param); });

TEST_F (Relay, IsNotUsedWhereADirectPathWorks)
{
  auto carol = MakePeer ("udp", FLOE_ICE_TRANSPORT_POLICY_ALL);
  auto dave = MakePeer ("udp", FLOE_ICE_TRANSPORT_POLICY_ALL);
  auto near = carol->CreateChannel ("direct");

  Negotiate (*carol, *dave);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open (); }));
  EXPECT_TRUE (RunUntil ([&] {
    g_autoptr (FloeIceCandidatePair) pair =
        floe_peer_connection_get_selected_candidate_pair (carol->pc);
    return pair != nullptr && !floe_ice_candidate_pair_is_relayed (pair);
  }));
}

TEST_F (Relay, WithAWrongPasswordTellsTheErrorAndEndsGathering)
{
  guint code = 0;
  auto carol = MakePeer ("udp", FLOE_ICE_TRANSPORT_POLICY_RELAY, "wrong");
  auto near = carol->CreateChannel ("never");

  g_signal_connect (carol->pc, "ice-candidate-error",
                    G_CALLBACK (+[] (FloePeerConnection *, const char *, guint reported,
                                     const char *, guint *to) { *to = reported; }),
                    &code);
  ASSERT_EQ (carol->SetLocal (), "");
  EXPECT_TRUE (RunUntil ([&] { return carol->is_gathering_done; }));
  EXPECT_EQ (code, 401u);
  EXPECT_TRUE (carol->kept.empty ());
  g_signal_handlers_disconnect_by_data (carol->pc, &code);
}
