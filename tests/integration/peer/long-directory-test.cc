/* SPDX-License-Identifier: MPL-2.0 */
/* A directory that never answers: what a connection makes of it takes minutes. */
#include <cstdlib>

#include "own-directory.h"
#include "peer-pair.h"

TEST (ForgetfulDirectory, IsGivenUpToldOfOnceAndAskedAgain)
{
  std::vector<FloeServerQuery *> kept;
  std::vector<std::string> errors;
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  g_autoptr (FloeServerDirectory) directory = MakeOwn (
      [&] (FloeServerQuery *query) { kept.push_back (FLOE_SERVER_QUERY (g_object_ref (query))); });

  if (getenv ("FLOE_TEST_FULL") == nullptr)
    GTEST_SKIP () << "takes minutes; set FLOE_TEST_FULL=1";
  floe_configuration_set_server_directory (configuration, directory);
  {
    Peer carol (configuration);
    auto channel = carol.CreateChannel ("any");
    gulong handler = g_signal_connect (
        carol.pc, "ice-candidate-error",
        G_CALLBACK (+[] (FloePeerConnection *, const char *url, guint code, const char *text,
                         std::vector<std::string> *list) {
          list->push_back (std::string (url) + " " + std::to_string (code) + " " + text);
        }),
        &errors);

    EXPECT_EQ (carol.SetLocal (), "");
    EXPECT_TRUE (RunUntil ([&] { return errors.size () == 1; }, 60));
    EXPECT_EQ (kept.size (), 1u);
    EXPECT_TRUE (g_cancellable_is_cancelled (floe_server_query_get_cancellable (kept[0])));
    floe_server_query_fail (kept[0], "too late");
    /* 60 s later, and given up 30 s after that without a word. */
    EXPECT_TRUE (RunUntil ([&] { return kept.size () == 2; }, 120));
    EXPECT_TRUE (RunUntil (
        [&] {
          return g_cancellable_is_cancelled (floe_server_query_get_cancellable (kept.back ()));
        },
        60));
    EXPECT_EQ (errors.size (), 1u);
    g_signal_handler_disconnect (carol.pc, handler);
  }
  for (FloeServerQuery *query : kept)
    g_object_unref (query);
}
