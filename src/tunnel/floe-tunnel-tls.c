/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tunnel-tls-private.h"

typedef struct
{
  GIOStream *base;              /* (owned) */
  GSocketConnectable *identity; /* (owned) */
  GTlsDatabase *database;       /* (owned) (nullable): the system's */
} Making;

static void
making_free (Making *self)
{
  g_object_unref (self->base);
  g_object_unref (self->identity);
  g_clear_object (&self->database);
  g_free (self);
}

/* In a thread of GIO's. GIO reads the file once in a process, and others wait for it meanwhile. */
static void
load (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GTlsBackend *backend = g_tls_backend_get_default ();

  (void) source;
  (void) task_data;
  (void) cancellable;
  if (g_tls_backend_supports_tls (backend))
    g_object_unref (g_tls_backend_get_default_database (backend));
  g_task_return_boolean (task, TRUE);
}

void
floe_tunnel_tls_prepare (void)
{
  static gsize is_prepared = 0;
  g_autoptr (GTask) task = NULL;

  if (!g_once_init_enter (&is_prepared))
    return;
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_source_tag (task, floe_tunnel_tls_prepare);
  g_task_run_in_thread (task, load);
  g_once_init_leave (&is_prepared, 1);
}

/* In a thread of GIO's. With the database from the start GIO does not read the system's, too. */
static void
make (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Making *self = task_data;
  GTlsBackend *backend = g_tls_backend_get_default ();
  GError *error = NULL;
  GObject *connection;

  (void) source;
  if (self->database == NULL)
    self->database = g_tls_backend_get_default_database (backend);
  connection = g_initable_new (g_tls_backend_get_client_connection_type (backend), cancellable,
                               &error, "base-io-stream", self->base, "server-identity",
                               self->identity, "database", self->database, NULL);
  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
floe_tunnel_tls_new_async (GIOStream *base, GSocketConnectable *identity, GTlsDatabase *database,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Making *making = g_new0 (Making, 1);

  making->base = g_object_ref (base);
  making->identity = g_object_ref (identity);
  g_set_object (&making->database, database);
  g_task_set_source_tag (task, floe_tunnel_tls_new_async);
  g_task_set_task_data (task, making, (GDestroyNotify) making_free);
  g_task_run_in_thread (task, make);
}

GTlsConnection *
floe_tunnel_tls_new_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
