/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-network-thread-private.h"

#include <floe/floe-error.h>
#include <floe/floe-network.h>

#include <openssl/crypto.h>
#include <stdlib.h>
#include <unistd.h>

/* How long the end of the process waits for the network thread at most. */
#define EXIT_LIMIT_MS 200

/* Set once, under the lock; read under it too, which happens once a connection. */
static GMutex context_lock;
static GMainContext *network_context; /* (owned): for the life of the process */
static GMainLoop *network_loop;       /* (owned) (nullable): the thread's */
static GThread *network_thread;       /* (owned) (nullable) */
static pid_t network_pid;             /* the process that has the thread */

/* Of the network thread alone. */
static guint farewells;
static gboolean is_ending;

static gpointer
run_network (gpointer user_data)
{
  GMainLoop *loop = user_data;
  GMainContext *context = g_main_loop_get_context (loop);

  g_main_context_push_thread_default (context);
  g_main_loop_run (loop);
  g_main_context_pop_thread_default (context);
  return NULL;
}

void
floe_network_begin_farewell (void)
{
  farewells++;
}

void
floe_network_end_farewell (void)
{
  g_assert (farewells > 0);
  farewells--;
  if (farewells == 0 && is_ending)
    g_main_loop_quit (network_loop);
}

static gboolean
end_when_all_is_said (gpointer user_data)
{
  is_ending = TRUE;
  if (farewells == 0)
    g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
quit_loop (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* An exit handler: ends the thread before the libraries that it uses take down their state. OpenSSL
 * does so in an exit handler too, which is registered earlier, and so runs later. */
static void
stop_network (void)
{
  g_autoptr (GSource) idle = NULL;
  g_autoptr (GSource) limit = NULL;

  /* A forked child does not have the thread, and the thread can't wait for itself. */
  if (getpid () != network_pid || g_thread_self () == network_thread)
    return;
  /* By sources, for the loop may not have begun to run: when nothing else is left to do, so that a
   * close() just before the end still says goodbye to the peer, and gives relays back to their
   * servers, or when that takes too long. */
  idle = g_idle_source_new ();
  g_source_set_callback (idle, end_when_all_is_said, network_loop, NULL);
  g_source_attach (idle, network_context);
  limit = g_timeout_source_new (EXIT_LIMIT_MS);
  g_source_set_priority (limit, G_PRIORITY_HIGH);
  g_source_set_callback (limit, quit_loop, network_loop, NULL);
  g_source_attach (limit, network_context);
  g_thread_join (network_thread);
}

GMainContext *
floe_network_get_context (void)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&context_lock);

  if (network_context == NULL)
    {
      network_context = g_main_context_new ();
      network_loop = g_main_loop_new (network_context, FALSE);
      network_pid = getpid ();
      /* Its exit handler comes first, and what it makes once is not the thread's. A connection has
       * made a certificate by now, but a discovery has not used OpenSSL yet. */
      OPENSSL_init_crypto (OPENSSL_INIT_LOAD_CONFIG, NULL);
      network_thread = g_thread_new ("floe-network", run_network, network_loop);
      atexit (stop_network);
    }
  return network_context;
}

/**
 * floe_set_network_context:
 * @context: the context that the network side of all connections is to run in
 * @error: return location for an error, or %NULL
 *
 * Makes Floe run its network side on a context of the application's instead of a thread of its
 * own. The application must keep iterating @context, quickly: consent checks and retransmissions
 * happen there. It may be the context of the connections themselves, for a program that wants no
 * thread. The thread that iterates it has it as its thread-default context, as GIO wants it
 * (g_main_context_push_thread_default()). Call it before the first connection is made; it holds for
 * the life of the process. May be called from any thread.
 *
 * Fails with %FLOE_ERROR_INVALID_STATE when a connection has already been made.
 *
 * Returns: %TRUE when the context is used from now on
 * Since: 1.0
 */
gboolean
floe_set_network_context (GMainContext *context, GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = NULL;

  g_return_val_if_fail (context != NULL, FALSE);

  locker = g_mutex_locker_new (&context_lock);
  if (network_context != NULL)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
                           "The network side already runs: choose its context before the first "
                           "connection is made");
      return FALSE;
    }
  network_context = g_main_context_ref (context);
  return TRUE;
}
