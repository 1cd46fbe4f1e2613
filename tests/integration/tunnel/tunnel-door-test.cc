/* SPDX-License-Identifier: MPL-2.0 */
/* Who comes to the loopback port of a tunnel. */
#include "tunnel-test.h"

#include <set>

using testing::HasSubstr;
using testing::StartsWith;

class TunnelDoorTest : public TunnelTest
{
protected:
  TunnelDoorTest () : server_ (TestServer::Echo), tunnel_ ("127.0.0.1", server_.port (), nullptr)
  {
  }

  guint16 port () const
  {
    return floe_tunnel_get_port (tunnel_.tunnel);
  }
  /* What @head is answered with, until the connection ends. */
  std::string Answer (const std::string &head)
  {
    Client stranger (port ());

    stranger.Send (head);
    EXPECT_TRUE (Run (LIMIT_MS, [&] { return stranger.HasEnded (); }));
    return stranger.text;
  }
  void ExpectThatTheClientIsLetIn ()
  {
    Client client (tunnel_);

    EXPECT_TRUE (Run (LIMIT_MS, [&] { return client.IsLetIn (); })) << client.text;
  }

  TestServer server_;
  Tunnel tunnel_;
};

TEST_F (TunnelDoorTest, SecretsAreLongAndNewEachTime)
{
  std::set<std::string> secrets;

  for (int i = 0; i < 3; i++)
    {
      Tunnel tunnel ("127.0.0.1", server_.port (), nullptr);
      std::string user = floe_tunnel_get_username (tunnel.tunnel),
                  password = floe_tunnel_get_password (tunnel.tunnel);

      EXPECT_GE (user.size () * 6, 128u);
      EXPECT_GE (password.size () * 6, 128u);
      secrets.insert ({ user, password });
    }
  EXPECT_EQ (secrets.size (), 6u);
}

TEST_F (TunnelDoorTest, OnlyLoopbackIsListenedOn)
{
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr);
  GSocketAddress *other = g_inet_socket_address_new_from_string ("127.0.0.2", port ());
  GError *error = nullptr;

  EXPECT_FALSE (g_socket_connect (socket, other, nullptr, &error));
  EXPECT_TRUE (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED));
  g_clear_error (&error);
  g_object_unref (other);
  g_object_unref (socket);
}

TEST_F (TunnelDoorTest, WrongCredentialsGet407)
{
  std::string user = floe_tunnel_get_username (tunnel_.tunnel),
              password = floe_tunnel_get_password (tunnel_.tunnel);

  for (const std::string &head :
       { Client::Connect (user, "wrong"), Client::Connect ("wrong", password),
         Client::Connect (password, user), Client::Connect (user, password.substr (1)),
         Client::Connect (user, ""), std::string ("CONNECT a:1 HTTP/1.1\r\n\r\n") })
    {
      std::string answer = Answer (head);

      EXPECT_THAT (answer, StartsWith ("HTTP/1.0 407 "));
      EXPECT_THAT (answer, HasSubstr ("\r\nProxy-Authenticate: Basic realm="));
    }
  ExpectThatTheClientIsLetIn ();
}

TEST_F (TunnelDoorTest, OtherRequestsGet400)
{
  EXPECT_THAT (Answer ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), StartsWith ("HTTP/1.0 400 "));
  EXPECT_THAT (Answer (std::string (20000, 'x')), StartsWith ("HTTP/1.0 400 "));
  EXPECT_THAT (Answer ("\x16\x03\x01\r\n"), StartsWith ("HTTP/1.0 400 "));
  ExpectThatTheClientIsLetIn ();
}

TEST_F (TunnelDoorTest, ALateHeadInPiecesIsTaken)
{
  Client client (port ());
  std::string head = Client::Connect (floe_tunnel_get_username (tunnel_.tunnel),
                                      floe_tunnel_get_password (tunnel_.tunnel));

  for (gsize start = 0; start < head.size (); start += 50)
    {
      client.Send (head.substr (start, 50));
      Run (10, [] { return false; });
    }
  EXPECT_TRUE (Run (LIMIT_MS, [&] { return client.IsLetIn (); })) << client.text;
}

TEST_F (TunnelDoorTest, AfterTheClientThePortIsClosed)
{
  Client early (port ()), client (tunnel_);

  EXPECT_TRUE (early.is_connected);
  ASSERT_TRUE (Run (LIMIT_MS, [&] { return client.IsLetIn (); }));
  EXPECT_TRUE (Run (LIMIT_MS, [&] { return early.HasEnded (); }));
  Client late (port ());
  EXPECT_FALSE (late.is_connected);
}

TEST_F (TunnelDoorTest, TheNinthStrangerEndsTheFirst)
{
  std::vector<std::unique_ptr<Client> > strangers;

  for (int i = 0; i < 9; i++)
    strangers.push_back (std::make_unique<Client> (port ()));
  EXPECT_TRUE (Run (LIMIT_MS, [&] { return strangers[0]->HasEnded (); }));
  Run (100, [] { return false; });
  for (int i = 1; i < 9; i++)
    EXPECT_FALSE (strangers[i]->HasEnded ()) << i;
  ExpectThatTheClientIsLetIn ();
}

TEST_F (TunnelDoorTest, ManyStrangersDoNotKeepTheClientOut)
{
  std::vector<std::unique_ptr<Client> > strangers;

  for (int i = 0; i < 40; i++)
    {
      strangers.push_back (std::make_unique<Client> (port ()));
      strangers.back ()->Send ("CONNECT ");
      g_main_context_iteration (nullptr, FALSE);
    }
  ExpectThatTheClientIsLetIn ();
}

TEST_F (TunnelDoorTest, ASilentStrangerIsSentAway)
{
  Client stranger (port ());
  gint64 start_us = g_get_monotonic_time ();

  EXPECT_TRUE (Run (LIMIT_MS, [&] { return stranger.HasEnded (); }));
  EXPECT_GE (g_get_monotonic_time () - start_us, 4 * G_TIME_SPAN_SECOND);
  ExpectThatTheClientIsLetIn ();
}

TEST_F (TunnelDoorTest, AStrangerThatLeavesIsForgotten)
{
  {
    Client stranger (port ());

    stranger.Send ("CONNECT ");
  }
  Run (50, [] { return false; });
  ExpectThatTheClientIsLetIn ();
}

TEST_F (TunnelDoorTest, AClientOfAServerThatCantBeReachedGets502)
{
  Tunnel tunnel ("127.0.0.1", 9, nullptr);
  Client client (tunnel);

  EXPECT_TRUE (Run (LIMIT_MS, [&] { return client.HasEnded () && tunnel.failed_count == 1; }));
  EXPECT_THAT (client.text, testing::AnyOf ("", StartsWith ("HTTP/1.0 502 ")));
  Client late (floe_tunnel_get_port (tunnel.tunnel));
  EXPECT_FALSE (late.is_connected);
}
