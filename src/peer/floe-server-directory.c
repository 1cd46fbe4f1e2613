/* SPDX-License-Identifier: MPL-2.0 */
/* The interface, and the directory that has its servers already. */
#include <floe/floe-server-directory.h>

#include <floe/floe-error.h>
#include <floe/floe-ice-server.h>
#include <floe/floe-static-server-directory.h>

#include "floe-server-query-private.h"

/**
 * FloeServerDirectory:
 *
 * Knows STUN and TURN servers, or finds them when it is asked: in a list
 * (#FloeStaticServerDirectory), in the DNS (#FloeDnsServerDirectory), in several places one after
 * the other (#FloeServerDirectoryChain), or wherever an application's own looks.
 *
 * A directory is given to connections by floe_configuration_set_server_directory(). One of your own
 * implements one function, `ask`, which answers the #FloeServerQuery that it gets with
 * floe_server_query_answer() or floe_server_query_fail(), inside the call or later. It is called in
 * the context of the connection that asks. In Python:
 *
 * ```python
 * class Office(GObject.Object, Floe.ServerDirectory):
 *     def do_ask(self, query):
 *         query.answer([Floe.IceServer.new(["stun:stun.example.org"])], 3600)
 * ```
 *
 * Since: 1.0
 */
G_DEFINE_INTERFACE (FloeServerDirectory, floe_server_directory, G_TYPE_OBJECT)

static void
floe_server_directory_default_init (FloeServerDirectoryInterface *iface)
{
}

/**
 * floe_server_directory_list_async:
 * @self: a directory
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called once, never before this function returns
 * @user_data: for @callback
 *
 * Asks for servers. Fails with %FLOE_ERROR_NETWORK when a directory finds nothing where it looks,
 * with %FLOE_ERROR_TIMEOUT when it takes too long, with %FLOE_ERROR_SYNTAX when what it was made
 * with can't be used, with %FLOE_ERROR_OPERATION for a reason of its own, and with
 * %G_IO_ERROR_CANCELLED. @callback comes in the thread-default context of the caller.
 *
 * Since: 1.0
 */
void
floe_server_directory_list_async (FloeServerDirectory *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (FloeServerQuery) query = NULL;
  GTask *task;

  g_return_if_fail (FLOE_IS_SERVER_DIRECTORY (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, floe_server_directory_list_async);
  query = floe_server_query_new (task);
  if (FLOE_SERVER_DIRECTORY_GET_IFACE (self)->ask != NULL)
    FLOE_SERVER_DIRECTORY_GET_IFACE (self)->ask (self, query);
}

/**
 * floe_server_directory_list_finish:
 * @self: a directory
 * @result: what the callback got
 * @lifetime: (out) (optional): return location for the seconds after which to ask again; 0 for
 *   never
 * @error: where an error goes, or %NULL
 *
 * Finishes floe_server_directory_list_async(), which tells the errors.
 *
 * Returns: (transfer container) (element-type FloeIceServer): at most 32 servers, the best first,
 *   and none when the directory has none; %NULL with @error set
 * Since: 1.0
 */
GPtrArray *
floe_server_directory_list_finish (FloeServerDirectory *self, GAsyncResult *result, guint *lifetime,
                                   GError **error)
{
  FloeServerAnswer *answer;
  GPtrArray *servers;

  g_return_val_if_fail (FLOE_IS_SERVER_DIRECTORY (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  answer = g_task_propagate_pointer (G_TASK (result), error);
  if (answer == NULL)
    return NULL;
  servers = g_ptr_array_ref (answer->servers);
  if (lifetime != NULL)
    *lifetime = answer->lifetime_s;
  floe_server_answer_free (answer);
  return servers;
}

/**
 * FloeStaticServerDirectory:
 *
 * A directory of servers that are known: the last of a #FloeServerDirectoryChain, for when nothing
 * else is found.
 *
 * Since: 1.0
 */
struct _FloeStaticServerDirectory
{
  GObject parent_instance;
  GPtrArray *servers; /* (owned) (element-type FloeIceServer) */
};

static void
floe_static_server_directory_ask (FloeServerDirectory *directory, FloeServerQuery *query)
{
  floe_server_query_answer (query, FLOE_STATIC_SERVER_DIRECTORY (directory)->servers, 0);
}

static void
static_directory_iface_init (FloeServerDirectoryInterface *iface)
{
  iface->ask = floe_static_server_directory_ask;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FloeStaticServerDirectory, floe_static_server_directory,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FLOE_TYPE_SERVER_DIRECTORY,
                                                      static_directory_iface_init))

static void
floe_static_server_directory_finalize (GObject *object)
{
  g_ptr_array_unref (FLOE_STATIC_SERVER_DIRECTORY (object)->servers);
  G_OBJECT_CLASS (floe_static_server_directory_parent_class)->finalize (object);
}

static void
floe_static_server_directory_class_init (FloeStaticServerDirectoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = floe_static_server_directory_finalize;
}

static void
floe_static_server_directory_init (FloeStaticServerDirectory *self)
{
  self->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
}

/**
 * floe_static_server_directory_newv: (rename-to floe_static_server_directory_new)
 * @servers: (transfer none) (array length=n_servers): the servers; copied
 * @n_servers: how many there are
 *
 * Does what floe_static_server_directory_new() does. It is that function in bindings: gjs can't
 * make a #GPtrArray of what is no object.
 *
 * Returns: (transfer full): a new directory
 * Since: 1.0
 */
FloeStaticServerDirectory *
floe_static_server_directory_newv (FloeIceServer **servers, gsize n_servers)
{
  FloeStaticServerDirectory *self;

  g_return_val_if_fail (servers != NULL || n_servers == 0, NULL);

  self = g_object_new (FLOE_TYPE_STATIC_SERVER_DIRECTORY, NULL);
  for (gsize i = 0; i < n_servers; i++)
    g_ptr_array_add (self->servers, floe_ice_server_ref (servers[i]));
  return self;
}

/**
 * floe_static_server_directory_new:
 * @servers: (transfer none) (element-type FloeIceServer): the servers; copied
 *
 * Makes a directory that always answers with the same servers, at once.
 *
 * Returns: (transfer full): a new directory
 * Since: 1.0
 */
FloeStaticServerDirectory *
floe_static_server_directory_new (GPtrArray *servers)
{
  g_return_val_if_fail (servers != NULL, NULL);

  return floe_static_server_directory_newv ((FloeIceServer **) servers->pdata, servers->len);
}
