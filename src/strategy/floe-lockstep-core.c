/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-lockstep-core-private.h"

#include "floe-port-sequence-private.h"
#include "floe-probe-target-private.h"

/* NATs that are busier give no port to anybody in time. */
#define MAX_LEAD 1000

struct _FloeLockstepCore
{
  FloeLockstepConfig config;
  gboolean is_started;
  gboolean is_over;
  gboolean is_told; /* EXHAUSTED was, or never has to be */
  gint64 now_us;
  gint64 started_us;
  guint sends[FLOE_LOCKSTEP_MAX_CHECKS];   /* how often each check has been sent */
  guint16 ports[FLOE_LOCKSTEP_MAX_CHECKS]; /* where to, once it has been */
  gboolean has_lead;
  guint lead;
  guint lead_check; /* the first one that @lead is for */
};

FloeLockstepCore *
floe_lockstep_core_new (const FloeLockstepConfig *config)
{
  FloeLockstepCore *self;
  FloePortPool pool = config->pool;

  pool.min = MAX (pool.min, FLOE_PORT_MIN);
  pool.max = pool.max != 0 ? pool.max : FLOE_PORT_MAX;
  if (pool.min > pool.max || config->next.port < pool.min || config->next.port > pool.max
      || config->step == 0 || config->step < -FLOE_PORT_MAX_STEP
      || config->step > FLOE_PORT_MAX_STEP || !floe_probe_target_is_public (&config->next))
    return NULL;
  self = g_new0 (FloeLockstepCore, 1);
  self->config = *config;
  self->config.pool = pool;
  return self;
}

void
floe_lockstep_core_free (FloeLockstepCore *self)
{
  g_free (self);
}

/* Where check @index goes, the first time. */
static guint16
aim (const FloeLockstepCore *self, guint index)
{
  guint steady = self->lead_check + (self->has_lead ? FLOE_LOCKSTEP_STEADY : 0);
  guint shift = index > steady ? (index - steady) / FLOE_LOCKSTEP_REPEAT : 0;
  guint ahead = index + self->lead + (self->config.is_controlling ? shift : 0);

  return floe_port_sequence_move (&self->config.pool, self->config.next.port,
                                  (int) ahead * self->config.step);
}

static gint64
get_due (const FloeLockstepCore *self, guint check)
{
  return self->started_us + check * FLOE_LOCKSTEP_INTERVAL_US
         + self->sends[check] * FLOE_LOCKSTEP_RESEND_US;
}

static gint64
get_end (const FloeLockstepCore *self)
{
  return self->started_us + (FLOE_LOCKSTEP_MAX_CHECKS - 1) * FLOE_LOCKSTEP_INTERVAL_US
         + (FLOE_LOCKSTEP_SENDS - 1) * FLOE_LOCKSTEP_RESEND_US + FLOE_LOCKSTEP_LAST_WAIT_US;
}

void
floe_lockstep_core_start (FloeLockstepCore *self, gint64 now_us)
{
  g_return_if_fail (!self->is_started);
  self->is_started = TRUE;
  self->now_us = self->started_us = now_us;
}

void
floe_lockstep_core_set_lead (FloeLockstepCore *self, guint lead)
{
  if (lead > MAX_LEAD)
    return;
  self->has_lead = TRUE;
  self->lead = lead;
  self->lead_check = 0;
  while (self->lead_check < FLOE_LOCKSTEP_MAX_CHECKS && self->sends[self->lead_check] > 0)
    self->lead_check++;
}

void
floe_lockstep_core_handle_connected (FloeLockstepCore *self, gint64 now_us)
{
  self->now_us = now_us;
  self->is_over = self->is_told = TRUE;
}

void
floe_lockstep_core_handle_timeout (FloeLockstepCore *self, gint64 now_us)
{
  self->now_us = now_us;
  if (self->is_started && now_us >= get_end (self))
    self->is_over = TRUE;
}

/* Of those that are due the first: checks have to be sent in order for their ports to be. */
static gboolean
find_next (const FloeLockstepCore *self, guint *check)
{
  gint64 earliest_us = G_MAXINT64;

  for (guint i = 0; i < FLOE_LOCKSTEP_MAX_CHECKS; i++)
    if (self->sends[i] < FLOE_LOCKSTEP_SENDS && get_due (self, i) < earliest_us)
      {
        earliest_us = get_due (self, i);
        *check = i;
      }
  return earliest_us != G_MAXINT64;
}

gint64
floe_lockstep_core_get_deadline (const FloeLockstepCore *self)
{
  guint check = 0;

  if (!self->is_started || self->is_over)
    return -1;
  return find_next (self, &check) ? get_due (self, check) : get_end (self);
}

gboolean
floe_lockstep_core_poll (FloeLockstepCore *self, FloeLockstepOutput *output)
{
  guint check = 0;

  if (self->is_over && !self->is_told)
    {
      *output = (FloeLockstepOutput){ .type = FLOE_LOCKSTEP_OUTPUT_EXHAUSTED };
      self->is_told = TRUE;
      return TRUE;
    }
  if (!self->is_started || self->is_over || !find_next (self, &check)
      || get_due (self, check) > self->now_us)
    return FALSE;
  *output = (FloeLockstepOutput){
    .type = FLOE_LOCKSTEP_OUTPUT_CHECK,
    .to = self->config.next,
    .check = check,
    .is_new = self->sends[check] == 0,
  };
  if (output->is_new)
    self->ports[check] = aim (self, check);
  output->to.port = self->ports[check];
  self->sends[check]++;
  return TRUE;
}

gboolean
floe_lockstep_core_is_exclusive (const FloeLockstepCore *self)
{
  return !self->is_over;
}
