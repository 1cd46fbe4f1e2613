/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-punch-budget-private.h"

/* The process's; see the header for why there is no lock. */
static FloeProbeBudgetCore *budget;
static gconstpointer budget_owner;

FloeProbeBudgetCore *
floe_punch_budget_take (gconstpointer owner, const FloeProbePolicy *policy)
{
  g_return_val_if_fail (owner != NULL, NULL);
  if (budget_owner != NULL && budget_owner != owner)
    return NULL;
  if (budget == NULL)
    budget = floe_probe_budget_core_new (policy);
  else
    floe_probe_budget_core_set_policy (budget, g_get_monotonic_time (), policy);
  budget_owner = owner;
  return budget;
}

void
floe_punch_budget_set_policy (gconstpointer owner, const FloeProbePolicy *policy)
{
  if (owner == budget_owner)
    floe_probe_budget_core_set_policy (budget, g_get_monotonic_time (), policy);
}

void
floe_punch_budget_give_back (gconstpointer owner)
{
  if (owner == budget_owner)
    budget_owner = NULL;
}

gint64
floe_punch_budget_get_retry (gint64 now_us, const char *pair)
{
  return budget != NULL ? floe_probe_budget_core_get_retry (budget, now_us, pair) : now_us;
}
