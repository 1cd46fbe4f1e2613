/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-transport-internal-private.h"

#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-ice-path-private.h"
#include "floe-ice-remote-private.h"
#include "floe-nat64-private.h"
#include "floe-turn-cause-private.h"

#define DEFAULT_FAILED_TIMEOUT_MS 39500 /* RFC 8863 section 4 */
#define DEFAULT_RELAY_WARM_MS 10000

static void
on_path_candidate (FloeIcePath *path, const FloeCandidate *candidate, gpointer user_data)
{
  FloeIceTransport *self = user_data;
  FloeIceEvent *event = floe_ice_event_new (FLOE_ICE_EVENT_CANDIDATE);

  event->local = *candidate;
  floe_ice_transport_tell_candidate (self, event);
  floe_ice_relays_handle_candidate (self->relays, floe_ice_path_get_id (path));
}

static void
report_server (const FloeIceUri *server, guint code, const char *text, gpointer user_data)
{
  FloeIceEvent *event = floe_ice_event_new (FLOE_ICE_EVENT_CANDIDATE_ERROR);

  event->url = server != NULL ? floe_ice_uri_serialize (server) : g_strdup ("");
  event->code = code;
  event->text = g_strdup (text);
  floe_ice_transport_push (user_data, event);
}

static void
on_path_server_failed (FloeIcePath *path, const FloeIceUri *server, guint code, const char *text,
                       gpointer user_data)
{
  report_server (server, code, text, user_data);
}

static void
on_path_gathered (FloeIcePath *path, guint code, const char *text, gpointer user_data)
{
  FloeIceTransport *self = user_data;

  /* Paths beside the plan ask no server: that one can't be opened is for whoever wanted it. */
  if (code != 0 && !floe_ice_path_get_spec (path)->is_apart)
    {
      report_server (floe_ice_path_get_server (path), code, text, self);
      floe_ice_relays_handle_failed (self->relays, floe_ice_path_get_id (path), TRUE);
    }
  floe_ice_transport_update (self);
}

static void
on_path_lost (FloeIcePath *path, guint code, const char *text, gpointer user_data)
{
  FloeIceTransport *self = user_data;
  /* What the server will not prolong is good until its time is over. */
  gboolean is_dead = code == FLOE_CODE_UNREACHABLE;

  report_server (&floe_ice_path_get_spec (path)->server, code, text, self);
  floe_ice_relays_handle_failed (self->relays, floe_ice_path_get_id (path), is_dead);
  floe_ice_transport_update (self);
}

static void
on_path_changed (FloeIcePath *path, gpointer user_data)
{
  FloeIceTransport *self = user_data;
  const FloeIceEvent *last;

  floe_ice_transport_update (self);
  last = g_queue_peek_tail (&self->outbox.queue);
  if (last == NULL || last->type != FLOE_ICE_EVENT_CHANGED)
    floe_ice_transport_push (self, floe_ice_event_new (FLOE_ICE_EVENT_CHANGED));
}

static void
on_path_received (FloeIcePath *path, const guint8 *data, gsize size, gpointer user_data)
{
  FloeIceTransport *self = user_data;
  guint path_id = floe_ice_path_get_id (path);

  /* What happened before the datagram is told before it. */
  floe_ice_transport_ref (self);
  floe_ice_transport_flush (self);
  if (!self->is_closed)
    {
      floe_ice_transport_get_lane (self, path_id)->tally.received_bytes += size;
      self->events->received (path_id, data, size, self->user_data);
    }
  floe_ice_transport_unref (self);
}

static void
on_path_met (FloeIcePath *path, gpointer user_data)
{
  floe_ice_transport_note_meeting (user_data, g_get_monotonic_time ());
  floe_ice_transport_update (user_data);
}

static const FloeIcePathEvents path_events = {
  .candidate = on_path_candidate,
  .server_failed = on_path_server_failed,
  .gathered = on_path_gathered,
  .changed = on_path_changed,
  .lost = on_path_lost,
  .received = on_path_received,
  .met = on_path_met,
};

FloeIceLane *
floe_ice_transport_add_lane (FloeIceTransport *self, const FloePathSpec *spec,
                             gboolean is_successor)
{
  g_autoptr (FloePathSpec) used = floe_path_spec_copy (spec);
  FloeIceLane *lane;

  used->is_successor = is_successor;
  lane = floe_ice_lane_new (
      floe_ice_path_new (self->lanes->len, used, &self->shared, &path_events, self));
  floe_liveness_core_set_must_answer (&lane->liveness, self->shared.peer_answers);
  floe_liveness_core_set_mapping_lifetime (&lane->liveness, self->shared.mapping_lifetime_s);
  g_ptr_array_add (self->lanes, lane);
  return lane;
}

static FloeIceLane *
add_lane (const FloePathSpec *spec, gboolean is_successor, gpointer user_data)
{
  return floe_ice_transport_add_lane (user_data, spec, is_successor);
}

static void
on_relays_changed (gpointer user_data)
{
  floe_ice_transport_update (user_data);
}

static const FloeIceRelaysEvents relays_events = { add_lane, report_server, on_relays_changed };

static void
restart_gathering (FloeIceTransport *self, gint64 now_us)
{
  floe_gather_core_init (&self->gather, self->gather.limit_us);
  floe_gather_core_start (&self->gather, now_us);
}

/* A try has begun: gathering goes on. */
static void
on_rise_begun (gpointer user_data)
{
  FloeIceTransport *self = user_data;

  restart_gathering (self, g_get_monotonic_time ());
  /* The address that it is bound to may be new, or the one before gone. */
  floe_ice_transport_look_at_addresses (self);
}

static void
on_rise_relays (gboolean are_needed, gpointer user_data)
{
  FloeIceTransport *self = user_data;

  floe_ice_relays_set_resting (self->relays, !are_needed);
  if (are_needed)
    floe_ice_relays_retry (self->relays);
}

static const FloeIceRiseEvents rise_events = { add_lane, on_rise_begun, on_rise_relays };

/* A path of the plan begins after gathering did. */
static void
begin_late (FloeIceTransport *self, FloeIceLane *lane, gint64 now_us)
{
  self->shared.path_count++;
  lane->start_us = now_us;
  if (self->gather.is_complete)
    restart_gathering (self, now_us);
}

static void
on_deadline (gpointer user_data)
{
  FloeIceTransport *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  if (floe_ice_transport_is_over (self))
    {
      floe_ice_transport_end_failed (self, now_us);
      return;
    }
  if (self->moves.look_us != -1 && now_us >= self->moves.look_us)
    {
      self->moves.look_us = -1;
      floe_ice_transport_look_at_addresses (self);
    }
  for (guint i = 0; self->has_started && i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);
      FloeIceEvent *event;

      floe_ice_rise_skip (self->rise, lane, self->carrier);
      if (floe_ice_path_get_state (lane->path) == FLOE_PATH_IDLE && now_us >= lane->start_us)
        begin_late (self, lane, now_us);
      if (!floe_ice_lane_handle_timeout (lane, now_us))
        continue;
      event = floe_ice_event_new (FLOE_ICE_EVENT_PROBE);
      event->path_id = floe_ice_path_get_id (lane->path);
      floe_ice_transport_push (self, event);
    }
  floe_ice_transport_end_expired (self);
  floe_ice_transport_update (self);
  if (floe_ice_transport_is_over (self))
    return;
  floe_ice_rise_handle_timeout (self->rise, self->carrier);
  floe_ice_relays_handle_timeout (self->relays, self->carrier);
  floe_ice_transport_update (self);
}

/* The plan's direct rows become lanes at once, its relays as floe-ice-relays likes. */
static void
add_plan (FloeIceTransport *self, GPtrArray *plan, guint warm_ms)
{
  const FloePathSpec *direct = NULL;

  for (guint i = 0; i < plan->len; i++)
    {
      const FloePathSpec *spec = g_ptr_array_index (plan, i);

      if (spec->kind == FLOE_PATH_RELAY || self->shared.relay_only)
        continue;
      add_lane (spec, FALSE, self);
      if (direct == NULL && spec->kind == FLOE_PATH_DIRECT)
        direct = spec;
    }
  self->rise =
      floe_ice_rise_new (self->lanes, &self->shared, direct,
                         warm_ms != 0 ? warm_ms : DEFAULT_RELAY_WARM_MS, &rise_events, self);
  self->relays = floe_ice_relays_new (self->lanes, &self->shared, &relays_events, self);
  floe_ice_relays_set_plan (self->relays, plan);
}

static void
update_paths (FloeIceTransport *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    floe_ice_path_update_remote (floe_ice_transport_get_lane (self, i)->path);
  floe_ice_transport_update (self);
}

static void
take_remote (FloeIceTransport *self, const FloeCandidate *candidate)
{
  floe_ice_remote_add (&self->remote, candidate);
  floe_ice_rise_handle_remote_candidate (self->rise);
  update_paths (self);
}

/* @candidate has the address that its name was found to have; NULL when one was not found. */
static void
on_name (const FloeCandidate *candidate, gpointer user_data)
{
  FloeIceTransport *self = user_data;

  self->remote.is_resolving = floe_ice_names_is_pending (self->outbox.names);
  if (candidate != NULL)
    take_remote (self, candidate);
  else
    update_paths (self);
}

FloeIceTransport *
floe_ice_transport_new (const FloeIceTransportConfig *config, GPtrArray *plan,
                        const FloeIceTransportEvents *events, gpointer user_data)
{
  FloeIceTransport *self = g_new0 (FloeIceTransport, 1);
  FloePrivacyRules rules =
      floe_privacy_rules_get (config->privacy, config->relay_only ? FLOE_ICE_TRANSPORT_POLICY_RELAY
                                                                  : FLOE_ICE_TRANSPORT_POLICY_ALL);
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
    .relay_only = !rules.speaks_to_peers,
    .rules = rules,
    .proxy_resolver = config->proxy_resolver != NULL ? g_object_ref (config->proxy_resolver) : NULL,
    .tls_database = config->tls_database != NULL ? g_object_ref (config->tls_database) : NULL,
    .has_free_choice = config->interfaces == NULL && rules.uses_all_routes,
    .remote = &self->remote,
    .budget = g_new0 (FloeCheckBudget, 1),
  };
  floe_ice_remote_init (&self->remote);
  self->interfaces.names = g_strdupv ((char **) config->interfaces);
  self->interfaces.include_loopback = config->include_loopback;
  self->deadline_source = floe_deadline_source_new (config->context, on_deadline, self);
  floe_gather_core_init (&self->gather,
                         config->gather_timeout_ms * (gint64) G_TIME_SPAN_MILLISECOND);
  floe_ice_state_core_init (&self->core, failed_timeout_ms * (gint64) G_TIME_SPAN_MILLISECOND,
                            config->failed_timeout_ms != 0);
  floe_ice_transport_init_outbox (
      self, floe_ice_names_new (&self->shared, config->privacy, on_name, self));

  self->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_lane_free);
  self->moves.look_us = -1;
  self->timing.both_us = self->timing.met_us = -1;
  g_queue_init (&self->timing.held);
  add_plan (self, plan, config->relay_warm_ms);
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
  g_free (self->shared.budget);
  g_free (self->shared.ufrag);
  g_free (self->shared.pwd);
  g_clear_object (&self->shared.proxy_resolver);
  g_clear_object (&self->shared.tls_database);
  g_strfreev (self->interfaces.names);
  g_free (self);
}

void
floe_ice_transport_set_controlling (FloeIceTransport *self, gboolean is_controlling)
{
  self->shared.is_controlling = is_controlling;
}

static void
on_prefixes (const FloeNat64 *nat64, gpointer user_data)
{
  FloeIceTransport *self = user_data;

  g_clear_object (&self->prefixes);
  floe_ice_remote_set_nat64 (&self->remote, nat64);
  update_paths (self);
}

static void
look_up_prefixes (FloeIceTransport *self)
{
  if (self->shared.relay_only || !floe_nat64_is_needed ())
    return;
  self->remote.is_asking = TRUE;
  self->prefixes = g_cancellable_new ();
  floe_nat64_look_up (self->shared.context, self->prefixes, on_prefixes, self, NULL);
}

void
floe_ice_transport_gather (FloeIceTransport *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->is_closed || self->has_started)
    return;
  self->shared.addresses = floe_ice_transport_select_addresses (self);
  self->has_started = TRUE;
  self->moves.start_us = now_us;
  look_up_prefixes (self);
  floe_ice_names_start (self->outbox.names);
  floe_gather_core_start (&self->gather, now_us);
  floe_ice_rise_start (self->rise, now_us);
  for (guint i = 0; i < self->lanes->len; i++)
    {
      FloeIceLane *lane = floe_ice_transport_get_lane (self, i);
      guint start_ms = floe_ice_path_get_spec (lane->path)->start_after_ms;

      if (lane->start_us == FLOE_LANE_HELD)
        continue;
      lane->start_us = now_us + start_ms * (gint64) G_TIME_SPAN_MILLISECOND;
    }
  floe_ice_transport_apply_schedule (self, now_us);
  for (guint i = 0; i < self->lanes->len; i++)
    self->shared.path_count += floe_ice_transport_get_lane (self, i)->start_us == now_us;
  for (guint i = 0; i < self->lanes->len; i++)
    {
      if (floe_ice_transport_get_lane (self, i)->start_us == now_us)
        floe_ice_path_start (floe_ice_transport_get_lane (self, i)->path, now_us);
    }
  floe_ice_relays_start (self->relays);
  floe_ice_transport_update (self);
}

static void
set_stun_servers (FloeIceTransport *self, GPtrArray *plan)
{
  for (guint i = 0; i < plan->len; i++)
    {
      const FloePathSpec *spec = g_ptr_array_index (plan, i);

      if (spec->kind != FLOE_PATH_DIRECT)
        continue;
      floe_ice_rise_set_stun_servers (self->rise, spec->stun_servers);
      for (guint j = 0; !self->has_started && j < self->lanes->len; j++)
        floe_ice_path_set_stun_servers (floe_ice_transport_get_lane (self, j)->path,
                                        spec->stun_servers);
    }
}

void
floe_ice_transport_set_plan (FloeIceTransport *self, GPtrArray *plan)
{
  if (floe_ice_transport_is_over (self))
    return;
  set_stun_servers (self, plan);
  floe_ice_relays_set_plan (self->relays, plan);
  floe_ice_transport_update (self);
}

void
floe_ice_transport_set_remote_credentials (FloeIceTransport *self, const char *ufrag,
                                           const char *pwd)
{
  if (floe_ice_transport_is_over (self))
    return;
  floe_ice_remote_set_credentials (&self->remote, ufrag, pwd);
  update_paths (self);
}

void
floe_ice_transport_add_remote_candidate (FloeIceTransport *self, const FloeCandidate *candidate)
{
  if (floe_ice_transport_is_over (self))
    return;
  floe_ice_transport_note_candidate (self, g_get_monotonic_time ());
  if (floe_ice_names_take (self->outbox.names, candidate))
    self->remote.is_resolving = floe_ice_names_is_pending (self->outbox.names);
  else
    take_remote (self, candidate);
}

void
floe_ice_transport_set_remote_end_of_candidates (FloeIceTransport *self)
{
  if (floe_ice_transport_is_over (self))
    return;
  self->remote.is_ended = TRUE;
  update_paths (self);
}

FloeIceConnectionState
floe_ice_transport_get_state (FloeIceTransport *self)
{
  return self->core.state;
}
