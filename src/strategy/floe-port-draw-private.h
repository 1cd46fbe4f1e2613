/* SPDX-License-Identifier: MPL-2.0 */
/* Ports in the order in which they are guessed: at random and none twice, the likely ones first.
 *
 * Layer: strategy. GLib only. One thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 4787 section 4.2.1: NATs give out no ports below to those who have none below, and what
 * listens there is nobody's to knock at. */
#define FLOE_PORT_MIN 1024
#define FLOE_PORT_MAX 65535

/* Where a NAT's ports are. Whatever the peer says of its own is held to the range above. */
typedef struct
{
  guint16 min, max;             /* 0: all */
  guint16 block_min, block_max; /* of them, where its ports have been seen; 0: nothing learned */
  gboolean is_parity_kept;      /* RFC 4787 section 4.2.2; who guesses takes even ports first */
} FloePortPool;

/* Takes for a block what lies around ports that have been seen: of @count random ones the outermost
 * lie short of the ends by a part in @count - 1 of their distance, on average. */
void floe_port_pool_learn (FloePortPool *self, const guint16 *ports, guint count);

typedef struct _FloePortDraw FloePortDraw;

/* @seed: the order depends on it. */
FloePortDraw *floe_port_draw_new (const FloePortPool *pool, guint64 seed);
void floe_port_draw_free (FloePortDraw *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePortDraw, floe_port_draw_free)

/* FALSE when all have been drawn. */
gboolean floe_port_draw_next (FloePortDraw *self, guint16 *port);

G_END_DECLS
