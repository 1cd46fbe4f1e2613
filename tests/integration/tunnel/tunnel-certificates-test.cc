/* SPDX-License-Identifier: MPL-2.0 */
#include "tunnel-test.h"

using testing::HasSubstr;
using testing::StartsWith;

class TunnelCertificatesTest : public TunnelTest
{
protected:
  /* What becomes of a tunnel to a server that shows @certificate. */
  std::unique_ptr<Tunnel> Try (GTlsCertificate *certificate, const char *host = "localhost")
  {
    server_ = std::make_unique<TestServer> (
        [this] (GIOStream *stream) { reached_count_ += !ReadBytes (stream, 1).empty (); },
        certificate);
    auto tunnel = std::make_unique<Tunnel> (host, server_->port (), authority_.database ());
    EXPECT_TRUE (Run (LIMIT_MS, [&] { return tunnel->IsDone (); }));
    return tunnel;
  }

  TestAuthority authority_;
  std::atomic<guint> reached_count_{ 0 };
  std::unique_ptr<TestServer> server_;
};

TEST_F (TunnelCertificatesTest, AGoodOneOpensTheTunnel)
{
  auto tunnel = Try (authority_.Issue ());

  EXPECT_EQ (tunnel->opened_count, 1u) << tunnel->message;
}

TEST_F (TunnelCertificatesTest, OneForTheAddressIsGoodForTheAddress)
{
  auto tunnel = Try (authority_.Issue (), "127.0.0.1");

  EXPECT_EQ (tunnel->opened_count, 1u) << tunnel->message;
}

/* A server that another one has sent to (RFC 8489 section 10) has that one's certificate. */
TEST_F (TunnelCertificatesTest, OneForAnotherIdentityIsGoodWhereThatIsWanted)
{
  TestServer server (TestServer::Echo, authority_.Issue ({ "DNS:turn.example", -60, 3600 }));
  Tunnel right ("localhost", server.port (), authority_.database (), "direct://", 0,
                "turn.example");
  Tunnel wrong ("localhost", server.port (), authority_.database (), "direct://", 0, "localhost");

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return right.IsDone () && wrong.IsDone (); }));
  EXPECT_EQ (right.opened_count, 1u) << right.message;
  EXPECT_THAT (wrong.message, HasSubstr ("it is for another host name"));
}

struct FaultCase
{
  const char *name;
  TestAuthority::Wish wish;
  const char *host;
  const char *message;
};

class TunnelFaultsTest : public TunnelCertificatesTest,
                         public testing::WithParamInterface<FaultCase>
{
};

TEST_P (TunnelFaultsTest, AreRefusedAndNamed)
{
  auto tunnel = Try (authority_.Issue (GetParam ().wish), GetParam ().host);
  std::string target = std::string (GetParam ().host) + ":" + std::to_string (server_->port ());

  ASSERT_EQ (tunnel->failed_count, 1u);
  EXPECT_EQ (tunnel->code, FLOE_ERROR_NETWORK);
  EXPECT_EQ (tunnel->message,
             "The certificate of " + target + " is refused: " + GetParam ().message);
  tunnel.reset ();
  server_.reset ();
  EXPECT_EQ (reached_count_, 0u);
}

static const TestAuthority::Wish expired = { "DNS:localhost", -7200, -60 },
                                 early = { "DNS:localhost", 3600, 7200 },
                                 other_host = { "DNS:turn.example", -60, 3600 },
                                 other_and_expired = { "DNS:turn.example", -7200, -60 },
                                 name_only = { "DNS:localhost", -60, 3600 };

INSTANTIATE_TEST_SUITE_P (
    OfOurAuthority, TunnelFaultsTest,
    testing::Values (
        FaultCase{ "Expired", expired, "localhost", "it has expired" },
        FaultCase{ "NotYetValid", early, "localhost", "it is not yet valid" },
        FaultCase{ "OtherHost", other_host, "localhost", "it is for another host name" },
        FaultCase{ "ForANameNotTheAddress", name_only, "127.0.0.1", "it is for another host name" },
        FaultCase{ "Both", other_and_expired, "localhost",
                   "it is for another host name, and it has expired" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_F (TunnelCertificatesTest, OneOfAnotherAuthorityIsRefused)
{
  TestAuthority other;
  auto tunnel = Try (other.Issue ());

  ASSERT_EQ (tunnel->failed_count, 1u);
  EXPECT_THAT (tunnel->message, HasSubstr ("refused: it is from an authority that is not trusted"));
}

TEST_F (TunnelCertificatesTest, AServerWithoutTlsIsNamed)
{
  TestServer server ([] (GIOStream *stream) {
    ReadBytes (stream, 1);
    WriteText (stream, "HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  Tunnel tunnel ("localhost", server.port (), authority_.database ());

  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_EQ (tunnel.code, FLOE_ERROR_NETWORK);
  EXPECT_THAT (tunnel.message, StartsWith ("No secure connection to localhost:"
                                           + std::to_string (server.port ()) + ": "));
}

/* What passes between the tunnel and the server. */
TEST_F (TunnelCertificatesTest, NothingIsSentInClear)
{
  std::string message = StunMessage (FLOE_STUN_REQUEST), cookie = message.substr (4, 4);
  TestServer server (TestServer::Echo, authority_.Issue ());
  Tap tap (server.port ());
  Tunnel tunnel ("localhost", tap.port (), authority_.database ());
  Client client (tunnel);

  client.Send (message);
  EXPECT_TRUE (Run (LIMIT_MS, [&] {
    client.Poll ();
    return client.text.find (cookie) != std::string::npos;
  }));
  EXPECT_GT (tap.seen ().size (), 2 * message.size ());
  EXPECT_EQ (tap.seen ().find (cookie), std::string::npos);

  /* And it would have been seen. */
  TestServer plain (TestServer::Echo);
  Tap plain_tap (plain.port ());
  Tunnel plain_tunnel ("localhost", plain_tap.port (), nullptr);
  Client plain_client (plain_tunnel);

  plain_client.Send (message);
  EXPECT_TRUE (
      Run (LIMIT_MS, [&] { return plain_tap.seen ().find (cookie) != std::string::npos; }));
}
