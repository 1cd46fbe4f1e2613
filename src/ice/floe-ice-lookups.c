/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-lookups-private.h"

#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"
#include "floe-name-resolver-private.h"

typedef struct
{
  FloeIceLookups *lookups; /* (unowned) */
  FloeCandidate candidate;
  GCancellable *cancel; /* (owned) (nullable): while it is asked for */
  gint64 limit_us;
  gboolean is_over;
} Lookup;

struct _FloeIceLookups
{
  GMainContext *context; /* (unowned) */
  FloeIceLookupsFunc func;
  gpointer user_data;
  GPtrArray *lookups; /* (owned) (element-type Lookup): also those that are over */
  GSource *timer;     /* (owned) */
};

static void
end (Lookup *self)
{
  if (self->cancel != NULL)
    g_cancellable_cancel (self->cancel);
  g_clear_object (&self->cancel);
  self->is_over = TRUE;
}

static void
free_lookup (gpointer data)
{
  end (data);
  g_free (data);
}

gboolean
floe_ice_lookups_may_ask (const char *name)
{
  /* RFC 6762 section 22.1, RFC 6761 sections 6.3 and 6.4, RFC 7686, RFC 9476. */
  static const char *const others[] = { ".local", ".localhost", ".invalid", ".onion", ".alt" };
  g_autofree char *lower = g_ascii_strdown (name, -1);
  gsize size = strlen (lower);

  if (size > 0 && lower[size - 1] == '.')
    lower[size - 1] = '\0';
  if (strchr (lower, '.') == NULL || g_hostname_is_ip_address (lower)
      || strchr (lower, ':') != NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      if (g_str_has_suffix (lower, others[i]))
        return FALSE;
    }
  return TRUE;
}

static void begin_more (FloeIceLookups *self);

/* One of each family: RFC 8839 section 5.1 has a candidate for each address that is to be used. */
static gboolean
tell (const Lookup *lookup, GList *addresses, GSocketFamily family)
{
  const FloeIceLookups *self = lookup->lookups;

  for (GList *link = addresses; link != NULL; link = link->next)
    {
      FloeCandidate candidate = lookup->candidate;
      g_autofree char *text = NULL;

      if (g_inet_address_get_family (link->data) != family)
        continue;
      text = g_inet_address_to_string (link->data);
      g_strlcpy (candidate.address, text, sizeof candidate.address);
      self->func (&candidate, self->user_data);
      return TRUE;
    }
  return FALSE;
}

static void
on_resolved (GList *addresses, const GError *error, gpointer user_data)
{
  Lookup *lookup = user_data;
  FloeIceLookups *self = lookup->lookups;
  gboolean has_any;

  g_clear_object (&lookup->cancel);
  lookup->is_over = TRUE;
  has_any = tell (lookup, addresses, G_SOCKET_FAMILY_IPV6);
  has_any |= tell (lookup, addresses, G_SOCKET_FAMILY_IPV4);
  if (!has_any)
    self->func (NULL, self->user_data);
  begin_more (self);
}

static void
begin_more (FloeIceLookups *self)
{
  gint64 deadline_us = -1;
  guint count = 0;

  for (guint i = 0; i < self->lookups->len; i++)
    {
      Lookup *lookup = g_ptr_array_index (self->lookups, i);

      if (lookup->is_over || count == FLOE_ICE_LOOKUPS_AT_ONCE)
        continue;
      if (lookup->cancel == NULL)
        {
          lookup->limit_us = g_get_monotonic_time () + FLOE_ICE_LOOKUPS_LIMIT_US;
          lookup->cancel = floe_name_resolver_start (self->context, lookup->candidate.address,
                                                     on_resolved, lookup);
        }
      count++;
      deadline_us = deadline_us == -1 ? lookup->limit_us : MIN (deadline_us, lookup->limit_us);
    }
  floe_deadline_source_set (self->timer, deadline_us);
}

static void
on_deadline (gpointer user_data)
{
  FloeIceLookups *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < self->lookups->len; i++)
    {
      Lookup *lookup = g_ptr_array_index (self->lookups, i);

      if (lookup->cancel == NULL || now_us < lookup->limit_us)
        continue;
      floe_debug (FLOE_LOG_ICE, "the name of a remote candidate was not resolved in time");
      end (lookup);
      self->func (NULL, self->user_data);
    }
  begin_more (self);
}

FloeIceLookups *
floe_ice_lookups_new (GMainContext *context, FloeIceLookupsFunc func, gpointer user_data)
{
  FloeIceLookups *self = g_new0 (FloeIceLookups, 1);

  self->context = context;
  self->func = func;
  self->user_data = user_data;
  self->lookups = g_ptr_array_new_with_free_func (free_lookup);
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  return self;
}

void
floe_ice_lookups_free (FloeIceLookups *self)
{
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_ptr_array_unref (self->lookups);
  g_free (self);
}

gboolean
floe_ice_lookups_add (FloeIceLookups *self, const FloeCandidate *candidate)
{
  Lookup *lookup;

  if (self->lookups->len >= FLOE_ICE_LOOKUPS_MAX_NAMES
      || !floe_ice_lookups_may_ask (candidate->address))
    return FALSE;
  lookup = g_new0 (Lookup, 1);
  lookup->lookups = self;
  lookup->candidate = *candidate;
  g_ptr_array_add (self->lookups, lookup);
  begin_more (self);
  return TRUE;
}

gboolean
floe_ice_lookups_is_pending (const FloeIceLookups *self)
{
  for (guint i = 0; i < self->lookups->len; i++)
    {
      if (!((const Lookup *) g_ptr_array_index (self->lookups, i))->is_over)
        return TRUE;
    }
  return FALSE;
}
