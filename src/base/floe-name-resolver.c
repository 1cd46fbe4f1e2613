/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-name-resolver-private.h"

#include "floe-nat64-private.h"

typedef struct
{
  GCancellable *cancellable; /* (owned) */
  FloeNameResolvedFunc func;
  gpointer user_data; /* (unowned): valid until cancelled */
  GInetAddress *ipv4; /* (owned) (nullable): what is to be reached by NAT64 */
} Lookup;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_object_unref (lookup->cancellable);
  g_clear_object (&lookup->ipv4);
  g_free (lookup);
}

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
  lookup_free (lookup);
}

static void
on_prefixes (const FloeNat64 *nat64, gpointer user_data)
{
  Lookup *lookup = user_data;
  GList *addresses = floe_nat64_synthesize_inet (nat64, lookup->ipv4);

  if (addresses == NULL)
    addresses = g_list_prepend (NULL, g_object_ref (lookup->ipv4));
  lookup->func (addresses, NULL, lookup->user_data);
  g_resolver_free_addresses (addresses);
}

GInetAddress *
floe_name_resolver_read (const char *name)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

  if (address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4
      && !g_inet_address_get_is_loopback (address) && floe_nat64_is_needed ())
    return NULL;
  return g_steal_pointer (&address);
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
  lookup->ipv4 = g_inet_address_new_from_string (name);
  if (lookup->ipv4 != NULL)
    {
      floe_nat64_look_up (context, cancellable, on_prefixes, lookup, lookup_free);
      return cancellable;
    }
  /* Asks for A and AAAA together, and answers in the thread-default context. */
  g_main_context_push_thread_default (context);
  g_resolver_lookup_by_name_async (resolver, name, cancellable, on_resolved, lookup);
  g_main_context_pop_thread_default (context);
  return cancellable;
}
