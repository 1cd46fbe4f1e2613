/* SPDX-License-Identifier: MPL-2.0 */
/* Privacy levels as servers and peers see them: who is spoken to, from where, and what is told. */
#include "coturn.h"
#include "raw-peer.h"
#include "stun-responder.h"

G_BEGIN_DECLS
#include "floe-default-route-private.h"
G_END_DECLS

#include <linux/sock_diag.h>
#include <sys/socket.h>

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

#define QUIET_MS 700 /* two checks of libnice's, and one of the repeats between them */

class IcePrivacy : public IceTest
{
protected:
  PeerOptions Options (FloePrivacyLevel level, std::vector<std::string> urls)
  {
    PeerOptions options;

    urls_ = std::move (urls);
    for (const std::string &url : urls_)
      options.urls.push_back (url.c_str ());
    options.privacy = level;
    options.is_controlling = true;
    return options;
  }

  /* A path's socket that whoever knows the port may send to. */
  static GSocket *HostSocket (IcePeer &peer)
  {
    return floe_ice_transport_get_socket (peer.transport, 0, "127.0.0.1");
  }

  /* Has @peer check @ice where only somebody who has found the port would. Sending over loopback
   * delivers, so what the kernel drops has been counted then. */
  static guint32 CheckAndCountDrops (RawPeer &peer, IcePeer &ice)
  {
    GSocket *socket = HostSocket (ice);
    GSocketAddress *bound = g_socket_get_local_address (socket, nullptr);
    guint32 before = CountDrops (socket);

    peer.sockets[0]->Send (bound, peer.Check ());
    g_object_unref (bound);
    return CountDrops (socket) - before;
  }

  static guint32 CountDrops (GSocket *socket)
  {
    guint32 values[SK_MEMINFO_VARS] = { 0 };
    socklen_t size = sizeof values;

    EXPECT_EQ (getsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_MEMINFO, values, &size), 0);
    return values[SK_MEMINFO_DROPS];
  }

  static std::string Describe (const IcePeer &peer)
  {
    std::string result;

    for (const FloeCandidate &candidate : peer.candidates)
      result += TakeString (floe_candidate_serialize (&candidate)) + "\n";
    return result;
  }

  std::vector<std::string> urls_;
};

TEST_F (IcePrivacy, OpenAnswersWhoeverKnowsThePassword)
{
  RawPeer raw (context_);
  IcePeer ice (context_, Options (FLOE_PRIVACY_LEVEL_OPEN, {}));

  raw.Introduce (ice);
  floe_ice_transport_gather (ice.transport);
  ASSERT_TRUE (Run (5000, [&] { return ice.gathered_count > 0; }));
  EXPECT_EQ (CheckAndCountDrops (raw, ice), 0u);
  EXPECT_TRUE (Run (5000, [&] { return raw.success_count > 0; }));
}

TEST_F (IcePrivacy, NoHostTellsWhatServersSeeAndNoMore)
{
  StunResponder stun (context_);
  IcePeer ice (context_, Options (FLOE_PRIVACY_LEVEL_NO_HOST, { stun.Url () }));

  floe_ice_transport_gather (ice.transport);
  ASSERT_TRUE (Run (5000, [&] { return ice.gathered_count > 0; }));
  ASSERT_EQ (ice.candidates.size (), 1u) << Describe (ice);
  EXPECT_EQ (ice.candidates[0].type, FLOE_ICE_CANDIDATE_TYPE_SRFLX);
  EXPECT_STREQ (ice.candidates[0].address, "192.0.2.77");
  EXPECT_STREQ (ice.candidates[0].related_address, "0.0.0.0");
  EXPECT_EQ (ice.candidates[0].related_port, 9);
}

TEST_F (IcePrivacy, NoHostSendsNothingToAddressesOfALocalNetwork)
{
  StunResponder stun (context_);
  RawPeer raw (context_);
  IcePeer ice (context_, Options (FLOE_PRIVACY_LEVEL_NO_HOST, { stun.Url () }));

  raw.Introduce (ice);
  raw.Offer (ice, *raw.sockets[0]);
  floe_ice_transport_gather (ice.transport);
  ASSERT_TRUE (Run (5000, [&] { return ice.gathered_count > 0; }));
  EXPECT_EQ (CheckAndCountDrops (raw, ice), 1u);
  Pause (QUIET_MS);
  EXPECT_EQ (raw.request_count, 0u);
  EXPECT_EQ (raw.success_count, 0u);
  EXPECT_TRUE (raw.errors.empty ());
}

TEST_F (IcePrivacy, ObfuscatedTellsNoAddressOfTheHost)
{
  StunResponder stun (context_);
  IcePeer ice (context_, Options (FLOE_PRIVACY_LEVEL_OBFUSCATED, { stun.Url () }));

  floe_ice_transport_gather (ice.transport);
  ASSERT_TRUE (Run (5000, [&] { return ice.gathered_count > 0; }));
  EXPECT_EQ (Describe (ice).find ("127.0.0.1"), std::string::npos) << Describe (ice);
}

/* The peer's check tells it where we are, and that is what a level may hide. */
TEST_F (IcePrivacy, ObfuscatedReportsNoAddressOfTheHost)
{
  RawPeer raw (context_);
  IcePeer ice (context_, Options (FLOE_PRIVACY_LEVEL_OBFUSCATED, {}));

  raw.Introduce (ice);
  raw.Offer (ice, *raw.sockets[0]);
  floe_ice_transport_gather (ice.transport);
  ASSERT_TRUE (Run (5000, [&] { return ice.pair_count > 0; }));
  EXPECT_STRNE (ice.local.address, "127.0.0.1");
  EXPECT_STRNE (ice.local.related_address, "127.0.0.1");
}

TEST_F (IcePrivacy, DefaultRouteIsBoundToNothingElse)
{
  GArray *routed;
  IcePeer *ice;
  PeerOptions options = Options (FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE, {});

  options.interfaces = {};
  ice = new IcePeer (context_, options);
  floe_ice_transport_gather (ice->transport);
  EXPECT_TRUE (Run (5000, [&] { return ice->gathered_count > 0; }));
  routed = floe_default_route_find ();
  for (const FloeCandidate &candidate : ice->candidates)
    {
      bool is_routed = false;

      for (guint i = 0; i < routed->len; i++)
        is_routed |=
            g_str_equal (g_array_index (routed, FloeLocalAddress, i).text, candidate.address);
      EXPECT_TRUE (is_routed || routed->len == 0) << candidate.address;
    }
  delete ice;
  g_array_unref (routed);
}

class IceRelayPrivacy : public IcePrivacy
{
protected:
  void SetUp () override
  {
    if (!coturn_.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  Coturn coturn_;
};

TEST_F (IceRelayPrivacy, RelayOnlySpeaksToTheTurnServerOnly)
{
  StunResponder stun (context_);
  RawPeer raw (context_);
  PeerOptions options =
      Options (FLOE_PRIVACY_LEVEL_RELAY_ONLY, { stun.Url (), coturn_.Url ("udp") });
  std::set<guint16> ports;

  options.tcp_start_ms = 0;
  IcePeer ice (context_, options);

  raw.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    ports.insert (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from)));
    socket.Send (from, raw.Success (request, from));
  };
  raw.Introduce (ice);
  raw.Offer (ice, *raw.sockets[0]);
  floe_ice_transport_gather (ice.transport);
  ASSERT_TRUE (Run (8000, [&] { return ice.IsConnected (); })) << coturn_.Log ();
  ASSERT_NE (HostSocket (ice), nullptr);
  EXPECT_EQ (CheckAndCountDrops (raw, ice), 1u);
  floe_ice_transport_handle_network_change (ice.transport);
  Pause (QUIET_MS);
  ASSERT_EQ (ice.candidates.size (), 1u) << Describe (ice);
  EXPECT_EQ (ice.candidates[0].type, FLOE_ICE_CANDIDATE_TYPE_RELAY);
  EXPECT_STREQ (ice.candidates[0].related_address, "0.0.0.0");
  EXPECT_EQ (ports, std::set<guint16>{ ice.candidates[0].port }) << "not through the relay";
  EXPECT_EQ (stun.request_count, 0u);
  EXPECT_EQ (raw.success_count, 0u);
  EXPECT_EQ (ice.local.type, FLOE_ICE_CANDIDATE_TYPE_RELAY);
  EXPECT_STREQ (ice.local.related_address, "0.0.0.0");
}
