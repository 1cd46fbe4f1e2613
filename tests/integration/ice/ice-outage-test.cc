/* SPDX-License-Identifier: MPL-2.0 */
/* A peer that is not heard for almost a minute, in real time: libnice's own watch over keepalives
 * would give the pair up for good after 50 s, and abort when a check is answered then. */
#include "raw-test.h"

using IceOutage = RawTest;

TEST_F (IceOutage, OfAMinuteEndsNoPathForGood)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);
  RawPeer::Answer honest = stranger.answer;
  RawSocket &better = stranger.AddSocket ();
  std::vector<Bytes> held;

  Begin (agent, stranger);
  ASSERT_TRUE (Run (3000, [&] { return agent.IsConnected (); }));
  stranger.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    if (&socket == &better)
      held.push_back (stranger.Success (request, from));
  };
  Pause (49000);
  /* Checks of a better pair are under way when the 50 s are over, and are answered then. */
  stranger.Offer (agent, better, 0x7fffffff);
  Pause (2000);
  ASSERT_FALSE (held.empty ());
  EXPECT_FALSE (agent.IsConnected ());
  /* libnice still sends on the pair that it had. */
  floe_ice_transport_handle_life (agent.transport, 0);
  EXPECT_TRUE (Run (2000, [&] { return agent.IsConnected (); }));
  EXPECT_TRUE (Carries (agent, stranger));
  /* And it bears the answer. */
  stranger.answer = honest;
  for (const Bytes &response : held)
    better.Send (agent_address_, response);
  EXPECT_TRUE (Run (2000, [&] { return agent.remote.port == better.port; }));
  EXPECT_TRUE (Carries (agent, stranger));
}
