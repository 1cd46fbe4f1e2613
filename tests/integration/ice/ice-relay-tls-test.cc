/* SPDX-License-Identifier: MPL-2.0 */
/* TURN over TLS to a real server, with certificates good and bad, and through proxies. */
#include "coturn.h"
#include "ice-peer.h"
#include "test-authority.h"
#include "test-proxy.h"

#include <glib/gstdio.h>
#include <memory>

class RelayTls : public IceTest
{
protected:
  void SetUp () override
  {
    Coturn server;

    if (!server.IsRunning ())
      GTEST_SKIP () << "turnserver (package coturn) is not installed or does not start";
    char *directory = g_dir_make_tmp ("floe-relay-tls-XXXXXX", nullptr);
    directory_ = directory;
    g_free (directory);
  }

  void TearDown () override
  {
    for (const std::string &path : paths_)
      g_unlink (path.c_str ());
    if (!directory_.empty ())
      g_rmdir (directory_.c_str ());
  }

  /* A server with a certificate for @names. */
  std::unique_ptr<Coturn> Serve (const char *names, std::vector<std::string> options = {})
  {
    TestAuthority::Wish wish;
    std::string path = directory_ + "/" + std::to_string (paths_.size ()) + ".pem";

    wish.names = names;
    EXPECT_TRUE (
        g_file_set_contents (path.c_str (), authority_.IssuePem (wish).c_str (), -1, nullptr));
    paths_.push_back (path);
    options.insert (options.end (), { "--cert=" + path, "--pkey=" + path });
    return std::make_unique<Coturn> (options);
  }

  PeerOptions Options (const std::string &url)
  {
    PeerOptions options;

    urls_.push_back (std::make_unique<std::string> (url));
    options.urls = { urls_.back ()->c_str () };
    options.relay_only = true;
    options.tls_database = authority_.database ();
    return options;
  }

  void Gather (IcePeer &peer)
  {
    floe_ice_transport_gather (peer.transport);
    ASSERT_TRUE (Run (8000, [&] { return peer.gathered_count > 0; }));
  }

  TestAuthority authority_;
  std::string directory_;
  std::vector<std::string> paths_;
  std::vector<std::unique_ptr<std::string> > urls_;
};

static const char right_names[] = "DNS:localhost,IP:127.0.0.1";

TEST_F (RelayTls, RelayOnlyPeersConnectThroughTheServer)
{
  auto server = Serve (right_names);
  PeerOptions options = Options (server->TlsUrl ("localhost")), controlling = options;

  controlling.is_controlling = true;
  IcePeer a (context_, controlling), b (context_, options);
  Wire (a, b);
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_gather (b.transport);
  ASSERT_TRUE (Run (8000, [&] { return a.IsConnected () && b.IsConnected (); })) << server->Log ();
  EXPECT_TRUE (a.Send ("in a tunnel"));
  EXPECT_TRUE (Run (2000, [&] { return !b.messages.empty (); }));
  ASSERT_EQ (a.candidates.size (), 1u);
  EXPECT_EQ (a.candidates[0].relay_protocol, FLOE_RELAY_PROTOCOL_TLS);
  EXPECT_EQ (a.local.relay_protocol, FLOE_RELAY_PROTOCOL_TLS);
  EXPECT_TRUE (a.errors.empty ());
  EXPECT_NE (server->Log ().find ("TLS/TCP"), std::string::npos) << server->Log ();
}

TEST_F (RelayTls, NoAddressOfTheMachineIsTold)
{
  auto server = Serve (right_names);
  PeerOptions options = Options (server->TlsUrl ());

  options.relay_only = false;
  IcePeer peer (context_, options);
  Gather (peer);
  ASSERT_TRUE (Run (4000, [&] {
    return !peer.candidates.empty ()
           && peer.candidates.back ().type == FLOE_ICE_CANDIDATE_TYPE_RELAY;
  }));
  EXPECT_STREQ (peer.candidates.back ().related_address, "0.0.0.0");
  EXPECT_EQ (peer.candidates.back ().related_port, 9);
}

TEST_F (RelayTls, TheAllocationIsGivenBackThroughTheTunnel)
{
  auto server = Serve (right_names);
  IcePeer peer (context_, Options (server->TlsUrl ()));

  Gather (peer);
  ASSERT_EQ (peer.candidates.size (), 1u);
  peer.Drop ();
  EXPECT_TRUE (Run (3000, [&] { return server->Log ().find ("lifetime=0") != std::string::npos; }))
      << server->Log ();
}

TEST_F (RelayTls, AWrongPasswordIsNamed)
{
  auto server = Serve (right_names);
  PeerOptions options = Options (server->TlsUrl ());

  options.credential = "wrong";
  IcePeer peer (context_, options);
  Gather (peer);
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].code, 401u);
  EXPECT_NE (peer.errors[0].text.find ("password"), std::string::npos) << peer.errors[0].text;
  EXPECT_EQ (peer.errors[0].url, server->TlsUrl ());
}

TEST_F (RelayTls, ACertificateForAnotherNameIsRefused)
{
  auto server = Serve ("DNS:other.example");
  IcePeer peer (context_, Options (server->TlsUrl ()));

  Gather (peer);
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].code, 701u);
  EXPECT_NE (peer.errors[0].text.find ("certificate"), std::string::npos) << peer.errors[0].text;
  EXPECT_TRUE (peer.candidates.empty ());
  EXPECT_EQ (server->Log ().find ("ALLOCATE"), std::string::npos) << "nothing was asked";
}

TEST_F (RelayTls, AnAuthorityThatNobodyKnowsIsRefused)
{
  auto server = Serve (right_names);
  PeerOptions options = Options (server->TlsUrl ());

  options.tls_database = nullptr;
  IcePeer peer (context_, options);
  Gather (peer);
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].code, 701u);
  EXPECT_TRUE (peer.candidates.empty ());
}

TEST_F (RelayTls, AnAlternateServerNeedsACertificateForTheFirstOnesName)
{
  auto right = Serve (right_names), wrong = Serve ("DNS:other.example");

  for (Coturn *target : { right.get (), wrong.get () })
    {
      auto redirecting = Serve (right_names, { "--tls-alternate-server=" + target->Address () });
      IcePeer peer (context_, Options (redirecting->TlsUrl ()));

      Gather (peer);
      EXPECT_EQ (peer.candidates.size (), target == right.get () ? 1u : 0u) << target->Log ();
      EXPECT_EQ (peer.errors.size (), target == right.get () ? 0u : 1u);
    }
}

/* What a name leads to is not known here, so only public addresses may be followed to. */
TEST_F (RelayTls, AnAlternateServerInANetworkOfItsOwnIsNotFollowedFromAName)
{
  auto target = Serve (right_names);
  auto redirecting = Serve (right_names, { "--tls-alternate-server=" + target->Address () });
  IcePeer peer (context_, Options (redirecting->TlsUrl ("localhost")));

  Gather (peer);
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].code, 300u) << peer.errors[0].text;
  EXPECT_TRUE (peer.candidates.empty ());
}

class RelayTlsProxies : public RelayTls, public testing::WithParamInterface<TestProxy::Kind>
{
};

TEST_P (RelayTlsProxies, LeadToTheServer)
{
  auto server = Serve (right_names);
  TestProxy proxy (GetParam (), "me:secret");
  g_autoptr (GProxyResolver) resolver =
      g_simple_proxy_resolver_new (proxy.Uri ("me:secret").c_str (), nullptr);
  PeerOptions options = Options (server->TlsUrl ("localhost"));

  options.proxy_resolver = resolver;
  IcePeer peer (context_, options);
  Gather (peer);
  EXPECT_EQ (peer.candidates.size (), 1u) << server->Log ();
  EXPECT_EQ (proxy.targets ().size (), 1u);
  peer.Drop ();
  Pause (1200); /* the proxy ends when its clients have gone */
}

TEST_P (RelayTlsProxies, ThatRefuseAreNamed)
{
  auto server = Serve (right_names);
  TestProxy proxy (GetParam (), "me:secret");
  g_autoptr (GProxyResolver) resolver =
      g_simple_proxy_resolver_new (proxy.Uri ("me:wrong").c_str (), nullptr);
  PeerOptions options = Options (server->TlsUrl ("localhost"));

  options.proxy_resolver = resolver;
  IcePeer peer (context_, options);
  Gather (peer);
  ASSERT_EQ (peer.errors.size (), 1u);
  EXPECT_EQ (peer.errors[0].code, 701u);
  EXPECT_NE (peer.errors[0].text.find ("proxy"), std::string::npos) << peer.errors[0].text;
}

INSTANTIATE_TEST_SUITE_P (Kinds, RelayTlsProxies,
                          testing::Values (TestProxy::HTTP, TestProxy::SOCKS5),
                          [] (const auto &info) {
                            return std::string (info.param == TestProxy::HTTP ? "Http" : "Socks5");
                          });
