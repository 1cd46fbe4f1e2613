/* SPDX-License-Identifier: MPL-2.0 */
/* One run of discovery: names, bases, and a lane for each base, all at the same time. In a process
 * one run is under way at a time; the others wait, and then often find what they want in the cache.
 *
 * Layer: nat. May include: base, stun, tunnel. Network thread only. */
#pragma once

#include "floe-nat-cache-private.h"
#include "floe-nat-plan-private.h"

G_BEGIN_DECLS

typedef struct _FloeNatRun FloeNatRun;

/* Called from the context's main loop, never inside a call to the run. The run may be freed in
 * them. @records (transfer none) (element-type FloeNatRecord): the best first. */
typedef struct
{
  void (*changed) (GPtrArray *records, gpointer user_data);
  void (*done) (GPtrArray *records, gpointer user_data); /* once, and the last */
} FloeNatRunEvents;

/* Returns: (transfer full): takes its turn. @events is static. */
FloeNatRun *floe_nat_run_new (GMainContext *context, FloeNatPlan *plan, FloeNatCache *cache,
                              const FloeNatRunEvents *events, gpointer user_data);
/* Ends it; no event comes any more, and the next one has its turn. */
void floe_nat_run_free (FloeNatRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatRun, floe_nat_run_free)

G_END_DECLS
