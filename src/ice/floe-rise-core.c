/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-rise-core-private.h"

#include "floe-log-private.h"

#define HOUR_US (3600 * G_TIME_SPAN_SECOND)

/* One that lasts so long has proved itself. */
#define PROOF_US (30 * G_TIME_SPAN_SECOND)

/* Two tries are not begun closer to each other, whatever happens. */
#define MIN_PAUSE_US (1 * G_TIME_SPAN_SECOND)
/* A try that is younger takes new candidates in. */
#define YOUNG_US (5 * G_TIME_SPAN_SECOND)

/* What a round trip has to be shorter by. */
#define MIN_GAIN_US (10 * G_TIME_SPAN_MILLISECOND)
#define MIN_GAIN_DIVISOR 4

static const guint pauses_s[] = { 2, 5, 10, 20, 40, 60 };

/* The pause after the paths of the plan: longer than libnice's five checks take. */
#define MEETING_PAUSE 2

static gint64
get_pause (guint index)
{
  return pauses_s[MIN (index, G_N_ELEMENTS (pauses_s) - 1)] * (gint64) G_TIME_SPAN_SECOND;
}

/* A linear congruential generator: nobody gains by guessing it. @pause_us, give or take a fifth. */
static gint64
jitter (FloeRiseCore *self, gint64 pause_us)
{
  self->random_state = self->random_state * 1664525u + 1013904223u;
  return pause_us * 4 / 5 + pause_us * 2 / 5 * (self->random_state >> 16) / 0xffff;
}

static gboolean
is_at_best (const FloeRiseCore *self)
{
  return self->carrier <= self->best && !self->is_silent;
}

/* Data goes over something, or did. */
static gboolean
has_carried (const FloeRiseCore *self)
{
  return self->took_over_us != -1;
}

static void
schedule (FloeRiseCore *self, gint64 at_us, gboolean is_rescue)
{
  gint64 earliest_us = self->start_us + MIN_PAUSE_US;

  at_us = MAX (at_us, earliest_us);
  self->is_rescue = self->is_rescue || is_rescue;
  self->next_us = self->next_us == -1 ? at_us : MIN (self->next_us, at_us);
}

static void
schedule_next (FloeRiseCore *self)
{
  self->next_us = -1;
  self->is_rescue = FALSE;
  if ((!has_carried (self) && !self->has_met) || is_at_best (self))
    return;
  schedule (self, self->start_us + jitter (self, get_pause (self->pause_index++)), self->is_silent);
}

/* What was moved up to is no good. */
static void
note_fall (FloeRiseCore *self, gint64 now_us)
{
  if (now_us - self->took_over_us >= PROOF_US)
    self->fall_count = 0;
  self->distrust_us = now_us + jitter (self, get_pause (self->fall_count++));
  floe_debug (FLOE_LOG_ICE, "the path fell silent %" G_GINT64_FORMAT " ms after it took over",
              (now_us - self->took_over_us) / 1000);
}

static void
update_relays (FloeRiseCore *self, gint64 now_us)
{
  gboolean is_rich = self->carrier <= FLOE_ROUTE_DIRECT_TCP && !self->is_silent;

  if (!is_rich)
    self->warm_until_us = -1;
  else if (self->warm_until_us == -1)
    self->warm_until_us =
        self->warm_us == G_MAXINT64 ? G_MAXINT64 : self->took_over_us + self->warm_us;
  self->needs_relays =
      !is_rich || now_us < self->warm_until_us || (self->is_in_doubt && self->wants_relays);
}

void
floe_rise_core_init (FloeRiseCore *self, FloeRouteKind best, gint64 warm_us, guint32 random_state)
{
  *self = (FloeRiseCore){
    .best = best,
    .warm_us = warm_us,
    .random_state = random_state,
    .carrier = FLOE_ROUTE_NONE,
    .took_over_us = -1,
    .next_us = -1,
    .warm_until_us = -1,
    .wants_relays = TRUE,
    .needs_relays = TRUE,
  };
  for (guint i = 0; i < FLOE_RISE_MAX_TRIES_AN_HOUR; i++)
    self->tries[i] = G_MININT64;
}

void
floe_rise_core_start (FloeRiseCore *self, gint64 now_us)
{
  self->start_us = now_us;
}

void
floe_rise_core_handle_meeting (FloeRiseCore *self, gint64 now_us)
{
  if (has_carried (self) || self->has_met)
    return;
  self->has_met = TRUE;
  self->start_us = now_us;
  self->pause_index = MEETING_PAUSE;
  schedule_next (self);
}

void
floe_rise_core_set_carrier (FloeRiseCore *self, gint64 now_us, FloeRouteKind kind,
                            gboolean is_silent)
{
  gboolean was_silent = self->is_silent;
  gboolean has_changed = kind != self->carrier;
  gboolean is_first = !has_carried (self);
  gboolean has_fallen;

  is_silent = is_silent || kind == FLOE_ROUTE_NONE;
  if ((!has_changed && is_silent == was_silent) || (!has_carried (self) && kind == FLOE_ROUTE_NONE))
    return;
  has_fallen = has_carried (self) && !was_silent && (is_silent || kind > self->carrier);
  if (has_fallen)
    {
      note_fall (self, now_us);
      self->pause_index = 0;
    }
  self->carrier = kind;
  self->is_silent = is_silent;
  if (!is_silent && (has_changed || was_silent))
    self->took_over_us = now_us;
  if (is_at_best (self) || is_first)
    self->pause_index = 0;
  if (!is_silent)
    schedule_next (self);
  else if (has_fallen)
    schedule (self, now_us, TRUE);
  update_relays (self, now_us);
}

void
floe_rise_core_set_doubt (FloeRiseCore *self, gboolean is_in_doubt)
{
  self->is_in_doubt = is_in_doubt;
}

void
floe_rise_core_set_alive (FloeRiseCore *self, guint count)
{
  self->alive_count = count;
}

void
floe_rise_core_handle_network_change (FloeRiseCore *self, gint64 now_us)
{
  self->fall_count = 0;
  self->distrust_us = 0;
  self->pause_index = 0;
  schedule (self, now_us, TRUE);
}

void
floe_rise_core_handle_remote_candidate (FloeRiseCore *self, gint64 now_us)
{
  if (!has_carried (self) || is_at_best (self) || now_us - self->start_us < YOUNG_US)
    return;
  schedule (self, now_us, FALSE);
}

gboolean
floe_rise_core_allows (const FloeRiseCore *self, gint64 now_us, FloeRouteKind kind)
{
  return kind >= self->carrier || self->is_silent || now_us >= self->distrust_us;
}

gboolean
floe_route_is_better (const FloeRoute *route, const FloeRoute *other)
{
  gint64 gain_us = other->round_trip_us - route->round_trip_us;

  if (route->kind != other->kind)
    return route->kind < other->kind;
  if (route->round_trip_us > 0 && other->round_trip_us > 0
      && ABS (gain_us) > MAX (MIN_GAIN_US, other->round_trip_us / MIN_GAIN_DIVISOR))
    return gain_us > 0;
  return route->preference > other->preference;
}

/* When the next try may begin, by the number of those in the last hour and that of those alive. */
static gint64
get_try_us (const FloeRiseCore *self)
{
  gint64 oldest_us = self->tries[self->try_index];
  gint64 at_us = self->next_us;

  if (at_us == -1 || self->alive_count >= FLOE_RISE_MAX_ALIVE)
    return -1;
  if (!self->is_rescue)
    at_us = MAX (at_us, self->distrust_us);
  return oldest_us == G_MININT64 ? at_us : MAX (at_us, oldest_us + HOUR_US);
}

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

gint64
floe_rise_core_get_deadline (const FloeRiseCore *self, gint64 now_us)
{
  gint64 deadline_us = get_try_us (self);

  if (self->needs_relays != self->wants_relays)
    return now_us;
  if (self->distrust_us > now_us)
    deadline_us = sooner (deadline_us, self->distrust_us);
  if (self->wants_relays && !self->is_in_doubt && self->warm_until_us != -1
      && self->warm_until_us != G_MAXINT64)
    deadline_us = sooner (deadline_us, self->warm_until_us);
  return deadline_us;
}

static gboolean
poll_try (FloeRiseCore *self, gint64 now_us, FloeRiseOutput *output)
{
  gint64 try_us = get_try_us (self);

  if (try_us == -1 || now_us < try_us)
    return FALSE;
  *output = (FloeRiseOutput){ .type = FLOE_RISE_OUTPUT_TRY, .is_rescue = self->is_rescue };
  self->tries[self->try_index] = now_us;
  self->try_index = (self->try_index + 1) % FLOE_RISE_MAX_TRIES_AN_HOUR;
  self->start_us = now_us;
  schedule_next (self);
  return TRUE;
}

gboolean
floe_rise_core_poll (FloeRiseCore *self, gint64 now_us, FloeRiseOutput *output)
{
  update_relays (self, now_us);
  if (self->needs_relays != self->wants_relays)
    {
      self->wants_relays = self->needs_relays;
      *output = (FloeRiseOutput){ .type = self->wants_relays ? FLOE_RISE_OUTPUT_USE_RELAYS
                                                             : FLOE_RISE_OUTPUT_REST_RELAYS };
      return TRUE;
    }
  return poll_try (self, now_us, output);
}
