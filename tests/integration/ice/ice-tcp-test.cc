/* SPDX-License-Identifier: MPL-2.0 */
/* Paths over TCP, on loopback. */
#include "ice-peer.h"

#include <gio/gio.h>

#include <filesystem>
#include <memory>

G_BEGIN_DECLS
#include "floe-ice-remote-private.h"
G_END_DECLS

static PeerOptions
OverTcp (bool is_controlling = false)
{
  PeerOptions options;

  options.is_controlling = is_controlling;
  options.has_udp = false;
  options.tcp_start_ms = 0;
  options.interfaces = { "127.0.0.1" };
  return options;
}

static long
CountDescriptors ()
{
  std::filesystem::directory_iterator entries ("/proc/self/fd");

  return std::distance (begin (entries), end (entries));
}

static bool
IsTcp (const FloeCandidate &candidate)
{
  return candidate.transport != FLOE_CANDIDATE_UDP;
}

/* An address that no other test connects to: some do to ports that were free a moment ago. */
#define QUIET_ADDRESS "127.0.77.1"

/* A listening socket there that only counts. */
class Listener
{
public:
  Listener ()
  {
    GSocketAddress *any = g_inet_socket_address_new_from_string (QUIET_ADDRESS, 0), *bound;

    socket_ =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr);
    g_socket_set_blocking (socket_, FALSE);
    g_socket_bind (socket_, any, FALSE, nullptr);
    g_socket_listen (socket_, nullptr);
    bound = g_socket_get_local_address (socket_, nullptr);
    port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
    g_object_unref (bound);
    g_object_unref (any);
  }
  ~Listener ()
  {
    g_object_unref (socket_);
  }

  bool WasConnectedTo ()
  {
    return g_socket_condition_check (socket_, G_IO_IN) != 0;
  }

  guint16 port;

private:
  GSocket *socket_;
};

/* Somebody who connects and says nothing. */
class Stranger
{
public:
  explicit Stranger (const FloeCandidate &to)
  {
    GSocketAddress *address = g_inet_socket_address_new_from_string (to.address, to.port);

    socket_ =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr);
    g_socket_set_blocking (socket_, FALSE);
    g_socket_connect (socket_, address, nullptr, nullptr);
    g_object_unref (address);
  }
  ~Stranger ()
  {
    g_object_unref (socket_);
  }

  bool IsIn ()
  {
    return g_socket_condition_check (socket_, G_IO_OUT) == G_IO_OUT;
  }
  bool IsOut ()
  {
    return (g_socket_condition_check (socket_, (GIOCondition) (G_IO_IN | G_IO_HUP))
            & (G_IO_HUP | G_IO_ERR | G_IO_IN))
           != 0;
  }
  bool Say (const char *bytes, gsize size)
  {
    return g_socket_send (socket_, bytes, size, nullptr, nullptr) == (gssize) size;
  }

private:
  GSocket *socket_;
};

class IceTcpTest : public IceTest
{
protected:
  static void Start (IcePeer &a, IcePeer &b)
  {
    Wire (a, b);
    a.TakeCredentials (b);
    b.TakeCredentials (a);
    floe_ice_transport_gather (a.transport);
    floe_ice_transport_gather (b.transport);
  }

  bool Connect (IcePeer &a, IcePeer &b)
  {
    Start (a, b);
    return Run (20000, [&] { return a.IsConnected () && b.IsConnected (); });
  }

  static const FloeCandidate *FindPassive (const IcePeer &peer)
  {
    for (const FloeCandidate &candidate : peer.candidates)
      if (candidate.transport == FLOE_CANDIDATE_TCP_PASSIVE)
        return &candidate;
    return nullptr;
  }
};

TEST_F (IceTcpTest, ConnectsWithoutUdp)
{
  IcePeer a (context_, OverTcp (true)), b (context_, OverTcp ());

  ASSERT_TRUE (Connect (a, b));
  EXPECT_TRUE (IsTcp (a.local) && IsTcp (a.remote) && IsTcp (b.local) && IsTcp (b.remote));
  EXPECT_STREQ (a.remote.address, "127.0.0.1");
}

TEST_F (IceTcpTest, TellsActiveAndPassiveCandidates)
{
  IcePeer a (context_, OverTcp ());

  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (10000, [&] { return a.gathered_count > 0; }));
  ASSERT_EQ (a.candidates.size (), 2u);
  for (const FloeCandidate &candidate : a.candidates)
    {
      std::string text = TakeString (floe_candidate_serialize (&candidate));
      bool is_active = candidate.transport == FLOE_CANDIDATE_TCP_ACTIVE;

      EXPECT_EQ (candidate.type, FLOE_ICE_CANDIDATE_TYPE_HOST);
      EXPECT_EQ (is_active, candidate.port == 9) << text;
      EXPECT_NE (text.find (is_active ? " typ host tcptype active" : " typ host tcptype passive"),
                 std::string::npos)
          << text;
    }
}

TEST_F (IceTcpTest, OneActiveSideIsEnough)
{
  for (bool is_controlling : { false, true })
    {
      IcePeer a (context_, OverTcp (is_controlling)), b (context_, OverTcp (!is_controlling));

      Start (a, b);
      /* As Chromium: it connects, and nobody can connect to it. */
      a.on_candidate = [&] (const FloeCandidate &candidate) {
        if (candidate.transport == FLOE_CANDIDATE_TCP_ACTIVE)
          floe_ice_transport_add_remote_candidate (b.transport, &candidate);
      };
      EXPECT_TRUE (Run (20000, [&] { return a.IsConnected () && b.IsConnected (); }));
    }
}

TEST_F (IceTcpTest, TcpAndUdpDoNotMeet)
{
  PeerOptions over_udp;

  over_udp.is_controlling = true;
  over_udp.failed_timeout_ms = 1500;
  IcePeer a (context_, over_udp), b (context_, OverTcp ());

  Start (a, b);
  EXPECT_TRUE (Run (20000, [&] { return a.state == FLOE_ICE_CONNECTION_STATE_FAILED; }));
  EXPECT_EQ (a.pair_count + b.pair_count, 0u);
}

TEST_F (IceTcpTest, EveryByteArrivesOnceAndInOrder)
{
  IcePeer a (context_, OverTcp (true)), b (context_, OverTcp ());
  const guint count = 4000;
  guint sent = 0;

  ASSERT_TRUE (Connect (a, b));
  auto text_of = [] (guint number) {
    std::string text = std::to_string (number) + ":";

    text.resize (1200, (char) ('a' + number % 26));
    return text;
  };
  /* What is refused is lost for a datagram transport; here it is said again. */
  ASSERT_TRUE (Run (60000, [&] {
    for (guint i = 0; i < 64 && sent < count && a.Send (text_of (sent)); i++)
      sent++;
    return b.messages.size () >= count;
  }));
  for (guint i = 0; i < count; i++)
    ASSERT_EQ (b.messages[i], text_of (i));
}

TEST_F (IceTcpTest, APeerThatDoesNotReadCostsLittle)
{
  GMainContext *other = g_main_context_new ();
  IcePeer a (context_, OverTcp (true));
  auto b = std::make_unique<IcePeer> (other, OverTcp ());
  std::string text (1200, 'x');
  guint accepted = 0, refused = 0;
  const guint limit = 16 << 20;

  Start (a, *b);
  ASSERT_TRUE (Run (20000, [&] {
    g_main_context_iteration (other, FALSE);
    return a.IsConnected () && b->IsConnected ();
  }));
  /* From here on nobody looks at b's sockets. */
  while (accepted * text.size () < limit && refused < 1000)
    {
      (a.Send (text) ? accepted : refused)++;
      g_main_context_iteration (context_, FALSE);
    }
  EXPECT_EQ (refused, 1000u);
  EXPECT_LT (accepted * text.size (), limit);
  EXPECT_TRUE (Run (20000,
                    [&] {
                      g_main_context_iteration (other, FALSE);
                      return b->messages.size () == accepted;
                    }))
      << b->messages.size () << " of " << accepted;
  EXPECT_TRUE (a.Send ("again"));
  b.reset ();
  RunUntil (other, 200, [] { return false; });
  g_main_context_unref (other);
}

TEST_F (IceTcpTest, ClosingFreesAllDescriptors)
{
  long before = CountDescriptors ();

  for (int i = 0; i < 3; i++)
    {
      IcePeer a (context_, OverTcp (true)), b (context_, OverTcp ());

      ASSERT_TRUE (Connect (a, b));
      EXPECT_GT (CountDescriptors (), before);
      a.Drop ();
      b.Drop ();
    }
  EXPECT_TRUE (Run (10000, [&] { return CountDescriptors () <= before; }))
      << CountDescriptors () << " instead of " << before;
}

TEST_F (IceTcpTest, StaysInReserveWhileUdpCarries)
{
  PeerOptions options;

  options.tcp_start_ms = 500;
  PeerOptions controlling = options;
  controlling.is_controlling = true;
  IcePeer a (context_, controlling), b (context_, options);

  ASSERT_TRUE (Connect (a, b));
  Pause (1000);
  for (const IcePeer *peer : { &a, &b })
    for (const FloeCandidate &candidate : peer->candidates)
      EXPECT_FALSE (IsTcp (candidate));
}

TEST_F (IceTcpTest, UdpTakesOverWhenItWorks)
{
  PeerOptions options;

  options.tcp_start_ms = 0;
  options.start_after_ms = 1500;
  PeerOptions controlling = options;
  controlling.is_controlling = true;
  IcePeer a (context_, controlling), b (context_, options);

  AnswerProbes (a);
  AnswerProbes (b);
  ASSERT_TRUE (Connect (a, b));
  EXPECT_TRUE (IsTcp (a.local));
  a.Send ("hello");
  b.Send ("hello");
  EXPECT_TRUE (Run (30000, [&] { return !IsTcp (a.local) && !IsTcp (b.local); }));
}

TEST_F (IceTcpTest, AHostilePeerHasUsConnectToFewPlacesOnly)
{
  std::vector<std::unique_ptr<Listener> > listeners;
  IcePeer a (context_, OverTcp (true)), b (context_, OverTcp ());
  long count = 0;

  a.TakeCredentials (b);
  for (int i = 0; i < 100; i++)
    {
      FloeCandidate candidate = {};

      listeners.push_back (std::make_unique<Listener> ());
      candidate.component = 1;
      candidate.transport = FLOE_CANDIDATE_TCP_PASSIVE;
      candidate.priority = 1000 + i;
      candidate.port = listeners.back ()->port;
      g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
      g_strlcpy (candidate.address, QUIET_ADDRESS, sizeof candidate.address);
      if (i == 50)
        floe_ice_transport_gather (a.transport);
      floe_ice_transport_add_remote_candidate (a.transport, &candidate);
    }
  auto count_all = [&] {
    return std::count_if (listeners.begin (), listeners.end (),
                          [] (auto &listener) { return listener->WasConnectedTo (); });
  };
  ASSERT_TRUE (Run (10000, [&] { return count_all () > 0; }));
  Pause (3000);
  count = count_all ();
  EXPECT_GT (count, 0);
  EXPECT_LE (count, 2 * FLOE_MAX_REMOTE_TCP_CANDIDATES);
}

TEST_F (IceTcpTest, ManyStrangersEndAPathThatIsNotConnected)
{
  std::vector<std::unique_ptr<Stranger> > strangers;
  IcePeer a (context_, OverTcp ());
  long before = CountDescriptors ();

  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (10000, [&] { return FindPassive (a) != nullptr; }));
  for (int i = 0; i < 200; i++)
    {
      strangers.push_back (std::make_unique<Stranger> (*FindPassive (a)));
      Run (1000, [&] { return strangers.back ()->IsIn () || strangers.back ()->IsOut (); });
      g_main_context_iteration (context_, FALSE);
      if (strangers.back ()->IsOut ())
        break;
      EXPECT_LT (CountDescriptors () - before, 200);
    }
  EXPECT_LT (strangers.size (), 60u);
  EXPECT_TRUE (Run (10000, [&] { return strangers.front ()->IsOut (); }));
}

TEST_F (IceTcpTest, NobodyElseConnectsOnceThePeerIsIn)
{
  IcePeer a (context_, OverTcp (true)), b (context_, OverTcp ());

  ASSERT_TRUE (Connect (a, b));
  ASSERT_TRUE (Run (
      20000, [&] { return a.state == FLOE_ICE_CONNECTION_STATE_COMPLETED || a.pair_count > 0; }));
  Pause (3000);
  Stranger stranger (*FindPassive (a)), other (*FindPassive (b));
  Pause (500);
  EXPECT_FALSE (stranger.IsIn ());
  EXPECT_FALSE (other.IsIn ());
  ASSERT_TRUE (a.Send ("one") && b.Send ("two"));
  EXPECT_TRUE (Run (10000, [&] { return !a.messages.empty () && !b.messages.empty (); }));
}

/* libnice puts frames together in one place for all connections: half a frame of another one would
 * spoil all that follows. */
TEST_F (IceTcpTest, OnlyTheSelectedConnectionIsKept)
{
  IcePeer a (context_, OverTcp (true)), b (context_, OverTcp ());
  const guint count = 200;

  Start (a, b);
  a.on_candidate = b.on_candidate = [] (const FloeCandidate &) {};
  ASSERT_TRUE (
      Run (20000, [&] { return FindPassive (a) != nullptr && FindPassive (b) != nullptr; }));
  Stranger one (*FindPassive (a)), other (*FindPassive (b));
  Pause (100);
  for (const FloeCandidate &candidate : a.candidates)
    floe_ice_transport_add_remote_candidate (b.transport, &candidate);
  for (const FloeCandidate &candidate : b.candidates)
    floe_ice_transport_add_remote_candidate (a.transport, &candidate);
  ASSERT_TRUE (Run (20000, [&] { return a.IsConnected () && b.IsConnected (); }));
  EXPECT_TRUE (Run (20000, [&] { return one.IsOut () && other.IsOut (); }));
  for (guint i = 0; i < count; i++)
    ASSERT_TRUE (a.Send (std::to_string (i)) && b.Send (std::to_string (i)));
  ASSERT_TRUE (
      Run (20000, [&] { return a.messages.size () >= count && b.messages.size () >= count; }));
  for (guint i = 0; i < count; i++)
    ASSERT_TRUE (a.messages[i] == std::to_string (i) && b.messages[i] == std::to_string (i));
}
