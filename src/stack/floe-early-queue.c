/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-early-queue-private.h"

void
floe_early_queue_init (FloeEarlyQueue *self)
{
  g_queue_init (&self->datagrams);
  g_queue_init (&self->path_ids);
  self->size = 0;
}

void
floe_early_queue_clear (FloeEarlyQueue *self)
{
  g_queue_clear_full (&self->datagrams, (GDestroyNotify) g_bytes_unref);
  g_queue_clear (&self->path_ids);
  self->size = 0;
}

gboolean
floe_early_queue_push (FloeEarlyQueue *self, guint path_id, const guint8 *data, gsize size)
{
  if (self->datagrams.length >= FLOE_EARLY_QUEUE_MAX_COUNT
      || self->size + size > FLOE_EARLY_QUEUE_MAX_SIZE)
    return FALSE;
  g_queue_push_tail (&self->datagrams, g_bytes_new (data, size));
  g_queue_push_tail (&self->path_ids, GUINT_TO_POINTER (path_id));
  self->size += size;
  return TRUE;
}

GBytes *
floe_early_queue_pop (FloeEarlyQueue *self, guint *path_id)
{
  GBytes *datagram = g_queue_pop_head (&self->datagrams);

  if (datagram == NULL)
    return NULL;
  *path_id = GPOINTER_TO_UINT (g_queue_pop_head (&self->path_ids));
  self->size -= g_bytes_get_size (datagram);
  return datagram;
}
