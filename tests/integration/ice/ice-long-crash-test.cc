/* SPDX-License-Identifier: MPL-2.0 */
/* What kills libnice after 50 s: see ice-crash-test.cc, and ice-outage-test.cc for Floe's own. */
#include "bare-agent.h"

/* The pair in use is no longer asked for; while libnice gives it up, a better one is checked. */
static void
AnswerTheBetterPairTooLate ()
{
  GMainContext *context = g_main_context_new ();
  RawPeer peer (context);
  bool is_silent = false;
  RawPeer::Answer honest = peer.answer;
  Bytes held;
  gint64 connected_us;

  peer.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    if (!is_silent)
      honest (socket, from, request);
    else if (&socket != peer.sockets[0].get ())
      held = peer.Success (request, from);
  };
  peer.AddSocket ();
  BareAgent agent (context, peer, FALSE, TRUE);
  RunUntil (context, 3000, [&] { return agent.state == NICE_COMPONENT_STATE_READY; });
  connected_us = g_get_monotonic_time ();
  is_silent = true;
  /* libnice gives a pair up after 50 s without an answer to its keepalives. */
  while (agent.state != NICE_COMPONENT_STATE_FAILED
         && g_get_monotonic_time () < connected_us + 70 * G_TIME_SPAN_SECOND)
    {
      if (g_get_monotonic_time () > connected_us + 49 * G_TIME_SPAN_SECOND && held.empty ())
        agent.Offer (peer, *peer.sockets[1], 0x7fffffff);
      RunUntil (context, 100, [&] { return agent.state == NICE_COMPONENT_STATE_FAILED; });
    }
  peer.sockets[1]->Send (peer.target, held);
  RunUntil (context, 500, [] { return false; });
  Survive ();
}

TEST (IceLongCrash, AnAnswerAfterTheKeepalivesFailedKillsLibniceWithKeepaliveChecks)
{
  if (g_getenv ("FLOE_TEST_FULL") == nullptr)
    GTEST_SKIP () << "takes a minute: set FLOE_TEST_FULL=1, as check.sh --full does";
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT (AnswerTheBetterPairTooLate (), HasDied, "");
}
