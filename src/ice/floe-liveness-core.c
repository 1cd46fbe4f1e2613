/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-liveness-core-private.h"

#define QUIET_US (5 * G_TIME_SPAN_SECOND)                      /* then a probe is due */
#define IDLE_AFTER_US (30 * G_TIME_SPAN_SECOND)                /* without data */
#define IDLE_QUIET_US (15 * G_TIME_SPAN_SECOND)                /* likewise, of one that is idle */
#define MAX_IDLE_QUIET_US (20 * G_TIME_SPAN_SECOND)            /* leaves time to ask again */
#define RETRY_US (1250 * G_TIME_SPAN_MILLISECOND)              /* an unanswered one is repeated */
#define DISCONNECTED_AFTER_PROBE_US (5 * G_TIME_SPAN_SECOND)   /* none is answered */
#define DISCONNECTED_RETRY_US (2500 * G_TIME_SPAN_MILLISECOND) /* while disconnected */

/* Where something was to come. */
#define URGENT_QUIET_US (500 * G_TIME_SPAN_MILLISECOND)
#define URGENT_RETRY_US (500 * G_TIME_SPAN_MILLISECOND)
#define SUSPECT_AFTER_LIFE_US (1500 * G_TIME_SPAN_MILLISECOND)
#define SUSPECT_AFTER_PROBE_US (1000 * G_TIME_SPAN_MILLISECOND)
#define SUSPECT_ROUND_TRIPS 4 /* after the probe */
/* One that takes over: the peer may have to notice the death first, which takes Chromium 2.5 s. */
#define SUSPECT_AFTER_ASKING_US (2500 * G_TIME_SPAN_MILLISECOND)
/* And it follows the first data that comes when it has. */
#define ASKING_RETRY_US (150 * G_TIME_SPAN_MILLISECOND)
#define CHECK_US (500 * G_TIME_SPAN_MILLISECOND) /* where life flows */
#define FLOWING 5                                /* signs of life in a row */

/* RFC 7675 section 5.1: "Consent expires after 30 seconds." */
#define EXPIRY_US (30 * G_TIME_SPAN_SECOND)

/* That the peer can be asked: it has been heard here, has answered somewhere, or its life has
 * flowed elsewhere. Before that the handshake may be under way. */
static gboolean
can_ask (const FloeLivenessCore *self)
{
  return self->has_lived || self->must_answer || self->has_flowed;
}

static gboolean
is_awaited (const FloeLivenessCore *self)
{
  return can_ask (self) && (self->flow >= FLOWING || self->awaited_us != 0);
}

/* RFC 7675 section 5.1 has the time "randomized": otherwise two idle peers would both ask, as the
 * same exchange has begun the quiet of both. Microseconds of two clocks are random enough. */
static gint64
randomize (const FloeLivenessCore *self, gint64 quiet_us)
{
  guint32 number = (guint32) self->last_life_us * 2654435761u;

  return quiet_us * 4 / 5 + quiet_us / 5 * (number >> 16) / 0xffff;
}

static gint64
get_quiet (const FloeLivenessCore *self)
{
  if (!self->is_reserve && self->last_life_us - self->active_us < IDLE_AFTER_US)
    return QUIET_US;
  return randomize (self, self->idle_quiet_us != 0 ? self->idle_quiet_us : IDLE_QUIET_US);
}

static gint64
get_first_probe (const FloeLivenessCore *self)
{
  gint64 silence_us;

  if (!is_awaited (self))
    return self->last_life_us + get_quiet (self);
  silence_us = MAX (MAX (self->last_life_us, self->flow_us), self->awaited_us) + URGENT_QUIET_US;
  return self->flow >= FLOWING ? MIN (silence_us, self->answered_us + CHECK_US) : silence_us;
}

static gint64
get_retry (const FloeLivenessCore *self)
{
  if (self->state >= FLOE_LIVENESS_DISCONNECTED)
    return DISCONNECTED_RETRY_US;
  if (self->is_asking && !self->is_reserve && self->state == FLOE_LIVENESS_ALIVE)
    return ASKING_RETRY_US;
  return self->is_urgent ? URGENT_RETRY_US : RETRY_US;
}

static gint64
get_next_probe (const FloeLivenessCore *self)
{
  if (self->first_probe_us == 0)
    return get_first_probe (self);
  return self->last_probe_us + get_retry (self);
}

/* Since when it owes an answer, or -1. Where none was ever given none is owed while life goes on:
 * perhaps nobody could ask. */
static gint64
get_debt (const FloeLivenessCore *self)
{
  gint64 since_us = MAX (self->first_probe_us, self->awaited_us);

  if (!can_ask (self) || self->first_probe_us == 0)
    return -1;
  return self->is_check && !self->must_answer ? MAX (since_us, self->last_life_us + URGENT_QUIET_US)
                                              : since_us;
}

/* When patience ends with one of which something was to come; -1 for never. Life after the probe
 * gives it half a second more: it is the probe that was lost, then, rather than the path. */
static gint64
get_suspicion (const FloeLivenessCore *self)
{
  gint64 debt_us = get_debt (self);
  gint64 least_us = self->is_asking ? SUSPECT_AFTER_ASKING_US : SUSPECT_AFTER_PROBE_US;
  gint64 patience_us = MAX (least_us, SUSPECT_ROUND_TRIPS * self->round_trip_us);

  if (debt_us == -1 || !self->is_urgent)
    return -1;
  return MAX (debt_us + patience_us, MIN (debt_us, self->last_life_us) + SUSPECT_AFTER_LIFE_US);
}

static void
update_state (FloeLivenessCore *self, gint64 now_us)
{
  gint64 suspicion_us = get_suspicion (self);
  gint64 debt_us = get_debt (self);

  if (self->state == FLOE_LIVENESS_ALIVE && suspicion_us != -1 && now_us >= suspicion_us)
    self->state = FLOE_LIVENESS_SUSPECT;
  if (debt_us != -1 && now_us >= debt_us + DISCONNECTED_AFTER_PROBE_US)
    self->state = FLOE_LIVENESS_DISCONNECTED;
}

void
floe_liveness_core_start (FloeLivenessCore *self, gint64 now_us)
{
  *self = (FloeLivenessCore){
    .last_life_us = now_us,
    .answered_us = now_us,
    .must_answer = self->must_answer,
    .active_us = now_us,
    .idle_quiet_us = self->idle_quiet_us,
  };
}

void
floe_liveness_core_start_asking (FloeLivenessCore *self, gint64 now_us)
{
  *self = (FloeLivenessCore){
    .last_life_us = now_us - QUIET_US,
    .answered_us = now_us,
    .awaited_us = now_us - URGENT_QUIET_US,
    .active_us = now_us,
    .idle_quiet_us = self->idle_quiet_us,
    .has_lived = TRUE,
    .is_asking = TRUE,
    .must_answer = self->must_answer,
  };
}

/* One that owed an answer may have it by now. */
static void
ask_again (FloeLivenessCore *self, gint64 now_us)
{
  if (self->state == FLOE_LIVENESS_EXPIRED)
    {
      self->state = FLOE_LIVENESS_DISCONNECTED;
      self->first_probe_us = now_us;
    }
  if (now_us - self->last_probe_us >= URGENT_RETRY_US)
    self->last_probe_us = now_us - get_retry (self); /* the next one is due */
}

static void
note_flow (FloeLivenessCore *self, gint64 now_us)
{
  gboolean is_in_row = now_us - self->flow_us <= URGENT_QUIET_US;

  self->flow = is_in_row ? MIN (self->flow + 1, FLOWING) : 1;
  self->flow_us = now_us;
  if (self->flow < FLOWING)
    return;
  self->has_flowed = TRUE;
  self->active_us = now_us;
}

void
floe_liveness_core_handle_life (FloeLivenessCore *self, gint64 now_us)
{
  note_flow (self, now_us);
  self->last_life_us = now_us;
  self->awaited_us = 0;
  self->has_lived = TRUE;
  self->is_asking = FALSE;
  if (self->state != FLOE_LIVENESS_ALIVE && self->must_answer)
    {
      ask_again (self, now_us);
      return;
    }
  if (self->first_probe_us != 0 && (self->is_check || self->must_answer))
    return;
  self->state = FLOE_LIVENESS_ALIVE;
  self->is_check = FALSE;
  self->first_probe_us = 0;
  self->last_probe_us = 0;
  self->is_urgent = FALSE;
}

void
floe_liveness_core_handle_answer (FloeLivenessCore *self, gint64 now_us, gint64 round_trip_us)
{
  gint64 flow_us = self->flow_us;
  guint flow = now_us - flow_us <= URGENT_QUIET_US ? self->flow : 0;

  *self = (FloeLivenessCore){
    .last_life_us = now_us,
    .answered_us = now_us,
    .round_trip_us = round_trip_us,
    .flow = flow,
    .flow_us = flow_us,
    .active_us = self->active_us,
    .idle_quiet_us = self->idle_quiet_us,
    .has_lived = TRUE,
    .has_answered = TRUE,
    .must_answer = TRUE,
    .is_reserve = self->is_reserve,
  };
}

void
floe_liveness_core_handle_sent (FloeLivenessCore *self, gint64 now_us)
{
  self->active_us = now_us;
  /* One that was asked because something was to come owes its answer since then: what SCTP repeats
   * meanwhile gives it no more time. */
  if (self->awaited_us != 0 || self->is_urgent)
    return;
  self->awaited_us = now_us;
  self->is_urgent = self->first_probe_us != 0;
}

void
floe_liveness_core_handle_rival (FloeLivenessCore *self, gint64 now_us, gint64 since_us)
{
  gint64 patience_us = MAX (URGENT_RETRY_US, 2 * self->round_trip_us);

  note_flow (self, now_us);
  if (self->state == FLOE_LIVENESS_ALIVE && self->has_lived && self->is_urgent
      && self->first_probe_us != 0 && since_us > self->first_probe_us
      && now_us >= self->first_probe_us + patience_us)
    self->state = FLOE_LIVENESS_SUSPECT;
}

void
floe_liveness_core_set_must_answer (FloeLivenessCore *self, gboolean must_answer)
{
  self->must_answer = must_answer;
}

void
floe_liveness_core_set_mapping_lifetime (FloeLivenessCore *self, guint lifetime_s)
{
  gint64 quiet_us = MIN (lifetime_s, G_MAXINT16) * (gint64) G_TIME_SPAN_SECOND * 2 / 3;

  self->idle_quiet_us = lifetime_s == 0 ? 0 : CLAMP (quiet_us, QUIET_US, MAX_IDLE_QUIET_US);
}

void
floe_liveness_core_set_reserve (FloeLivenessCore *self, gboolean is_reserve)
{
  self->is_reserve = is_reserve;
}

void
floe_liveness_core_end (FloeLivenessCore *self)
{
  self->state = FLOE_LIVENESS_EXPIRED;
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
  update_state (self, now_us);
  if (now_us < get_next_probe (self))
    return FALSE;

  if (self->first_probe_us == 0)
    {
      self->first_probe_us = now_us;
      self->is_urgent = is_awaited (self);
      self->is_check = self->is_urgent && now_us < self->last_life_us + URGENT_QUIET_US;
    }
  self->last_probe_us = now_us;
  return TRUE;
}

gint64
floe_liveness_core_get_deadline (const FloeLivenessCore *self)
{
  gint64 suspicion_us = get_suspicion (self);
  gint64 deadline_us;

  if (self->state == FLOE_LIVENESS_EXPIRED)
    return -1;
  deadline_us = MIN (self->last_life_us + EXPIRY_US, get_next_probe (self));
  if (self->state < FLOE_LIVENESS_DISCONNECTED && get_debt (self) != -1)
    deadline_us = MIN (deadline_us, get_debt (self) + DISCONNECTED_AFTER_PROBE_US);
  if (self->state == FLOE_LIVENESS_ALIVE && suspicion_us != -1)
    deadline_us = MIN (deadline_us, suspicion_us);
  return deadline_us;
}
