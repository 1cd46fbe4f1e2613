/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-record-private.h"

#include <string.h>

static void
free_server (gpointer data)
{
  FloeNatServerRecord *server = data;

  g_free (server->url);
  g_free (server);
}

FloeNatRecord *
floe_nat_record_new (void)
{
  FloeNatRecord *self = g_atomic_rc_box_new0 (FloeNatRecord);

  self->servers = g_ptr_array_new_with_free_func (free_server);
  return self;
}

FloeNatRecord *
floe_nat_record_copy (const FloeNatRecord *self)
{
  FloeNatRecord *copy = g_atomic_rc_box_new (FloeNatRecord);

  *copy = *self;
  copy->key = g_strdup (self->key);
  copy->proxy = g_strdup (self->proxy);
  copy->plan = g_strdup (self->plan);
  copy->servers = g_ptr_array_new_with_free_func (free_server);
  for (guint i = 0; i < self->servers->len; i++)
    floe_nat_record_add_server (copy, g_ptr_array_index (self->servers, i));
  return copy;
}

FloeNatRecord *
floe_nat_record_ref (FloeNatRecord *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_record (gpointer data)
{
  FloeNatRecord *self = data;

  g_ptr_array_unref (self->servers);
  g_free (self->key);
  g_free (self->proxy);
  g_free (self->plan);
}

void
floe_nat_record_unref (FloeNatRecord *self)
{
  g_atomic_rc_box_release_full (self, clear_record);
}

void
floe_nat_record_add_server (FloeNatRecord *self, const FloeNatServerRecord *server)
{
  FloeNatServerRecord *copy = g_new (FloeNatServerRecord, 1);

  *copy = *server;
  copy->url = g_strdup (server->url);
  g_ptr_array_add (self->servers, copy);
}

FloeNatRecord *
floe_nat_record_adopt (const FloeNatRecord *self, const FloeNatRecord *old)
{
  FloeNatRecord *adopted = floe_nat_record_copy (old);

  adopted->findings.base = self->findings.base;
  memcpy (adopted->interface, self->interface, sizeof adopted->interface);
  adopted->has_default_route = self->has_default_route;
  for (guint i = 0; old->servers->len == 0 && i < self->servers->len; i++)
    floe_nat_record_add_server (adopted, g_ptr_array_index (self->servers, i));
  return adopted;
}

static int
get_rank (const FloeNatRecord *self)
{
  gboolean has_stream = self->tcp == FLOE_NAT_ANSWER_YES || self->tls == FLOE_NAT_ANSWER_YES;

  return (self->findings.udp == FLOE_NAT_ANSWER_YES) * 8 + (self->has_default_route != 0) * 4
         + has_stream * 2 + (self->findings.base.size == FLOE_STUN_IPV4_SIZE);
}

int
floe_nat_record_compare (gconstpointer a, gconstpointer b)
{
  return get_rank (*(FloeNatRecord *const *) b) - get_rank (*(FloeNatRecord *const *) a);
}

GPtrArray *
floe_nat_records_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) floe_nat_record_unref);
}
