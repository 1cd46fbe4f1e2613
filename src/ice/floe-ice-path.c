/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-path-internal-private.h"

#include "floe-log-private.h"
#include "floe-name-resolver-private.h"
#include "floe-nice-servers-private.h"
#include "floe-socket-tap-private.h"
#include "floe-turn-cause-private.h"

/* A path has gathered at the latest after this long, whatever libnice says. It is more than a
 * silent STUN server takes (3.8 s), and enough for a name lookup, a TCP connection and the two
 * round trips of an allocation over a slow network. */
#define GATHER_LIMIT_US (5 * G_TIME_SPAN_SECOND)

/* The direct path does not wait longer than this for the name of its STUN server: the machine's
 * own addresses are worth more than a reflexive one that comes late. */
#define STUN_NAME_LIMIT_US (500 * G_TIME_SPAN_MILLISECOND)

/* Which one libnice is to ask, or NULL: where taps work it has none to ask on a direct path. */
const FloeIceUri *
floe_ice_path_get_server (const FloeIcePath *self)
{
  const GArray *stun_servers = self->spec->stun_servers;

  if (self->spec->kind == FLOE_PATH_RELAY)
    return &self->spec->server;
  if (self->spec->kind == FLOE_PATH_ICE_TCP || self->reflexive != NULL || stun_servers == NULL
      || stun_servers->len == 0)
    return NULL;
  return &g_array_index (stun_servers, FloeIceUri, 0);
}

static void
on_reflexive_candidate (const FloeCandidate *candidate, const FloeIceUri *server,
                        gpointer user_data)
{
  FloeIcePath *self = user_data;

  self->events->candidate (self, candidate, self->user_data);
}

static void
on_reflexive_failed (const FloeIceUri *server, guint code, const char *text, gpointer user_data)
{
  FloeIcePath *self = user_data;

  self->events->server_failed (self, server, code, text, self->user_data);
}

static void
on_reflexive_answer (guint base, const FloeStunAddress *from, const guint8 *data, gsize size,
                     gpointer user_data)
{
  FloeIcePath *self = user_data;

  if (self->repeats != NULL)
    floe_ice_repeats_handle_answer (self->repeats, base, from, data, size);
}

static void
on_reflexive_changed (gpointer user_data)
{
  FloeIcePath *self = user_data;

  self->events->changed (self, self->user_data);
}

static const FloeReflexiveEvents reflexive_events = {
  .candidate = on_reflexive_candidate,
  .failed = on_reflexive_failed,
  .answer = on_reflexive_answer,
  .changed = on_reflexive_changed,
};

/* @servers (element-type GInetAddress): empty for a direct path without a server. */
static void
run (FloeIcePath *self, GList *servers)
{
  g_autoptr (GArray) addresses = floe_ice_path_select_addresses (self);

  floe_ice_path_make_agent (self);
  self->server_error = floe_ice_path_gather (
      self, floe_nice_servers_use_stun (self->agent, floe_ice_path_get_server (self), servers,
                                        addresses));
  if (self->server_error == NULL)
    return;
  self->gathering.has_sockets = TRUE;
  floe_ice_path_finish_gathering (self);
}

static void
on_access_ready (gpointer user_data)
{
  FloeIcePath *self = user_data;
  const char *error;

  floe_ice_path_drop_agent (self);
  floe_ice_path_make_agent (self);
  error = floe_ice_path_gather (self, floe_relay_access_use (self->access, self->agent));
  if (error != NULL)
    floe_ice_path_finish_relay (self, FLOE_CODE_UNREACHABLE, error);
}

static void
on_access_failed (guint code, const char *text, gpointer user_data)
{
  FloeIcePath *self = user_data;

  if (self->gathering.is_reflected)
    self->events->lost (self, code, text, self->user_data);
  else
    floe_ice_path_finish_relay (self, code, text);
}

static const FloeRelayAccessEvents access_events = { on_access_ready, on_access_failed };

static void
start_relay (FloeIcePath *self)
{
  FloeRelayAccessConfig config = {
    .context = self->shared->context,
    .addresses = self->shared->addresses,
    .has_free_choice = self->shared->has_free_choice,
    .is_strict = !self->shared->rules.follows_redirects,
    .proxy_resolver = self->shared->proxy_resolver,
    .tls_database = self->shared->tls_database,
  };

  self->state = FLOE_PATH_RESOLVING;
  self->access = floe_relay_access_new (self->spec, &config, &access_events, self);
}

static void
on_resolved (GList *addresses, const GError *error, gpointer user_data)
{
  FloeIcePath *self = user_data;

  g_clear_object (&self->lookup);
  if (addresses == NULL)
    {
      floe_debug (FLOE_LOG_ICE, "path %u: %s", self->id, error->message);
      self->server_error = "The server's name could not be resolved";
    }
  run (self, addresses);
}

FloeIcePath *
floe_ice_path_new (guint id, const FloePathSpec *spec, const FloeIceShared *shared,
                   const FloeIcePathEvents *events, gpointer user_data)
{
  FloeIcePath *self = g_new0 (FloeIcePath, 1);

  self->id = id;
  self->spec = floe_path_spec_copy (spec);
  self->shared = shared;
  self->events = events;
  self->user_data = user_data;
  return self;
}

void
floe_ice_path_free (FloeIcePath *self)
{
  floe_ice_path_close (self);
  g_clear_pointer (&self->own, g_ptr_array_unref);
  floe_path_spec_free (self->spec);
  g_free (self);
}

void
floe_ice_path_set_stun_servers (FloeIcePath *self, const GArray *servers)
{
  if (self->spec->kind != FLOE_PATH_DIRECT
      || (self->state != FLOE_PATH_IDLE && self->state != FLOE_PATH_CLOSED))
    return;
  g_clear_pointer (&self->spec->stun_servers, g_array_unref);
  if (servers != NULL)
    self->spec->stun_servers = g_array_copy ((GArray *) servers);
}

void
floe_ice_path_start (FloeIcePath *self, gint64 now_us)
{
  g_autoptr (GInetAddress) literal = NULL;
  const FloeIceUri *server;

  self->gathering = (FloePathGathering){ .started_us = now_us };
  self->is_gathered = FALSE;
  self->server_error = NULL;
  if (self->spec->kind == FLOE_PATH_RELAY)
    {
      start_relay (self);
      return;
    }
  if (self->spec->kind == FLOE_PATH_DIRECT && self->spec->stun_servers != NULL
      && self->spec->stun_servers->len > 0 && floe_socket_tap_is_possible ())
    self->reflexive = floe_reflexive_new (self->shared->context, self->id, self->spec->stun_servers,
                                          &reflexive_events, self);
  if (self->reflexive != NULL && !self->shared->rules.tells_host)
    floe_reflexive_set_host_hidden (self->reflexive);
  server = floe_ice_path_get_server (self);
  if (server == NULL)
    {
      run (self, NULL);
      return;
    }
  literal = floe_name_resolver_read (server->host);
  if (literal != NULL)
    {
      GList servers = { .data = literal };

      run (self, &servers);
      return;
    }
  self->state = FLOE_PATH_RESOLVING;
  self->lookup = floe_name_resolver_start (self->shared->context, server->host, on_resolved, self);
}

void
floe_ice_path_close (FloeIcePath *self)
{
  self->state = FLOE_PATH_CLOSED;
  if (self->lookup != NULL)
    g_cancellable_cancel (self->lookup);
  g_clear_object (&self->lookup);
  floe_ice_path_drop_agent (self);
  g_clear_pointer (&self->access, floe_relay_access_free);
  g_clear_pointer (&self->reflexive, floe_reflexive_free);
}

gboolean
floe_ice_path_send (FloeIcePath *self, const guint8 *data, gsize size)
{
  if (self->agent == NULL || size > G_MAXUINT16)
    return FALSE;
  return nice_agent_send (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, (guint) size,
                          (const char *) data)
         == (int) size;
}

void
floe_ice_path_handle_timeout (FloeIcePath *self, gint64 now_us)
{
  gint64 deadline_us = floe_ice_path_get_deadline (self);

  if (deadline_us == -1 || now_us < deadline_us)
    return;
  if (self->lookup != NULL)
    {
      self->server_error = "The server's name was not resolved in time";
      g_cancellable_cancel (self->lookup);
      g_clear_object (&self->lookup);
      run (self, NULL);
      return;
    }
  floe_ice_path_finish_gathering (self);
}

gint64
floe_ice_path_get_deadline (const FloeIcePath *self)
{
  if (self->is_gathered || self->state == FLOE_PATH_IDLE || self->state == FLOE_PATH_CLOSED)
    return -1;
  if (self->state == FLOE_PATH_RESOLVING && self->spec->kind == FLOE_PATH_DIRECT)
    return self->gathering.started_us + STUN_NAME_LIMIT_US;
  return self->gathering.started_us + GATHER_LIMIT_US;
}

guint
floe_ice_path_get_id (const FloeIcePath *self)
{
  return self->id;
}

const FloePathSpec *
floe_ice_path_get_spec (const FloeIcePath *self)
{
  return self->spec;
}

FloePathState
floe_ice_path_get_state (const FloeIcePath *self)
{
  return self->state;
}

gint64
floe_ice_path_get_started_us (const FloeIcePath *self)
{
  return self->gathering.started_us;
}

gboolean
floe_ice_path_is_checking (const FloeIcePath *self)
{
  return self->agent != NULL && self->component_state >= NICE_COMPONENT_STATE_CONNECTING
         && self->component_state <= NICE_COMPONENT_STATE_READY;
}

gboolean
floe_ice_path_is_gathered (const FloeIcePath *self)
{
  return self->is_gathered || self->state == FLOE_PATH_CLOSED;
}

void
floe_ice_path_add_gather_facts (const FloeIcePath *self, FloeGatherFacts *facts)
{
  FloeReflexiveFacts reflexive;

  if (self->state == FLOE_PATH_CLOSED)
    return;
  if (self->spec->kind == FLOE_PATH_RELAY)
    {
      facts->allocated_relays += self->gathering.is_reflected ? 1 : 0;
      facts->pending_relays += self->state != FLOE_PATH_IDLE && !self->is_gathered ? 1 : 0;
      return;
    }
  if (self->spec->kind == FLOE_PATH_ICE_TCP)
    {
      facts->is_host_pending |= self->state == FLOE_PATH_RUNNING && !self->is_gathered;
      return;
    }
  facts->is_host_pending |= !self->is_gathered || !self->gathering.has_sockets;
  if (self->reflexive == NULL)
    return;
  reflexive = floe_reflexive_get_facts (self->reflexive);
  facts->answered_bases += reflexive.answered_count;
  facts->open_bases += reflexive.open_count;
  if (reflexive.answered_count == 0)
    return;
  facts->answered_us = reflexive.answered_us;
  facts->rtt_us = reflexive.rtt_us;
}

void
floe_ice_path_stop_refreshing (FloeIcePath *self)
{
  if (self->reflexive != NULL)
    floe_reflexive_stop_refreshing (self->reflexive);
}

gboolean
floe_ice_path_is_ready (const FloeIcePath *self)
{
  return self->agent != NULL
         && (self->component_state == NICE_COMPONENT_STATE_CONNECTED
             || self->component_state == NICE_COMPONENT_STATE_READY);
}

gboolean
floe_ice_path_is_finished (const FloeIcePath *self)
{
  return self->agent != NULL && self->component_state == NICE_COMPONENT_STATE_READY;
}

/* libnice was not told of mapped addresses, and takes them for peer-reflexive ones when a peer's
 * answer shows them. */
static void
name_reflexive (const FloeIcePath *self, FloeCandidate *local)
{
  const FloeCandidate *gathered = NULL;

  /* A host that hides itself is known by what servers have seen, be it the same. */
  if (self->reflexive != NULL
      && (local->type == FLOE_ICE_CANDIDATE_TYPE_PRFLX
          || (local->type == FLOE_ICE_CANDIDATE_TYPE_HOST && !self->shared->rules.tells_host)))
    gathered = floe_reflexive_find (self->reflexive, local->address, local->port);
  if (gathered != NULL)
    *local = *gathered;
}

gboolean
floe_ice_path_get_pair (const FloeIcePath *self, FloeCandidate *local, FloeCandidate *remote)
{
  FloeCandidateMark mark = floe_ice_path_get_mark (self);
  NiceCandidate *nice_local;
  NiceCandidate *nice_remote;

  if (self->agent == NULL
      || !nice_agent_get_selected_pair (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT,
                                        &nice_local, &nice_remote))
    return FALSE;
  floe_candidate_from_nice (local, nice_local, &mark);
  name_reflexive (self, local);
  floe_candidate_from_nice (remote, nice_remote, NULL);
  floe_ice_remote_restore (self->shared->remote, remote);
  floe_ice_path_name_tcp (self, local, remote);
  return TRUE;
}
