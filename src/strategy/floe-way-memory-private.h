/* SPDX-License-Identifier: MPL-2.0 */
/* What worked last, by network: whether a direct path carried or a relay. The last
 * FLOE_WAY_MEMORY_SIZE networks are remembered, for FLOE_WAY_MEMORY_MAX_AGE_S.
 *
 * A network is what the NAT cache takes for one (FloeNatRecord.key): a hash, 64 hexadecimal digits,
 * in which no address can be read. Times are seconds since 1970 given by the caller.
 *
 * As text it is a line for each network, the last used first, behind one that says what it is:
 *
 *   floe-ways 1
 *   3f2a... direct 1790000000
 *
 * Reading takes nothing for granted: lines that are not of that form, or of the future, are left
 * out, and a text that is too long or something else is an empty memory.
 *
 * Layer: strategy. GLib only. One thread. */
#pragma once

#include "floe-strategy-core-private.h"

G_BEGIN_DECLS

#define FLOE_WAY_MEMORY_SIZE 64
#define FLOE_WAY_MEMORY_MAX_AGE_S (G_GINT64_CONSTANT (7) * 24 * 60 * 60)
#define FLOE_WAY_MEMORY_MAX_TEXT (16 * 1024)

typedef struct _FloeWayMemory FloeWayMemory;

FloeWayMemory *floe_way_memory_new (void);
void floe_way_memory_free (FloeWayMemory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeWayMemory, floe_way_memory_free)

/* Ignores what is no network's key, and FLOE_STRATEGY_MEMORY_NONE. Returns: whether another way
 * than before is remembered now. */
gboolean floe_way_memory_put (FloeWayMemory *self, gint64 now_s, const char *key,
                              FloeStrategyMemory way);
/* @key (nullable): of no network in particular. */
FloeStrategyMemory floe_way_memory_get (FloeWayMemory *self, gint64 now_s, const char *key);
guint floe_way_memory_get_count (const FloeWayMemory *self);

/* Returns: (transfer full) */
FloeWayMemory *floe_way_memory_parse (const char *text, gsize size, gint64 now_s);
/* Returns: (transfer full) */
char *floe_way_memory_serialize (const FloeWayMemory *self, gint64 now_s);

G_END_DECLS
