/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-gather-core-private.h"

/* How long the bases that have no answer are waited for. */
static gint64
get_patience_end (const FloeGatherCore *self, const FloeGatherFacts *facts)
{
  gint64 limit_us = self->started_us + FLOE_GATHER_LIMIT_US;
  gint64 grace_us = MIN (facts->rtt_us + FLOE_GATHER_GRACE_US, FLOE_GATHER_MAX_GRACE_US);

  if (facts->answered_bases == 0)
    return limit_us;
  return MIN (facts->answered_us + grace_us, limit_us);
}

void
floe_gather_core_init (FloeGatherCore *self)
{
  *self = (FloeGatherCore){ .started_us = -1, .deadline_us = -1 };
}

void
floe_gather_core_start (FloeGatherCore *self, gint64 now_us)
{
  self->started_us = now_us;
}

gboolean
floe_gather_core_handle_facts (FloeGatherCore *self, const FloeGatherFacts *facts, gint64 now_us)
{
  gint64 patience_end_us = get_patience_end (self, facts);

  self->deadline_us = -1;
  if (self->started_us == -1 || self->is_complete || facts->is_host_pending)
    return FALSE;
  if (facts->open_bases > 0 && now_us < patience_end_us)
    {
      self->deadline_us = patience_end_us;
      return FALSE;
    }
  /* Relay paths keep their own time, and end with an address or without. */
  if (facts->allocated_relays == 0 && facts->pending_relays > 0)
    return FALSE;
  self->is_complete = TRUE;
  return TRUE;
}

gint64
floe_gather_core_get_deadline (const FloeGatherCore *self)
{
  return self->deadline_us;
}
