/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-name-resolver-private.h"

typedef struct
{
  GCancellable *cancellable; /* (owned) */
  FloeNameResolvedFunc func;
  gpointer user_data; /* (unowned): valid until cancelled */
} Lookup;

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  g_autoptr (GError) error = NULL;
  GList *addresses;

  addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);
  if (!g_cancellable_is_cancelled (lookup->cancellable))
    lookup->func (addresses, error, lookup->user_data);
  g_resolver_free_addresses (addresses);
  g_object_unref (lookup->cancellable);
  g_free (lookup);
}

GCancellable *
floe_name_resolver_start (GMainContext *context, const char *name, FloeNameResolvedFunc func,
                          gpointer user_data)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Lookup *lookup = g_new0 (Lookup, 1);
  GCancellable *cancellable = g_cancellable_new ();

  lookup->cancellable = g_object_ref (cancellable);
  lookup->func = func;
  lookup->user_data = user_data;
  /* Asks for A and AAAA together, and answers in the thread-default context. */
  g_main_context_push_thread_default (context);
  g_resolver_lookup_by_name_async (resolver, name, cancellable, on_resolved, lookup);
  g_main_context_pop_thread_default (context);
  return cancellable;
}
