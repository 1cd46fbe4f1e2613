/* SPDX-License-Identifier: MPL-2.0 */
/* Datagrams that come before there is somebody to take them: a ClientHello that overtook the
 * answer. Kept, because the sender would only ask again after its retransmission timer, and
 * bounded, because nothing in them is proved yet.
 *
 * Layer: stack. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FLOE_EARLY_QUEUE_MAX_COUNT 32
#define FLOE_EARLY_QUEUE_MAX_SIZE (64 * 1024)

typedef struct
{
  GQueue datagrams; /* (element-type GBytes) (owned) */
  GQueue path_ids;  /* (element-type guint) */
  gsize size;
} FloeEarlyQueue;

void floe_early_queue_init (FloeEarlyQueue *self);
void floe_early_queue_clear (FloeEarlyQueue *self);

/* FALSE when the queue is full: the datagram is dropped. */
gboolean floe_early_queue_push (FloeEarlyQueue *self, guint path_id, const guint8 *data,
                                gsize size);

/* (transfer full) (nullable): the oldest one. */
GBytes *floe_early_queue_pop (FloeEarlyQueue *self, guint *path_id);

G_END_DECLS
