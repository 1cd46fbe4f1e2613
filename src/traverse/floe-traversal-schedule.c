/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-traversal-schedule-private.h"

/* FALSE for what is no path of the transport's own. */
static gboolean
find_kind (FloeStrategyPath path, FloeIceRowKind *out)
{
  switch (path)
    {
    case FLOE_STRATEGY_PATH_DIRECT:
      *out = FLOE_ICE_ROW_DIRECT;
      return TRUE;
    case FLOE_STRATEGY_PATH_RELAY_UDP:
      *out = FLOE_ICE_ROW_RELAY_UDP;
      return TRUE;
    case FLOE_STRATEGY_PATH_RELAY_TCP:
      *out = FLOE_ICE_ROW_RELAY_TCP;
      return TRUE;
    case FLOE_STRATEGY_PATH_RELAY_TLS:
      *out = FLOE_ICE_ROW_RELAY_TLS;
      return TRUE;
    case FLOE_STRATEGY_PATH_ICE_TCP:
      *out = FLOE_ICE_ROW_TCP;
      return TRUE;
    case FLOE_STRATEGY_PATH_PREDICTED:
    case FLOE_STRATEGY_PATH_PUNCHED:
    default:
      return FALSE;
    }
}

void
floe_traversal_fill_schedule (FloeIceSchedule *out, const FloeStrategyPlan *plan, gboolean is_eager)
{
  FloeIceSchedule schedule = {
    .hold_candidates_ms = is_eager ? 0 : plan->hold_candidates_ms,
    .hold_checks_ms = plan->hold_checks_ms,
    .fail_after_ms = plan->fail_after_ms,
  };

  for (guint i = 0; i < plan->row_count; i++)
    {
      const FloeStrategyRow *row = &plan->rows[i];
      FloeIceRowKind kind;

      if (!find_kind (row->path, &kind))
        continue;
      schedule.rows[kind] = (FloeIceRow){
        .is_planned = TRUE,
        /* TCP candidates would slow such a peer down, and most need none. */
        .start_after_ms = is_eager && kind != FLOE_ICE_ROW_TCP ? 0 : row->start_after_ms,
        .may_carry_after_ms = row->may_carry_after_ms,
        .stays_warm = row->is_standby,
      };
    }
  *out = schedule;
}
