/* SPDX-License-Identifier: MPL-2.0 */
/* A program may end at any moment, whatever the network thread is about. */
#include "peer-pair.h"

class Exit : public testing::TestWithParam<int>
{
};

/* Many connections at once, so that the network thread has much to do when the program ends. */
static void
ConnectAndExit (int turns)
{
  constexpr int count = 12;
  Peer alice[count];
  Peer bob[count];
  std::vector<std::unique_ptr<Channel> > channels;

  for (int i = 0; i < count; i++)
    {
      channels.push_back (alice[i].CreateChannel ("test"));
      alice[i].other = &bob[i];
      bob[i].other = &alice[i];
      alice[i].SetLocal ();
      g_autoptr (FloeSessionDescription) offer =
          floe_peer_connection_get_local_description (alice[i].pc);
      bob[i].SetRemote (offer);
      bob[i].SetLocal ();
    }
  for (int i = 0; i < count; i++)
    {
      g_autoptr (FloeSessionDescription) answer =
          floe_peer_connection_get_local_description (bob[i].pc);
      floe_peer_connection_set_remote_description_async (alice[i].pc, answer, nullptr, nullptr,
                                                         nullptr);
    }
  for (int i = 0; i < turns; i++)
    g_main_context_iteration (nullptr, TRUE);
  exit (0);
}

TEST_P (Exit, InTheMiddleOfThingsIsClean)
{
  GTEST_FLAG_SET (death_test_style, "threadsafe");
  /* What is not freed at that moment is no leak. */
  g_setenv ("ASAN_OPTIONS", "detect_leaks=0", TRUE);
  for (int i = 0; i < 3; i++)
    EXPECT_EXIT (ConnectAndExit (GetParam ()), testing::ExitedWithCode (0), "");
}

INSTANTIATE_TEST_SUITE_P (Connection, Exit, testing::Values (1, 2, 4, 8, 16));
