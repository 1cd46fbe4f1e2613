/* SPDX-License-Identifier: MPL-2.0 */
/* A cache of networks in a file: read once, and written as a whole, in the background. Whatever is
 * wrong with the file, it counts as empty; whatever goes wrong with writing, it is tried again at
 * the next change.
 *
 * Layer: nat. May include: base, stun. Network thread only. */
#pragma once

#include <gio/gio.h>

#include "floe-nat-cache-private.h"

G_BEGIN_DECLS

typedef struct _FloeNatCacheFile FloeNatCacheFile;

/* Returns: (transfer full): begins to read @file. What it has is put into @memory, too, which
 * outlives it. */
FloeNatCacheFile *floe_nat_cache_file_new (GMainContext *context, GFile *file,
                                           FloeNatCache *memory);
/* What is being written is written. */
void floe_nat_cache_file_free (FloeNatCacheFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatCacheFile, floe_nat_cache_file_free)

GFile *floe_nat_cache_file_get_file (const FloeNatCacheFile *self);
/* Adds @records (element-type FloeNatRecord) and writes the file, when it has been read. */
void floe_nat_cache_file_add (FloeNatCacheFile *self, const GPtrArray *records);

G_END_DECLS
