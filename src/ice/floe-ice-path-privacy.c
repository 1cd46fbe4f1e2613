/* SPDX-License-Identifier: MPL-2.0 */
/* What the privacy level says of one path: whom its sockets may hear and speak to (decision 37). */
#include "floe-ice-path-internal-private.h"

#include <string.h>

#include "floe-candidate-guard-private.h"
#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"
#include "floe-socket-gate-private.h"

static gboolean
read_address (const NiceAddress *nice, FloeStunAddress *out)
{
  char text[NICE_ADDRESS_STRING_LEN];

  nice_address_to_string (nice, text);
  return floe_stun_address_from_text (text, out);
}

gboolean
floe_ice_path_may_check (const FloeIcePath *self, const NiceCandidate *candidate)
{
  const GArray *addresses = self->shared->addresses;
  const FloePrivacyRules *rules = &self->shared->rules;
  FloeStunAddress from, to;

  if (!floe_candidate_guard_allows (candidate, addresses, &self->shared->remote->nat64))
    return FALSE;
  /* The relay sends, and the server knows where to. */
  if (self->spec->kind == FLOE_PATH_RELAY)
    return TRUE;
  if (!read_address (&candidate->addr, &to))
    return FALSE;
  for (guint i = 0; i < addresses->len; i++)
    {
      const FloeLocalAddress *address = &g_array_index (addresses, FloeLocalAddress, i);

      /* libnice pairs it with each of its family. */
      if (floe_stun_address_from_text (address->text, &from) && from.size == to.size
          && !floe_privacy_rules_may_send (rules, &from, &to))
        return FALSE;
    }
  return TRUE;
}

/* libnice asks one only where there are no taps to do so. */
static void
add_stun_server (const FloeIcePath *self, FloeSocketGate *gate)
{
  g_autofree char *host = NULL;
  FloeStunAddress server;
  guint port;

  g_object_get (self->agent, "stun-server", &host, "stun-server-port", &port, NULL);
  if (host == NULL || !floe_stun_address_from_text (host, &server))
    return;
  server.port = (guint16) port;
  floe_socket_gate_add_server (gate, &server);
}

static gboolean
read_local (GSocket *socket, FloeStunAddress *out)
{
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);

  return bound != NULL && floe_stun_address_from_socket_address (bound, out);
}

/* FALSE when there is a gate, and it can't be closed. */
static gboolean
guard (const FloeIcePath *self, GSocket *socket)
{
  gboolean is_relay = self->spec->kind == FLOE_PATH_RELAY;
  FloeSocketGate gate = { .lets_global_in = !is_relay };
  g_autoptr (GError) error = NULL;
  FloeStunAddress local;

  /* Whoever sees a global address of ours when we answer has sent to it. */
  if (g_socket_get_socket_type (socket) != G_SOCKET_TYPE_DATAGRAM
      || (!is_relay && read_local (socket, &local)
          && floe_stun_address_get_scope (&local) == FLOE_STUN_SCOPE_GLOBAL))
    return TRUE;
  if (is_relay)
    floe_relay_access_fill_gate (self->access, &gate);
  else
    add_stun_server (self, &gate);
  if (floe_socket_gate_close (&gate, socket, &error))
    return TRUE;
  floe_info (FLOE_LOG_ICE, "path %u: %s", self->id, error->message);
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

const char *
floe_ice_path_close_gates (FloeIcePath *self)
{
  const FloePrivacyRules *rules = &self->shared->rules;
  g_autoptr (GPtrArray) sockets = NULL;

  if (self->spec->kind == FLOE_PATH_RELAY ? rules->speaks_to_peers : rules->shows_host)
    return NULL;
  sockets = nice_agent_get_sockets (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT);
  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    {
      if (!guard (self, g_ptr_array_index (sockets, i)))
        return "The system does not let sockets be guarded as the privacy level asks for";
    }
  return NULL;
}

static gboolean
is_among (const FloeStunAddress *address, const GArray *addresses)
{
  g_autofree char *text = floe_stun_address_to_text (address);

  for (guint i = 0; i < addresses->len; i++)
    {
      if (strcmp (g_array_index (addresses, FloeLocalAddress, i).text, text) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_others (const FloeIcePath *self, const GArray *addresses)
{
  g_autoptr (GPtrArray) sockets =
      nice_agent_get_sockets (self->agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT);

  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    {
      FloeStunAddress local;

      /* A tunnel begins on loopback. */
      if (read_local (g_ptr_array_index (sockets, i), &local) && !is_among (&local, addresses)
          && floe_stun_address_get_scope (&local) != FLOE_STUN_SCOPE_LOOPBACK)
        return TRUE;
    }
  return FALSE;
}

gboolean
floe_ice_path_keeps_to (const FloeIcePath *self, const GArray *addresses)
{
  if (self->access != NULL && !floe_relay_access_keeps_to (self->access, addresses))
    return FALSE;
  return self->agent == NULL || !has_others (self, addresses);
}
