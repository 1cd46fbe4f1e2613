/* SPDX-License-Identifier: MPL-2.0 */
/* What paths over TCP have and others have not: guarded doors, few candidates of the peer's, and
 * connections that are opened from both sides (decision 28). */
#include "floe-ice-path-internal-private.h"

#include <string.h>

#include "floe-inet-convert-private.h"
#include "floe-nice-sockets-private.h"

/* A peer that tells of new candidates for ever does not have an agent connect for ever. */
#define MAX_FED_TCP (2 * FLOE_MAX_REMOTE_TCP_CANDIDATES)

/* As libnice has them for TCP beside UDP: half of what RFC 8445 section 5.1.2.2 recommends. */
#define HOST_PREFERENCE 60u
#define REFLEXIVE_PREFERENCE 50u
/* RFC 6544 section 4.2: simultaneous open comes first among candidates that NATs have mapped, and
 * last among those of hosts. */
#define SO_HOST_PREFERENCE 2u
#define SO_REFLEXIVE_PREFERENCE 6u
#define OTHER_PREFERENCE ((1u << 13) - 1)

/* A connection that was opened from both sides, and what stands for it. */
typedef struct
{
  FloeStunAddress door;
  FloeCandidate local;
  FloeCandidate remote;
} Met;

struct _FloePathTcp
{
  FloeTcpGate *gate; /* (owned) */
  FloeTcpSo *so;     /* (owned) (nullable): when there is a server to ask */
  GArray *met;       /* (owned) (element-type Met) */
  GPtrArray *told;   /* (owned) (element-type FloeCandidate): of our own, by @so */
};

static void
set_address (FloeCandidate *out, const FloeStunAddress *address)
{
  g_autofree char *text = floe_stun_address_to_text (address);

  g_strlcpy (out->address, text, sizeof out->address);
  out->port = address->port;
}

static gboolean
is_at (const FloeCandidate *candidate, const FloeStunAddress *address)
{
  g_autofree char *text = floe_stun_address_to_text (address);

  return candidate->port == address->port && strcmp (candidate->address, text) == 0;
}

static void
set_related (FloeCandidate *candidate, const FloeIcePath *self, const FloeStunAddress *base)
{
  FloeCandidateMark mark = floe_ice_path_get_mark (self);
  g_autofree char *text = floe_stun_address_to_text (base);
  gboolean is_ipv6 = base->size == FLOE_STUN_IPV6_SIZE;

  g_strlcpy (candidate->related_address, mark.hides_related ? (is_ipv6 ? "::" : "0.0.0.0") : text,
             sizeof candidate->related_address);
  candidate->related_port = mark.hides_related ? 9 : base->port;
}

static void
on_mapped (const FloeStunAddress *mapped, const FloeStunAddress *base, gpointer user_data)
{
  FloeIcePath *self = user_data;
  gboolean is_host = floe_stun_address_is_same_host (mapped, base);
  guint32 direction = is_host ? SO_HOST_PREFERENCE : SO_REFLEXIVE_PREFERENCE;
  guint32 local_preference = (direction << 13) + OTHER_PREFERENCE - (self->id & OTHER_PREFERENCE);
  FloeCandidate candidate = {
    .component = 1,
    .transport = FLOE_CANDIDATE_TCP_SO,
    .type = is_host ? FLOE_ICE_CANDIDATE_TYPE_HOST : FLOE_ICE_CANDIDATE_TYPE_SRFLX,
    .priority =
        (is_host ? HOST_PREFERENCE : REFLEXIVE_PREFERENCE) << 24 | local_preference << 8 | 255,
  };

  g_snprintf (candidate.foundation, sizeof candidate.foundation, "p%us%u", self->id,
              self->tcp->told->len + 1);
  set_address (&candidate, mapped);
  if (!is_host)
    set_related (&candidate, self, base);
  g_ptr_array_add (self->tcp->told, g_memdup2 (&candidate, sizeof candidate));
  self->events->candidate (self, &candidate, self->user_data);
  self->events->changed (self, self->user_data);
}

/* What the peer said of @remote. */
static const NiceCandidate *
find_remote (const FloeIcePath *self, const FloeStunAddress *remote)
{
  const GPtrArray *known = self->shared->remote->tcp;

  for (guint i = 0; i < known->len; i++)
    {
      const NiceCandidate *nice = g_ptr_array_index (known, i);
      FloeCandidate candidate;

      floe_candidate_from_nice (&candidate, nice, NULL);
      if (nice->transport == NICE_CANDIDATE_TRANSPORT_TCP_SO && is_at (&candidate, remote))
        return nice;
    }
  return NULL;
}

static const FloeCandidate *
find_told (const FloeIcePath *self, const FloeStunAddress *mapped)
{
  for (guint i = 0; i < self->tcp->told->len; i++)
    {
      const FloeCandidate *candidate = g_ptr_array_index (self->tcp->told, i);

      if (is_at (candidate, mapped))
        return candidate;
    }
  return NULL;
}

/* For libnice the peer is a passive candidate on this host. */
static void
on_met (const FloeStunAddress *mapped, const FloeStunAddress *remote, const FloeStunAddress *door,
        gpointer user_data)
{
  FloeIcePath *self = user_data;
  const NiceCandidate *known = find_remote (self, remote);
  const FloeCandidate *told = find_told (self, mapped);
  g_autoptr (GSList) fresh = NULL;
  g_autofree char *text = floe_stun_address_to_text (door);
  NiceCandidate *nice;
  FloeStunAddress selected;
  Met met = { .door = *door };

  if (known == NULL || told == NULL || self->agent == NULL
      || floe_nice_sockets_get_selected (self->agent, &selected))
    return;
  met.local = *told;
  floe_candidate_from_nice (&met.remote, known, NULL);
  g_array_append_val (self->tcp->met, met);
  nice = nice_candidate_copy (known);
  nice->transport = NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE;
  nice->type = NICE_CANDIDATE_TYPE_HOST;
  nice_address_set_from_string (&nice->addr, text);
  nice_address_set_port (&nice->addr, door->port);
  nice->base_addr = nice->addr;
  fresh = g_slist_prepend (NULL, nice);
  nice_agent_set_remote_candidates (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT, fresh);
  nice_candidate_free (nice);
}

static const FloeTcpSoEvents so_events = { on_mapped, on_met };

static void
on_gate_flooded (gpointer user_data)
{
  floe_ice_path_end_flooded (user_data);
}

static FloeTcpSo *
make_so (FloeIcePath *self)
{
  FloeTcpSoConfig config = {
    .context = self->shared->context,
    .servers = self->spec->stun_servers,
    .addresses = self->shared->addresses,
    .min_port = self->shared->min_port,
    .max_port = self->shared->max_port,
  };

  if (config.servers == NULL || config.servers->len == 0)
    return NULL;
  return floe_tcp_so_new (&config, &so_events, self);
}

void
floe_ice_path_begin_tcp (FloeIcePath *self)
{
  if (self->spec->kind != FLOE_PATH_ICE_TCP)
    return;
  floe_nice_sockets_bound (self->agent);
  self->tcp = g_new0 (FloePathTcp, 1);
  self->tcp->gate = floe_tcp_gate_new (self->agent, self->shared->context, on_gate_flooded, self);
  self->tcp->met = g_array_new (FALSE, FALSE, sizeof (Met));
  self->tcp->told = g_ptr_array_new_with_free_func (g_free);
  self->tcp->so = make_so (self);
  if (!self->shared->rules.may_listen)
    floe_tcp_gate_shut (self->tcp->gate);
}

void
floe_ice_path_end_tcp (FloeIcePath *self)
{
  FloePathTcp *tcp = g_steal_pointer (&self->tcp);

  if (tcp == NULL)
    return;
  g_clear_pointer (&tcp->so, floe_tcp_so_free);
  floe_tcp_gate_free (tcp->gate);
  g_array_unref (tcp->met);
  g_ptr_array_unref (tcp->told);
  g_free (tcp);
}

static gboolean
is_door (const FloePathTcp *self, const FloeStunAddress *address)
{
  for (guint i = 0; i < self->met->len; i++)
    if (floe_stun_address_equal (&g_array_index (self->met, Met, i).door, address))
      return TRUE;
  return FALSE;
}

void
floe_ice_path_settle_tcp (FloeIcePath *self, gboolean is_ready)
{
  FloeStunAddress selected;

  if (self->tcp == NULL)
    return;
  floe_nice_sockets_bound (self->agent);
  if (floe_nice_sockets_get_selected (self->agent, &selected))
    {
      floe_nice_sockets_end_others (self->agent, &selected);
      /* Nobody meets any more: none of its connections is selected. */
      if (!is_door (self->tcp, &selected))
        g_clear_pointer (&self->tcp->so, floe_tcp_so_free);
    }
  if (is_ready)
    floe_tcp_gate_shut (self->tcp->gate);
}

/* It is no candidate to libnice. */
static void
meet (FloeIcePath *self, const NiceCandidate *nice)
{
  FloeStunAddress remote;
  FloeCandidate candidate;

  floe_candidate_from_nice (&candidate, nice, NULL);
  if (self->tcp == NULL || self->tcp->so == NULL
      || !floe_stun_address_from_text (candidate.address, &remote))
    return;
  remote.port = candidate.port;
  floe_tcp_so_add_remote (self->tcp->so, &remote);
}

GSList *
floe_ice_path_take_tcp (FloeIcePath *self, GSList *fresh)
{
  const FloeIceRemote *remote = self->shared->remote;
  guint first = remote->tcp_number - remote->tcp->len;

  for (guint i = remote->tcp->len; i > 0 && first + i > self->fed.tcp_number; i--)
    {
      NiceCandidate *candidate = g_ptr_array_index (remote->tcp, i - 1);

      if (self->fed.count >= MAX_FED_TCP)
        break;
      if (!floe_ice_path_admits (self, candidate))
        continue;
      self->fed.count++;
      if (candidate->transport == NICE_CANDIDATE_TRANSPORT_TCP_SO)
        meet (self, candidate);
      else
        fresh = g_slist_prepend (fresh, candidate);
    }
  self->fed.tcp_number = remote->tcp_number;
  return fresh;
}

void
floe_ice_path_name_tcp (const FloeIcePath *self, FloeCandidate *local, FloeCandidate *remote)
{
  for (guint i = 0; self->tcp != NULL && i < self->tcp->met->len; i++)
    {
      const Met *met = &g_array_index (self->tcp->met, Met, i);

      if (!is_at (remote, &met->door))
        continue;
      *local = met->local;
      *remote = met->remote;
      return;
    }
}
