/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-network-thread-private.h"
#include "floe-test.h"

#include <floe/floe-error.h>
#include <floe/floe-network.h>

/* The context is chosen once a process, so this story is one test in a program of its own. */
TEST (NetworkContext, IsTheApplicationsAfterItSaidSoAndHoldsForGood)
{
  GMainContext *context = g_main_context_new ();
  GMainContext *other = g_main_context_new ();
  ErrorHolder error;

  EXPECT_TRUE (floe_set_network_context (context, error)) << error.message ();
  EXPECT_EQ (floe_network_get_context (), context);
  EXPECT_TRUE (g_main_context_acquire (context)) << "a thread of ours runs it";
  g_main_context_release (context);

  EXPECT_FALSE (floe_set_network_context (other, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_STATE)) << error.message ();
  EXPECT_EQ (floe_network_get_context (), context);
  g_main_context_unref (other);
  g_main_context_unref (context);
}
