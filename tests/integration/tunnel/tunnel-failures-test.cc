/* SPDX-License-Identifier: MPL-2.0 */
#include "tunnel-test.h"

#include "floe-tunnel-connect-private.h"

using testing::StartsWith;

class TunnelFailuresTest : public TunnelTest
{
protected:
  /* A port of 127.0.0.1 that nobody listens on. */
  static guint16 ClosedPort ()
  {
    TestServer server ([] (GIOStream *) {});

    return server.port ();
  }
  static std::string At (const char *host, guint16 port)
  {
    return std::string (host) + ":" + std::to_string (port);
  }
  void Wait (Tunnel &tunnel)
  {
    ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
    EXPECT_EQ (tunnel.failed_count, 1u);
  }
};

TEST_F (TunnelFailuresTest, ANameThatDoesNotExist)
{
  Tunnel tunnel ("no-such-host.invalid", 443, nullptr);

  Wait (tunnel);
  EXPECT_EQ (tunnel.code, FLOE_ERROR_NETWORK);
  EXPECT_THAT (tunnel.message, StartsWith ("The name of the server no-such-host.invalid:443 "));
}

TEST_F (TunnelFailuresTest, APortThatNobodyListensOn)
{
  guint16 port = ClosedPort ();
  Tunnel tunnel ("127.0.0.1", port, nullptr);

  Wait (tunnel);
  EXPECT_EQ (tunnel.code, FLOE_ERROR_NETWORK);
  EXPECT_EQ (tunnel.message, "The server " + At ("127.0.0.1", port)
                                 + " refuses connections: nothing listens there");
}

/* As when the network has changed a moment ago. 192.0.2.7 is nobody's (RFC 5737). */
TEST_F (TunnelFailuresTest, AnAddressOfThisMachineThatHasGoneIsNotTold)
{
  GSocketAddress *gone = g_inet_socket_address_new_from_string ("192.0.2.7", 0);
  guint16 port = ClosedPort ();
  Tunnel tunnel ("127.0.0.1", port, nullptr, "direct://", 0, nullptr, gone);

  Wait (tunnel);
  EXPECT_EQ (tunnel.code, FLOE_ERROR_NETWORK);
  EXPECT_EQ (tunnel.message, "No connection to the server " + At ("127.0.0.1", port)
                                 + ": the address that it should begin at can't be used");
  g_object_unref (gone);
}

/* A socket whose queue is full lets the kernel drop what comes. */
TEST_F (TunnelFailuresTest, AServerThatDoesNotAnswer)
{
  GSocket *listener =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr);
  GSocketAddress *any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_socket_bind (listener, any, FALSE, nullptr);
  g_object_unref (any);
  g_socket_set_listen_backlog (listener, 0);
  g_socket_listen (listener, nullptr);
  GSocketAddress *bound = g_socket_get_local_address (listener, nullptr);
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_object_unref (bound);
  Client queued (port);

  Tunnel tunnel ("127.0.0.1", port, nullptr, "direct://", 300);
  Wait (tunnel);
  EXPECT_EQ (tunnel.code, FLOE_ERROR_TIMEOUT);
  EXPECT_EQ (tunnel.message, "The server " + At ("127.0.0.1", port) + " gave no answer in 0.3 s");
  g_object_unref (listener);
}

TEST_F (TunnelFailuresTest, AServerThatIsSilentOverTls)
{
  TestAuthority authority;
  TestServer server ([] (GIOStream *stream) {
    while (!ReadBytes (stream, 1).empty ())
      ;
  });
  Tunnel tunnel ("localhost", server.port (), authority.database (), "direct://", 300);

  Wait (tunnel);
  EXPECT_EQ (tunnel.code, FLOE_ERROR_TIMEOUT);
  EXPECT_EQ (tunnel.message, At ("localhost", server.port ())
                                 + " accepts connections, but gave no answer over TLS in 0.3 s");
}

TEST_F (TunnelFailuresTest, AServerThatHangsUpInTheHandshake)
{
  TestAuthority authority;
  TestServer server ([] (GIOStream *stream) { ReadBytes (stream, 1); });
  Tunnel tunnel ("localhost", server.port (), authority.database ());

  Wait (tunnel);
  EXPECT_EQ (tunnel.code, FLOE_ERROR_NETWORK);
  EXPECT_THAT (tunnel.message,
               StartsWith ("No secure connection to " + At ("localhost", server.port ()) + ": "));
}

TEST_F (TunnelFailuresTest, Ipv6IsReachedAndNamedInBrackets)
{
  TestServer server (TestServer::Echo, G_SOCKET_FAMILY_IPV6);
  if (server.port () == 0)
    GTEST_SKIP () << "no IPv6 on loopback";
  Tunnel tunnel ("::1", server.port (), nullptr);
  ASSERT_TRUE (Run (LIMIT_MS, [&] { return tunnel.IsDone (); }));
  EXPECT_EQ (tunnel.opened_count, 1u) << tunnel.message;

  guint16 port = server.port ();
  while (port == server.port ())
    port = ClosedPort ();
  Tunnel refused ("::1", port, nullptr);
  Wait (refused);
  EXPECT_THAT (refused.message, StartsWith ("The server [::1]:"));
}

/* The way itself, without a tunnel, as who only wants to know whether a server can be reached. */
class TunnelConnectTest : public TunnelFailuresTest
{
protected:
  void Connect (guint16 port)
  {
    FloeTunnelConfig config = {};

    config.host = "127.0.0.1";
    config.port = port;
    config.proxy_resolver = direct_;
    floe_tunnel_connect_async (&config, cancellable_, OnDone, this);
  }
  ~TunnelConnectTest () override
  {
    g_clear_object (&stream_);
    g_clear_error (&error_);
    g_object_unref (cancellable_);
    g_object_unref (direct_);
  }
  static void OnDone (GObject *, GAsyncResult *result, gpointer user_data)
  {
    auto *self = static_cast<TunnelConnectTest *> (user_data);

    self->stream_ = floe_tunnel_connect_finish (result, &self->error_);
    self->is_done_ = true;
  }

  GProxyResolver *direct_ = g_simple_proxy_resolver_new ("direct://", nullptr);
  GCancellable *cancellable_ = g_cancellable_new ();
  GIOStream *stream_ = nullptr;
  GError *error_ = nullptr;
  bool is_done_ = false;
};

TEST_F (TunnelConnectTest, GivesAStreamThatDoesNotWait)
{
  TestServer server (TestServer::Echo);
  gint no_delay = 0;

  Connect (server.port ());
  ASSERT_TRUE (Run (LIMIT_MS, [&] { return is_done_; }));
  ASSERT_NE (stream_, nullptr) << error_->message;
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream_));
  EXPECT_TRUE (g_socket_get_option (socket, 6 /* TCP */, 1 /* TCP_NODELAY */, &no_delay, nullptr));
  EXPECT_NE (no_delay, 0);
  g_clear_object (&stream_);
}

TEST_F (TunnelConnectTest, CanBeCancelled)
{
  TestServer server (TestServer::Echo);

  Connect (server.port ());
  g_cancellable_cancel (cancellable_);
  ASSERT_TRUE (Run (LIMIT_MS, [&] { return is_done_; }));
  EXPECT_TRUE (g_error_matches (error_, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

TEST_F (TunnelConnectTest, CanBeCancelledBefore)
{
  g_cancellable_cancel (cancellable_);
  Connect (9);
  ASSERT_TRUE (Run (LIMIT_MS, [&] { return is_done_; }));
  EXPECT_TRUE (g_error_matches (error_, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}
