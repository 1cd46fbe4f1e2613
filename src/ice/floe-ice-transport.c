/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-transport-private.h"

#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-gather-core-private.h"
#include "floe-ice-event-private.h"
#include "floe-ice-lane-private.h"
#include "floe-ice-path-private.h"
#include "floe-ice-remote-private.h"
#include "floe-ice-state-core-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"

#define DEFAULT_FAILED_TIMEOUT_MS 39500 /* RFC 8863 section 4 */

struct _FloeIceTransport
{
  gatomicrefcount ref_count;
  const FloeIceTransportEvents *events;
  gpointer user_data;
  FloeIceShared shared;
  FloeIceRemote remote;
  char **interfaces; /* (owned) (nullable) */
  gboolean include_loopback;
  GPtrArray *lanes;     /* (owned) (element-type FloeIceLane) */
  FloeIceLane *carrier; /* (unowned) (nullable): of @lanes */
  FloeIceStateCore core;
  FloeGatherCore gather;
  GQueue queue;             /* (element-type FloeIceEvent) */
  FloeIceEvent *last_pair;  /* (owned) (nullable): what was told of the pair */
  GSource *flush_source;    /* (owned) (nullable): while @queue has something */
  GSource *deadline_source; /* (owned) (nullable): until closed */
  gboolean has_started;
  gboolean is_told_gathered; /* and no candidate was told after that */
  gboolean is_closed;
};

static FloeIceLane *
get_lane (const FloeIceTransport *self, guint index)
{
  return g_ptr_array_index (self->lanes, index);
}

/* Delivers what has queued up. The handlers may close the transport and drop their reference. */
static void
flush_events (FloeIceTransport *self)
{
  FloeIceEvent *event;

  floe_ice_transport_ref (self);
  while ((event = g_queue_pop_head (&self->queue)) != NULL)
    {
      if (!self->is_closed)
        floe_ice_event_deliver (event, self->events, self->user_data);
      floe_ice_event_free (event);
    }
  floe_ice_transport_unref (self);
}

static gboolean
on_flush (gpointer data)
{
  FloeIceTransport *self = data;

  g_clear_pointer (&self->flush_source, g_source_unref);
  flush_events (self);
  return G_SOURCE_REMOVE;
}

static void
push_event (FloeIceTransport *self, FloeIceEvent *event)
{
  g_queue_push_tail (&self->queue, event);
  if (self->flush_source != NULL)
    return;
  self->flush_source = g_idle_source_new ();
  g_source_set_priority (self->flush_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->flush_source, on_flush, self, NULL);
  g_source_attach (self->flush_source, self->shared.context);
}

static gboolean
is_same_place (const FloeCandidate *a, const FloeCandidate *b)
{
  return a->type == b->type && a->port == b->port && strcmp (a->address, b->address) == 0;
}

static void
report_pair (FloeIceTransport *self)
{
  FloeIceEvent *event;
  const FloeIceEvent *last = self->last_pair;

  if (self->carrier == NULL)
    return;
  event = floe_ice_event_new (FLOE_ICE_EVENT_PAIR);
  event->path_id = floe_ice_path_get_id (self->carrier->path);
  if (!floe_ice_path_get_pair (self->carrier->path, &event->local, &event->remote)
      || (last != NULL && last->path_id == event->path_id
          && is_same_place (&last->local, &event->local)
          && is_same_place (&last->remote, &event->remote)))
    {
      floe_ice_event_free (event);
      return;
    }
  g_clear_pointer (&self->last_pair, floe_ice_event_free);
  self->last_pair = g_memdup2 (event, sizeof *event);
  push_event (self, event);
}

/* Sends go to the ready path that shows life and is preferred most. Only to one: a peer that
 * follows the path it hears last would flap between two. */
static void
choose_carrier (FloeIceTransport *self, gint64 now_us)
{
  gboolean is_dead = self->carrier != NULL && !floe_ice_lane_is_alive (self->carrier);
  FloeIceLane *best = NULL;

  /* A path that is no better than the one in use does not displace it. */
  if (self->carrier != NULL && floe_ice_lane_is_candidate (self->carrier))
    best = self->carrier;
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = get_lane (self, i);

      if (floe_ice_lane_is_candidate (lane) && floe_ice_lane_is_better (lane, best))
        best = lane;
    }
  if (best == self->carrier)
    return;
  self->carrier = best;
  if (best == NULL)
    return;
  floe_debug (FLOE_LOG_ICE, "path %u carries", floe_ice_path_get_id (best->path));
  floe_ice_lane_start_watch (best, is_dead, now_us);
}

/* What comes after the end of gathering is told, and that it has ended again. */
static void
check_gathered (FloeIceTransport *self, gint64 now_us)
{
  FloeGatherFacts facts = { 0 };

  for (guint i = 0; i < self->lanes->len; i++)
    floe_ice_path_add_gather_facts (get_lane (self, i)->path, &facts);
  floe_gather_core_handle_facts (&self->gather, &facts, now_us);
  if (!self->gather.is_complete || self->is_told_gathered)
    return;
  self->is_told_gathered = TRUE;
  push_event (self, floe_ice_event_new (FLOE_ICE_EVENT_GATHERING_DONE));
}

static FloeIceFacts
collect_facts (const FloeIceTransport *self)
{
  return (FloeIceFacts){
    .is_checking = self->has_started && self->remote.ufrag != NULL,
    .is_carried = self->carrier != NULL,
    .is_alive = self->carrier != NULL && floe_ice_lane_is_trusted (self->carrier),
    .is_gathered = self->gather.is_complete,
    .is_remote_ended = self->remote.is_ended,
    .is_ready = self->carrier != NULL && floe_ice_path_is_finished (self->carrier->path),
    .is_closed = self->is_closed,
  };
}

static gint64
sooner (gint64 a, gint64 b)
{
  if (a == -1 || b == -1)
    return MAX (a, b);
  return MIN (a, b);
}

static void
arm_timer (FloeIceTransport *self)
{
  gint64 deadline_us = sooner (floe_ice_state_core_get_deadline (&self->core),
                               floe_gather_core_get_deadline (&self->gather));

  for (guint i = 0; self->has_started && i < self->lanes->len; i++)
    deadline_us = sooner (deadline_us, floe_ice_lane_get_deadline (get_lane (self, i)));
  floe_deadline_source_set (self->deadline_source, deadline_us);
}

/* Checks and data keep the NATs' mappings from now on. */
static void
settle (FloeIceTransport *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    floe_ice_path_stop_refreshing (get_lane (self, i)->path);
}

/* Draws the conclusions from whatever has changed. */
static void
update (FloeIceTransport *self)
{
  gint64 now_us = g_get_monotonic_time ();
  FloeIceFacts facts;

  if (self->is_closed)
    return;
  choose_carrier (self, now_us);
  report_pair (self);
  check_gathered (self, now_us);
  facts = collect_facts (self);
  /* A transport may pass several states at once: new, checking, connected. */
  while (floe_ice_state_core_handle_facts (&self->core, &facts, now_us))
    {
      FloeIceEvent *event = floe_ice_event_new (FLOE_ICE_EVENT_STATE);

      event->state = self->core.state;
      push_event (self, event);
      if (event->state == FLOE_ICE_CONNECTION_STATE_CONNECTED)
        settle (self);
    }
  arm_timer (self);
}

static void
on_path_candidate (FloeIcePath *path, const FloeCandidate *candidate, gpointer user_data)
{
  FloeIceTransport *self = user_data;
  FloeIceEvent *event = floe_ice_event_new (FLOE_ICE_EVENT_CANDIDATE);

  event->local = *candidate;
  push_event (self, event);
  self->is_told_gathered = FALSE;
}

static void
on_path_server_failed (FloeIcePath *path, const FloeIceUri *server, guint code, const char *text,
                       gpointer user_data)
{
  FloeIceEvent *event = floe_ice_event_new (FLOE_ICE_EVENT_CANDIDATE_ERROR);

  event->url = floe_ice_uri_serialize (server);
  event->code = code;
  event->text = text;
  push_event (user_data, event);
}

static void
on_path_gathered (FloeIcePath *path, guint code, const char *text, gpointer user_data)
{
  FloeIceTransport *self = user_data;
  const FloeIceUri *server = floe_ice_path_get_server (path);

  if (code != 0)
    {
      FloeIceEvent *event = floe_ice_event_new (FLOE_ICE_EVENT_CANDIDATE_ERROR);

      event->url = server != NULL ? floe_ice_uri_serialize (server) : g_strdup ("");
      event->code = code;
      event->text = text;
      push_event (self, event);
    }
  update (self);
}

static void
on_path_changed (FloeIcePath *path, gpointer user_data)
{
  update (user_data);
}

static void
on_path_received (FloeIcePath *path, const guint8 *data, gsize size, gpointer user_data)
{
  FloeIceTransport *self = user_data;
  guint path_id = floe_ice_path_get_id (path);

  /* What happened before the datagram is told before it. */
  floe_ice_transport_ref (self);
  flush_events (self);
  if (!self->is_closed)
    self->events->received (path_id, data, size, self->user_data);
  floe_ice_transport_unref (self);
}

static const FloeIcePathEvents path_events = {
  .candidate = on_path_candidate,
  .server_failed = on_path_server_failed,
  .gathered = on_path_gathered,
  .changed = on_path_changed,
  .received = on_path_received,
};

static void
on_deadline (gpointer user_data)
{
  FloeIceTransport *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; self->has_started && i < self->lanes->len; i++)
    {
      FloeIceLane *lane = get_lane (self, i);
      FloeIceEvent *event;

      if (floe_ice_path_get_state (lane->path) == FLOE_PATH_IDLE && now_us >= lane->start_us)
        self->shared.path_count++;
      if (!floe_ice_lane_handle_timeout (lane, now_us))
        continue;
      event = floe_ice_event_new (FLOE_ICE_EVENT_PROBE);
      event->path_id = floe_ice_path_get_id (lane->path);
      push_event (self, event);
    }
  update (self);
}

FloeIceTransport *
floe_ice_transport_new (const FloeIceTransportConfig *config, GPtrArray *plan,
                        const FloeIceTransportEvents *events, gpointer user_data)
{
  FloeIceTransport *self = g_new0 (FloeIceTransport, 1);
  guint failed_timeout_ms =
      config->failed_timeout_ms != 0 ? config->failed_timeout_ms : DEFAULT_FAILED_TIMEOUT_MS;

  g_atomic_ref_count_init (&self->ref_count);
  self->events = events;
  self->user_data = user_data;
  self->shared = (FloeIceShared){
    .context = config->context,
    .ufrag = g_strdup (config->ufrag),
    .pwd = g_strdup (config->pwd),
    .min_port = config->min_port,
    .max_port = config->max_port,
    .relay_only = config->relay_only,
    .has_free_choice = config->interfaces == NULL,
    .remote = &self->remote,
  };
  floe_ice_remote_init (&self->remote);
  self->interfaces = g_strdupv ((char **) config->interfaces);
  self->include_loopback = config->include_loopback;
  self->deadline_source = floe_deadline_source_new (config->context, on_deadline, self);
  floe_gather_core_init (&self->gather);
  floe_ice_state_core_init (&self->core, failed_timeout_ms * (gint64) G_TIME_SPAN_MILLISECOND);
  g_queue_init (&self->queue);

  self->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_lane_free);
  for (guint i = 0; i < plan->len; i++)
    {
      const FloePathSpec *spec = g_ptr_array_index (plan, i);

      FloeIcePath *path;

      if (config->relay_only && spec->kind != FLOE_PATH_RELAY)
        continue;
      path = floe_ice_path_new (self->lanes->len, spec, &self->shared, &path_events, self);
      g_ptr_array_add (self->lanes, floe_ice_lane_new (path));
    }
  return self;
}

FloeIceTransport *
floe_ice_transport_ref (FloeIceTransport *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
floe_ice_transport_unref (FloeIceTransport *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  floe_ice_transport_close (self);
  floe_ice_remote_clear (&self->remote);
  g_clear_pointer (&self->shared.addresses, g_array_unref);
  g_free (self->shared.ufrag);
  g_free (self->shared.pwd);
  g_strfreev (self->interfaces);
  g_free (self);
}

void
floe_ice_transport_set_controlling (FloeIceTransport *self, gboolean is_controlling)
{
  self->shared.is_controlling = is_controlling;
}

void
floe_ice_transport_gather (FloeIceTransport *self)
{
  g_autoptr (GArray) all = NULL;
  gint64 now_us = g_get_monotonic_time ();

  if (self->is_closed || self->has_started)
    return;
  all = floe_local_addresses_list ();
  self->shared.addresses = floe_local_addresses_select (all, (const char *const *) self->interfaces,
                                                        self->include_loopback);
  self->has_started = TRUE;
  floe_gather_core_start (&self->gather, now_us);
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = get_lane (self, i);
      guint start_ms = floe_ice_path_get_spec (lane->path)->start_after_ms;

      lane->start_us = now_us + start_ms * (gint64) G_TIME_SPAN_MILLISECOND;
      if (start_ms == 0)
        self->shared.path_count++;
    }
  for (guint i = 0; i < self->lanes->len; i++)
    {
      if (get_lane (self, i)->start_us == now_us)
        floe_ice_path_start (get_lane (self, i)->path, now_us);
    }
  update (self);
}

static void
update_paths (FloeIceTransport *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    floe_ice_path_update_remote (get_lane (self, i)->path);
  update (self);
}

void
floe_ice_transport_set_remote_credentials (FloeIceTransport *self, const char *ufrag,
                                           const char *pwd)
{
  if (self->is_closed)
    return;
  floe_ice_remote_set_credentials (&self->remote, ufrag, pwd);
  update_paths (self);
}

void
floe_ice_transport_add_remote_candidate (FloeIceTransport *self, const FloeCandidate *candidate)
{
  if (self->is_closed)
    return;
  floe_ice_remote_add (&self->remote, candidate);
  update_paths (self);
}

void
floe_ice_transport_set_remote_end_of_candidates (FloeIceTransport *self)
{
  if (self->is_closed)
    return;
  self->remote.is_ended = TRUE;
  update_paths (self);
}

gboolean
floe_ice_transport_send (FloeIceTransport *self, const guint8 *data, gsize size)
{
  return self->carrier != NULL && floe_ice_lane_send (self->carrier, data, size);
}

gboolean
floe_ice_transport_send_on (FloeIceTransport *self, guint path_id, const guint8 *data, gsize size)
{
  return !self->is_closed && path_id < self->lanes->len
         && floe_ice_lane_send (get_lane (self, path_id), data, size);
}

void
floe_ice_transport_handle_life (FloeIceTransport *self, guint path_id)
{
  FloeIceLane *lane;
  gboolean was_trusted;

  if (self->is_closed || path_id >= self->lanes->len)
    return;
  lane = get_lane (self, path_id);
  was_trusted = floe_ice_lane_is_trusted (lane);
  floe_ice_lane_handle_life (lane, g_get_monotonic_time ());
  /* Comes with every datagram: the timer finds the later deadline by itself. */
  if (!was_trusted)
    update (self);
}

FloeIceConnectionState
floe_ice_transport_get_state (FloeIceTransport *self)
{
  return self->core.state;
}

static void
destroy_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
floe_ice_transport_close (FloeIceTransport *self)
{
  FloeIceFacts facts;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  facts = collect_facts (self);
  floe_ice_state_core_handle_facts (&self->core, &facts, g_get_monotonic_time ());
  self->carrier = NULL;
  g_clear_pointer (&self->lanes, g_ptr_array_unref);
  destroy_source (&self->flush_source);
  destroy_source (&self->deadline_source);
  g_clear_pointer (&self->last_pair, floe_ice_event_free);
  g_queue_clear_full (&self->queue, (GDestroyNotify) floe_ice_event_free);
}
