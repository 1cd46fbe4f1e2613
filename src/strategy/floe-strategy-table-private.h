/* SPDX-License-Identifier: MPL-2.0 */
/* The plans that this side would make for each class of peer, in words.
 *
 * Layer: strategy. GLib only. May include: base, sdp. Pure. */
#pragma once

#include "floe-strategy-core-private.h"

G_BEGIN_DECLS

/* A side of that class of which all is known, and which takes part in everything; of UNKNOWN
 * nothing is. */
const FloeNatSummary *floe_strategy_class_get_example (FloeStrategyClass kind);

/* Returns: (transfer full): the explanation, and what begins when. */
char *floe_strategy_plan_describe (const FloeStrategyPlan *plan);

/* Returns: (transfer full): a line for each class of peer, in the order of FloeStrategyClass. */
char **floe_strategy_describe_table (const FloeNatSummary *local, const FloeStrategyConfig *config);

G_END_DECLS
