/* SPDX-License-Identifier: MPL-2.0 */
#include "coturn.h"
#include "ice-peer.h"

#include <algorithm>

class IceRelayTest : public IceTest
{
protected:
  void SetUp () override
  {
    if (!coturn_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  PeerOptions Options (const std::string &url)
  {
    PeerOptions options;

    url_ = url;
    options.urls = { url_.c_str () };
    options.relay_only = true;
    return options;
  }

  void Start (IcePeer &a, IcePeer &b)
  {
    Wire (a, b);
    a.TakeCredentials (b);
    b.TakeCredentials (a);
    floe_ice_transport_gather (a.transport);
    floe_ice_transport_gather (b.transport);
  }

  Coturn coturn_;
  std::string url_;
};

struct RelayCase
{
  const char *name;
  const char *transport;
  FloeRelayProtocol protocol;
};

class IceRelayProtocolTest : public IceRelayTest, public testing::WithParamInterface<RelayCase>
{
};

TEST_P (IceRelayProtocolTest, RelayOnlyPeersConnectThroughTheServer)
{
  PeerOptions options = Options (coturn_.Url (GetParam ().transport));
  PeerOptions controlling = options;

  controlling.is_controlling = true;
  IcePeer a (context_, controlling), b (context_, options);

  Start (a, b);
  ASSERT_TRUE (Run (8000, [&] { return a.IsConnected () && b.IsConnected (); })) << coturn_.Log ();
  EXPECT_TRUE (a.Send ("through a relay"));
  ASSERT_TRUE (Run (2000, [&] { return !b.messages.empty (); }));
  EXPECT_EQ (b.messages[0], "through a relay");
  EXPECT_EQ (a.local.type, FLOE_ICE_CANDIDATE_TYPE_RELAY);
  EXPECT_EQ (a.local.relay_protocol, GetParam ().protocol);

  ASSERT_TRUE (Run (6000, [&] { return a.gathered_count == 1 && b.gathered_count == 1; }));
  EXPECT_TRUE (a.errors.empty ());
  for (const FloeCandidate &candidate : a.candidates)
    {
      EXPECT_EQ (candidate.type, FLOE_ICE_CANDIDATE_TYPE_RELAY);
      EXPECT_EQ (candidate.relay_protocol, GetParam ().protocol);
      EXPECT_STREQ (candidate.related_address, "0.0.0.0");
      EXPECT_EQ (candidate.related_port, 9);
    }
}

INSTANTIATE_TEST_SUITE_P (Turn, IceRelayProtocolTest,
                          testing::Values (RelayCase{ "Udp", "udp", FLOE_RELAY_PROTOCOL_UDP },
                                           RelayCase{ "Tcp", "tcp", FLOE_RELAY_PROTOCOL_TCP }),
                          [] (const auto &info) { return std::string (info.param.name); });

TEST_F (IceRelayTest, OneRelayedSideReachesADirectPeer)
{
  PeerOptions relayed = Options (coturn_.Url ("udp")), direct;

  direct.is_controlling = true;
  IcePeer a (context_, relayed), b (context_, direct);

  Start (a, b);
  ASSERT_TRUE (Run (8000, [&] { return a.IsConnected () && b.IsConnected (); }));
  EXPECT_TRUE (b.Send ("hello"));
  ASSERT_TRUE (Run (2000, [&] { return !a.messages.empty (); }));
  EXPECT_EQ (b.remote.type, FLOE_ICE_CANDIDATE_TYPE_RELAY);
}

TEST_F (IceRelayTest, TheDirectPathCarriesWhenBothAreThere)
{
  PeerOptions options = Options (coturn_.Url ("udp"));

  options.relay_only = false;
  PeerOptions controlling = options;
  controlling.is_controlling = true;
  IcePeer a (context_, controlling), b (context_, options);

  Start (a, b);
  ASSERT_TRUE (Run (8000, [&] { return a.gathered_count + b.gathered_count == 2; }));
  Pause (500);
  EXPECT_TRUE (a.IsConnected () && b.IsConnected ());
  EXPECT_EQ (a.pair_path, 0u);
  EXPECT_EQ (a.local.type, FLOE_ICE_CANDIDATE_TYPE_HOST);

  std::vector<std::string> foundations;
  for (const FloeCandidate &candidate : a.candidates)
    foundations.push_back (candidate.foundation);
  std::sort (foundations.begin (), foundations.end ());
  EXPECT_EQ (std::unique (foundations.begin (), foundations.end ()), foundations.end ());
  EXPECT_GE (foundations.size (), 2u);
}

/* A relay that is ready takes over, but nothing says that the peer can be reached there. */
TEST_F (IceRelayTest, ADeadPeerIsDisconnectedThoughARelayIsReady)
{
  PeerOptions options = Options (coturn_.Url ("udp"));

  options.relay_only = false;
  PeerOptions controlling = options;
  controlling.is_controlling = true;
  IcePeer a (context_, controlling), b (context_, options);

  Start (a, b);
  ASSERT_TRUE (Run (8000, [&] { return a.gathered_count + b.gathered_count == 2; }));
  Pause (500);
  ASSERT_TRUE (a.IsConnected ());
  floe_ice_transport_handle_life (a.transport, 0);
  ASSERT_TRUE (Run (12000, [&] { return a.state == FLOE_ICE_CONNECTION_STATE_DISCONNECTED; }));
  EXPECT_TRUE (Run (1000, [&] { return a.pair_path == 1; }));
  guint probes = a.probe_count;
  EXPECT_TRUE (Run (2000, [&] { return a.probe_count > probes; }));
  floe_ice_transport_handle_life (a.transport, 1);
  EXPECT_TRUE (Run (500, [&] { return a.IsConnected (); }));
}

TEST_F (IceRelayTest, WrongCredentialsAreAnErrorAndGatheringEnds)
{
  PeerOptions options = Options (coturn_.Url ("udp"));
  gint64 start_us = g_get_monotonic_time ();

  options.credential = "wrong";
  IcePeer a (context_, options);
  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (6000, [&] { return a.gathered_count == 1; }));
  ASSERT_EQ (a.errors.size (), 1u);
  EXPECT_EQ (a.errors[0].code, 401u);
  EXPECT_EQ (a.errors[0].url, coturn_.Url ("udp").substr (0, a.errors[0].url.size ()));
  EXPECT_TRUE (a.candidates.empty ());
  EXPECT_LT (g_get_monotonic_time () - start_us, 2 * G_USEC_PER_SEC);
}

TEST_F (IceRelayTest, WrongCredentialsOverTcpAreAnErrorToo)
{
  PeerOptions options = Options (coturn_.Url ("tcp"));

  options.credential = "wrong";
  IcePeer a (context_, options);
  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (6000, [&] { return a.gathered_count == 1; }));
  ASSERT_EQ (a.errors.size (), 1u);
  EXPECT_EQ (a.errors[0].code, 401u);
}

TEST_F (IceRelayTest, AClosedTcpPortIsAnErrorAndGatheringEnds)
{
  PeerOptions options =
      Options ("turn:127.0.0.1:" + std::to_string (Coturn::PickPort ()) + "?transport=tcp");

  IcePeer a (context_, options);
  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (6000, [&] { return a.gathered_count == 1; }));
  ASSERT_EQ (a.errors.size (), 1u);
  EXPECT_EQ (a.errors[0].code, 701u);
}

TEST_F (IceRelayTest, ClosingGivesTheAllocationBack)
{
  IcePeer a (context_, Options (coturn_.Url ("udp")));

  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (6000, [&] { return a.gathered_count == 1; }));
  ASSERT_FALSE (a.candidates.empty ());
  a.Drop ();
  EXPECT_TRUE (Run (3000, [&] { return coturn_.Log ().find ("lifetime=0") != std::string::npos; }))
      << coturn_.Log ();
}

TEST_F (IceRelayTest, ClosingWhileItIsAllocatedGivesTheAllocationBack)
{
  IcePeer a (context_, Options (coturn_.Url ("udp")));

  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (3000, [&] { return coturn_.Log ().find ("ALLOCATE") != std::string::npos; }));
  a.Drop ();
  EXPECT_TRUE (Run (3000, [&] { return coturn_.Log ().find ("lifetime=0") != std::string::npos; }))
      << coturn_.Log ();
}

TEST_F (IceRelayTest, AStunServerTellsTheAddress)
{
  PeerOptions options;
  std::string url = coturn_.StunUrl ();

  /* On loopback the answer is the host's own address, so no candidate comes of it: that the
   * server answered shows in that gathering ends early and without an error. */
  options.urls = { url.c_str () };
  options.interfaces = { "127.0.0.1" };
  IcePeer a (context_, options);
  gint64 start_us = g_get_monotonic_time ();
  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (6000, [&] { return a.gathered_count == 1; }));
  EXPECT_LT (g_get_monotonic_time () - start_us, G_USEC_PER_SEC);
  EXPECT_TRUE (a.errors.empty ());
}
