/* SPDX-License-Identifier: MPL-2.0 */
/* What punching may cost, for all connections of the process: the one budget that there is, and who
 * has it. One attempt at a time has it; the others wait.
 *
 * No lock: it belongs to the network's context, in which all connections of a process are. It lives
 * as long as the process, as what an address has had in the last hour must not be forgotten.
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include "floe-probe-budget-core-private.h"

G_BEGIN_DECLS

/* (transfer none) (nullable): with @policy from now on; NULL while somebody else has it. @owner:
 * any pointer that is nobody else's. */
FloeProbeBudgetCore *floe_punch_budget_take (gconstpointer owner, const FloeProbePolicy *policy);
/* Of the owner. What the new policy does not allow gets no more packets. */
void floe_punch_budget_set_policy (gconstpointer owner, const FloeProbePolicy *policy);
/* The attempt has been ended. Nothing when @owner has not got it. */
void floe_punch_budget_give_back (gconstpointer owner);
/* When an attempt between these two networks would not be too soon: @now_us, or later. */
gint64 floe_punch_budget_get_retry (gint64 now_us, const char *pair);

G_END_DECLS
