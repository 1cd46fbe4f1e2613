/* SPDX-License-Identifier: MPL-2.0 */
/* Directories that are asked one after the other. */
#include <floe/floe-server-directory-chain.h>

#include <floe/floe-error.h>

#include "floe-deadline-source-private.h"
#include "floe-server-query-private.h"

/* How long one of them may keep the next from being asked. */
#define STEP_LIMIT_US (5 * G_TIME_SPAN_SECOND)

/**
 * FloeServerDirectoryChain:
 *
 * A directory that asks others one after the other, until one has servers: an application's own
 * first, then the DNS of the company, then a list (RFC 8155 section 3 has an order like that). One
 * that fails, has none, or takes longer than 5 s is passed over. When none has any, the first
 * failure is told; without a failure the answer is that there are no servers.
 *
 * Since: 1.0
 */
struct _FloeServerDirectoryChain
{
  GObject parent_instance;
  GPtrArray *directories; /* (owned) (element-type FloeServerDirectory) */
};

/* One question on its way through the chain. */
typedef struct
{
  FloeServerDirectoryChain *chain; /* (owned) */
  FloeServerQuery *query;          /* (owned) */
  GSource *timer;                  /* (owned) */
  GSource *cancelled;              /* (owned): nobody waits any more */
  struct _Step *step;              /* (unowned) (nullable): who is being asked */
  guint next;
  guint lifetime_s; /* of the answers that had no servers; 0: none */
  GError *error;    /* (owned) (nullable): the first */
} Walk;

typedef struct _Step
{
  Walk *walk;                /* (unowned) (nullable): NULL when it has gone on */
  GCancellable *cancellable; /* (owned) */
} Step;

static void
end_walk (Walk *walk)
{
  g_source_destroy (walk->timer);
  g_source_unref (walk->timer);
  g_source_destroy (walk->cancelled);
  g_source_unref (walk->cancelled);
  g_object_unref (walk->query);
  g_object_unref (walk->chain);
  g_clear_error (&walk->error);
  g_free (walk);
}

static void
leave_step (Walk *walk)
{
  Step *step = g_steal_pointer (&walk->step);

  if (step == NULL)
    return;
  step->walk = NULL;
  g_cancellable_cancel (step->cancellable);
}

static void
note_failure (Walk *walk, GError *error)
{
  if (walk->error == NULL)
    walk->error = error;
  else
    g_error_free (error);
}

static void
finish_without (Walk *walk)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  if (walk->error != NULL)
    floe_server_query_take_error (walk->query, g_steal_pointer (&walk->error));
  else
    floe_server_query_answer (walk->query, none, walk->lifetime_s);
  end_walk (walk);
}

static void go_on (Walk *walk);

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  Walk *walk = step->walk;
  guint lifetime_s = 0;
  GError *error = NULL;
  g_autoptr (GPtrArray) servers = floe_server_directory_list_finish (FLOE_SERVER_DIRECTORY (source),
                                                                     result, &lifetime_s, &error);

  g_object_unref (step->cancellable);
  g_free (step);
  if (walk == NULL)
    {
      g_clear_error (&error);
      return;
    }
  walk->step = NULL;
  if (servers != NULL && servers->len > 0)
    {
      floe_server_query_answer (walk->query, servers, lifetime_s);
      end_walk (walk);
      return;
    }
  if (error != NULL)
    note_failure (walk, error);
  else if (lifetime_s > 0)
    walk->lifetime_s = walk->lifetime_s > 0 ? MIN (walk->lifetime_s, lifetime_s) : lifetime_s;
  go_on (walk);
}

static void
go_on (Walk *walk)
{
  FloeServerDirectory *directory;
  Step *step;

  if (walk->next == walk->chain->directories->len)
    {
      finish_without (walk);
      return;
    }
  directory = g_ptr_array_index (walk->chain->directories, walk->next++);
  step = g_new0 (Step, 1);
  step->walk = walk;
  step->cancellable = g_cancellable_new ();
  walk->step = step;
  floe_deadline_source_set (walk->timer, g_get_monotonic_time () + STEP_LIMIT_US);
  floe_server_directory_list_async (directory, step->cancellable, on_listed, step);
}

static void
on_deadline (gpointer user_data)
{
  Walk *walk = user_data;

  leave_step (walk);
  note_failure (walk, g_error_new_literal (FLOE_ERROR, FLOE_ERROR_TIMEOUT,
                                           "A directory of servers did not answer within 5 s"));
  go_on (walk);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Walk *walk = user_data;

  leave_step (walk);
  finish_without (walk); /* which the query's task turns into the error for this */
  return G_SOURCE_REMOVE;
}

static void
floe_server_directory_chain_ask (FloeServerDirectory *directory, FloeServerQuery *query)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  Walk *walk = g_new0 (Walk, 1);

  walk->chain = FLOE_SERVER_DIRECTORY_CHAIN (g_object_ref (directory));
  walk->query = g_object_ref (query);
  walk->timer = floe_deadline_source_new (context, on_deadline, walk);
  walk->cancelled = g_cancellable_source_new (floe_server_query_get_cancellable (query));
  g_source_set_callback (walk->cancelled, G_SOURCE_FUNC (on_cancelled), walk, NULL);
  g_source_attach (walk->cancelled, context);
  go_on (walk);
}

static void
directory_iface_init (FloeServerDirectoryInterface *iface)
{
  iface->ask = floe_server_directory_chain_ask;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FloeServerDirectoryChain, floe_server_directory_chain, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FLOE_TYPE_SERVER_DIRECTORY,
                                                      directory_iface_init))

static void
floe_server_directory_chain_finalize (GObject *object)
{
  g_ptr_array_unref (FLOE_SERVER_DIRECTORY_CHAIN (object)->directories);
  G_OBJECT_CLASS (floe_server_directory_chain_parent_class)->finalize (object);
}

static void
floe_server_directory_chain_class_init (FloeServerDirectoryChainClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = floe_server_directory_chain_finalize;
}

static void
floe_server_directory_chain_init (FloeServerDirectoryChain *self)
{
  self->directories = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * floe_server_directory_chain_new:
 * @directories: (transfer none) (element-type FloeServerDirectory): the directories, the one to ask
 *   first first; copied
 *
 * Makes a directory that asks others until one has servers. Its answer holds as long as that one's.
 *
 * Returns: (transfer full): a new directory
 * Since: 1.0
 */
FloeServerDirectoryChain *
floe_server_directory_chain_new (GPtrArray *directories)
{
  FloeServerDirectoryChain *self;

  g_return_val_if_fail (directories != NULL, NULL);

  self = g_object_new (FLOE_TYPE_SERVER_DIRECTORY_CHAIN, NULL);
  for (guint i = 0; i < directories->len; i++)
    g_ptr_array_add (self->directories, g_object_ref (g_ptr_array_index (directories, i)));
  return self;
}
