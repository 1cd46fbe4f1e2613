/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-check-budget-private.h"

#define PACKET_US (G_TIME_SPAN_SECOND / FLOE_CHECK_BUDGET_PER_S)

/* What may be owed when one more packet leaves. */
#define CREDIT_US ((FLOE_CHECK_BUDGET_BURST - 1) * PACKET_US)

gboolean
floe_check_budget_take (FloeCheckBudget *self, gint64 now_us)
{
  if (floe_check_budget_get_ready (self, now_us) > now_us)
    return FALSE;
  self->empty_us = MAX (self->empty_us, now_us) + PACKET_US;
  return TRUE;
}

gint64
floe_check_budget_get_ready (const FloeCheckBudget *self, gint64 now_us)
{
  return MAX (self->empty_us - CREDIT_US, now_us);
}
