/* SPDX-License-Identifier: MPL-2.0 */
/* What a peer can do to libnice by itself, set up otherwise than Floe does: a guard of Floe's is
 * needed for as long as these die. */
#include "bare-agent.h"

static void
AnswerTheFirstCheckWith403 (gboolean has_freshness)
{
  GMainContext *context = g_main_context_new ();
  RawPeer peer (context);

  peer.answer = [&] (RawSocket &socket, GSocketAddress *from, const FloeStunMessage &request) {
    socket.Send (from, peer.Error (request, 403, true));
  };
  BareAgent agent (context, peer, has_freshness, TRUE);
  RunUntil (context, 3000, [&] { return peer.request_count > 0; });
  RunUntil (context, 300, [] { return false; });
  Survive ();
}

class IceCrash : public testing::Test
{
protected:
  void SetUp () override
  {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
  }
};

TEST_F (IceCrash, A403ToTheFirstCheckKillsLibniceWithConsentFreshness)
{
  EXPECT_EXIT (AnswerTheFirstCheckWith403 (TRUE), HasDied, "");
}

TEST_F (IceCrash, A403ToTheFirstCheckIsHarmlessWithoutConsentFreshness)
{
  EXPECT_EXIT (AnswerTheFirstCheckWith403 (FALSE), testing::ExitedWithCode (0), "");
}
