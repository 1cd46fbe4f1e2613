/* SPDX-License-Identifier: MPL-2.0 */
/* What a TURN server answers reaches the application, and leads on where it can. */
#include "coturn.h"
#include "ice-peer.h"

#include <memory>

static PeerOptions
OptionsFor (const char *url)
{
  PeerOptions options;

  options.urls = { url };
  options.relay_only = true;
  return options;
}

class RelayCauses : public IceTest, public testing::WithParamInterface<const char *>
{
protected:
  void SetUp () override
  {
    Coturn server;

    if (!server.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
  }

  /* Gathers alone, to the end. */
  void Gather (IcePeer &peer)
  {
    guint before = peer.gathered_count;

    floe_ice_transport_gather (peer.transport);
    ASSERT_TRUE (Run (8000, [&] { return peer.gathered_count > before; }));
  }
};

TEST_P (RelayCauses, AQuotaThatIsReachedIsNamed)
{
  Coturn server ({ "--user-quota=1" });
  std::string url = server.Url (GetParam ());
  IcePeer first (context_, OptionsFor (url.c_str ())), second (context_, OptionsFor (url.c_str ()));

  Gather (first);
  ASSERT_EQ (first.candidates.size (), 1u) << server.Log ();
  Gather (second);
  ASSERT_EQ (second.errors.size (), 1u);
  EXPECT_EQ (second.errors[0].code, 486u);
  EXPECT_NE (second.errors[0].text.find ("quota"), std::string::npos) << second.errors[0].text;
  EXPECT_TRUE (second.candidates.empty ());
}

TEST_P (RelayCauses, CredentialsThatHaveEndedAreNamed)
{
  Coturn server ({ "--use-auth-secret", "--static-auth-secret=north" });
  std::string url = server.Url (GetParam ());
  PeerOptions options = OptionsFor (url.c_str ());

  options.username = "1600000000:floe";
  options.credential = "9sua/YZIZVLX4GvgFV6Sa+AS/7c=";
  IcePeer peer (context_, options);
  Gather (peer);
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].code, 401u);
  EXPECT_NE (peer.errors[0].text.find ("ended at 2020-09-13"), std::string::npos)
      << peer.errors[0].text;
}

TEST_P (RelayCauses, AnAlternateServerIsFollowed)
{
  Coturn server;
  Coturn redirecting ({ "--alternate-server=" + server.Address () });
  std::string url = redirecting.Url (GetParam ());
  IcePeer peer (context_, OptionsFor (url.c_str ()));

  Gather (peer);
  EXPECT_EQ (peer.candidates.size (), 1u) << redirecting.Log ();
  EXPECT_TRUE (peer.errors.empty ());
  EXPECT_NE (server.Log ().find ("ALLOCATE processed, success"), std::string::npos)
      << server.Log ();
}

TEST_P (RelayCauses, AnAlternateServerIsNotFollowedWhereOnlyConfiguredOnesMayBeAsked)
{
  Coturn server;
  Coturn redirecting ({ "--alternate-server=" + server.Address () });
  std::string url = redirecting.Url (GetParam ());
  PeerOptions options = OptionsFor (url.c_str ());

  options.privacy = FLOE_PRIVACY_LEVEL_RELAY_ONLY;
  IcePeer peer (context_, options);
  Gather (peer);
  EXPECT_TRUE (peer.candidates.empty ());
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].code, 300u);
  EXPECT_NE (peer.errors[0].text.find ("privacy level"), std::string::npos) << peer.errors[0].text;
  EXPECT_EQ (server.Log ().find ("ALLOCATE processed"), std::string::npos) << server.Log ();
}

INSTANTIATE_TEST_SUITE_P (Transports, RelayCauses, testing::Values ("udp", "tcp"),
                          [] (const auto &info) { return std::string (info.param); });

/* Which family the server has is known late where it has a name, and then there may be a socket of
 * the other one. */
class RelayFamilies : public IceTest, public testing::WithParamInterface<const char *>
{
};

TEST_P (RelayFamilies, AreFoundOverTcpWhenAddressesAreChosen)
{
  std::string url = std::string ("turn:") + GetParam () + ":" + std::to_string (Coturn::PickPort ())
                    + "?transport=tcp";
  PeerOptions options = OptionsFor (url.c_str ());

  options.interfaces = { "127.0.0.1", "::1" };
  IcePeer peer (context_, options);
  floe_ice_transport_gather (peer.transport);
  ASSERT_TRUE (Run (8000, [&] { return peer.gathered_count > 0; }));
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_NE (peer.errors[0].text.find ("nothing listens there"), std::string::npos)
      << peer.errors[0].text;
}

INSTANTIATE_TEST_SUITE_P (Servers, RelayFamilies,
                          testing::Values ("127.0.0.1", "[::1]", "localhost"),
                          [] (const auto &info) { return "Number" + std::to_string (info.index); });

using RelayFromLoopback = IceTest;

TEST_F (RelayFromLoopback, OutsideServersAreNotWaitedForFromLoopback)
{
  PeerOptions options = OptionsFor ("turn:8.8.8.8:9");

  options.interfaces = { "127.0.0.1" };
  IcePeer peer (context_, options);
  floe_ice_transport_gather (peer.transport);
  ASSERT_TRUE (Run (8000, [&] { return peer.gathered_count > 0; }));
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].text, "No local address and port could be used");
}

/* A UDP port that swallows everything. */
class SilentServer
{
public:
  SilentServer ()
  {
    GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    GSocketAddress *any = g_inet_socket_address_new (loopback, 0), *bound;

    socket_ =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);
    g_socket_bind (socket_, any, FALSE, nullptr);
    bound = g_socket_get_local_address (socket_, nullptr);
    url = "turn:127.0.0.1:"
          + std::to_string (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
    g_object_unref (bound);
    g_object_unref (any);
    g_object_unref (loopback);
  }
  ~SilentServer ()
  {
    g_object_unref (socket_);
  }
  SilentServer (const SilentServer &) = delete;

  std::string url;

private:
  GSocket *socket_;
};

TEST_F (RelayCauses, ASilentServerBesideOneThatAnswersCostsNothing)
{
  Coturn server;
  SilentServer silent;
  std::string url = server.Url ("udp");
  PeerOptions options = OptionsFor (silent.url.c_str ());

  options.urls.push_back (url.c_str ());
  IcePeer peer (context_, options);
  gint64 start_us = g_get_monotonic_time ();
  Gather (peer);
  EXPECT_LT (g_get_monotonic_time () - start_us, 2 * G_USEC_PER_SEC) << "silence takes 3.8 s";
  EXPECT_EQ (peer.candidates.size (), 1u);
  EXPECT_TRUE (Run (8000, [&] { return !peer.errors.empty (); }));
  EXPECT_EQ (peer.errors[0].code, 701u);
  EXPECT_EQ (peer.errors[0].url, silent.url);
}

TEST_F (RelayCauses, OfManyServersThoseThatAnswerAreBegun)
{
  Coturn near, far;
  SilentServer silent[2];
  std::string near_url = near.Url ("udp"), far_url = far.Url ("udp");
  PeerOptions options = OptionsFor (silent[0].url.c_str ());

  options.urls.insert (options.urls.end (),
                       { near_url.c_str (), silent[1].url.c_str (), far_url.c_str () });
  IcePeer peer (context_, options);
  Gather (peer);
  EXPECT_TRUE (Run (4000, [&] { return peer.candidates.size () == 2; }));
  EXPECT_TRUE (Run (4000, [&] { return peer.errors.size () == 2; }));
}

TEST_F (RelayCauses, TcpIsBegunWhereUdpIsSilent)
{
  Coturn server;
  SilentServer silent;
  std::string url = server.Url ("tcp");
  PeerOptions options = OptionsFor (url.c_str ());

  options.urls.push_back (silent.url.c_str ());
  IcePeer peer (context_, options);
  gint64 start_us = g_get_monotonic_time ();
  Gather (peer);
  ASSERT_EQ (peer.candidates.size (), 1u);
  EXPECT_EQ (peer.candidates[0].relay_protocol, FLOE_RELAY_PROTOCOL_TCP);
  EXPECT_GE (g_get_monotonic_time () - start_us, 250 * 1000) << "UDP has had no lead";
}

TEST_F (RelayCauses, TcpStaysInReserveWhereUdpAnswers)
{
  Coturn server;
  std::string udp = server.Url ("udp"), tcp = server.Url ("tcp");
  PeerOptions options = OptionsFor (tcp.c_str ());

  options.urls.push_back (udp.c_str ());
  IcePeer peer (context_, options);
  Gather (peer);
  Pause (600);
  ASSERT_EQ (peer.candidates.size (), 1u);
  EXPECT_EQ (peer.candidates[0].relay_protocol, FLOE_RELAY_PROTOCOL_UDP);
}

TEST_F (RelayCauses, TheReserveIsBegunWhenARelayIsLost)
{
  auto lost = std::make_unique<Coturn> ();
  Coturn second, reserve;
  std::string urls[] = { lost->Url ("tcp"), second.Url ("tcp"), reserve.Url ("tcp") };
  PeerOptions options = OptionsFor (urls[0].c_str ());

  options.urls.insert (options.urls.end (), { urls[1].c_str (), urls[2].c_str () });
  IcePeer peer (context_, options);
  Gather (peer);
  ASSERT_TRUE (Run (4000, [&] { return peer.candidates.size () == 2; }));
  Pause (300);
  EXPECT_EQ (peer.candidates.size (), 2u) << "two are kept at most";
  guint gathered = peer.gathered_count;
  lost->Kill ();
  EXPECT_TRUE (Run (4000, [&] { return peer.candidates.size () == 3; }));
  EXPECT_TRUE (Run (1000, [&] { return peer.gathered_count > gathered; }));
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].code, 701u);
}

TEST_F (RelayCauses, ServersThatSendOneRoundInCirclesAreLeft)
{
  guint16 first_port = Coturn::PickPort ();
  Coturn second ({ "--alternate-server=127.0.0.1:" + std::to_string (first_port) });
  Coturn first ({ "--alternate-server=" + second.Address () }, first_port);
  std::string url = "turn:127.0.0.1:" + std::to_string (first_port) + "?transport=tcp";
  IcePeer peer (context_, OptionsFor (url.c_str ()));

  Gather (peer);
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].code, 300u) << peer.errors[0].text;
}

TEST_P (RelayCauses, NewCredentialsTakeOverWithoutLoss)
{
  Coturn server ({ "--user=second:password" });
  std::string url = server.Url (GetParam ());
  PeerOptions options = OptionsFor (url.c_str ()), controlling = options, renewed = options;
  guint sent = 0;

  controlling.is_controlling = true;
  renewed.username = "second";
  renewed.credential = "password";
  IcePeer a (context_, controlling), b (context_, options);
  Wire (a, b);
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_gather (b.transport);
  ASSERT_TRUE (Run (8000, [&] { return a.IsConnected () && b.IsConnected (); })) << server.Log ();

  guint16 old_port = a.local.port;
  a.SetServers (renewed);
  auto send = [&] {
    floe_ice_transport_handle_life (a.transport, a.pair_path);
    floe_ice_transport_handle_life (b.transport, b.pair_path);
    if (a.Send (std::to_string (sent)))
      sent++;
    b.Send ("back");
    Pause (20);
  };
  for (int i = 0; i < 300 && (a.local.port == old_port || b.remote.port == old_port); i++)
    send ();
  EXPECT_NE (a.local.port, old_port) << "this side sends through the new relay";
  EXPECT_NE (b.remote.port, old_port) << "and so does the peer";
  for (int i = 0; i < 130; i++)
    send ();
  EXPECT_TRUE (Run (2000, [&] { return b.messages.size () == sent; }))
      << b.messages.size () << " of " << sent;
  EXPECT_TRUE (a.errors.empty ());
  EXPECT_NE (server.Log ().find ("lifetime=0"), std::string::npos) << "the old one is given back";
  EXPECT_TRUE (a.IsConnected ());
}

TEST_F (RelayCauses, AServerThatIsGoneEndsWhenItDoesNotCarry)
{
  Coturn server;
  std::string url = server.Url ("udp");
  PeerOptions options = OptionsFor (url.c_str ()), none;
  IcePeer peer (context_, options);

  none.relay_only = true;
  Gather (peer);
  peer.SetServers (none);
  EXPECT_TRUE (Run (6000, [&] { return server.Log ().find ("lifetime=0") != std::string::npos; }))
      << server.Log ();
}
