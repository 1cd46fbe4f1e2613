/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat64-private.h"

#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"

/* RFC 7050 section 3 has the record's time to live for this, which GResolver does not tell. */
#define LIFETIME_US (10 * G_TIME_SPAN_MINUTE)
/* That there is none. */
#define ABSENCE_LIFETIME_US (30 * G_TIME_SPAN_SECOND)

#define QUERY_NAME "ipv4only.arpa" /* RFC 7050 section 8.2 */

/* a.root-servers.net: routes to it are looked at, nothing is sent. */
#define ANY_IPV4 "198.41.0.4"
#define ANY_IPV6 "2001:503:ba3e::2:30"
#define ANY_PORT 53

typedef struct
{
  GCancellable *cancellable; /* (owned) */
  FloeNat64Func func;        /* (nullable): until it was called */
  gpointer user_data;
  GDestroyNotify free_func; /* (nullable) */
  GSource *timer;           /* (owned): until the end is told */
  char *network;            /* (owned): where it was asked */
  gboolean is_asking;       /* the resolver will call back */
} Lookup;

/* What the network @network has; the network thread's. */
static struct
{
  char *network; /* (owned) (nullable): NULL when nothing is known */
  FloeNat64 nat64;
  gint64 until_us;
} known;

static gboolean
has_route (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  FloeLocalAddress source;

  return floe_local_address_towards (address, ANY_PORT, &source) && !source.is_loopback;
}

gboolean
floe_nat64_is_needed (void)
{
  return !has_route (ANY_IPV4) && has_route (ANY_IPV6);
}

/* (transfer full): another one when the host gets or loses an address. */
static char *
describe_network (void)
{
  g_autoptr (GArray) addresses = floe_local_addresses_list ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++)
    {
      const FloeLocalAddress *address = &g_array_index (addresses, FloeLocalAddress, i);

      if (address->is_running && !address->is_loopback)
        g_string_append_printf (text, "%s %s\n", address->interface, address->text);
    }
  return g_string_free (text, FALSE);
}

void
floe_nat64_forget (void)
{
  g_clear_pointer (&known.network, g_free);
  known.nat64 = (FloeNat64){ 0 };
}

static void
remember (const char *network, const FloeNat64 *nat64)
{
  floe_nat64_forget ();
  known.network = g_strdup (network);
  known.nat64 = *nat64;
  known.until_us = g_get_monotonic_time () + (nat64->count > 0 ? LIFETIME_US : ABSENCE_LIFETIME_US);
}

static const FloeNat64 *
recall (const char *network)
{
  return g_strcmp0 (known.network, network) == 0 && g_get_monotonic_time () < known.until_us
             ? &known.nat64
             : NULL;
}

const FloeNat64 *
floe_nat64_get_known (void)
{
  g_autofree char *network = NULL;

  if (known.network == NULL || !floe_nat64_is_needed ())
    return NULL;
  network = describe_network ();
  return recall (network);
}

static void
tell (Lookup *self, const FloeNat64 *nat64)
{
  FloeNat64Func func = self->func;

  self->func = NULL;
  if (func == NULL)
    return;
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  if (!g_cancellable_is_cancelled (self->cancellable))
    func (nat64, self->user_data);
  if (self->free_func != NULL)
    self->free_func (self->user_data);
}

static void
drop (Lookup *self)
{
  if (self->is_asking)
    return;
  g_object_unref (self->cancellable);
  g_free (self->network);
  g_free (self);
}

static void
on_deadline (gpointer user_data)
{
  static const FloeNat64 none = { 0 };
  Lookup *self = user_data;
  const FloeNat64 *nat64 = recall (self->network);

  if (nat64 == NULL)
    floe_debug (FLOE_LOG_BASE, "the network's NAT64 prefix is not known in time");
  tell (self, nat64 != NULL ? nat64 : &none);
  drop (self);
}

static void
read_answers (FloeNat64 *nat64, GList *addresses)
{
  FloeNat64Answer answers[FLOE_NAT64_MAX_ANSWERS];
  guint count = 0;

  for (GList *link = addresses; link != NULL && count < FLOE_NAT64_MAX_ANSWERS; link = link->next)
    {
      if (g_inet_address_get_family (link->data) == G_SOCKET_FAMILY_IPV6)
        memcpy (answers[count++].bytes, g_inet_address_to_bytes (link->data), FLOE_NAT64_IPV6_SIZE);
    }
  floe_nat64_read (nat64, answers, count);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lookup *self = user_data;
  g_autoptr (GError) error = NULL;
  GList *addresses;
  FloeNat64 nat64;

  addresses = g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (source), result, &error);
  read_answers (&nat64, addresses);
  g_resolver_free_addresses (addresses);
  self->is_asking = FALSE;
  if (error == NULL || g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    remember (self->network, &nat64);
  floe_debug (FLOE_LOG_BASE, "the network has %u NAT64 prefixes", nat64.count);
  tell (self, &nat64);
  drop (self);
}

static void
ask (Lookup *self, GMainContext *context)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  self->is_asking = TRUE;
  g_main_context_push_thread_default (context);
  g_resolver_lookup_by_name_with_flags_async (resolver, QUERY_NAME,
                                              G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY,
                                              self->cancellable, on_resolved, self);
  g_main_context_pop_thread_default (context);
}

void
floe_nat64_look_up (GMainContext *context, GCancellable *cancellable, FloeNat64Func func,
                    gpointer user_data, GDestroyNotify free_func)
{
  Lookup *self = g_new0 (Lookup, 1);
  gint64 now_us = g_get_monotonic_time ();

  self->cancellable = g_object_ref (cancellable);
  self->func = func;
  self->user_data = user_data;
  self->free_func = free_func;
  self->network = describe_network ();
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  if (recall (self->network) != NULL)
    {
      floe_deadline_source_set (self->timer, now_us);
      return;
    }
  floe_deadline_source_set (self->timer, now_us + FLOE_NAT64_LIMIT_US);
  ask (self, context);
}

GList *
floe_nat64_synthesize_inet (const FloeNat64 *self, GInetAddress *ipv4)
{
  GList *addresses = NULL;

  if (self == NULL || g_inet_address_get_family (ipv4) != G_SOCKET_FAMILY_IPV4)
    return NULL;
  for (guint i = self->count; i > 0; i--)
    {
      guint8 bytes[FLOE_NAT64_IPV6_SIZE];

      if (floe_nat64_synthesize (&self->prefixes[i - 1], g_inet_address_to_bytes (ipv4), bytes))
        addresses =
            g_list_prepend (addresses, g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6));
    }
  return addresses;
}
