/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-names-private.h"

#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-name-resolver-private.h"
#include "floe-inet-convert-private.h"
#include "floe-nat64-private.h"

typedef struct
{
  FloeNatNames *names;       /* (unowned) */
  const char *host;          /* (unowned): the plan's */
  GCancellable *cancellable; /* (owned) (nullable): while it is asked for */
  FloeStunAddress ipv4;      /* size 0: none */
  FloeStunAddress ipv6;
} Host;

struct _FloeNatNames
{
  GMainContext *context; /* (owned) */
  FloeNatPlan *plan;     /* (owned) */
  Host hosts[FLOE_NAT_MAX_TARGETS];
  guint host_count;
  guint host_of[FLOE_NAT_MAX_TARGETS]; /* by target */
  GCancellable *prefixes;              /* (owned) (nullable): while NAT64's are looked up */
  gint64 deadline_us;
  GSource *timer; /* (owned) */
  FloeNatNamesFunc func;
  gpointer user_data; /* (unowned) */
};

static void
note_address (Host *host, const FloeStunAddress *address)
{
  FloeStunAddress *place = address->size == FLOE_STUN_IPV4_SIZE ? &host->ipv4 : &host->ipv6;

  /* The resolver sorts: the first is the best. */
  if (place->size == 0)
    *place = *address;
}

static gboolean
is_pending (const FloeNatNames *self)
{
  for (guint i = 0; i < self->host_count; i++)
    if (self->hosts[i].cancellable != NULL)
      return TRUE;
  return self->prefixes != NULL;
}

static void
on_resolved (GList *addresses, const GError *error, gpointer user_data)
{
  Host *host = user_data;
  FloeNatNames *self = host->names;

  g_clear_object (&host->cancellable);
  for (GList *link = addresses; link != NULL; link = link->next)
    {
      FloeStunAddress address = floe_stun_address_from_inet (link->data, 0);

      note_address (host, &address);
    }
  if (addresses != NULL)
    self->deadline_us = MIN (self->deadline_us, g_get_monotonic_time () + FLOE_NAT_NAMES_GRACE_US);
  floe_deadline_source_set (self->timer, is_pending (self) ? self->deadline_us : 0);
}

/* They are remembered: who wants to know asks floe_nat64_get_known(). */
static void
on_prefixes (const FloeNat64 *nat64, gpointer user_data)
{
  FloeNatNames *self = user_data;

  g_clear_object (&self->prefixes);
  floe_deadline_source_set (self->timer, is_pending (self) ? self->deadline_us : 0);
}

static void
cancel_all (FloeNatNames *self)
{
  if (self->prefixes != NULL)
    g_cancellable_cancel (self->prefixes);
  g_clear_object (&self->prefixes);
  for (guint i = 0; i < self->host_count; i++)
    {
      if (self->hosts[i].cancellable != NULL)
        g_cancellable_cancel (self->hosts[i].cancellable);
      g_clear_object (&self->hosts[i].cancellable);
    }
}

static void
on_deadline (gpointer user_data)
{
  FloeNatNames *self = user_data;

  cancel_all (self);
  self->func (self->user_data);
}

static guint
add_host (FloeNatNames *self, const char *name)
{
  Host *host;
  FloeStunAddress address;
  g_autoptr (GInetAddress) literal = NULL;

  for (guint i = 0; i < self->host_count; i++)
    if (g_ascii_strcasecmp (self->hosts[i].host, name) == 0)
      return i;
  host = &self->hosts[self->host_count];
  *host = (Host){ .names = self, .host = name };
  literal = floe_name_resolver_read (name);
  if (literal != NULL)
    {
      address = floe_stun_address_from_inet (literal, 0);
      note_address (host, &address);
    }
  else
    host->cancellable = floe_name_resolver_start (self->context, name, on_resolved, host);
  return self->host_count++;
}

FloeNatNames *
floe_nat_names_new (GMainContext *context, FloeNatPlan *plan, FloeNatNamesFunc func,
                    gpointer user_data)
{
  FloeNatNames *self = g_new0 (FloeNatNames, 1);
  gint64 now_us = g_get_monotonic_time ();
  gboolean has_literal = FALSE;

  self->context = g_main_context_ref (context);
  self->plan = floe_nat_plan_ref (plan);
  self->func = func;
  self->user_data = user_data;
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  for (guint i = 0; i < plan->targets->len; i++)
    {
      const FloeNatTarget *target = g_ptr_array_index (plan->targets, i);

      self->host_of[i] = add_host (self, target->host);
      has_literal = has_literal || self->hosts[self->host_of[i]].cancellable == NULL;
    }
  if (floe_nat64_is_needed ())
    {
      self->prefixes = g_cancellable_new ();
      floe_nat64_look_up (context, self->prefixes, on_prefixes, self, NULL);
    }
  self->deadline_us = now_us + (has_literal ? FLOE_NAT_NAMES_GRACE_US : FLOE_NAT_NAMES_LIMIT_US);
  floe_deadline_source_set (self->timer, is_pending (self) ? self->deadline_us : 0);
  return self;
}

void
floe_nat_names_free (FloeNatNames *self)
{
  cancel_all (self);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  floe_nat_plan_unref (self->plan);
  g_main_context_unref (self->context);
  g_free (self);
}

gboolean
floe_nat_names_get (const FloeNatNames *self, guint target, gsize address_size,
                    FloeStunAddress *out)
{
  const Host *host = &self->hosts[self->host_of[target]];
  const FloeStunAddress *found = address_size == FLOE_STUN_IPV4_SIZE ? &host->ipv4 : &host->ipv6;

  if (found->size == 0)
    return FALSE;
  *out = *found;
  out->port = ((const FloeNatTarget *) g_ptr_array_index (self->plan->targets, target))->port;
  return TRUE;
}

gboolean
floe_nat_names_is_known (const FloeNatNames *self, guint target)
{
  const Host *host = &self->hosts[self->host_of[target]];

  return host->ipv4.size > 0 || host->ipv6.size > 0;
}

GArray *
floe_nat_names_list (const FloeNatNames *self)
{
  static const gsize sizes[] = { FLOE_STUN_IPV4_SIZE, FLOE_STUN_IPV6_SIZE };
  GArray *all = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));

  for (guint i = 0; i < self->plan->targets->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        FloeStunAddress address;

        if (floe_nat_names_get (self, i, sizes[j], &address))
          g_array_append_val (all, address);
      }
  return all;
}
