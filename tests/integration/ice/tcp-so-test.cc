/* SPDX-License-Identifier: MPL-2.0 */
/* How the world sees a TCP port, and what becomes of connections from it. That two NATs let them
 * meet is shown in the laboratory (suite/ice_tcp.py). */
#include "ice-peer.h"

#include <gio/gio.h>

#include <algorithm>
#include <memory>

#include "../coturn.h"

G_BEGIN_DECLS
#include "floe-ice-uri-codec-private.h"
#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-tcp-so-private.h"
G_END_DECLS

static GSocket *
MakeSocket ()
{
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr);

  g_socket_set_blocking (socket, FALSE);
  return socket;
}

/* A peer that listens, which is as good as one whose NAT lets us in. */
class Remote
{
public:
  Remote ()
  {
    GSocketAddress *any = g_inet_socket_address_new_from_string ("127.0.0.1", 0), *bound;

    g_socket_bind (listener_, any, FALSE, nullptr);
    g_socket_listen (listener_, nullptr);
    bound = g_socket_get_local_address (listener_, nullptr);
    floe_stun_address_from_socket_address (bound, &address);
    g_object_unref (bound);
    g_object_unref (any);
  }
  ~Remote ()
  {
    g_clear_object (&connection);
    g_object_unref (listener_);
  }

  bool Accept ()
  {
    if (connection == nullptr && g_socket_condition_check (listener_, G_IO_IN) != 0)
      connection = g_socket_accept (listener_, nullptr, nullptr);
    if (connection != nullptr)
      g_socket_set_blocking (connection, FALSE);
    return connection != nullptr;
  }
  guint16 SeenPort () const
  {
    GSocketAddress *from = g_socket_get_remote_address (connection, nullptr);
    guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from));

    g_object_unref (from);
    return port;
  }

  FloeStunAddress address = {};
  GSocket *connection = nullptr;

private:
  GSocket *listener_ = MakeSocket ();
};

class TcpSoTest : public IceTest
{
protected:
  void SetUp () override
  {
    server_ = std::make_unique<Coturn> ();
    if (!server_->IsRunning ())
      GTEST_SKIP () << "coturn is not installed";
  }
  void TearDown () override
  {
    Close ();
    g_array_unref (addresses_);
    g_array_unref (servers_);
  }

  void AddServer (guint16 port)
  {
    FloeIceUri uri = {};

    g_strlcpy (uri.host, "127.0.0.1", sizeof uri.host);
    uri.port = port;
    g_array_append_val (servers_, uri);
  }

  void Begin (guint16 min_port = 0, guint16 max_port = 0)
  {
    static const FloeTcpSoEvents events = {
      [] (const FloeStunAddress *mapped, const FloeStunAddress *base, gpointer data) {
        static_cast<TcpSoTest *> (data)->mapped_.push_back (*mapped);
        static_cast<TcpSoTest *> (data)->bases_.push_back (*base);
      },
      [] (const FloeStunAddress *, const FloeStunAddress *remote, const FloeStunAddress *door,
          gpointer data) {
        static_cast<TcpSoTest *> (data)->met_.push_back (*remote);
        static_cast<TcpSoTest *> (data)->doors_.push_back (*door);
      },
    };
    FloeLocalAddress loopback = { "lo", "127.0.0.1", TRUE, TRUE };
    FloeTcpSoConfig config = { context_, servers_, addresses_, min_port, max_port };

    g_array_append_val (addresses_, loopback);
    so_ = floe_tcp_so_new (&config, &events, this);
  }

  bool BeginAndMap ()
  {
    AddServer (server_->port ());
    Begin ();
    return Run (20000, [&] { return !mapped_.empty (); });
  }

  void Close ()
  {
    g_clear_pointer (&so_, floe_tcp_so_free);
  }

  GSocket *Enter (const FloeStunAddress &door)
  {
    GSocketAddress *address = floe_stun_address_to_socket_address (&door);
    GSocket *socket = MakeSocket ();

    g_socket_connect (socket, address, nullptr, nullptr);
    g_object_unref (address);
    EXPECT_TRUE (Run (10000, [&] { return g_socket_condition_check (socket, G_IO_OUT) != 0; }));
    return socket;
  }

  /* Sends all of it from one to the other, and returns what came. */
  std::string Carry (GSocket *from, GSocket *to, const std::string &text)
  {
    std::string out;
    gsize sent = 0;

    Run (20000, [&] {
      char buffer[65536];
      gssize count = sent < text.size () ? g_socket_send (from, text.data () + sent,
                                                          text.size () - sent, nullptr, nullptr)
                                         : 0;

      sent += count > 0 ? (gsize) count : 0;
      count = g_socket_receive (to, buffer, sizeof buffer, nullptr, nullptr);
      if (count > 0)
        out.append (buffer, (gsize) count);
      return out.size () >= text.size ();
    });
    return out;
  }

  std::unique_ptr<Coturn> server_;
  GArray *addresses_ = g_array_new (FALSE, FALSE, sizeof (FloeLocalAddress));
  GArray *servers_ = g_array_new (FALSE, FALSE, sizeof (FloeIceUri));
  FloeTcpSo *so_ = nullptr;
  std::vector<FloeStunAddress> mapped_, bases_, met_, doors_;
};

TEST_F (TcpSoTest, LearnsHowTheWorldSeesAPort)
{
  ASSERT_TRUE (BeginAndMap ());
  EXPECT_EQ (mapped_.size (), 1u);
  EXPECT_TRUE (floe_stun_address_equal (&mapped_[0], &bases_[0])) << "there is no NAT here";
  EXPECT_NE (mapped_[0].port, 0);
}

TEST_F (TcpSoTest, AsksASecondServerWhenTheFirstDoesNotAnswer)
{
  Remote silent;

  AddServer (silent.address.port);
  AddServer (server_->port ());
  Begin ();
  EXPECT_TRUE (Run (20000, [&] { return !mapped_.empty (); }));
}

TEST_F (TcpSoTest, UsesThePortRange)
{
  AddServer (server_->port ());
  Begin (42100, 42199);
  ASSERT_TRUE (Run (20000, [&] { return !mapped_.empty (); }));
  EXPECT_GE (bases_[0].port, 42100);
  EXPECT_LE (bases_[0].port, 42199);
}

TEST_F (TcpSoTest, ConnectsFromThatPortAndBridges)
{
  Remote remote;
  std::string there, back;

  ASSERT_TRUE (BeginAndMap ());
  floe_tcp_so_add_remote (so_, &remote.address);
  ASSERT_TRUE (Run (20000, [&] { return remote.Accept () && !met_.empty (); }));
  EXPECT_EQ (remote.SeenPort (), bases_[0].port);
  EXPECT_TRUE (floe_stun_address_equal (&met_[0], &remote.address));
  GSocket *inside = Enter (doors_[0]);
  for (int i = 0; i < 300000; i++)
    there += (char) ('a' + i % 23), back += (char) ('A' + i % 19);
  EXPECT_EQ (Carry (inside, remote.connection, there), there);
  EXPECT_EQ (Carry (remote.connection, inside, back), back);
  /* The end of the one is the end of the other. */
  g_socket_close (remote.connection, nullptr);
  EXPECT_TRUE (Run (10000, [&] {
    char byte;

    return g_socket_receive (inside, &byte, 1, nullptr, nullptr) == 0;
  }));
  g_object_unref (inside);
}

TEST_F (TcpSoTest, TheDoorLetsOneIn)
{
  Remote remote;

  ASSERT_TRUE (BeginAndMap ());
  floe_tcp_so_add_remote (so_, &remote.address);
  ASSERT_TRUE (Run (20000, [&] { return remote.Accept () && !met_.empty (); }));
  GSocket *inside = Enter (doors_[0]);
  EXPECT_EQ (Carry (inside, remote.connection, "in"), "in");
  GSocket *late = Enter (doors_[0]);
  EXPECT_FALSE (g_socket_check_connect_result (late, nullptr));
  g_object_unref (late);
  g_object_unref (inside);
}

TEST_F (TcpSoTest, WhoIsRefusedTriesAgain)
{
  ASSERT_TRUE (BeginAndMap ());
  GSocket *reserved = MakeSocket ();
  GSocketAddress *any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  FloeStunAddress address;

  /* Bound, not listening: connections are refused. */
  g_socket_bind (reserved, any, FALSE, nullptr);
  GSocketAddress *bound = g_socket_get_local_address (reserved, nullptr);
  floe_stun_address_from_socket_address (bound, &address);
  floe_tcp_so_add_remote (so_, &address);
  Pause (300);
  EXPECT_TRUE (met_.empty ());
  g_socket_listen (reserved, nullptr);
  EXPECT_TRUE (Run (10000, [&] { return !met_.empty (); }));
  g_object_unref (bound);
  g_object_unref (any);
  g_object_unref (reserved);
}

TEST_F (TcpSoTest, ConnectsToFourPlacesAtMost)
{
  std::vector<std::unique_ptr<Remote> > remotes;

  ASSERT_TRUE (BeginAndMap ());
  for (int i = 0; i < 20; i++)
    {
      remotes.push_back (std::make_unique<Remote> ());
      floe_tcp_so_add_remote (so_, &remotes.back ()->address);
      floe_tcp_so_add_remote (so_, &remotes.back ()->address);
    }
  Pause (500);
  EXPECT_EQ (
      std::count_if (remotes.begin (), remotes.end (), [] (auto &r) { return r->Accept (); }),
      FLOE_TCP_SO_MAX_REMOTES);
}
