/* SPDX-License-Identifier: MPL-2.0 */
/* A peer that seems to be at thousands of addresses. */
#include "raw-test.h"

G_BEGIN_DECLS
#include "floe-ice-path-private.h"
#include "floe-local-addresses-private.h"
G_END_DECLS

using IceFlood = RawTest;

/* libnice looks through all addresses of the peer with each new one, and for each of them again:
 * the thousandth takes milliseconds, the ten thousandth half a second. */
TEST_F (IceFlood, OfPeerReflexiveAddressesEndsThePath)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);
  guint answer_count = 0;

  Begin (agent, stranger);
  ASSERT_TRUE (Run (3000, [&] { return agent.IsConnected (); }));
  for (int i = 0; i < 3000; i++)
    {
      CheckOptions check;
      std::string address =
          "127.1." + std::to_string (i / 200) + "." + std::to_string (1 + i % 200);
      RawSocket socket (
          context_, [&] (RawSocket &, GSocketAddress *, const Bytes &) { answer_count++; },
          address.c_str ());

      check.priority = 0x7fffffff;
      socket.Send (agent_address_, stranger.Check (check));
      while (g_main_context_iteration (context_, FALSE))
        ;
    }
  EXPECT_GT (answer_count, 256u);
  EXPECT_LE (answer_count, 1100u); /* two datagrams an address: a response and a check */
  EXPECT_TRUE (Run (1000, [&] { return agent.state == FLOE_ICE_CONNECTION_STATE_DISCONNECTED; }));
  EXPECT_FALSE (agent.Send ("to nobody"));
}

/* As many as a large NAT gives to a peer with many sockets. */
TEST_F (IceFlood, OfSomeHundredAddressesIsBorne)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);

  Begin (agent, stranger);
  for (int i = 0; i < 300; i++)
    {
      stranger.AddSocket ();
      SendCheck (stranger, {}, stranger.sockets.size () - 1);
      Pause (0);
    }
  EXPECT_TRUE (Reconcile (agent, stranger));
}

/* A hundred candidates are taken; those of the peer's that come first are checked among them. */
TEST_F (IceFlood, OfCandidatesIsCutOff)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);

  Begin (agent, stranger);
  for (guint16 port = 1; port < 2000; port++)
    {
      FloeCandidate candidate = stranger.Candidate (port, 0x7fffffffu - port);

      floe_ice_transport_add_remote_candidate (agent.transport, &candidate);
    }
  EXPECT_TRUE (Reconcile (agent, stranger));
}

/* Our own address, told as the peer's: our check comes back to us and is refused. */
TEST_F (IceFlood, OfOurOwnAddressGoesNowhere)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);
  FloeCandidate own;

  Begin (agent, stranger);
  own = agent.candidates[0];
  own.ufrag[0] = '\0';
  floe_ice_transport_add_remote_candidate (agent.transport, &own);
  EXPECT_TRUE (Reconcile (agent, stranger));
  EXPECT_NE (agent.remote.port, own.port);
}

/* One path without a transport. */
class IcePathCount : public IceTest
{
protected:
  IcePathCount ()
  {
    FloeLocalAddress loopback = {};

    floe_ice_remote_init (&remote_);
    g_strlcpy (loopback.text, "127.0.0.1", sizeof loopback.text);
    loopback.is_loopback = loopback.is_running = TRUE;
    shared_.context = context_;
    shared_.ufrag = floe_random_ice_string (4);
    shared_.pwd = floe_random_ice_string (24);
    shared_.remote = &remote_;
    shared_.rules = floe_privacy_rules_get (FLOE_PRIVACY_LEVEL_OPEN, FLOE_ICE_TRANSPORT_POLICY_ALL);
    shared_.budget = g_new0 (FloeCheckBudget, 1);
    shared_.addresses = g_array_new (FALSE, FALSE, sizeof (FloeLocalAddress));
    g_array_append_val (shared_.addresses, loopback);
  }
  ~IcePathCount () override
  {
    floe_ice_remote_clear (&remote_);
    g_array_unref (shared_.addresses);
    g_free (shared_.budget);
    g_free (shared_.ufrag);
    g_free (shared_.pwd);
  }

  FloeIcePath *MakePath (guint id)
  {
    static const FloeIcePathEvents events = {
      [] (FloeIcePath *, const FloeCandidate *candidate, gpointer data) {
        static_cast<IcePathCount *> (data)->local_ = *candidate;
      },
      [] (FloeIcePath *, const FloeIceUri *, guint, const char *, gpointer) {},
      [] (FloeIcePath *, guint, const char *, gpointer) {},
      [] (FloeIcePath *, gpointer) {},
      [] (FloeIcePath *, guint, const char *, gpointer) {},
      [] (FloeIcePath *, const guint8 *, gsize, gpointer) {},
      [] (FloeIcePath *, gpointer) {},
    };
    FloePathSpec spec = {};

    return floe_ice_path_new (id, &spec, &shared_, &events, this);
  }

  FloeIceShared shared_ = {};
  FloeIceRemote remote_;
  FloeCandidate local_ = {};
};

TEST_F (IcePathCount, IsOfPathsThatHaveBegunAndNotEnded)
{
  FloeIcePath *path = MakePath (0), *other = MakePath (1);

  EXPECT_EQ (shared_.path_count, 0u);
  floe_ice_path_start (path, g_get_monotonic_time ());
  floe_ice_path_start (other, g_get_monotonic_time ());
  EXPECT_EQ (shared_.path_count, 2u);
  floe_ice_path_close (path);
  floe_ice_path_close (path);
  EXPECT_EQ (shared_.path_count, 1u);
  floe_ice_path_start (path, g_get_monotonic_time ());
  EXPECT_EQ (shared_.path_count, 2u);
  floe_ice_path_free (path);
  EXPECT_EQ (shared_.path_count, 1u);
  floe_ice_path_free (other);
  EXPECT_EQ (shared_.path_count, 0u);
}

TEST_F (IcePathCount, IsLessByAPathThatWasFlooded)
{
  FloeIcePath *path = MakePath (0);
  RawPeer stranger (context_);
  GSocketAddress *agent;

  stranger.other_ufrag = shared_.ufrag;
  stranger.other_pwd = shared_.pwd;
  floe_ice_remote_set_credentials (&remote_, stranger.ufrag.c_str (), stranger.pwd.c_str ());
  floe_ice_path_start (path, g_get_monotonic_time ());
  ASSERT_TRUE (Run (20000, [&] { return local_.port != 0; }));
  EXPECT_EQ (shared_.path_count, 1u);
  agent = g_inet_socket_address_new_from_string (local_.address, local_.port);
  for (int i = 0; i < 3000 && floe_ice_path_get_state (path) != FLOE_PATH_CLOSED; i++)
    {
      std::string address =
          "127.1." + std::to_string (i / 200) + "." + std::to_string (1 + i % 200);
      RawSocket socket (
          context_, [] (RawSocket &, GSocketAddress *, const Bytes &) {}, address.c_str ());

      socket.Send (agent, stranger.Check ());
      while (g_main_context_iteration (context_, FALSE))
        ;
    }
  EXPECT_EQ (floe_ice_path_get_state (path), FLOE_PATH_CLOSED);
  EXPECT_EQ (shared_.path_count, 0u);
  floe_ice_path_free (path);
  g_object_unref (agent);
}
