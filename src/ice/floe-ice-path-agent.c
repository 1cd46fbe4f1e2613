/* SPDX-License-Identifier: MPL-2.0 */
/* A path's NiceAgent: made, heard, fed with what the peer tells, and dropped. */
#include "floe-ice-path-internal-private.h"

#include <string.h>

#include "floe-candidate-guard-private.h"
#include "floe-local-addresses-private.h"
#include "floe-nice-sockets-private.h"
#include "floe-turn-cause-private.h"

/* Faster than this without a relay address, and the server has refused: silence takes longer. */
#define REFUSAL_LIMIT_US ((FLOE_NICE_TRANSACTION_MS - 300) * G_TIME_SPAN_MILLISECOND)

#define PACING_MS 5          /* RFC 8445 section 14.2: "MUST NOT be less than 5 ms" */
#define PACING_LOOPBACK_MS 1 /* no network is loaded */
#define PACING_AT_REST_MS 50 /* ends libnice's timer early, as nothing is left to check */

/* Of remote candidates: a peer that tells of new ones for ever does not make an agent grow so. */
#define MAX_FED (2 * FLOE_MAX_REMOTE_CANDIDATES)

static gint64
get_pacing_ms (const FloeIcePath *self)
{
  gboolean is_loopback = self->spec->kind != FLOE_PATH_RELAY;

  for (guint i = 0; i < self->shared->addresses->len; i++)
    {
      if (!g_array_index (self->shared->addresses, FloeLocalAddress, i).is_loopback)
        is_loopback = FALSE;
    }
  /* Sockets that are bound to loopback addresses reach no others. */
  return is_loopback ? PACING_LOOPBACK_MS : PACING_MS * MAX (self->shared->path_count, 1);
}

/* Of requests to the servers. What goes by TCP to one relay is paced by TCP: each request but the
 * first one answers the server, and no NAT has to make a mapping for it. */
static gint64
get_gathering_pacing_ms (const FloeIcePath *self)
{
  gint64 pacing_ms = get_pacing_ms (self);

  return floe_path_spec_get_relay_protocol (self->spec) > FLOE_RELAY_PROTOCOL_UDP
             ? MIN (pacing_ms, PACING_MS)
             : pacing_ms;
}

void
floe_ice_path_update_pace (FloeIcePath *self)
{
  gint64 pacing_ms = self->fed.count > 0 ? get_pacing_ms (self) : get_gathering_pacing_ms (self);

  if (self->agent != NULL && self->component_state != NICE_COMPONENT_STATE_READY)
    g_object_set (self->agent, "stun-pacing-timer", (guint) pacing_ms, NULL);
}

FloeCandidateMark
floe_ice_path_get_mark (const FloeIcePath *self)
{
  FloeRelayProtocol protocol = floe_path_spec_get_relay_protocol (self->spec);

  return (FloeCandidateMark){
    .path_id = self->id,
    .relay_protocol = protocol,
    .is_successor = self->spec->is_successor,
    /* Through a tunnel the agent's own address is a loopback one. */
    .hides_related = !self->shared->rules.tells_related || protocol > FLOE_RELAY_PROTOCOL_UDP,
  };
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
  if (floe_ice_path_get_server (self) == NULL || self->gathering.is_reflected)
    return 0;
  if (was_quick)
    return 0;
  *text = "The STUN server did not answer";
  return FLOE_CODE_UNREACHABLE;
}

void
floe_ice_path_finish_relay (FloeIcePath *self, guint code, const char *text)
{
  if (self->is_gathered)
    return;
  self->is_gathered = TRUE;
  self->events->gathered (self, code, text, self->user_data);
}

void
floe_ice_path_finish_gathering (FloeIcePath *self)
{
  const char *text;
  guint code;

  if (self->access != NULL)
    {
      g_autofree char *cause = floe_turn_cause_describe (FLOE_CODE_UNREACHABLE, NULL, 0);

      floe_ice_path_finish_relay (self, self->gathering.is_reflected ? 0 : FLOE_CODE_UNREACHABLE,
                                  cause);
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
  FloeCandidateMark mark = floe_ice_path_get_mark (self);
  FloeCandidate candidate;

  if (self->spec->is_apart)
    return;
  if (nice->type != NICE_CANDIDATE_TYPE_HOST)
    self->gathering.is_reflected = TRUE;
  if (self->access != NULL)
    floe_relay_access_handle_relayed (self->access);
  floe_candidate_from_nice (&candidate, nice, &mark);
  if (floe_ice_path_may_tell (self, &candidate))
    self->events->candidate (self, &candidate, self->user_data);
  self->events->changed (self, self->user_data);
}

static void
on_gathering_done (NiceAgent *agent, guint stream_id, gpointer user_data)
{
  FloeIcePath *self = user_data;

  if (self->access != NULL && !self->gathering.is_reflected)
    floe_relay_access_handle_refused (self->access, g_get_monotonic_time () - self->attempt_us
                                                        < REFUSAL_LIMIT_US);
  else
    floe_ice_path_finish_gathering (self);
}

static void
on_component_state (NiceAgent *agent, guint stream_id, guint component_id, guint state,
                    gpointer user_data)
{
  FloeIcePath *self = user_data;

  self->component_state = state;
  if (state == NICE_COMPONENT_STATE_READY)
    g_object_set (agent, "stun-pacing-timer", PACING_AT_REST_MS, NULL);
  floe_ice_path_settle_tcp (self, state == NICE_COMPONENT_STATE_READY);
  self->events->changed (self, self->user_data);
}

static void
on_selected_pair (NiceAgent *agent, guint stream_id, guint component_id, NiceCandidate *local,
                  NiceCandidate *remote, gpointer user_data)
{
  FloeIcePath *self = user_data;

  if (self->repeats != NULL && floe_ice_path_get_route (self) == FLOE_ROUTE_DIRECT)
    floe_ice_repeats_stop (self->repeats);
  floe_ice_path_note_answer (remote);
  floe_ice_path_settle_tcp (self, FALSE);
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

/* libnice checks @candidate from now on. Whoever has the answer first may check before it is here:
 * libnice remembers that until it knows what to check with. */
static void
repeat_checks (FloeIcePath *self, const NiceCandidate *candidate)
{
  if (self->repeats == NULL && self->reflexive != NULL && self->shared->remote->pwd != NULL)
    self->repeats = floe_ice_repeats_new (self->shared, self->reflexive);
  if (self->repeats != NULL)
    floe_ice_repeats_add_remote (self->repeats, candidate);
}

void
floe_ice_path_end_flooded (FloeIcePath *self)
{
  floe_ice_path_close (self);
  self->events->changed (self, self->user_data);
}

/* One that only its checks have told of. */
static void
on_new_remote (NiceAgent *agent, NiceCandidate *candidate, gpointer user_data)
{
  FloeIcePath *self = user_data;

  self->events->met (self, self->user_data);
  if (floe_candidate_guard_is_flooded (agent))
    floe_ice_path_end_flooded (self);
  else if (floe_ice_path_admits (self, candidate))
    repeat_checks (self, candidate);
}

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

void
floe_ice_path_make_agent (FloeIcePath *self)
{
  FloeNiceAgentConfig config = {
    .context = self->shared->context,
    .ufrag = self->shared->ufrag,
    .pwd = self->shared->pwd,
    .is_controlling = self->shared->is_controlling,
    .is_relay = self->spec->kind == FLOE_PATH_RELAY,
    .is_tcp = self->spec->kind == FLOE_PATH_ICE_TCP,
    .pacing_ms = (guint) get_gathering_pacing_ms (self),
    .min_port = self->spec->local_port != 0 ? self->spec->local_port : self->shared->min_port,
    .max_port = self->spec->local_port != 0 ? self->spec->local_port : self->shared->max_port,
  };

  self->state = FLOE_PATH_RUNNING;
  self->attempt_us = g_get_monotonic_time ();
  self->agent = floe_nice_agent_new (&config);
  self->component_state = NICE_COMPONENT_STATE_DISCONNECTED;
  self->fed = (FloeFedRemote){ 0 };
}

const char *
floe_ice_path_gather (FloeIcePath *self, gboolean has_address)
{
  const char *error;

  if (!floe_candidate_guard_has_room ())
    return "The machine has too many network addresses";
  connect_agent (self);
  if (!has_address || !nice_agent_gather_candidates (self->agent, FLOE_NICE_STREAM))
    return "No local address and port could be used";
  floe_nice_sockets_deepen (self->agent);
  if (self->reflexive != NULL)
    {
      FloeCandidateMark mark = floe_ice_path_get_mark (self);

      floe_nice_sockets_tap (self->agent, &mark, self->reflexive);
    }
  floe_ice_path_begin_tcp (self);
  error = floe_ice_path_close_gates (self);
  if (error != NULL)
    {
      floe_ice_path_drop_agent (self);
      return error;
    }
  self->gathering.has_sockets = TRUE;
  floe_ice_path_update_remote (self);
  return NULL;
}

void
floe_ice_path_drop_agent (FloeIcePath *self)
{
  gboolean is_relay = self->spec->kind == FLOE_PATH_RELAY;
  gboolean is_young = g_get_monotonic_time () - self->attempt_us < G_TIME_SPAN_SECOND;

  g_clear_pointer (&self->repeats, floe_ice_repeats_free);
  if (self->agent == NULL)
    return;
  floe_ice_path_end_tcp (self);
  g_signal_handlers_disconnect_by_data (self->agent, self);
  nice_agent_attach_recv (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, self->shared->context,
                          NULL, NULL);
  floe_nice_agent_release (g_steal_pointer (&self->agent), self->shared->context, is_relay,
                           is_relay ? !self->is_gathered
                                    : floe_ice_path_get_server (self) != NULL && is_young);
}

/* Prepends the candidates to @fresh that the agent does not know, so that the oldest is first. */
static GSList *
take_fresh (FloeIcePath *self, GSList *fresh)
{
  const FloeIceRemote *remote = self->shared->remote;
  guint recent = self->spec->is_try ? floe_ice_remote_get_recent (remote) : 0;

  for (guint i = remote->candidates->len; i > 0; i--)
    {
      NiceCandidate *candidate = g_ptr_array_index (remote->candidates, i - 1);
      guint number = g_array_index (remote->numbers, guint, i - 1);

      if (number <= self->fed.number || self->fed.count >= MAX_FED)
        break;
      if ((number < recent && candidate->type != NICE_CANDIDATE_TYPE_RELAYED)
          || !floe_ice_path_admits (self, candidate))
        continue;
      self->fed.count++;
      fresh = g_slist_prepend (fresh, candidate);
    }
  self->fed.number = remote->last_number;
  return fresh;
}

/* The same of the addresses behind NAT64. */
static GSList *
take_translated (FloeIcePath *self, GSList *fresh)
{
  const FloeIceRemote *remote = self->shared->remote;
  guint first = remote->translated_number - remote->translated->len;

  for (guint i = remote->translated->len; i > 0 && first + i > self->fed.translated_number; i--)
    {
      NiceCandidate *candidate = g_ptr_array_index (remote->translated, i - 1);

      if (self->fed.count >= MAX_FED
          || (self->spec->is_try && remote->translated->len - i >= FLOE_RECENT_REMOTE_CANDIDATES))
        break;
      if (!floe_ice_path_admits (self, candidate))
        continue;
      self->fed.count++;
      fresh = g_slist_prepend (fresh, candidate);
    }
  self->fed.translated_number = remote->translated_number;
  return fresh;
}

static void
feed_candidates (FloeIcePath *self)
{
  GSList *fresh = NULL;

  if (self->spec->kind == FLOE_PATH_DIRECT)
    fresh = take_translated (self, fresh);
  fresh = self->spec->kind == FLOE_PATH_ICE_TCP ? floe_ice_path_take_tcp (self, fresh)
                                                : take_fresh (self, fresh);
  if (fresh == NULL)
    return;
  g_object_set (self->agent, "stun-pacing-timer", (guint) get_pacing_ms (self), NULL);
  nice_agent_set_remote_candidates (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, fresh);
  for (GSList *link = fresh; link != NULL; link = link->next)
    repeat_checks (self, link->data);
  g_slist_free (fresh);
  /* A peer-reflexive candidate may have turned out to be one of these. */
  self->events->changed (self, self->user_data);
}

void
floe_ice_path_update_remote (FloeIcePath *self)
{
  const FloeIceRemote *remote = self->shared->remote;

  if (self->agent == NULL || remote->ufrag == NULL
      || (self->shared->is_direct_held && self->spec->kind == FLOE_PATH_DIRECT))
    return;
  if (!self->fed.has_credentials)
    nice_agent_set_remote_credentials (self->agent, FLOE_NICE_STREAM, remote->ufrag, remote->pwd);
  self->fed.has_credentials = TRUE;
  if (self->spec->is_apart)
    {
      floe_ice_path_feed_own (self);
      return;
    }
  feed_candidates (self);
  if (remote->is_ended && !remote->is_asking && !remote->is_resolving && !self->fed.has_end)
    {
      self->fed.has_end = TRUE;
      nice_agent_peer_candidate_gathering_done (self->agent, FLOE_NICE_STREAM);
    }
}

static gboolean
get_pair (const FloeIcePath *self, NiceCandidate **local, NiceCandidate **remote)
{
  return self->agent != NULL
         && nice_agent_get_selected_pair (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, local,
                                          remote);
}

FloeRouteKind
floe_ice_path_get_route (const FloeIcePath *self)
{
  static const FloeRouteKind relays[] = {
    [FLOE_RELAY_PROTOCOL_NONE] = FLOE_ROUTE_RELAY_UDP,
    [FLOE_RELAY_PROTOCOL_UDP] = FLOE_ROUTE_RELAY_UDP,
    [FLOE_RELAY_PROTOCOL_TCP] = FLOE_ROUTE_RELAY_TCP,
    [FLOE_RELAY_PROTOCOL_TLS] = FLOE_ROUTE_RELAY_TLS,
  };
  NiceCandidate *local, *remote;

  if (!get_pair (self, &local, &remote))
    return FLOE_ROUTE_NONE;
  if (self->spec->kind == FLOE_PATH_ICE_TCP)
    return remote->type == NICE_CANDIDATE_TYPE_RELAYED ? FLOE_ROUTE_RELAY_TCP
                                                       : FLOE_ROUTE_DIRECT_TCP;
  if (local->type == NICE_CANDIDATE_TYPE_RELAYED)
    return relays[floe_path_spec_get_relay_protocol (self->spec)];
  /* How the peer reaches its server is not known. */
  return remote->type == NICE_CANDIDATE_TYPE_RELAYED
                 || floe_ice_remote_is_relay (self->shared->remote, &remote->addr)
             ? FLOE_ROUTE_RELAY_UDP
             : FLOE_ROUTE_DIRECT;
}

gboolean
floe_ice_path_is_bound_to (const FloeIcePath *self, const GArray *addresses)
{
  NiceCandidate *local, *remote;
  char text[NICE_ADDRESS_STRING_LEN];

  if (!get_pair (self, &local, &remote) || !nice_address_is_valid (&local->base_addr))
    return TRUE;
  nice_address_to_string (&local->base_addr, text);
  for (guint i = 0; i < addresses->len; i++)
    {
      if (strcmp (g_array_index (addresses, FloeLocalAddress, i).text, text) == 0)
        return TRUE;
    }
  return floe_path_spec_get_relay_protocol (self->spec) > FLOE_RELAY_PROTOCOL_UDP;
}
