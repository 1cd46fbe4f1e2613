/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-network-thread-private.h"
#include "floe-test.h"

#include <floe/floe-error.h>
#include <floe/floe-network.h>

#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

/* The context is chosen once a process: the other choice is tested in network-context-test.cc. */

struct Visit
{
  GMutex lock;
  GCond cond;
  GThread *thread = nullptr;
  bool is_thread_default = false;
};

static gboolean
OnVisit (gpointer user_data)
{
  auto *visit = static_cast<Visit *> (user_data);

  g_mutex_lock (&visit->lock);
  visit->thread = g_thread_self ();
  visit->is_thread_default = g_main_context_get_thread_default () == floe_network_get_context ();
  g_cond_signal (&visit->cond);
  g_mutex_unlock (&visit->lock);
  return G_SOURCE_REMOVE;
}

TEST (NetworkThread, RunsTheContextInAThreadOfItsOwn)
{
  Visit visit;

  g_mutex_init (&visit.lock);
  g_cond_init (&visit.cond);
  g_main_context_invoke (floe_network_get_context (), OnVisit, &visit);
  g_mutex_lock (&visit.lock);
  while (visit.thread == nullptr)
    g_cond_wait (&visit.cond, &visit.lock);
  g_mutex_unlock (&visit.lock);

  EXPECT_NE (visit.thread, g_thread_self ());
  EXPECT_TRUE (visit.is_thread_default);
  g_cond_clear (&visit.cond);
  g_mutex_clear (&visit.lock);
}

TEST (NetworkThread, HasOneContextForTheProcess)
{
  EXPECT_EQ (floe_network_get_context (), floe_network_get_context ());
}

TEST (NetworkThread, RefusesAContextOfTheApplicationOnceItRuns)
{
  GMainContext *context = g_main_context_new ();
  ErrorHolder error;

  floe_network_get_context ();
  EXPECT_FALSE (floe_set_network_context (context, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_STATE)) << error.message ();
  EXPECT_NE (floe_network_get_context (), context);
  g_main_context_unref (context);
}

/* Registered before the thread was started, as OpenSSL's exit handler is. */
static void
ExitWithWhetherTheThreadRuns ()
{
  _exit (g_main_context_acquire (floe_network_get_context ()) ? 0 : 1);
}

TEST (NetworkThreadDeathTest, EndsBeforeTheExitHandlersThatWereThereFirst)
{
  GTEST_FLAG_SET (death_test_style, "threadsafe"); /* a process of its own, from its start */
  EXPECT_EXIT (
      {
        atexit (ExitWithWhetherTheThreadRuns);
        floe_network_get_context ();
        exit (2);
      },
      testing::ExitedWithCode (0), "");
}

/* Runs after the handler under test, and before LeakSanitizer looks at a child whose other threads'
 * stacks are gone. */
static void
ExitWell ()
{
  _exit (0);
}

static void
ExitAsAForkedChildDoes ()
{
  int status = 0;
  pid_t child;

  atexit (ExitWell);
  floe_network_get_context ();
  child = fork (); /* which does not have the thread */
  if (child == 0)
    exit (2);
  waitpid (child, &status, 0);
  _exit (WIFEXITED (status) ? WEXITSTATUS (status) : 1);
}

TEST (NetworkThreadDeathTest, DoesNotKeepAForkedChildFromExiting)
{
  GTEST_FLAG_SET (death_test_style, "threadsafe");
  EXPECT_EXIT (ExitAsAForkedChildDoes (), testing::ExitedWithCode (0), "");
}
