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

/* Until when something is worth waiting for: G_MAXINT64 for until there is news, 0 for nothing. */
static gint64
get_wait_end (const FloeGatherCore *self, const FloeGatherFacts *facts, gint64 now_us)
{
  gint64 patience_end_us = get_patience_end (self, facts);

  if (facts->is_host_pending)
    return G_MAXINT64;
  if (facts->open_bases > 0 && now_us < patience_end_us)
    return patience_end_us;
  /* Relay paths keep their own time, and end with an address or without. */
  return facts->allocated_relays == 0 && facts->pending_relays > 0 ? G_MAXINT64 : 0;
}

void
floe_gather_core_init (FloeGatherCore *self, gint64 limit_us)
{
  *self = (FloeGatherCore){ .limit_us = limit_us, .started_us = -1, .deadline_us = -1 };
}

void
floe_gather_core_start (FloeGatherCore *self, gint64 now_us)
{
  self->started_us = now_us;
}

gboolean
floe_gather_core_handle_facts (FloeGatherCore *self, const FloeGatherFacts *facts, gint64 now_us)
{
  gint64 end_us;

  self->deadline_us = -1;
  if (self->started_us == -1 || self->is_complete)
    return FALSE;
  end_us = get_wait_end (self, facts, now_us);
  if (self->limit_us > 0)
    end_us = MIN (end_us, self->started_us + self->limit_us);
  if (now_us < end_us)
    {
      self->deadline_us = end_us != G_MAXINT64 ? end_us : -1;
      return FALSE;
    }
  self->is_complete = TRUE;
  return TRUE;
}

gint64
floe_gather_core_get_deadline (const FloeGatherCore *self)
{
  return self->deadline_us;
}
