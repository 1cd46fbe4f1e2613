/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-relays-internal-private.h"

#include "floe-log-private.h"
#include "floe-relay-probe-private.h"
#include "floe-turn-cause-private.h"

/* The best relay; each one that is worse has one less. Below the direct path's. */
#define BEST_PREFERENCE 500

/* How long a path stays after another has taken over, for what is still on its way. */
#define LEAVE_US (2 * G_TIME_SPAN_SECOND)

/* Between two times that mute relays are replaced: it doubles, until they live for long. */
#define MIN_PAUSE_US (5 * G_TIME_SPAN_SECOND)
#define MAX_PAUSE_US (60 * G_TIME_SPAN_SECOND)
#define FORGET_US (300 * G_TIME_SPAN_SECOND)

/* One that has no pair after so long hardly gets one. */
#define CHECKED_US (3 * G_TIME_SPAN_SECOND)

typedef struct
{
  FloeIceRelays *relays; /* (unowned) */
  guint path_id;
  FloeRelayProbe *probe; /* (owned) */
} Probe;

static void
free_probe (gpointer data)
{
  Probe *probe = data;

  floe_relay_probe_free (probe->probe);
  g_free (probe);
}

static void
on_probed (gint64 round_trip_us, gpointer user_data)
{
  Probe *probe = user_data;
  FloeIceRelays *self = probe->relays;
  guint path_id = probe->path_id;
  const FloePathSpec *spec =
      floe_ice_path_get_spec (floe_ice_relays_get_lane (self, path_id)->path);
  gint64 now_us = g_get_monotonic_time ();

  if (round_trip_us != -1)
    floe_relay_core_handle_answer (&self->core, now_us, path_id, round_trip_us);
  else
    {
      g_autofree char *text = floe_turn_cause_describe (FLOE_CODE_UNREACHABLE, NULL, 0);

      floe_relay_core_handle_silence (&self->core, now_us, path_id);
      self->events->failed (&spec->server, FLOE_CODE_UNREACHABLE, text, self->user_data);
    }
  g_ptr_array_remove_fast (self->probes, probe); /* with its sockets */
  self->events->changed (self->user_data);
}

static void
start_probe (FloeIceRelays *self, guint path_id)
{
  const FloePathSpec *spec =
      floe_ice_path_get_spec (floe_ice_relays_get_lane (self, path_id)->path);
  Probe *probe = g_new0 (Probe, 1);

  probe->relays = self;
  probe->path_id = path_id;
  probe->probe = floe_relay_probe_new (
      self->shared->context, &spec->server,
      self->shared->has_free_choice ? NULL : self->shared->addresses, on_probed, probe);
  g_ptr_array_add (self->probes, probe);
}

void
floe_ice_relays_close_lane (FloeIceRelays *self, FloeIceLane *lane)
{
  FloePathState state = floe_ice_path_get_state (lane->path);

  if (state == FLOE_PATH_CLOSED)
    return;
  if (state != FLOE_PATH_IDLE)
    self->shared->path_count--;
  floe_ice_lane_close (lane);
}

void
floe_ice_relays_carry_out (FloeIceRelays *self, gint64 now_us)
{
  FloeRelayOutput output;

  while (floe_relay_core_poll (&self->core, &output))
    {
      if (output.type == FLOE_RELAY_OUTPUT_PROBE)
        start_probe (self, output.id);
      else if (output.type == FLOE_RELAY_OUTPUT_END)
        floe_ice_relays_close_lane (self, floe_ice_relays_get_lane (self, output.id));
      else
        {
          floe_ice_relays_close_lane (self, floe_ice_relays_get_lane (self, output.id));
          self->shared->path_count++;
          floe_ice_lane_start (floe_ice_relays_get_lane (self, output.id), now_us);
        }
    }
}

FloeIceRelays *
floe_ice_relays_new (GPtrArray *lanes, FloeIceShared *shared, const FloeIceRelaysEvents *events,
                     gpointer user_data)
{
  FloeIceRelays *self = g_new0 (FloeIceRelays, 1);

  self->lanes = lanes;
  self->shared = shared;
  self->events = events;
  self->user_data = user_data;
  self->probes = g_ptr_array_new_with_free_func (free_probe);
  self->start_us = -1;
  self->succeeded_us = -MAX_PAUSE_US;
  floe_relay_core_init (&self->core);
  return self;
}

void
floe_ice_relays_free (FloeIceRelays *self)
{
  g_ptr_array_unref (self->probes);
  g_free (self);
}

void
floe_ice_relays_start (FloeIceRelays *self)
{
  gint64 now_us = g_get_monotonic_time ();
  guint delay_ms = G_MAXUINT;

  for (guint i = 0; i < self->lanes->len; i++)
    {
      const FloePathSpec *spec = floe_ice_path_get_spec (floe_ice_relays_get_lane (self, i)->path);

      if (spec->kind == FLOE_PATH_RELAY)
        delay_ms = MIN (delay_ms, spec->start_after_ms);
    }
  self->start_us = now_us;
  if (delay_ms != G_MAXUINT)
    self->start_us += delay_ms * (gint64) G_TIME_SPAN_MILLISECOND;
  floe_ice_relays_update (self, NULL);
  floe_ice_relays_carry_out (self, now_us);
}

FloeRelayStarts *
floe_ice_relays_get_starts (FloeIceRelays *self)
{
  return &self->starts;
}

static void
update_resting (FloeIceRelays *self, gint64 now_us)
{
  floe_relay_core_set_resting (
      &self->core, now_us, self->may_rest && !floe_relay_starts_is_needed (&self->starts, now_us));
}

void
floe_ice_relays_set_resting (FloeIceRelays *self, gboolean is_resting)
{
  self->may_rest = is_resting;
  update_resting (self, g_get_monotonic_time ());
}

void
floe_ice_relays_retry (FloeIceRelays *self)
{
  floe_relay_core_retry (&self->core, g_get_monotonic_time ());
}

void
floe_ice_relays_handle_candidate (FloeIceRelays *self, guint path_id)
{
  floe_relay_core_handle_relayed (&self->core, g_get_monotonic_time (), path_id);
}

void
floe_ice_relays_handle_failed (FloeIceRelays *self, guint path_id, gboolean is_dead)
{
  FloeIceLane *lane = floe_ice_relays_get_lane (self, path_id);

  if (floe_ice_path_get_spec (lane->path)->kind != FLOE_PATH_RELAY)
    return;
  lane->is_dead = lane->is_dead || is_dead;
  floe_relay_core_handle_failed (&self->core, g_get_monotonic_time (), path_id);
}

static gboolean
is_any_up (const FloeIceRelays *self)
{
  for (guint i = 0; i < self->core.count; i++)
    {
      if (self->core.relays[i].state == FLOE_RELAY_BEGUN
          || self->core.relays[i].state == FLOE_RELAY_KEPT)
        return TRUE;
    }
  return FALSE;
}

static void
update_held (FloeIceRelays *self, const FloeIceLane *carrier, gint64 now_us)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      const FloeIceLane *lane = floe_ice_relays_get_lane (self, i);
      const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);

      if (spec->kind != FLOE_PATH_RELAY || lane->is_retiring)
        continue;
      floe_relay_core_set_held (&self->core, floe_ice_path_get_id (lane->path),
                                floe_relay_starts_is_held (&self->starts,
                                                           floe_path_spec_get_relay_protocol (spec),
                                                           carrier, is_any_up (self), now_us));
    }
  floe_relay_core_handle_released (&self->core, now_us);
}

/* A path that another one is to take over from goes when that one has had its chance. */
static void
update_retiring (FloeIceLane *lane, const FloeIceLane *carrier, gint64 now_us)
{
  gboolean may_leave =
      lane != carrier
      && (lane->successor == NULL || floe_ice_path_is_gathered (lane->successor->path));

  if (!may_leave)
    lane->leave_us = -1;
  else if (lane->leave_us == -1)
    lane->leave_us = now_us + LEAVE_US;
}

/* When the path ends, or -1. */
static gint64
get_end_us (const FloeIceLane *lane)
{
  if (floe_ice_path_get_state (lane->path) == FLOE_PATH_CLOSED)
    return -1;
  return lane->is_dead ? 0 : lane->leave_us;
}

/* One relay is kept for when the direct path dies: the best one. */
static gboolean
is_standby (const FloeIceRelays *self, const FloeIceLane *lane)
{
  const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);

  if (spec->stays_warm)
    return TRUE;
  return floe_relay_starts_stays_warm (&self->starts, floe_path_spec_get_relay_protocol (spec))
         && floe_relay_core_get_rank (&self->core, floe_ice_path_get_id (lane->path)) == 0;
}

/* Not for as long as somebody uses it. */
static gint64
get_release_us (const FloeIceRelays *self, const FloeIceLane *lane, const FloeIceLane *carrier)
{
  FloePathState state = floe_ice_path_get_state (lane->path);
  const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);

  if (!self->core.is_resting || lane == carrier || lane->is_retiring
      || spec->kind != FLOE_PATH_RELAY || state == FLOE_PATH_IDLE || state == FLOE_PATH_CLOSED)
    return -1;
  return is_standby (self, lane) ? -1 : floe_ice_lane_get_use_end (lane, self->shared->received_us);
}

static void
update_lane (FloeIceRelays *self, FloeIceLane *lane, const FloeIceLane *carrier, gint64 now_us)
{
  guint path_id = floe_ice_path_get_id (lane->path);

  if (floe_ice_path_get_spec (lane->path)->kind != FLOE_PATH_RELAY)
    return;
  if (lane->is_retiring)
    {
      update_retiring (lane, carrier, now_us);
      return;
    }
  if (floe_ice_path_get_state (lane->path) == FLOE_PATH_CLOSED)
    floe_relay_core_handle_failed (&self->core, now_us, path_id); /* the plan gave it up */
  floe_relay_core_set_suspect (&self->core, now_us, path_id, !floe_ice_lane_is_alive (lane));
  lane->preference = BEST_PREFERENCE - floe_relay_core_get_rank (&self->core, path_id);
}

void
floe_ice_relays_update (FloeIceRelays *self, const FloeIceLane *carrier)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->start_us == -1)
    return;
  floe_relay_starts_handle_carrier (&self->starts, carrier, now_us);
  update_resting (self, now_us);
  update_held (self, carrier, now_us);
  if (now_us >= self->start_us)
    floe_relay_core_start (&self->core, now_us);
  floe_relay_core_set_carrier (&self->core, now_us, carrier != NULL,
                               carrier != NULL ? floe_ice_path_get_id (carrier->path) : 0);
  for (guint i = 0; i < self->lanes->len; i++)
    update_lane (self, floe_ice_relays_get_lane (self, i), carrier, now_us);
}

/* Whether data has nowhere to go, as far as anybody knows. */
static gboolean
is_in_need (const FloeIceRelays *self, const FloeIceLane *carrier, gint64 now_us)
{
  if (carrier == NULL || floe_ice_lane_is_alive (carrier) || self->core.is_resting)
    return FALSE;
  for (guint i = 0; i < self->lanes->len; i++)
    {
      const FloeIceLane *lane = floe_ice_relays_get_lane (self, i);

      if (floe_ice_lane_is_candidate (lane) && !floe_ice_lane_is_mute (lane, now_us))
        return FALSE;
    }
  return TRUE;
}

/* It has an address, and no pair: what libnice has checked it does not check again. */
static gboolean
has_checked_in_vain (const FloeIceLane *lane, gint64 now_us)
{
  return floe_ice_path_get_state (lane->path) == FLOE_PATH_RUNNING
         && floe_ice_path_is_gathered (lane->path) && !floe_ice_path_is_ready (lane->path)
         && now_us >= lane->start_us + CHECKED_US;
}

/* An agent that went up with the peer to a direct address of its can't go back to the peer's relay,
 * as libnice takes a dead pair for a good one. So where nothing else is left fresh agents get the
 * same servers. */
static void
replace_mute (FloeIceRelays *self, const FloeIceLane *carrier, gint64 now_us)
{
  guint count = self->lanes->len;

  if (!is_in_need (self, carrier, now_us) || now_us < self->succeeded_us + self->pause_us)
    return;
  if (now_us >= self->succeeded_us + FORGET_US)
    self->pause_us = 0;
  for (guint i = 0; i < count; i++)
    {
      FloeIceLane *lane = floe_ice_relays_get_lane (self, i);
      const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);

      if (spec->kind != FLOE_PATH_RELAY || lane->is_retiring
          || !(floe_ice_lane_is_candidate (lane) || has_checked_in_vain (lane, now_us)))
        continue;
      if (floe_ice_relays_succeed (self, lane, spec, now_us) == NULL)
        return;
      self->succeeded_us = now_us;
    }
  if (self->succeeded_us == now_us)
    self->pause_us = CLAMP (2 * self->pause_us, MIN_PAUSE_US, MAX_PAUSE_US);
}

void
floe_ice_relays_handle_timeout (FloeIceRelays *self, const FloeIceLane *carrier)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->start_us == -1)
    return;
  floe_ice_relays_update (self, carrier);
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_relays_get_lane (self, i);
      gint64 end_us = get_end_us (lane);
      gint64 release_us = get_release_us (self, lane, carrier);

      if (release_us != -1 && now_us >= release_us)
        {
          floe_relay_core_release (&self->core, floe_ice_path_get_id (lane->path));
          floe_ice_relays_close_lane (self, lane);
        }
      if (end_us != -1 && now_us >= end_us)
        floe_ice_relays_close_lane (self, lane);
    }
  replace_mute (self, carrier, now_us);
  floe_relay_core_handle_timeout (&self->core, now_us);
  floe_ice_relays_carry_out (self, now_us);
}

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

gint64
floe_ice_relays_get_deadline (const FloeIceRelays *self, const FloeIceLane *carrier)
{
  gint64 deadline_us = floe_relay_core_get_deadline (&self->core);

  if (self->start_us == -1)
    return -1;
  if (!self->core.is_started)
    return self->core.count > 0 ? self->start_us : -1;
  for (guint i = 0; i < self->lanes->len; i++)
    {
      const FloeIceLane *lane = floe_ice_relays_get_lane (self, i);

      deadline_us = sooner (deadline_us, get_end_us (lane));
      deadline_us = sooner (deadline_us, get_release_us (self, lane, carrier));
    }
  deadline_us = sooner (deadline_us, floe_relay_starts_get_deadline (&self->starts, carrier,
                                                                     g_get_monotonic_time ()));
  return floe_relay_core_has_output (&self->core) ? 0 : deadline_us;
}

gboolean
floe_ice_relays_is_settled (const FloeIceRelays *self)
{
  return self->core.count == 0 || floe_relay_core_is_settled (&self->core);
}
