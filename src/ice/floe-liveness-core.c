/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-liveness-core-private.h"

#define QUIET_US (5 * G_TIME_SPAN_SECOND)                      /* then a probe is due */
#define RETRY_US (1250 * G_TIME_SPAN_MILLISECOND)              /* an unanswered one is repeated */
#define DISCONNECTED_AFTER_PROBE_US (5 * G_TIME_SPAN_SECOND)   /* none is answered */
#define DISCONNECTED_RETRY_US (2500 * G_TIME_SPAN_MILLISECOND) /* while disconnected */

/* RFC 7675 section 5.1: "Consent expires after 30 seconds." */
#define EXPIRY_US (30 * G_TIME_SPAN_SECOND)

static gint64
get_next_probe (const FloeLivenessCore *self)
{
  if (self->first_probe_us == 0)
    return self->last_life_us + QUIET_US;
  if (self->state == FLOE_LIVENESS_ALIVE)
    return self->last_probe_us + RETRY_US;
  return self->last_probe_us + DISCONNECTED_RETRY_US;
}

static gboolean
is_disconnected (const FloeLivenessCore *self, gint64 now_us)
{
  return self->has_lived && self->first_probe_us != 0
         && now_us >= self->first_probe_us + DISCONNECTED_AFTER_PROBE_US;
}

void
floe_liveness_core_start (FloeLivenessCore *self, gint64 now_us)
{
  *self = (FloeLivenessCore){ .last_life_us = now_us };
}

void
floe_liveness_core_start_asking (FloeLivenessCore *self, gint64 now_us)
{
  *self = (FloeLivenessCore){ .last_life_us = now_us - QUIET_US, .has_lived = TRUE };
}

void
floe_liveness_core_handle_life (FloeLivenessCore *self, gint64 now_us)
{
  *self = (FloeLivenessCore){ .last_life_us = now_us, .has_lived = TRUE };
}

gboolean
floe_liveness_core_handle_timeout (FloeLivenessCore *self, gint64 now_us)
{
  if (self->state == FLOE_LIVENESS_EXPIRED)
    return FALSE;
  if (now_us >= self->last_life_us + EXPIRY_US)
    {
      self->state = FLOE_LIVENESS_EXPIRED;
      return FALSE;
    }
  if (is_disconnected (self, now_us))
    self->state = FLOE_LIVENESS_DISCONNECTED;
  if (now_us < get_next_probe (self))
    return FALSE;

  if (self->first_probe_us == 0)
    self->first_probe_us = now_us;
  self->last_probe_us = now_us;
  return TRUE;
}

gint64
floe_liveness_core_get_deadline (const FloeLivenessCore *self)
{
  gint64 deadline_us;

  if (self->state == FLOE_LIVENESS_EXPIRED)
    return -1;
  deadline_us = MIN (self->last_life_us + EXPIRY_US, get_next_probe (self));
  if (self->state == FLOE_LIVENESS_ALIVE && self->has_lived && self->first_probe_us != 0)
    deadline_us = MIN (deadline_us, self->first_probe_us + DISCONNECTED_AFTER_PROBE_US);
  return deadline_us;
}
