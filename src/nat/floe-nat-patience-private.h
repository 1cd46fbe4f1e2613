/* SPDX-License-Identifier: MPL-2.0 */
/* Measures in the background how long idle mappings live in a network that a run has found: minutes
 * long, from the best base, one at a time in a process, once a network.
 *
 * Layer: nat. May include: base, stun. Network thread only. */
#pragma once

#include <gio/gio.h>

#include "floe-nat-plan-private.h"
#include "floe-nat-record-private.h"

G_BEGIN_DECLS

typedef struct _FloeNatPatience FloeNatPatience;

/* @record (transfer none): what was known, and the lifetime. From the context's main loop, once;
 * the object may be freed in it. */
typedef void (*FloeNatPatienceFunc) (FloeNatRecord *record, gpointer user_data);

/* Returns: (transfer full) (nullable): NULL when there is nothing to measure in @record, or another
 * one is under way. */
FloeNatPatience *floe_nat_patience_new (GMainContext *context, FloeNatPlan *plan,
                                        FloeNatRecord *record, FloeNatPatienceFunc func,
                                        gpointer user_data);
void floe_nat_patience_free (FloeNatPatience *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatPatience, floe_nat_patience_free)

/* The key of the network that is measured. */
const char *floe_nat_patience_get_key (const FloeNatPatience *self);

G_END_DECLS
