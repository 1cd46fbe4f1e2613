/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-cache-private.h"

struct _FloeNatCache
{
  GQueue records; /* (owned) (element-type FloeNatRecord): the last used first */
};

FloeNatCache *
floe_nat_cache_new (void)
{
  FloeNatCache *self = g_new0 (FloeNatCache, 1);

  g_queue_init (&self->records);
  return self;
}

void
floe_nat_cache_free (FloeNatCache *self)
{
  g_queue_clear_full (&self->records, (GDestroyNotify) floe_nat_record_unref);
  g_free (self);
}

static gboolean
is_alive (const FloeNatRecord *record, gint64 now_us)
{
  return record->time_us <= now_us && now_us - record->time_us <= FLOE_NAT_MAX_AGE_US;
}

static void
drop (FloeNatCache *self, GList *link)
{
  floe_nat_record_unref (link->data);
  g_queue_delete_link (&self->records, link);
}

static void
forget_old (FloeNatCache *self, gint64 now_us)
{
  for (GList *link = self->records.head, *next; link != NULL; link = next)
    {
      next = link->next;
      if (!is_alive (link->data, now_us))
        drop (self, link);
    }
}

static GList *
find (const FloeNatCache *self, const char *key)
{
  for (GList *link = self->records.head; link != NULL; link = link->next)
    if (g_strcmp0 (((const FloeNatRecord *) link->data)->key, key) == 0)
      return link;
  return NULL;
}

void
floe_nat_cache_put (FloeNatCache *self, gint64 now_us, FloeNatRecord *record)
{
  GList *link;

  g_return_if_fail (record->key != NULL);
  forget_old (self, now_us);
  link = find (self, record->key);
  if (!is_alive (record, now_us)
      || (link != NULL && ((const FloeNatRecord *) link->data)->time_us > record->time_us))
    return;
  floe_nat_record_ref (record);
  if (link != NULL)
    drop (self, link);
  g_queue_push_head (&self->records, record);
  while (self->records.length > FLOE_NAT_CACHE_SIZE)
    drop (self, self->records.tail);
}

FloeNatRecord *
floe_nat_cache_get (FloeNatCache *self, gint64 now_us, const char *key)
{
  GList *link;

  forget_old (self, now_us);
  link = find (self, key);
  if (link == NULL)
    return NULL;
  g_queue_unlink (&self->records, link);
  g_queue_push_head_link (&self->records, link);
  return link->data;
}

void
floe_nat_cache_remove (FloeNatCache *self, const char *key)
{
  GList *link = find (self, key);

  if (link != NULL)
    drop (self, link);
}

guint
floe_nat_cache_get_count (const FloeNatCache *self)
{
  return self->records.length;
}

GPtrArray *
floe_nat_cache_list (FloeNatCache *self, gint64 now_us)
{
  GPtrArray *records = floe_nat_records_new ();

  forget_old (self, now_us);
  for (GList *link = self->records.head; link != NULL; link = link->next)
    g_ptr_array_add (records, floe_nat_record_ref (link->data));
  return records;
}
