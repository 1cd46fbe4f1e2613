/* SPDX-License-Identifier: MPL-2.0 */
/* What is remembered of networks: the records of the last FLOE_NAT_CACHE_SIZE, the least lately
 * used forgotten first, by the key of the network.
 *
 * Times are microseconds since 1970 given by the caller. A record that claims to be of the future
 * is forgotten.
 *
 * Layer: nat. May include: base, stun. One thread. */
#pragma once

#include "floe-nat-record-private.h"

G_BEGIN_DECLS

#define FLOE_NAT_CACHE_SIZE 32
/* A run does not measure again what is not older. */
#define FLOE_NAT_FRESH_US (10 * G_TIME_SPAN_MINUTE)
/* What is older is forgotten. */
#define FLOE_NAT_MAX_AGE_US (7 * G_TIME_SPAN_DAY)

typedef struct _FloeNatCache FloeNatCache;

FloeNatCache *floe_nat_cache_new (void);
void floe_nat_cache_free (FloeNatCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatCache, floe_nat_cache_free)

/* @record has a key. Replaces what is there, unless that is younger. */
void floe_nat_cache_put (FloeNatCache *self, gint64 now_us, FloeNatRecord *record);
/* (transfer none) (nullable): valid until the next call. */
FloeNatRecord *floe_nat_cache_get (FloeNatCache *self, gint64 now_us, const char *key);
void floe_nat_cache_remove (FloeNatCache *self, const char *key);
guint floe_nat_cache_get_count (const FloeNatCache *self);
/* Returns: (transfer full) (element-type FloeNatRecord): the last used first. */
GPtrArray *floe_nat_cache_list (FloeNatCache *self, gint64 now_us);

G_END_DECLS
