/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-network-thread-private.h"

#include <stdlib.h>
#include <unistd.h>

#include <floe/floe-error.h>
#include <floe/floe-network.h>

/* Set once, under the lock; read under it too, which happens once a connection. */
static GMutex context_lock;
static GMainContext *network_context; /* (owned): for the life of the process */

/* The thread of our own, if there is one. Written once, before exit() can look. */
static GThread *thread;    /* (owned) (nullable) */
static GMainLoop *loop;    /* (owned) (nullable): with @thread */
static pid_t thread_owner; /* a child process has the memory, but not the thread */

static gpointer
run_network (gpointer user_data)
{
  GMainContext *context = user_data;

  g_main_context_push_thread_default (context);
  g_main_loop_run (loop);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static gboolean
quit_network (gpointer user_data)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* exit() frees what OpenSSL has for the whole process, in a handler that was registered before
 * this one, so this one comes first and the thread is not caught in the middle of a handshake.
 * Orders that were given before, to close and say goodbye, are carried out. */
static void
stop_network (void)
{
  GSource *source;

  if (getpid () != thread_owner || g_thread_self () == thread)
    return;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, quit_network, NULL, NULL);
  g_source_attach (source, network_context);
  g_source_unref (source);
  g_thread_join (g_steal_pointer (&thread));
}

static void
start_network (void)
{
  network_context = g_main_context_new ();
  loop = g_main_loop_new (network_context, FALSE);
  thread_owner = getpid ();
  thread = g_thread_new ("floe-network", run_network, network_context);
  atexit (stop_network);
}

GMainContext *
floe_network_get_context (void)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&context_lock);

  if (network_context == NULL)
    start_network ();
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
 * thread. Call it before the first connection is made; it holds for the life of the process. May
 * be called from any thread.
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
