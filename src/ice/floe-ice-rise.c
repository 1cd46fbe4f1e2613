/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-rise-private.h"

#include "floe-log-private.h"
#include "floe-random-private.h"

/* A try has so long to find a pair: names, candidates there and back, and libnice's five checks. */
#define TRY_US (10 * G_TIME_SPAN_SECOND)
/* A direct path that is not needed stays so long, for what is on its way. */
#define SPARE_US (10 * G_TIME_SPAN_SECOND)

/* So long after a probe that has no answer, or two round trips. Others that are asked then are
 * known to be mute when the carrier is suspect: paths often die together. */
#define DOUBT_US (250 * G_TIME_SPAN_MILLISECOND)

/* Direct paths at a time, whatever a peer does to keep them: each has a socket for each address. */
#define MAX_DIRECT 5
#define MAX_LANES 4096

/* What a lane was is forgotten when it is used again after so long. */
#define REUSE_US (60 * G_TIME_SPAN_SECOND)

struct _FloeIceRise
{
  GPtrArray *lanes;      /* (unowned) (element-type FloeIceLane) */
  FloeIceShared *shared; /* (unowned) */
  FloePathSpec *direct;  /* (owned) (nullable): how to try */
  const FloeIceRiseEvents *events;
  gpointer user_data;
  FloeRiseCore core;
  gint64 carried_since_us; /* by a direct path; -1 for not */
};

static FloeIceLane *
get_lane (const FloeIceRise *self, guint index)
{
  return g_ptr_array_index (self->lanes, index);
}

static gboolean
is_running (const FloeIceLane *lane)
{
  FloePathState state = floe_ice_path_get_state (lane->path);

  return state == FLOE_PATH_RESOLVING || state == FLOE_PATH_RUNNING;
}

static gboolean
is_direct (const FloeIceLane *lane)
{
  return floe_ice_path_get_spec (lane->path)->kind == FLOE_PATH_DIRECT;
}

static gboolean
is_tcp (const FloeIceLane *lane)
{
  return floe_ice_path_get_spec (lane->path)->kind == FLOE_PATH_ICE_TCP;
}

static gboolean
is_good (const FloeIceLane *lane)
{
  return floe_ice_lane_is_candidate (lane) && floe_ice_lane_is_alive (lane)
         && floe_ice_path_get_route (lane->path) == FLOE_ROUTE_DIRECT;
}

/* A try that has not come to anything yet. Paths beside the plan hold up a try that can wait, whose
 * checks would take the ports that were foretold; they don't one that is needed. */
static gboolean
is_trying (const FloeIceRise *self, const FloeIceLane *lane, const FloeIceLane *carrier)
{
  const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);

  return is_running (lane) && lane != carrier && is_direct (lane) && spec->is_try && !is_good (lane)
         && !(spec->is_apart && self->core.is_rescue);
}

static void
close_lane (FloeIceRise *self, FloeIceLane *lane)
{
  floe_debug (FLOE_LOG_ICE, "path %u is given up", floe_ice_path_get_id (lane->path));
  self->shared->path_count--;
  floe_ice_lane_close (lane);
}

/* When a lane ends that does not carry, or -1. */
static gint64
get_end_us (const FloeIceRise *self, const FloeIceLane *lane, const FloeIceLane *carrier)
{
  gint64 end_us = lane->start_us + TRY_US;

  if (!is_running (lane) || lane == carrier || !(is_direct (lane) || is_tcp (lane)))
    return -1;
  if (lane->is_gone || floe_ice_lane_has_expired (lane))
    return 0;
  if (self->carried_since_us != -1)
    end_us = MAX (end_us, self->carried_since_us + SPARE_US);
  /* The plan's own path stays while there is nothing better: the peer's checks may revive it. */
  else if (is_good (lane) || !floe_ice_path_get_spec (lane->path)->is_try)
    return -1;
  return MAX (end_us, floe_ice_lane_get_use_end (lane, self->shared->received_us));
}

/* Makes room for one more: the oldest path that nobody uses goes. Those beside the plan take no
 * room: they are bounded on their own, and would have the plan's path go, whose sockets they use.
 */
static gboolean
make_room (FloeIceRise *self, const FloeIceLane *carrier, gint64 now_us)
{
  FloeIceLane *oldest = NULL;
  guint count = 0;

  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = get_lane (self, i);

      if (!is_running (lane) || !is_direct (lane) || lane == carrier
          || floe_ice_path_get_spec (lane->path)->is_apart)
        continue;
      count++;
      if (now_us >= floe_ice_lane_get_use_end (lane, self->shared->received_us)
          && (oldest == NULL || lane->start_us < oldest->start_us))
        oldest = lane;
    }
  if (count < MAX_DIRECT)
    return TRUE;
  if (oldest != NULL)
    close_lane (self, oldest);
  return oldest != NULL;
}

/* A lane for a try: one that has ended long ago, or a new one. */
static FloeIceLane *
find_lane (FloeIceRise *self, gboolean is_rescue, gint64 now_us)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = get_lane (self, i);
      const FloePathSpec *spec = floe_ice_path_get_spec (lane->path);

      if (spec->is_try && !spec->is_apart && spec->is_successor == is_rescue
          && floe_ice_path_get_state (lane->path) == FLOE_PATH_CLOSED
          && now_us - lane->closed_us >= REUSE_US)
        return lane;
    }
  return self->lanes->len < MAX_LANES
             ? self->events->add_lane (self->direct, is_rescue, self->user_data)
             : NULL;
}

/* UDP may be let out no more where the host is now. */
static void
try_tcp (FloeIceRise *self, gint64 now_us)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = get_lane (self, i);
      FloePathState state = floe_ice_path_get_state (lane->path);

      if (!is_tcp (lane)
          || !(lane->start_us == FLOE_LANE_HELD
               || (state == FLOE_PATH_CLOSED && now_us - lane->closed_us >= REUSE_US)))
        continue;
      floe_debug (FLOE_LOG_ICE, "path %u is tried", floe_ice_path_get_id (lane->path));
      self->shared->path_count++;
      floe_ice_lane_start (lane, now_us);
    }
}

/* Peers shall not leave what works for a try; for a rescue they shall leave anything. */
static void
try_direct (FloeIceRise *self, const FloeIceLane *carrier, gboolean is_rescue)
{
  gint64 now_us = g_get_monotonic_time ();
  FloeIceLane *lane;

  if (self->direct == NULL || self->shared->relay_only || !make_room (self, carrier, now_us))
    return;
  lane = find_lane (self, is_rescue, now_us);
  if (lane == NULL)
    return;
  floe_debug (FLOE_LOG_ICE, "path %u is tried%s", floe_ice_path_get_id (lane->path),
              is_rescue ? " in need" : "");
  self->events->begun (self->user_data);
  self->shared->path_count++;
  floe_ice_path_set_stun_servers (lane->path, self->direct->stun_servers);
  floe_ice_lane_start (lane, g_get_monotonic_time ());
}

FloeIceRise *
floe_ice_rise_new (GPtrArray *lanes, FloeIceShared *shared, const FloePathSpec *direct,
                   guint warm_ms, const FloeIceRiseEvents *events, gpointer user_data)
{
  FloeIceRise *self = g_new0 (FloeIceRise, 1);
  gboolean may_be_direct = direct != NULL && !shared->relay_only;
  gint64 warm_us = warm_ms == G_MAXUINT ? G_MAXINT64 : warm_ms * (gint64) G_TIME_SPAN_MILLISECOND;

  self->lanes = lanes;
  self->shared = shared;
  self->events = events;
  self->user_data = user_data;
  self->carried_since_us = -1;
  if (may_be_direct)
    {
      self->direct = floe_path_spec_copy (direct);
      self->direct->is_try = TRUE;
      self->direct->start_after_ms = 0;
      self->direct->give_up_after_ms = 0;
    }
  floe_rise_core_init (&self->core, may_be_direct ? FLOE_ROUTE_DIRECT : FLOE_ROUTE_RELAY_UDP,
                       warm_us, (guint32) floe_random_uint64 ());
  return self;
}

void
floe_ice_rise_free (FloeIceRise *self)
{
  g_clear_pointer (&self->direct, floe_path_spec_free);
  g_free (self);
}

void
floe_ice_rise_set_stun_servers (FloeIceRise *self, const GArray *servers)
{
  if (self->direct == NULL)
    return;
  g_clear_pointer (&self->direct->stun_servers, g_array_unref);
  if (servers != NULL)
    self->direct->stun_servers = g_array_copy ((GArray *) servers);
}

void
floe_ice_rise_start (FloeIceRise *self, gint64 at_us)
{
  floe_rise_core_start (&self->core, at_us);
}

void
floe_ice_rise_handle_remote_candidate (FloeIceRise *self)
{
  floe_rise_core_handle_remote_candidate (&self->core, g_get_monotonic_time ());
}

void
floe_ice_rise_handle_meeting (FloeIceRise *self)
{
  floe_rise_core_handle_meeting (&self->core, g_get_monotonic_time ());
}

void
floe_ice_rise_handle_network_change (FloeIceRise *self)
{
  floe_rise_core_handle_network_change (&self->core, g_get_monotonic_time ());
}

void
floe_ice_rise_skip (FloeIceRise *self, FloeIceLane *lane, const FloeIceLane *carrier)
{
  if (is_tcp (lane) && floe_ice_path_get_state (lane->path) == FLOE_PATH_IDLE && carrier != NULL
      && is_good (carrier) && g_get_monotonic_time () >= lane->start_us)
    floe_ice_lane_hold (lane);
}

gboolean
floe_ice_rise_allows (FloeIceRise *self, FloeIceLane *lane, const FloeIceLane *carrier)
{
  gint64 now_us = g_get_monotonic_time ();

  if (carrier == NULL || !floe_ice_lane_is_candidate (carrier) || !floe_ice_lane_is_alive (carrier)
      || carrier->is_retiring)
    return TRUE;
  if (!floe_rise_core_allows (&self->core, now_us, floe_ice_path_get_route (lane->path)))
    return FALSE;
  /* Before the first sign of life nobody can be asked: the handshake is under way. */
  if (!carrier->is_proven || (lane->is_watched && lane->liveness.has_answered))
    return TRUE;
  floe_ice_lane_ask (lane, now_us);
  return FALSE;
}

/* When the carrier, which was asked, has been silent for so long that it is time to know which of
 * the others would do; -1 for never. */
static gint64
get_doubt_us (const FloeIceLane *carrier)
{
  const FloeLivenessCore *liveness = &carrier->liveness;

  if (!carrier->is_watched || liveness->first_probe_us == 0 || !liveness->is_urgent)
    return -1;
  return liveness->first_probe_us + MAX (DOUBT_US, 2 * liveness->round_trip_us);
}

static gboolean
is_in_doubt (const FloeIceLane *carrier, gint64 now_us)
{
  gint64 doubt_us = get_doubt_us (carrier);

  return doubt_us != -1 && now_us >= doubt_us;
}

static void
watch_others (FloeIceRise *self, const FloeIceLane *carrier, gint64 now_us)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = get_lane (self, i);

      if (lane == carrier || !floe_ice_lane_is_candidate (lane))
        continue;
      if (!lane->is_watched)
        floe_ice_lane_keep_in_reserve (lane, now_us);
      if (is_in_doubt (carrier, now_us))
        floe_ice_lane_ask (lane, now_us);
    }
}

void
floe_ice_rise_update (FloeIceRise *self, const FloeIceLane *carrier)
{
  gint64 now_us = g_get_monotonic_time ();
  FloeRouteKind kind = carrier != NULL ? floe_ice_path_get_route (carrier->path) : FLOE_ROUTE_NONE;
  gboolean is_silent = carrier == NULL || !floe_ice_lane_is_alive (carrier);
  guint count = 0;

  /* Until the peer has shown life a path is only a hope. */
  if (carrier != NULL && !carrier->is_proven && self->core.took_over_us == -1)
    return;
  if (kind != FLOE_ROUTE_DIRECT || is_silent)
    self->carried_since_us = -1;
  else if (self->carried_since_us == -1)
    self->carried_since_us = now_us;
  for (guint i = 0; i < self->lanes->len; i++)
    count += is_trying (self, get_lane (self, i), carrier);
  if (carrier != NULL && carrier->is_proven)
    watch_others (self, carrier, now_us);
  floe_rise_core_set_alive (&self->core, count);
  floe_rise_core_set_doubt (&self->core, carrier != NULL && floe_ice_lane_owes_answer (carrier));
  floe_rise_core_set_carrier (&self->core, now_us, kind, is_silent);
}

static void
end_lanes (FloeIceRise *self, const FloeIceLane *carrier, gint64 now_us)
{
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = get_lane (self, i);
      gint64 end_us = get_end_us (self, lane, carrier);

      if (end_us != -1 && now_us >= end_us)
        close_lane (self, lane);
    }
}

void
floe_ice_rise_handle_timeout (FloeIceRise *self, const FloeIceLane *carrier)
{
  gint64 now_us = g_get_monotonic_time ();
  FloeRiseOutput output;

  floe_ice_rise_update (self, carrier);
  end_lanes (self, carrier, now_us);
  while (floe_rise_core_poll (&self->core, now_us, &output))
    {
      if (output.type != FLOE_RISE_OUTPUT_TRY)
        self->events->relays (output.type == FLOE_RISE_OUTPUT_USE_RELAYS, self->user_data);
      else
        {
          /* Also those that had failed. */
          if (self->core.wants_relays)
            self->events->relays (TRUE, self->user_data);
          try_direct (self, carrier, output.is_rescue);
          try_tcp (self, now_us);
        }
    }
}

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

gint64
floe_ice_rise_get_deadline (const FloeIceRise *self, const FloeIceLane *carrier)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 deadline_us = floe_rise_core_get_deadline (&self->core, now_us);

  if (carrier != NULL && carrier->is_proven && !is_in_doubt (carrier, now_us))
    deadline_us = sooner (deadline_us, get_doubt_us (carrier));
  for (guint i = 0; i < self->lanes->len; i++)
    deadline_us = sooner (deadline_us, get_end_us (self, get_lane (self, i), carrier));
  return deadline_us;
}
