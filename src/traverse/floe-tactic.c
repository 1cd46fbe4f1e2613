/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tactic-private.h"

const FloeTacticClass *
floe_tactic_find (FloeStrategyPart part)
{
  switch (part)
    {
    default:
      return NULL;
    }
}
