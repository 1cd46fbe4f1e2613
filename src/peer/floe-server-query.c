/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-server-query-private.h"

#include <floe/floe-error.h>
#include <floe/floe-ice-server.h>

/**
 * FloeServerQuery:
 *
 * A question to a #FloeServerDirectory: what it answers, or why it can't. The first answer counts.
 * A query whose last reference goes without an answer fails with %FLOE_ERROR_OPERATION, so nobody
 * waits for a directory that has forgotten.
 *
 * It belongs to the thread in which the directory was asked.
 *
 * Since: 1.0
 */
struct _FloeServerQuery
{
  GObject parent_instance;
  GTask *task;               /* (owned) (nullable): until answered */
  GCancellable *cancellable; /* (owned) */
};

G_DEFINE_FINAL_TYPE (FloeServerQuery, floe_server_query, G_TYPE_OBJECT)

void
floe_server_answer_free (FloeServerAnswer *answer)
{
  g_ptr_array_unref (answer->servers);
  g_free (answer);
}

void
floe_server_query_take_error (FloeServerQuery *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (task != NULL)
    g_task_return_error (task, error);
  else
    g_error_free (error);
}

static void
floe_server_query_dispose (GObject *object)
{
  FloeServerQuery *self = FLOE_SERVER_QUERY (object);

  if (self->task != NULL)
    floe_server_query_fail (self, "The directory of servers gave no answer");
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (floe_server_query_parent_class)->dispose (object);
}

static void
floe_server_query_class_init (FloeServerQueryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = floe_server_query_dispose;
}

static void
floe_server_query_init (FloeServerQuery *self)
{
}

FloeServerQuery *
floe_server_query_new (GTask *task)
{
  FloeServerQuery *self = g_object_new (FLOE_TYPE_SERVER_QUERY, NULL);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->task = task;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  return self;
}

/**
 * floe_server_query_get_cancellable:
 * @self: a query
 *
 * Gets what tells that nobody waits for the answer any more; hand it to the calls that look for
 * the servers.
 *
 * Returns: (transfer none): a cancellable
 * Since: 1.0
 */
GCancellable *
floe_server_query_get_cancellable (FloeServerQuery *self)
{
  g_return_val_if_fail (FLOE_IS_SERVER_QUERY (self), NULL);

  return self->cancellable;
}

/**
 * floe_server_query_answerv: (rename-to floe_server_query_answer)
 * @self: a query
 * @servers: (transfer none) (array length=n_servers): the servers, the best first; the first 32
 *   count
 * @n_servers: how many there are; 0 when there are none
 * @lifetime: seconds after which the directory is asked again; 0 for never
 *
 * Does what floe_server_query_answer() does. It is that function in bindings: gjs can't make a
 * #GPtrArray of what is no object.
 *
 * Since: 1.0
 */
void
floe_server_query_answerv (FloeServerQuery *self, FloeIceServer **servers, gsize n_servers,
                           guint lifetime)
{
  g_autoptr (GPtrArray) array = NULL;

  g_return_if_fail (FLOE_IS_SERVER_QUERY (self));
  g_return_if_fail (servers != NULL || n_servers == 0);

  array = g_ptr_array_new ();
  for (gsize i = 0; i < MIN (n_servers, FLOE_SERVER_QUERY_MAX_SERVERS); i++)
    g_ptr_array_add (array, servers[i]);
  floe_server_query_answer (self, array, lifetime);
}

/**
 * floe_server_query_answer:
 * @self: a query
 * @servers: (transfer none) (element-type FloeIceServer): the servers, the best first; empty when
 *   there are none; the first 32 count
 * @lifetime: seconds after which the directory is asked again; 0 for never
 *
 * Answers a query. Does nothing if there was an answer already. Whoever asked may hear of it inside
 * this call, unless it is made while the directory is being asked.
 *
 * Since: 1.0
 */
void
floe_server_query_answer (FloeServerQuery *self, GPtrArray *servers, guint lifetime)
{
  g_autoptr (GTask) task = NULL;
  FloeServerAnswer *answer;

  g_return_if_fail (FLOE_IS_SERVER_QUERY (self));
  g_return_if_fail (servers != NULL);

  if (self->task == NULL)
    return;
  answer = g_new0 (FloeServerAnswer, 1);
  answer->lifetime_s = lifetime;
  answer->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
  for (guint i = 0; i < MIN (servers->len, FLOE_SERVER_QUERY_MAX_SERVERS); i++)
    g_ptr_array_add (answer->servers, floe_ice_server_ref (g_ptr_array_index (servers, i)));
  task = g_steal_pointer (&self->task);
  g_task_return_pointer (task, answer, (GDestroyNotify) floe_server_answer_free);
}

/**
 * floe_server_query_fail:
 * @self: a query
 * @message: why there are no servers, in words that tell a person what to do
 *
 * Says that no answer can be given: whoever asked gets %FLOE_ERROR_OPERATION with @message. Does
 * nothing if there was an answer already.
 *
 * Since: 1.0
 */
void
floe_server_query_fail (FloeServerQuery *self, const char *message)
{
  g_return_if_fail (FLOE_IS_SERVER_QUERY (self));
  g_return_if_fail (message != NULL);

  floe_server_query_take_error (self,
                                g_error_new_literal (FLOE_ERROR, FLOE_ERROR_OPERATION, message));
}
