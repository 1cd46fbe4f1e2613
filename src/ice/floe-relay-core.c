/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-relay-traits-private.h"

#include "floe-log-private.h"

/* Kept, suspect and begun ones together, so that a peer that has gone does not make all servers
 * lend addresses one after the other. */
#define MAX_UP (2 * FLOE_RELAY_MAX_KEPT)

static const char *const state_names[] = {
  [FLOE_RELAY_RESERVE] = "reserve", [FLOE_RELAY_PROBED] = "probed", [FLOE_RELAY_BEGUN] = "begun",
  [FLOE_RELAY_KEPT] = "kept",       [FLOE_RELAY_FAILED] = "failed",
};

static void
set_state (FloeRelay *relay, FloeRelayState next, const char *reason)
{
  floe_debug (FLOE_LOG_ICE, "relay %u: %s -> %s (%s)", relay->id, state_names[relay->state],
              state_names[next], reason);
  relay->state = next;
}

static FloeRelay *
find (FloeRelayCore *self, guint id)
{
  for (guint i = 0; i < self->count; i++)
    {
      if (self->relays[i].id == id)
        return &self->relays[i];
    }
  return NULL;
}

static FloeRelay *
find_best (FloeRelayCore *self, Filter filter)
{
  FloeRelay *best = NULL;

  for (guint i = 0; i < self->count; i++)
    {
      FloeRelay *relay = &self->relays[i];

      if (filter (relay) && (best == NULL || is_better (relay, best)))
        best = relay;
    }
  return best;
}

static void
begin (FloeRelay *relay, gint64 now_us, const char *reason)
{
  gboolean still_runs = relay->pending == FLOE_RELAY_OUTPUT_END; /* nobody has ended it yet */

  set_state (relay, still_runs ? FLOE_RELAY_KEPT : FLOE_RELAY_BEGUN, reason);
  relay->begun_us = now_us;
  relay->pending = still_runs ? FLOE_RELAY_OUTPUT_NONE : FLOE_RELAY_OUTPUT_BEGIN;
}

static gboolean
has_room (const FloeRelayCore *self)
{
  return count (self, is_good) < FLOE_RELAY_MAX_KEPT && count (self, is_up) < MAX_UP;
}

/* Up to two over UDP. As long as answers are on their way that say which, only those begin that
 * have answered: they were the first. */
static void
begin_udp (FloeRelayCore *self, gint64 now_us)
{
  while (has_room (self) && count (self, is_udp_at_work) < FLOE_RELAY_MAX_KEPT)
    {
      FloeRelay *best = find_best (self, is_fit_udp);

      if (best == NULL || (is_unmeasured_udp (best) && count (self, is_probed) > 0))
        return;
      begin (best, now_us, "the best over UDP");
    }
}

static gboolean
is_udp_lead_over (const FloeRelayCore *self, gint64 now_us)
{
  return count (self, is_udp_at_work) + count (self, is_probed) == 0
         || now_us >= self->since_us + FLOE_RELAY_UDP_LEAD_US;
}

static void
begin_streams (FloeRelayCore *self, gint64 now_us)
{
  if (count (self, is_good_udp) > 0 || !is_udp_lead_over (self, now_us))
    return;
  while (has_room (self) && count (self, is_stream_at_work) < FLOE_RELAY_MAX_KEPT)
    {
      FloeRelay *best = find_best (self, is_fit_stream);

      if (best == NULL)
        return;
      begin (best, now_us, "UDP gives nothing");
    }
}

/* Servers may lend addresses and still not answer a Binding request. */
static void
begin_last_resort (FloeRelayCore *self, gint64 now_us)
{
  while (count (self, is_up_by_merit) + count (self, is_probed) + count (self, is_fit) == 0
         && count (self, is_up) < FLOE_RELAY_MAX_KEPT)
    {
      FloeRelay *best = find_best (self, is_last_resort);

      if (best == NULL)
        return;
      begin (best, now_us, "nothing else is left");
    }
}

/* Of more than two the worst is given back, unless it carries data. */
static void
end_surplus (FloeRelayCore *self)
{
  while (count (self, is_good) > FLOE_RELAY_MAX_KEPT)
    {
      FloeRelay *worst = NULL;

      for (guint i = 0; i < self->count; i++)
        {
          FloeRelay *relay = &self->relays[i];
          gboolean is_carrier = self->is_carrying && relay->id == self->carrier_id;

          if (is_good (relay) && !is_carrier && (worst == NULL || !is_better (relay, worst)))
            worst = relay;
        }
      set_state (worst, FLOE_RELAY_RESERVE, "two better ones are there");
      worst->pending = FLOE_RELAY_OUTPUT_END;
    }
}

static void
probe_many (FloeRelayCore *self)
{
  if (count (self, is_unmeasured_udp) <= FLOE_RELAY_MAX_KEPT)
    return;
  for (guint i = 0; i < self->count; i++)
    {
      FloeRelay *relay = &self->relays[i];

      if (!is_unmeasured_udp (relay))
        continue;
      set_state (relay, FLOE_RELAY_PROBED, "there are more than two");
      relay->pending = FLOE_RELAY_OUTPUT_PROBE;
    }
}

static void
fall_silent (FloeRelay *relay)
{
  if (!is_probed (relay))
    return;
  relay->is_silent = TRUE;
  set_state (relay, FLOE_RELAY_RESERVE, "no answer");
}

static void
decide (FloeRelayCore *self, gint64 now_us)
{
  if (!self->is_started || self->is_resting)
    return;
  if (count (self, is_probed) > 0 && now_us >= self->since_us + FLOE_RELAY_PROBE_LIMIT_US)
    {
      for (guint i = 0; i < self->count; i++)
        fall_silent (&self->relays[i]);
    }
  begin_udp (self, now_us);
  begin_streams (self, now_us);
  begin_last_resort (self, now_us);
  end_surplus (self);
}

void
floe_relay_core_init (FloeRelayCore *self)
{
  *self = (FloeRelayCore){ 0 };
}

gboolean
floe_relay_core_add (FloeRelayCore *self, gint64 now_us, guint id, FloeRelayProtocol protocol)
{
  if (self->count == FLOE_RELAY_MAX_SERVERS)
    return FALSE;
  self->relays[self->count++] = (FloeRelay){
    .id = id,
    .protocol = protocol,
    .round_trip_us = FLOE_RELAY_UNKNOWN_US,
    .allocation_us = FLOE_RELAY_UNKNOWN_US,
  };
  decide (self, now_us);
  return TRUE;
}

void
floe_relay_core_replace (FloeRelayCore *self, gint64 now_us, guint old_id, guint id)
{
  FloeRelay *relay = find (self, old_id);
  gboolean was_begun;

  if (relay == NULL)
    return;
  was_begun = self->is_started && (is_up (relay) || relay->state == FLOE_RELAY_FAILED);
  relay->id = id;
  relay->is_suspect = FALSE;
  relay->allocation_us = FLOE_RELAY_UNKNOWN_US;
  relay->pending = FLOE_RELAY_OUTPUT_NONE;
  set_state (relay, FLOE_RELAY_RESERVE, "another one stands for it");
  if (was_begun)
    begin (relay, now_us, "the other one was");
  if (was_begun && count (self, is_good) == 0)
    self->since_us = now_us;
  decide (self, now_us);
}

void
floe_relay_core_remove (FloeRelayCore *self, gint64 now_us, guint id)
{
  FloeRelay *relay = find (self, id);

  if (relay == NULL)
    return;
  self->count--;
  for (gsize i = (gsize) (relay - self->relays); i < self->count; i++)
    self->relays[i] = self->relays[i + 1];
  if (self->is_started && count (self, is_good) == 0)
    self->since_us = now_us;
  decide (self, now_us);
}

void
floe_relay_core_start (FloeRelayCore *self, gint64 now_us)
{
  if (self->is_started)
    return;
  self->is_started = TRUE;
  self->since_us = now_us;
  probe_many (self);
  decide (self, now_us);
}

void
floe_relay_core_retry (FloeRelayCore *self, gint64 now_us)
{
  for (guint i = 0; i < self->count; i++)
    {
      FloeRelay *relay = &self->relays[i];

      if (relay->state == FLOE_RELAY_FAILED)
        set_state (relay, FLOE_RELAY_RESERVE, "another chance");
    }
  if (count (self, is_good) == 0)
    self->since_us = now_us;
  decide (self, now_us);
}

void
floe_relay_core_set_resting (FloeRelayCore *self, gint64 now_us, gboolean is_resting)
{
  if (self->is_resting == is_resting)
    return;
  self->is_resting = is_resting;
  if (!is_resting)
    floe_relay_core_retry (self, now_us);
}

void
floe_relay_core_set_held (FloeRelayCore *self, guint id, gboolean is_held)
{
  FloeRelay *relay = find (self, id);

  if (relay == NULL || relay->is_held == is_held)
    return;
  relay->is_held = is_held;
  self->has_released = self->has_released || !is_held;
}

void
floe_relay_core_handle_released (FloeRelayCore *self, gint64 now_us)
{
  if (!self->has_released || !self->is_started)
    return;
  self->has_released = FALSE;
  if (count (self, is_up) + count (self, is_probed) == 0)
    self->since_us = now_us;
  if (!self->is_resting)
    probe_many (self);
  decide (self, now_us);
}

void
floe_relay_core_release (FloeRelayCore *self, guint id)
{
  FloeRelay *relay = find (self, id);

  if (relay == NULL || !is_up (relay))
    return;
  relay->is_suspect = FALSE;
  set_state (relay, FLOE_RELAY_RESERVE, "not needed");
  relay->pending = FLOE_RELAY_OUTPUT_END;
}

void
floe_relay_core_handle_answer (FloeRelayCore *self, gint64 now_us, guint id, gint64 round_trip_us)
{
  FloeRelay *relay = find (self, id);

  if (relay == NULL)
    return;
  relay->round_trip_us = round_trip_us;
  relay->is_silent = FALSE;
  if (relay->state == FLOE_RELAY_PROBED)
    set_state (relay, FLOE_RELAY_RESERVE, "it answers");
  decide (self, now_us);
}

void
floe_relay_core_handle_silence (FloeRelayCore *self, gint64 now_us, guint id)
{
  FloeRelay *relay = find (self, id);

  if (relay == NULL)
    return;
  fall_silent (relay);
  decide (self, now_us);
}

void
floe_relay_core_handle_relayed (FloeRelayCore *self, gint64 now_us, guint id)
{
  FloeRelay *relay = find (self, id);

  if (relay == NULL || relay->state != FLOE_RELAY_BEGUN)
    return;
  relay->allocation_us = now_us - relay->begun_us;
  set_state (relay, FLOE_RELAY_KEPT, "it has given an address");
  decide (self, now_us);
}

void
floe_relay_core_handle_failed (FloeRelayCore *self, gint64 now_us, guint id)
{
  FloeRelay *relay = find (self, id);
  gboolean was_good;

  /* What has ended is not the one that is to begin. */
  if (relay == NULL || !is_up (relay) || relay->pending == FLOE_RELAY_OUTPUT_BEGIN)
    return;
  was_good = is_good (relay);
  relay->is_suspect = FALSE;
  set_state (relay, FLOE_RELAY_FAILED, was_good ? "lost" : "it gives no address");
  if (was_good && count (self, is_good) == 0)
    self->since_us = now_us;
  decide (self, now_us);
}

void
floe_relay_core_set_suspect (FloeRelayCore *self, gint64 now_us, guint id, gboolean is_suspect)
{
  FloeRelay *relay = find (self, id);

  if (relay == NULL || relay->state != FLOE_RELAY_KEPT || relay->is_suspect == is_suspect)
    return;
  floe_debug (FLOE_LOG_ICE, "relay %u is %s", id, is_suspect ? "silent" : "alive again");
  relay->is_suspect = is_suspect;
  if (is_suspect && count (self, is_good) == 0)
    self->since_us = now_us;
  decide (self, now_us);
}

void
floe_relay_core_set_carrier (FloeRelayCore *self, gint64 now_us, gboolean is_carrying, guint id)
{
  if (self->is_carrying == is_carrying && (!is_carrying || self->carrier_id == id))
    return;
  self->is_carrying = is_carrying;
  self->carrier_id = id;
  decide (self, now_us);
}

void
floe_relay_core_handle_timeout (FloeRelayCore *self, gint64 now_us)
{
  decide (self, now_us);
}

gint64
floe_relay_core_get_deadline (const FloeRelayCore *self)
{
  gint64 lead_us = self->since_us + FLOE_RELAY_UDP_LEAD_US;
  gboolean has_streams = count (self, is_fit_stream) > 0
                         && count (self, is_stream_at_work) < FLOE_RELAY_MAX_KEPT
                         && has_room (self);

  if (!self->is_started || self->is_resting)
    return -1;
  if (has_streams && count (self, is_good_udp) == 0 && count (self, is_stream_at_work) == 0)
    return lead_us;
  return count (self, is_probed) > 0 ? self->since_us + FLOE_RELAY_PROBE_LIMIT_US : -1;
}

static gboolean
is_pending (const FloeRelay *relay)
{
  return relay->pending != FLOE_RELAY_OUTPUT_NONE;
}

gboolean
floe_relay_core_has_output (const FloeRelayCore *self)
{
  return count (self, is_pending) > 0;
}

gboolean
floe_relay_core_poll (FloeRelayCore *self, FloeRelayOutput *output)
{
  for (guint i = 0; i < self->count; i++)
    {
      FloeRelay *relay = &self->relays[i];

      if (relay->pending == FLOE_RELAY_OUTPUT_NONE)
        continue;
      *output = (FloeRelayOutput){ .type = relay->pending, .id = relay->id };
      relay->pending = FLOE_RELAY_OUTPUT_NONE;
      return TRUE;
    }
  return FALSE;
}

guint
floe_relay_core_get_rank (const FloeRelayCore *self, guint id)
{
  const FloeRelay *relay = find ((FloeRelayCore *) self, id);
  guint rank = 0;

  for (guint i = 0; relay != NULL && i < self->count; i++)
    {
      const FloeRelay *other = &self->relays[i];

      /* Of equals the earlier one is better. */
      rank += other < relay ? !is_better (relay, other) : is_better (other, relay);
    }
  return rank;
}

gboolean
floe_relay_core_is_settled (const FloeRelayCore *self)
{
  return self->is_resting
         || (self->is_started
             && (count (self, is_good) > 0 || count (self, is_probed) + count (self, is_up) == 0));
}
