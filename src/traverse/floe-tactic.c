/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tactic-private.h"

#include "floe-foretell-private.h"
#include "floe-lock-step-private.h"
#include "floe-punch-private.h"

const FloeTacticClass *
floe_tactic_find (FloeStrategyPart part)
{
  switch (part)
    {
    case FLOE_STRATEGY_PART_OPEN:
    case FLOE_STRATEGY_PART_SPRAY:
    case FLOE_STRATEGY_PART_BLOCK:
      return &floe_punch_class;
    case FLOE_STRATEGY_PART_FORETELL:
      return &floe_foretell_class;
    case FLOE_STRATEGY_PART_LOCK_STEP:
      return &floe_lock_step_class;
    default:
      return NULL;
    }
}
