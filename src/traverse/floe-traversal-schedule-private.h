/* SPDX-License-Identifier: MPL-2.0 */
/* From the rows of a plan to what the transport is told.
 *
 * Layer: traverse. Pure. */
#pragma once

#include "floe-ice-schedule-private.h"
#include "floe-strategy-core-private.h"

G_BEGIN_DECLS

/* @is_eager: relays begin with gathering and nothing is held back, for a peer that takes no
 * candidates later. */
void floe_traversal_fill_schedule (FloeIceSchedule *out, const FloeStrategyPlan *plan,
                                   gboolean is_eager);

G_END_DECLS
