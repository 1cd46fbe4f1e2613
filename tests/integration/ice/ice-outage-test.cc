/* SPDX-License-Identifier: MPL-2.0 */
/* A peer that is not heard for almost a minute, in real time: libnice's own watch over keepalives
 * would give the pair up for good after 50 s, and abort when a check is answered then. And what
 * goes to such a peer on the wire. */
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

/* RFC 7675 section 5.1. What libnice sends by itself comes each 25 s. */
TEST_F (IceOutage, LeavesNothingOnTheWireWhenConsentHasExpiredAndANewPathBringsItBack)
{
  IcePeer agent (context_, Options ());
  RawPeer stranger (context_);
  RawPeer::Answer honest = stranger.answer;
  guint check_count = 0, indication_count;
  gsize message_count;

  Begin (agent, stranger);
  ASSERT_TRUE (Run (3000, [&] { return agent.IsConnected (); }));
  floe_ice_transport_handle_life (agent.transport, agent.pair_path);
  stranger.answer = [&] (RawSocket &, GSocketAddress *from, const FloeStunMessage &) {
    /* Those of other ports ask for consent anew. */
    check_count += StunAddress (from).port == agent.candidates[0].port;
  };
  ASSERT_TRUE (Run (60000, [&] { return !agent.Send ("?"); }));
  Pause (200); /* what was on its way */
  indication_count = stranger.indication_count;
  message_count = stranger.messages.size ();
  check_count = 0;
  Pause (27000);
  EXPECT_FALSE (agent.Send ("?"));
  EXPECT_EQ (stranger.indication_count, indication_count);
  EXPECT_EQ (stranger.messages.size (), message_count);
  EXPECT_EQ (check_count, 0u);

  stranger.answer = honest;
  agent.on_probe = [&] (guint path_id) {
    floe_ice_transport_handle_answer (agent.transport, path_id, 1000);
  };
  /* With the next try; they come each minute. */
  EXPECT_TRUE (Run (120000, [&] { return agent.IsConnected () && agent.Send ("again"); }));
  EXPECT_NE (agent.local.port, agent.candidates[0].port);
  EXPECT_TRUE (Run (2000, [&] { return stranger.messages.size () > message_count; }));
}
