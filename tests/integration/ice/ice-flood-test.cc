/* SPDX-License-Identifier: MPL-2.0 */
/* A peer that seems to be at thousands of addresses. */
#include "raw-test.h"

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
