/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-path-private.h"

#include "floe-candidate-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"
#include "floe-name-resolver-private.h"
#include "floe-nice-agent-private.h"
#include "floe-nice-servers-private.h"
#include "floe-relay-access-private.h"
#include "floe-turn-cause-private.h"

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

struct _FloeIcePath
{
  guint id;
  FloePathSpec *spec;          /* (owned) */
  const FloeIceShared *shared; /* (unowned): the transport outlives its paths */
  const FloeIcePathEvents *events;
  gpointer user_data;
  FloePathState state;
  GCancellable *lookup;    /* (owned) (nullable): while the name is being resolved */
  FloeRelayAccess *access; /* (owned) (nullable): of a relay path */
  NiceAgent *agent;        /* (owned) (nullable) */
  NiceComponentState component_state;
  gint64 started_us;
  gint64 attempt_us; /* when the agent was made */
  gboolean is_gathered;
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

static FloeCandidateMark
get_mark (const FloeIcePath *self)
{
  FloeRelayProtocol protocol = floe_path_spec_get_relay_protocol (self->spec);

  return (FloeCandidateMark){
    .path_id = self->id,
    .relay_protocol = protocol,
    .is_successor = self->spec->is_successor,
    /* Through a tunnel the agent's own address is a loopback one. */
    .hides_related = self->shared->relay_only || protocol > FLOE_RELAY_PROTOCOL_UDP,
  };
}

static gboolean
has_server (const FloeIcePath *self)
{
  return self->spec->server.host[0] != '\0';
}

/* What to tell about the server when gathering has ended without its address. A STUN server that
 * answers may still give no candidate: without a NAT its answer is the host's address. */
static guint
judge_server (const FloeIcePath *self, gint64 now_us, const char **text)
{
  gboolean was_quick = now_us - self->attempt_us < REFUSAL_LIMIT_US;

  *text = NULL;
  if (self->server_error != NULL)
    {
      *text = self->server_error;
      return FLOE_CODE_UNREACHABLE;
    }
  if (!has_server (self) || self->is_reflected)
    return 0;
  if (was_quick)
    return 0;
  *text = "The STUN server did not answer";
  return FLOE_CODE_UNREACHABLE;
}

static void
finish_relay (FloeIcePath *self, guint code, const char *text)
{
  if (self->is_gathered)
    return;
  self->is_gathered = TRUE;
  self->events->gathered (self, code, text, self->user_data);
}

static void
finish_gathering (FloeIcePath *self)
{
  const char *text;
  guint code;

  if (self->access != NULL)
    {
      g_autofree char *cause = floe_turn_cause_describe (FLOE_CODE_UNREACHABLE, NULL, 0);

      finish_relay (self, self->is_reflected ? 0 : FLOE_CODE_UNREACHABLE, cause);
      return;
    }
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
  if (self->access != NULL)
    floe_relay_access_handle_relayed (self->access);
  /* The peer was told that there are no more; such a one still serves for checks. */
  if (self->is_gathered)
    return;
  floe_candidate_from_nice (&candidate, nice, &mark);
  self->events->candidate (self, &candidate, self->user_data);
}

static void
on_gathering_done (NiceAgent *agent, guint stream_id, gpointer user_data)
{
  FloeIcePath *self = user_data;

  if (self->access != NULL && !self->is_reflected)
    floe_relay_access_handle_refused (self->access, g_get_monotonic_time () - self->attempt_us
                                                        < REFUSAL_LIMIT_US);
  else
    finish_gathering (self);
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

static void
connect_agent (FloeIcePath *self)
{
  g_signal_connect (self->agent, "new-candidate-full", G_CALLBACK (on_new_candidate), self);
  g_signal_connect (self->agent, "candidate-gathering-done", G_CALLBACK (on_gathering_done), self);
  g_signal_connect (self->agent, "component-state-changed", G_CALLBACK (on_component_state), self);
  g_signal_connect (self->agent, "new-selected-pair-full", G_CALLBACK (on_selected_pair), self);
  nice_agent_attach_recv (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, self->shared->context,
                          on_received, self);
}

static void
make_agent (FloeIcePath *self)
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

  self->state = FLOE_PATH_RUNNING;
  self->attempt_us = g_get_monotonic_time ();
  self->agent = floe_nice_agent_new (&config);
  self->component_state = NICE_COMPONENT_STATE_DISCONNECTED;
  self->fed_count = 0;
  self->has_fed_credentials = FALSE;
  self->has_fed_end = FALSE;
}

static gboolean
gather (FloeIcePath *self, gboolean has_address)
{
  connect_agent (self);
  if (!has_address || !nice_agent_gather_candidates (self->agent, FLOE_NICE_STREAM))
    return FALSE;
  floe_ice_path_update_remote (self);
  return TRUE;
}

/* @servers (element-type GInetAddress): empty for a direct path without a server. */
static void
run (FloeIcePath *self, GList *servers)
{
  make_agent (self);
  if (gather (self, floe_nice_servers_use_stun (self->agent, self->spec, servers,
                                                self->shared->addresses)))
    return;
  self->server_error = "No local address and port could be used";
  finish_gathering (self);
}

static void
drop_agent (FloeIcePath *self)
{
  gboolean is_relay = self->spec->kind == FLOE_PATH_RELAY;
  gboolean is_young = g_get_monotonic_time () - self->attempt_us < G_TIME_SPAN_SECOND;

  if (self->agent == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->agent, self);
  nice_agent_attach_recv (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, self->shared->context,
                          NULL, NULL);
  floe_nice_agent_release (g_steal_pointer (&self->agent), self->shared->context, is_relay,
                           is_relay ? !self->is_gathered : has_server (self) && is_young);
}

static void
on_access_ready (gpointer user_data)
{
  FloeIcePath *self = user_data;

  drop_agent (self);
  make_agent (self);
  if (!gather (self, floe_relay_access_use (self->access, self->agent)))
    finish_relay (self, FLOE_CODE_UNREACHABLE, "No local address and port could be used");
}

static void
on_access_failed (guint code, const char *text, gpointer user_data)
{
  FloeIcePath *self = user_data;

  if (self->is_reflected)
    self->events->lost (self, code, text, self->user_data);
  else
    finish_relay (self, code, text);
}

static const FloeRelayAccessEvents access_events = { on_access_ready, on_access_failed };

static void
start_relay (FloeIcePath *self)
{
  FloeRelayAccessConfig config = {
    .context = self->shared->context,
    .addresses = self->shared->addresses,
    .has_free_choice = self->shared->has_free_choice,
    .proxy_resolver = self->shared->proxy_resolver,
    .tls_database = self->shared->tls_database,
  };

  self->is_gathered = FALSE;
  self->is_reflected = FALSE;
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
  floe_path_spec_free (self->spec);
  g_free (self);
}

void
floe_ice_path_start (FloeIcePath *self, gint64 now_us)
{
  g_autoptr (GInetAddress) literal = NULL;

  self->started_us = now_us;
  if (self->spec->kind == FLOE_PATH_RELAY)
    {
      start_relay (self);
      return;
    }
  if (!has_server (self))
    {
      run (self, NULL);
      return;
    }
  literal = g_inet_address_new_from_string (self->spec->server.host);
  if (literal != NULL)
    {
      GList servers = { .data = literal };

      run (self, &servers);
      return;
    }
  self->state = FLOE_PATH_RESOLVING;
  self->lookup =
      floe_name_resolver_start (self->shared->context, self->spec->server.host, on_resolved, self);
}

static void
feed_candidates (FloeIcePath *self)
{
  GPtrArray *all = self->shared->remote->candidates;
  GSList *fresh = NULL;

  for (guint i = all->len; i > self->fed_count; i--)
    fresh = g_slist_prepend (fresh, g_ptr_array_index (all, i - 1));
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
  self->state = FLOE_PATH_CLOSED;
  if (self->lookup != NULL)
    g_cancellable_cancel (self->lookup);
  g_clear_object (&self->lookup);
  drop_agent (self);
  g_clear_pointer (&self->access, floe_relay_access_free);
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
  floe_candidate_from_nice (remote, nice_remote, NULL);
  return TRUE;
}
