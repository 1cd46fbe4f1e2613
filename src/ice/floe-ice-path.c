/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-path-private.h"

#include "floe-candidate-convert-private.h"
#include "floe-candidate-guard-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"
#include "floe-name-resolver-private.h"
#include "floe-nice-agent-private.h"
#include "floe-nice-servers-private.h"
#include "floe-nice-sockets-private.h"
#include "floe-reflexive-private.h"
#include "floe-socket-tap-private.h"

/* A path has gathered at the latest after this long, whatever libnice says. It is more than a
 * silent STUN server takes (3.8 s), and enough for a name lookup, a TCP connection and the two
 * round trips of an allocation over a slow network. */
#define GATHER_LIMIT_US (5 * G_TIME_SPAN_SECOND)

/* The direct path does not wait longer than this for the name of its STUN server: the machine's
 * own addresses are worth more than a reflexive one that comes late. */
#define STUN_NAME_LIMIT_US (500 * G_TIME_SPAN_MILLISECOND)

/* Faster than this without a relay address, and the server has refused: silence takes longer. */
#define REFUSAL_LIMIT_US ((FLOE_NICE_TRANSACTION_MS - 300) * G_TIME_SPAN_MILLISECOND)

#define PACING_MS 5          /* RFC 8445 section 14.2: "MUST NOT be less than 5 ms" */
#define PACING_LOOPBACK_MS 1 /* no network is loaded */
#define PACING_AT_REST_MS 50 /* ends libnice's timer early, as nothing is left to check */

#define CODE_UNREACHABLE 701 /* W3C webrtc-pc section 4.8.2, errorCode */
#define CODE_REFUSED 401     /* libnice does not tell the server's own code */

struct _FloeIcePath
{
  guint id;
  FloePathSpec *spec;          /* (owned) */
  const FloeIceShared *shared; /* (unowned): the transport outlives its paths */
  const FloeIcePathEvents *events;
  gpointer user_data;
  FloePathState state;
  GCancellable *lookup;     /* (owned) (nullable): while the name is being resolved */
  NiceAgent *agent;         /* (owned) (nullable) */
  FloeReflexive *reflexive; /* (owned) (nullable): of a direct path with taps */
  NiceComponentState component_state;
  gint64 started_us;
  gboolean is_gathered;
  gboolean has_sockets;  /* nothing has to come before @reflexive can say something */
  gboolean is_reflected; /* a candidate of the server's making has come */
  guint fed_count;       /* remote candidates that the agent knows */
  gboolean has_fed_credentials;
  gboolean has_fed_end;
  const char *server_error; /* (unowned) (nullable): why the server could not be used */
};

static gint64
get_pacing_ms (const FloeIcePath *self)
{
  gboolean is_loopback = self->spec->kind == FLOE_PATH_DIRECT;

  for (guint i = 0; i < self->shared->addresses->len; i++)
    {
      if (!g_array_index (self->shared->addresses, FloeLocalAddress, i).is_loopback)
        is_loopback = FALSE;
    }
  /* Sockets that are bound to loopback addresses reach no others. */
  return is_loopback ? PACING_LOOPBACK_MS : PACING_MS * MAX (self->shared->path_count, 1);
}

static FloeRelayProtocol
get_relay_protocol (const FloeIcePath *self)
{
  return self->spec->server.protocol == FLOE_ICE_PROTOCOL_TCP ? FLOE_RELAY_PROTOCOL_TCP
                                                              : FLOE_RELAY_PROTOCOL_UDP;
}

static FloeCandidateMark
get_mark (const FloeIcePath *self)
{
  return (FloeCandidateMark){
    .path_id = self->id,
    .relay_protocol = get_relay_protocol (self),
    .hides_related = self->shared->relay_only,
  };
}

/* Which one libnice is to ask, or NULL: where taps work it has none to ask on a direct path. */
static const FloeIceUri *
get_server (const FloeIcePath *self)
{
  const GArray *stun_servers = self->spec->stun_servers;

  if (self->spec->kind == FLOE_PATH_RELAY)
    return &self->spec->server;
  if (self->reflexive != NULL || stun_servers == NULL || stun_servers->len == 0)
    return NULL;
  return &g_array_index (stun_servers, FloeIceUri, 0);
}

/* What to tell about the server when gathering has ended without its address. A STUN server that
 * answers may still give no candidate: without a NAT its answer is the host's address. */
static guint
judge_server (const FloeIcePath *self, gint64 now_us, const char **text)
{
  gboolean was_quick = now_us - self->started_us < REFUSAL_LIMIT_US;

  *text = NULL;
  if (self->server_error != NULL)
    {
      *text = self->server_error;
      return CODE_UNREACHABLE;
    }
  if (get_server (self) == NULL || self->is_reflected)
    return 0;
  if (self->spec->kind == FLOE_PATH_DIRECT && was_quick)
    return 0;
  if (self->spec->kind == FLOE_PATH_DIRECT)
    *text = "The STUN server did not answer";
  else if (!was_quick)
    *text = "The TURN server did not answer";
  else if (self->spec->server.protocol == FLOE_ICE_PROTOCOL_TCP)
    *text = "The TURN server refused the connection or the allocation: check the port, the user "
            "name and the credential";
  else
    {
      *text = "The TURN server refused the allocation: check the user name and the credential";
      return CODE_REFUSED;
    }
  return CODE_UNREACHABLE;
}

static void
finish_gathering (FloeIcePath *self)
{
  const char *text;
  guint code;

  if (self->is_gathered)
    return;
  self->is_gathered = TRUE;
  code = judge_server (self, g_get_monotonic_time (), &text);
  self->events->gathered (self, code, text, self->user_data);
}

static void
on_new_candidate (NiceAgent *agent, NiceCandidate *nice, gpointer user_data)
{
  FloeIcePath *self = user_data;
  FloeCandidateMark mark = get_mark (self);
  FloeCandidate candidate;

  if (nice->transport != NICE_CANDIDATE_TRANSPORT_UDP)
    return;
  if (nice->type != NICE_CANDIDATE_TYPE_HOST)
    self->is_reflected = TRUE;
  floe_candidate_from_nice (&candidate, nice, &mark);
  self->events->candidate (self, &candidate, self->user_data);
  self->events->changed (self, self->user_data);
}

static void
on_gathering_done (NiceAgent *agent, guint stream_id, gpointer user_data)
{
  finish_gathering (user_data);
}

static void
on_component_state (NiceAgent *agent, guint stream_id, guint component_id, guint state,
                    gpointer user_data)
{
  FloeIcePath *self = user_data;

  self->component_state = state;
  if (state == NICE_COMPONENT_STATE_READY)
    g_object_set (agent, "stun-pacing-timer", PACING_AT_REST_MS, NULL);
  self->events->changed (self, self->user_data);
}

static void
on_selected_pair (NiceAgent *agent, guint stream_id, guint component_id, NiceCandidate *local,
                  NiceCandidate *remote, gpointer user_data)
{
  FloeIcePath *self = user_data;

  self->events->changed (self, self->user_data);
}

static void
on_received (NiceAgent *agent, guint stream_id, guint component_id, guint size, char *data,
             gpointer user_data)
{
  FloeIcePath *self = user_data;

  /* The handler may free the path: nothing comes after it. */
  self->events->received (self, (const guint8 *) data, size, self->user_data);
}

/* One that only its checks have told of. */
static void
on_new_remote (NiceAgent *agent, NiceCandidate *candidate, gpointer user_data)
{
  FloeIcePath *self = user_data;

  if (!floe_candidate_guard_is_flooded (agent))
    return;
  floe_ice_path_close (self);
  self->events->changed (self, self->user_data);
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
on_reflexive_changed (gpointer user_data)
{
  FloeIcePath *self = user_data;

  self->events->changed (self, self->user_data);
}

static const FloeReflexiveEvents reflexive_events = {
  .candidate = on_reflexive_candidate,
  .failed = on_reflexive_failed,
  .changed = on_reflexive_changed,
};

static void
connect_agent (FloeIcePath *self)
{
  g_signal_connect (self->agent, "new-remote-candidate-full", G_CALLBACK (on_new_remote), self);
  g_signal_connect (self->agent, "new-candidate-full", G_CALLBACK (on_new_candidate), self);
  g_signal_connect (self->agent, "candidate-gathering-done", G_CALLBACK (on_gathering_done), self);
  g_signal_connect (self->agent, "component-state-changed", G_CALLBACK (on_component_state), self);
  g_signal_connect (self->agent, "new-selected-pair-full", G_CALLBACK (on_selected_pair), self);
  nice_agent_attach_recv (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, self->shared->context,
                          on_received, self);
}

/* @servers (element-type GInetAddress): empty for a direct path without a server. */
static void
run (FloeIcePath *self, GList *servers)
{
  FloeNiceAgentConfig config = {
    .context = self->shared->context,
    .ufrag = self->shared->ufrag,
    .pwd = self->shared->pwd,
    .is_controlling = self->shared->is_controlling,
    .is_relay = self->spec->kind == FLOE_PATH_RELAY,
    .pacing_ms = (guint) get_pacing_ms (self),
    .min_port = self->shared->min_port,
    .max_port = self->shared->max_port,
  };
  gboolean has_address;

  self->state = FLOE_PATH_RUNNING;
  if (config.is_relay && servers == NULL)
    {
      finish_gathering (self);
      return;
    }
  if (!floe_candidate_guard_has_room ())
    {
      self->server_error = "The machine has too many network addresses";
      self->has_sockets = TRUE;
      finish_gathering (self);
      return;
    }
  self->agent = floe_nice_agent_new (&config);
  has_address = config.is_relay ? floe_nice_servers_use_turn (self->agent, self->spec, servers,
                                                              self->shared->addresses,
                                                              self->shared->has_free_choice)
                                : floe_nice_servers_use_stun (self->agent, get_server (self),
                                                              servers, self->shared->addresses);
  connect_agent (self);
  if (!has_address || !nice_agent_gather_candidates (self->agent, FLOE_NICE_STREAM))
    {
      self->server_error = "No local address and port could be used";
      self->has_sockets = TRUE;
      finish_gathering (self);
      return;
    }
  if (self->reflexive != NULL)
    {
      FloeCandidateMark mark = get_mark (self);

      floe_nice_sockets_tap (self->agent, &mark, self->reflexive);
    }
  self->has_sockets = TRUE;
  floe_ice_path_update_remote (self);
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
  floe_path_spec_free (self->spec);
  g_free (self);
}

void
floe_ice_path_start (FloeIcePath *self, gint64 now_us)
{
  g_autoptr (GInetAddress) literal = NULL;
  const FloeIceUri *server;

  self->started_us = now_us;
  if (self->spec->kind == FLOE_PATH_DIRECT && self->spec->stun_servers != NULL
      && self->spec->stun_servers->len > 0 && floe_socket_tap_is_possible ())
    self->reflexive = floe_reflexive_new (self->shared->context, self->id, self->spec->stun_servers,
                                          &reflexive_events, self);
  server = get_server (self);
  if (server == NULL)
    {
      run (self, NULL);
      return;
    }
  literal = g_inet_address_new_from_string (server->host);
  if (literal != NULL)
    {
      GList servers = { .data = literal };

      run (self, &servers);
      return;
    }
  self->state = FLOE_PATH_RESOLVING;
  self->lookup = floe_name_resolver_start (self->shared->context, server->host, on_resolved, self);
}

static void
feed_candidates (FloeIcePath *self)
{
  GPtrArray *all = self->shared->remote->candidates;
  GSList *fresh = NULL;

  for (guint i = all->len; i > self->fed_count; i--)
    {
      if (floe_candidate_guard_allows (g_ptr_array_index (all, i - 1), self->shared->addresses))
        fresh = g_slist_prepend (fresh, g_ptr_array_index (all, i - 1));
    }
  if (fresh == NULL)
    return;
  self->fed_count = all->len;
  g_object_set (self->agent, "stun-pacing-timer", (guint) get_pacing_ms (self), NULL);
  nice_agent_set_remote_candidates (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, fresh);
  g_slist_free (fresh);
  /* A peer-reflexive candidate may have turned out to be one of these. */
  self->events->changed (self, self->user_data);
}

void
floe_ice_path_update_remote (FloeIcePath *self)
{
  const FloeIceRemote *remote = self->shared->remote;

  if (self->agent == NULL || remote->ufrag == NULL)
    return;
  if (!self->has_fed_credentials)
    nice_agent_set_remote_credentials (self->agent, FLOE_NICE_STREAM, remote->ufrag, remote->pwd);
  self->has_fed_credentials = TRUE;
  feed_candidates (self);
  if (remote->is_ended && !self->has_fed_end)
    {
      self->has_fed_end = TRUE;
      nice_agent_peer_candidate_gathering_done (self->agent, FLOE_NICE_STREAM);
    }
}

void
floe_ice_path_close (FloeIcePath *self)
{
  gboolean is_relay = self->spec->kind == FLOE_PATH_RELAY;
  gboolean is_asking;
  gboolean is_young = g_get_monotonic_time () - self->started_us < G_TIME_SPAN_SECOND;

  self->state = FLOE_PATH_CLOSED;
  if (self->lookup != NULL)
    g_cancellable_cancel (self->lookup);
  g_clear_object (&self->lookup);
  if (self->agent == NULL)
    {
      g_clear_pointer (&self->reflexive, floe_reflexive_free);
      return;
    }
  is_asking = get_server (self) != NULL && is_young;
  g_signal_handlers_disconnect_by_data (self->agent, self);
  nice_agent_attach_recv (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, self->shared->context,
                          NULL, NULL);
  floe_nice_agent_release (g_steal_pointer (&self->agent), self->shared->context, is_relay,
                           is_relay ? !self->is_gathered : is_asking);
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
  if (self->state == FLOE_PATH_RESOLVING)
    {
      self->server_error = "The server's name was not resolved in time";
      g_cancellable_cancel (self->lookup);
      g_clear_object (&self->lookup);
      run (self, NULL);
      return;
    }
  finish_gathering (self);
}

gint64
floe_ice_path_get_deadline (const FloeIcePath *self)
{
  if (self->is_gathered || self->state == FLOE_PATH_IDLE || self->state == FLOE_PATH_CLOSED)
    return -1;
  if (self->state == FLOE_PATH_RESOLVING && self->spec->kind == FLOE_PATH_DIRECT)
    return self->started_us + STUN_NAME_LIMIT_US;
  return self->started_us + GATHER_LIMIT_US;
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

const FloeIceUri *
floe_ice_path_get_server (const FloeIcePath *self)
{
  return get_server (self);
}

FloePathState
floe_ice_path_get_state (const FloeIcePath *self)
{
  return self->state;
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
      facts->allocated_relays += self->is_reflected ? 1 : 0;
      facts->pending_relays += self->state != FLOE_PATH_IDLE && !self->is_gathered ? 1 : 0;
      return;
    }
  facts->is_host_pending |= !self->is_gathered || !self->has_sockets;
  if (self->reflexive == NULL)
    return;
  reflexive = floe_reflexive_get_facts (self->reflexive);
  facts->answered_bases = reflexive.answered_count;
  facts->open_bases = reflexive.open_count;
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

  if (self->reflexive != NULL && local->type == FLOE_ICE_CANDIDATE_TYPE_PRFLX)
    gathered = floe_reflexive_find (self->reflexive, local->address, local->port);
  if (gathered != NULL)
    *local = *gathered;
}

gboolean
floe_ice_path_get_pair (const FloeIcePath *self, FloeCandidate *local, FloeCandidate *remote)
{
  FloeCandidateMark mark = get_mark (self);
  NiceCandidate *nice_local;
  NiceCandidate *nice_remote;

  if (self->agent == NULL
      || !nice_agent_get_selected_pair (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT,
                                        &nice_local, &nice_remote))
    return FALSE;
  floe_candidate_from_nice (local, nice_local, &mark);
  name_reflexive (self, local);
  floe_candidate_from_nice (remote, nice_remote, NULL);
  return TRUE;
}
