/* SPDX-License-Identifier: MPL-2.0 */
#include "ice-peer.h"

#include "../stun-responder.h"

G_BEGIN_DECLS
#include "floe-socket-tap-private.h"
G_END_DECLS

/* A NAT by hand: what comes to the near port goes out of the far one, and back. */
class Forwarder
{
public:
  Forwarder (GMainContext *context, guint16 target)
  {
    for (guint i = 0; i < 2; i++)
      {
        GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
        GSocketAddress *any_port = g_inet_socket_address_new (loopback, 0);

        sockets_[i] = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                    G_SOCKET_PROTOCOL_UDP, nullptr);
        g_socket_bind (sockets_[i], any_port, FALSE, nullptr);
        g_socket_set_blocking (sockets_[i], FALSE);
        sources_[i] = g_socket_create_source (sockets_[i], G_IO_IN, nullptr);
        g_source_set_callback (sources_[i], G_SOURCE_FUNC (OnReadable), this, nullptr);
        g_source_attach (sources_[i], context);
        g_object_unref (any_port);
        to_[i] = i == 0 ? nullptr : g_inet_socket_address_new (loopback, target);
        g_object_unref (loopback);
      }
  }
  ~Forwarder ()
  {
    for (guint i = 0; i < 2; i++)
      {
        g_source_destroy (sources_[i]);
        g_source_unref (sources_[i]);
        g_object_unref (sockets_[i]);
        g_clear_object (&to_[i]);
      }
  }
  guint16 Port (guint index) const
  {
    GSocketAddress *bound = g_socket_get_local_address (sockets_[index], nullptr);
    guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));

    g_object_unref (bound);
    return port;
  }

private:
  static gboolean OnReadable (GSocket *socket, GIOCondition condition, gpointer data)
  {
    Forwarder *self = static_cast<Forwarder *> (data);
    guint in = socket == self->sockets_[0] ? 0 : 1;
    GSocketAddress *sender = nullptr;
    char bytes[2000];
    gssize size = g_socket_receive_from (socket, &sender, bytes, sizeof bytes, nullptr, nullptr);

    if (in == 0 && sender != nullptr)
      g_set_object (&self->to_[0], sender);
    g_clear_object (&sender);
    if (size > 0 && self->to_[1 - in] != nullptr)
      g_socket_send_to (self->sockets_[1 - in], self->to_[1 - in], bytes, (gsize) size, nullptr,
                        nullptr);
    return G_SOURCE_CONTINUE;
  }

  GSocket *sockets_[2]; /* near, far */
  GSource *sources_[2];
  GSocketAddress *to_[2]; /* where the socket sends */
};

class IceGathering : public IceTest
{
protected:
  void SetUp () override
  {
#ifdef __linux__
    ASSERT_TRUE (floe_socket_tap_is_possible ());
#else
    GTEST_SKIP () << "only Linux has a way to share a port";
#endif
  }

  static PeerOptions Options (const std::vector<std::string> &urls)
  {
    PeerOptions options;

    for (const std::string &url : urls)
      options.urls.push_back (url.c_str ());
    options.interfaces = { "127.0.0.1" };
    return options;
  }
  static std::vector<FloeCandidate> Reflexive (const IcePeer &peer)
  {
    std::vector<FloeCandidate> found;

    for (const FloeCandidate &candidate : peer.candidates)
      {
        if (candidate.type == FLOE_ICE_CANDIDATE_TYPE_SRFLX)
          found.push_back (candidate);
      }
    return found;
  }
};

TEST_F (IceGathering, AsksAllServersFromTheHostCandidatesPort)
{
  StunResponder first (context_, 1), second (context_, 2);
  std::vector<std::string> urls = { first.Url (), second.Url () };
  IcePeer a (context_, Options (urls));

  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (5000, [&] { return Reflexive (a).size () == 2 && a.gathered_count > 0; }));
  const FloeCandidate &host = a.candidates.at (0), reflexive = Reflexive (a)[0];
  EXPECT_EQ (host.type, FLOE_ICE_CANDIDATE_TYPE_HOST);
  EXPECT_EQ (first.ports, std::set<guint16>{ host.port });
  EXPECT_EQ (second.ports, std::set<guint16>{ host.port });
  EXPECT_STREQ (reflexive.address, "192.0.2.77");
  EXPECT_STREQ (reflexive.related_address, "127.0.0.1");
  EXPECT_EQ (reflexive.related_port, host.port);
  EXPECT_STRNE (reflexive.foundation, host.foundation);
  EXPECT_LT (reflexive.priority, host.priority);
  EXPECT_NE (Reflexive (a)[1].priority, reflexive.priority);
  EXPECT_TRUE (a.errors.empty ());
}

TEST_F (IceGathering, ServersThatDoNothingDelayNothing)
{
  StunResponder good (context_, 1), dead (context_, 2);
  std::vector<std::string> urls = { dead.Url (), "stun:nothing.invalid", good.Url () };
  IcePeer a (context_, Options (urls));

  dead.is_holding = true;
  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (5000, [&] { return a.gathered_count == 1; }));
  EXPECT_EQ (Reflexive (a).size (), 1u);
  EXPECT_LT (dead.request_count, 5u) << "its time was not waited for";
  ASSERT_TRUE (Run (8000, [&] { return a.errors.size () == 2; }));
  for (const CandidateError &error : a.errors)
    {
      EXPECT_EQ (error.code, 701u);
      EXPECT_NE (error.url, urls[2]);
    }
  EXPECT_EQ (a.errors[1].url, urls[0]) << "blamed when its time was over";
  EXPECT_EQ (dead.request_count, 5u);
  EXPECT_EQ (a.gathered_count, 1u);
}

TEST_F (IceGathering, ALateAnswerMakesACandidateAndTheEndComesOnceMore)
{
  StunResponder good (context_, 1), late (context_, 2);
  std::vector<std::string> urls = { late.Url (), good.Url () };
  IcePeer a (context_, Options (urls));
  std::string trace;

  late.is_holding = true;
  a.on_candidate = [&] (const FloeCandidate &candidate) {
    trace += candidate.type == FLOE_ICE_CANDIDATE_TYPE_HOST ? "host " : "srflx ";
  };
  a.on_event = [&, gathered = 0u] () mutable {
    if (a.gathered_count > gathered)
      trace += "done ";
    gathered = a.gathered_count;
  };
  floe_ice_transport_gather (a.transport);
  EXPECT_TRUE (Run (5000, [&] { return a.gathered_count == 1; }));
  late.Release ();
  EXPECT_TRUE (Run (5000, [&] { return a.gathered_count == 2; }));
  EXPECT_EQ (trace, "host srflx done srflx done ");
  EXPECT_TRUE (a.errors.empty ());
}

TEST_F (IceGathering, WithoutAServerIsCompleteWithTheHostCandidates)
{
  IcePeer a (context_, Options ({}));

  floe_ice_transport_gather (a.transport);
  EXPECT_TRUE (Run (5000, [&] { return a.gathered_count == 1; }));
  EXPECT_EQ (a.candidates.size (), 1u);
}

TEST_F (IceGathering, PeersConnectAndTalkThroughTappedSockets)
{
  StunResponder server (context_, 1);
  std::vector<std::string> urls = { server.Url () };
  PeerOptions controlling = Options (urls);
  controlling.is_controlling = true;
  IcePeer a (context_, controlling), b (context_, Options (urls));
  guint sent = 0;

  Wire (a, b);
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_gather (a.transport);
  floe_ice_transport_gather (b.transport);
  ASSERT_TRUE (Run (10000, [&] { return a.IsConnected () && b.IsConnected (); }));
  /* A byte that STUN begins with is no STUN. */
  for (guint i = 0; i < 500; i++)
    {
      sent += a.Send (std::string ("\x01\x01") + std::to_string (i)) ? 1 : 0;
      Run (5, [&] { return b.messages.size () == sent; });
    }
  EXPECT_TRUE (Run (5000, [&] { return b.messages.size () == sent; }));
  EXPECT_EQ (sent, 500u);
}

/* libnice was not told of the mapped address, and finds it by its checks. */
TEST_F (IceGathering, ThePairsLocalCandidateIsTheOneThatWasGathered)
{
  IcePeer b (context_, Options ({}));
  floe_ice_transport_gather (b.transport);
  ASSERT_TRUE (Run (5000, [&] { return b.gathered_count == 1; }));

  Forwarder nat (context_, b.candidates.at (0).port);
  StunResponder server (context_, 0);
  server.mapped_port = nat.Port (1);
  memcpy (server.mapped_host, "\x7f\x00\x00\x01", 4);
  std::vector<std::string> urls = { server.Url () };
  PeerOptions controlling = Options (urls);
  controlling.is_controlling = true;
  IcePeer a (context_, controlling);
  FloeCandidate outside = b.candidates[0];

  outside.port = nat.Port (0);
  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (5000, [&] { return a.gathered_count == 1; }));
  a.TakeCredentials (b);
  b.TakeCredentials (a);
  floe_ice_transport_add_remote_candidate (a.transport, &outside);
  ASSERT_TRUE (Run (10000, [&] { return a.IsConnected () && a.pair_count > 0; }));
  EXPECT_EQ (a.local.type, FLOE_ICE_CANDIDATE_TYPE_SRFLX);
  EXPECT_EQ (a.local.port, nat.Port (1));
  ASSERT_EQ (Reflexive (a).size (), 1u);
  EXPECT_STREQ (a.local.foundation, Reflexive (a)[0].foundation);
  EXPECT_EQ (a.local.priority, Reflexive (a)[0].priority);
}

TEST_F (IceGathering, ClosingWhileServersAreAskedIsQuiet)
{
  StunResponder late (context_, 1);
  std::vector<std::string> urls = { late.Url (), "stun:nothing.invalid" };
  IcePeer a (context_, Options (urls));

  late.is_holding = true;
  floe_ice_transport_gather (a.transport);
  ASSERT_TRUE (Run (5000, [&] { return late.request_count == 1; }));
  a.Drop ();
  late.Release ();
  Pause (50);
  EXPECT_TRUE (Reflexive (a).empty ());
}

/* Where sockets can't be tapped libnice asks one server. */
TEST_F (IceGathering, WithoutTapsOneServerIsAskedByLibnice)
{
  StunResponder first (context_, 1), second (context_, 2);
  std::vector<std::string> urls = { first.Url (), second.Url () };
  IcePeer a (context_, Options (urls));

  g_setenv ("FLOE_SOCKET_TAPS", "0", TRUE);
  floe_ice_transport_gather (a.transport);
  g_unsetenv ("FLOE_SOCKET_TAPS");
  ASSERT_TRUE (Run (6000, [&] { return a.gathered_count == 1; }));
  EXPECT_EQ (Reflexive (a).size (), 1u);
  EXPECT_GT (first.request_count, 0u);
  EXPECT_EQ (second.request_count, 0u);
  EXPECT_TRUE (a.errors.empty ());
}

TEST_F (IceGathering, WithoutTapsASilentServerIsAnError)
{
  StunResponder dead (context_, 1);
  std::vector<std::string> urls = { dead.Url () };
  IcePeer a (context_, Options (urls));

  dead.is_holding = true;
  g_setenv ("FLOE_SOCKET_TAPS", "0", TRUE);
  floe_ice_transport_gather (a.transport);
  g_unsetenv ("FLOE_SOCKET_TAPS");
  ASSERT_TRUE (Run (8000, [&] { return a.gathered_count == 1; }));
  ASSERT_EQ (a.errors.size (), 1u);
  EXPECT_EQ (a.errors[0].url, urls[0]);
  EXPECT_EQ (a.errors[0].code, 701u);
}
