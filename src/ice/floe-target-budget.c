/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-target-budget-private.h"

static FloeUnansweredCore *
get_core (void)
{
  /* The process's; see the header for why there is no lock. */
  static FloeUnansweredCore *core;

  if (core == NULL)
    core = floe_unanswered_core_new ();
  return core;
}

gboolean
floe_target_budget_take (const FloeStunAddress *to, gsize size)
{
  return floe_unanswered_core_take (get_core (), g_get_monotonic_time (), to, size);
}

gboolean
floe_target_budget_send (const FloeStunAddress *to, gsize size)
{
  return floe_unanswered_core_send (get_core (), g_get_monotonic_time (), to, size);
}

void
floe_target_budget_handle_answer (const FloeStunAddress *from)
{
  floe_unanswered_core_handle_answer (get_core (), g_get_monotonic_time (), from);
}
