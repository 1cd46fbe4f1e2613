/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-relay-access-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-deadline-source-private.h"
#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"
#include "floe-name-resolver-private.h"
#include "floe-nice-agent-private.h"
#include "floe-nice-servers-private.h"
#include "floe-relay-way-private.h"
#include "floe-stun-redirects-private.h"
#include "floe-turn-cause-private.h"
#include "floe-turn-diagnosis-private.h"

struct _FloeRelayAccess
{
  const FloePathSpec *spec; /* (unowned): the path's */
  FloeRelayAccessConfig config;
  const FloeRelayAccessEvents *events;
  gpointer user_data;
  FloePathSpec *used;           /* (owned): @spec, or the server that it sent us on to */
  char *identity;               /* (owned) (nullable): whose certificate the alternate server has */
  GCancellable *lookup;         /* (owned) (nullable): while the name is being resolved */
  GList *servers;               /* (owned) (element-type GInetAddress): of UDP */
  FloeRelayWay *way;            /* (owned) (nullable): of TCP and TLS */
  GArray *way_locals;           /* (owned) (element-type FloeStunAddress): where it may begin */
  FloeTurnDiagnosis *diagnosis; /* (owned) (nullable): while one is made */
  FloeStunRedirects redirects;
  GSource *verdict; /* (owned): tells what is known, from the main loop */
  guint code;       /* to be told by @verdict; 0 for ready() */
  char *text;       /* (owned) (nullable) */
  gboolean has_failed;
  gboolean is_relayed;
  gboolean has_retried;
};

static gboolean
is_stream (const FloeRelayAccess *self)
{
  return self->spec->server.protocol == FLOE_ICE_PROTOCOL_TCP;
}

/* Has ready() called, when @code is 0, or else failed(). (transfer full) @text (nullable). */
static void
conclude (FloeRelayAccess *self, guint code, char *text)
{
  g_free (self->text);
  self->text = text;
  self->code = code;
  floe_deadline_source_set (self->verdict, g_get_monotonic_time ());
}

static void
conclude_code (FloeRelayAccess *self, guint code)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;

  conclude (self, code, floe_turn_cause_describe (code, self->spec->username, now_s));
}

static void
on_verdict (gpointer user_data)
{
  FloeRelayAccess *self = user_data;
  g_autofree char *text = g_steal_pointer (&self->text);

  if (self->has_failed)
    return;
  if (self->code == 0)
    {
      self->events->ready (self->user_data);
      return;
    }
  self->has_failed = TRUE;
  floe_debug (FLOE_LOG_ICE, "relay: %u, %s", self->code, text);
  self->events->failed (self->code, text, self->user_data);
}

static void start (FloeRelayAccess *self);

/* Where the response came from, as far as anybody knows: a tunnel resolves names by itself, or a
 * proxy does. Then the answer may lead to public addresses only. */
static FloeStunAddress
guess_server (const FloeRelayAccess *self, const FloeStunMessage *response)
{
  g_autoptr (GInetAddress) literal = g_inet_address_new_from_string (self->used->server.host);
  /* Behind NAT64 an IPv4 server speaks of IPv4 addresses. */
  GInetAddress *known = literal == NULL && self->servers != NULL ? self->servers->data : literal;
  FloeStunAddress server = { 0 };

  if (known != NULL)
    {
      server.size = g_inet_address_get_native_size (known);
      memcpy (server.bytes, g_inet_address_to_bytes (known), server.size);
      server.port = self->used->server.port;
    }
  else if (floe_stun_message_get_address (response, FLOE_STUN_ALTERNATE_SERVER, &server))
    {
      server.port = 0; /* another than the alternate one */
      if (floe_stun_address_get_scope (&server) != FLOE_STUN_SCOPE_GLOBAL)
        server.size = 0; /* of no family: it won't be followed */
    }
  return server;
}

/* RFC 8489 section 10: a server with TLS must have a certificate for ALTERNATE-DOMAIN, or for the
 * name that the first one has. */
static void
keep_identity (FloeRelayAccess *self, const FloeStunMessage *response)
{
  const char *domain;
  gsize size;

  if (floe_stun_message_get_text (response, FLOE_STUN_ALTERNATE_DOMAIN, &domain, &size))
    {
      g_free (self->identity);
      self->identity = g_strndup (domain, size);
    }
  else if (self->identity == NULL)
    self->identity = g_strdup (self->spec->server.host);
}

/* RFC 8489 section 10: the same transport and the same credentials. */
static void
follow (FloeRelayAccess *self, const FloeStunMessage *response)
{
  FloeStunAddress server = guess_server (self, response), alternate;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *text = NULL;

  if (self->config.is_strict)
    {
      conclude (self, FLOE_STUN_ERROR_TRY_ALTERNATE,
                g_strdup ("The TURN server sends us on to another one, which the privacy level "
                          "does not allow: configure that one"));
      return;
    }
  if (!floe_stun_redirects_follow (&self->redirects, g_get_monotonic_time (), &server, response,
                                   &alternate, &error))
    {
      conclude (self, FLOE_STUN_ERROR_TRY_ALTERNATE, g_strdup (error->message));
      return;
    }
  keep_identity (self, response);
  address = g_inet_address_new_from_bytes (alternate.bytes, alternate.size == FLOE_STUN_IPV6_SIZE
                                                                ? G_SOCKET_FAMILY_IPV6
                                                                : G_SOCKET_FAMILY_IPV4);
  text = g_inet_address_to_string (address);
  floe_debug (FLOE_LOG_ICE, "relay: the server sends us on to another");
  g_strlcpy (self->used->server.host, text, sizeof self->used->server.host);
  self->used->server.port = alternate.port;
  start (self);
}

static void
on_diagnosed (guint code, const FloeStunMessage *response, const GError *error, gpointer user_data)
{
  FloeRelayAccess *self = user_data;

  if (code == 0 && !self->has_retried)
    {
      /* What libnice met was of the moment: 437, 438, 508. */
      self->has_retried = TRUE;
      conclude (self, 0, NULL);
    }
  else if (code == 0)
    conclude (self, FLOE_CODE_UNREACHABLE,
              g_strdup ("The TURN server lends addresses, but to libnice it lent none"));
  else if (code == FLOE_STUN_ERROR_TRY_ALTERNATE && response != NULL)
    follow (self, response);
  else
    conclude_code (self, code);
  g_clear_pointer (&self->diagnosis, floe_turn_diagnosis_free);
}

/* (transfer full): what a socket has to be bound to; NULL for what the routes say. */
static GInetAddress *
choose_local (const FloeRelayAccess *self, GSocketFamily family)
{
  return self->config.has_free_choice ? NULL
                                      : floe_local_addresses_find (self->config.addresses, family);
}

/* Sockets without an address are for where any will do. */
static gboolean
lacks_local (const FloeRelayAccess *self, const GInetAddress *local)
{
  return !self->config.has_free_choice && local == NULL;
}

static void
diagnose (FloeRelayAccess *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) local =
      choose_local (self, g_inet_address_get_family (self->servers->data));
  FloeStunAskerConfig config = {
    .context = self->config.context,
    .server = self->servers->data,
    .port = self->used->server.port,
    .local = local,
  };

  if (lacks_local (self, local))
    {
      conclude_code (self, FLOE_CODE_UNREACHABLE);
      return;
    }
  self->diagnosis = floe_turn_diagnosis_new (&config, self->spec->username, self->spec->credential,
                                             on_diagnosed, self, &error);
  if (self->diagnosis == NULL)
    conclude (self, FLOE_CODE_UNREACHABLE,
              g_strdup_printf ("The TURN server could not be asked: %s", error->message));
}

static void
on_way_failed (const GError *error, gpointer user_data)
{
  conclude (user_data, FLOE_CODE_UNREACHABLE, g_strdup (error->message));
}

static void
on_way_refused (guint code, const FloeStunMessage *response, gpointer user_data)
{
  FloeRelayAccess *self = user_data;

  if (code == FLOE_STUN_ERROR_TRY_ALTERNATE && !self->is_relayed)
    follow (self, response);
  else if (self->is_relayed)
    conclude_code (self, code);
}

static const FloeRelayWayEvents way_events = { on_way_failed, on_way_refused };

/* (transfer full) (nullable) */
static GSocketAddress *
choose_stream_local (const FloeRelayAccess *self, GSocketFamily family)
{
  g_autoptr (GInetAddress) local = choose_local (self, family);

  return local != NULL ? g_inet_socket_address_new (local, 0) : NULL;
}

static void
note_local (FloeRelayAccess *self, GSocketAddress *local)
{
  FloeStunAddress address;

  if (local != NULL && floe_stun_address_from_socket_address (local, &address))
    g_array_append_val (self->way_locals, address);
}

static void
open_way (FloeRelayAccess *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) ipv4 = choose_stream_local (self, G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) ipv6 = choose_stream_local (self, G_SOCKET_FAMILY_IPV6);
  FloeTunnelConfig config = {
    .host = self->used->server.host,
    .port = self->used->server.port,
    .is_tls = self->used->server.scheme == FLOE_ICE_URI_TURNS,
    .identity = self->identity,
    /* The server's addresses are not known here. */
    .local_address = ipv4 != NULL ? ipv4 : ipv6,
    .other_local = ipv4 != NULL ? ipv6 : NULL,
    .proxy_resolver = self->config.proxy_resolver,
    .tls_database = self->config.tls_database,
  };

  g_clear_pointer (&self->way, floe_relay_way_leave);
  if (!self->config.has_free_choice && ipv4 == NULL && ipv6 == NULL)
    {
      conclude (self, FLOE_CODE_UNREACHABLE, g_strdup ("There is no address that may be used"));
      return;
    }
  g_array_set_size (self->way_locals, 0);
  note_local (self, ipv4);
  note_local (self, ipv6);
  self->way = floe_relay_way_new (self->config.context, &config, &way_events, self, &error);
  if (self->way == NULL)
    conclude (self, FLOE_CODE_UNREACHABLE, g_strdup (error->message));
  else
    conclude (self, 0, NULL);
}

static void
on_resolved (GList *addresses, const GError *error, gpointer user_data)
{
  FloeRelayAccess *self = user_data;

  g_clear_object (&self->lookup);
  if (addresses == NULL)
    {
      conclude (
          self, FLOE_CODE_UNREACHABLE,
          g_strdup_printf ("The TURN server's name could not be resolved: %s", error->message));
      return;
    }
  self->servers = g_list_copy_deep (addresses, (GCopyFunc) (GCallback) g_object_ref, NULL);
  conclude (self, 0, NULL);
}

/* A tunnel resolves names by itself, or its proxy does; what NAT64 needs has to be known before. */
static void
on_prepared (GList *addresses, const GError *error, gpointer user_data)
{
  FloeRelayAccess *self = user_data;

  g_clear_object (&self->lookup);
  open_way (self);
}

static void
start (FloeRelayAccess *self)
{
  GInetAddress *literal;

  if (is_stream (self))
    {
      g_autoptr (GInetAddress) usable = floe_name_resolver_read (self->used->server.host);

      if (usable == NULL && g_hostname_is_ip_address (self->used->server.host))
        self->lookup = floe_name_resolver_start (self->config.context, self->used->server.host,
                                                 on_prepared, self);
      else
        open_way (self);
      return;
    }
  g_list_free_full (g_steal_pointer (&self->servers), g_object_unref);
  literal = floe_name_resolver_read (self->used->server.host);
  if (literal != NULL)
    {
      self->servers = g_list_prepend (NULL, literal);
      conclude (self, 0, NULL);
    }
  else
    self->lookup =
        floe_name_resolver_start (self->config.context, self->used->server.host, on_resolved, self);
}

FloeRelayAccess *
floe_relay_access_new (const FloePathSpec *spec, const FloeRelayAccessConfig *config,
                       const FloeRelayAccessEvents *events, gpointer user_data)
{
  FloeRelayAccess *self = g_new0 (FloeRelayAccess, 1);

  self->spec = spec;
  self->used = floe_path_spec_copy (spec);
  self->config = *config;
  self->events = events;
  self->user_data = user_data;
  self->way_locals = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));
  self->verdict = floe_deadline_source_new (config->context, on_verdict, self);
  start (self);
  return self;
}

void
floe_relay_access_free (FloeRelayAccess *self)
{
  if (self->lookup != NULL)
    g_cancellable_cancel (self->lookup);
  g_clear_object (&self->lookup);
  g_clear_pointer (&self->diagnosis, floe_turn_diagnosis_free);
  g_clear_pointer (&self->way, floe_relay_way_leave);
  g_list_free_full (self->servers, g_object_unref);
  g_array_unref (self->way_locals);
  g_source_destroy (self->verdict);
  g_source_unref (self->verdict);
  floe_path_spec_free (self->used);
  g_free (self->identity);
  g_free (self->text);
  g_free (self);
}

gboolean
floe_relay_access_use (FloeRelayAccess *self, NiceAgent *agent)
{
  if (self->way == NULL)
    return floe_nice_servers_use_turn (agent, self->used, self->servers, self->config.addresses,
                                       self->config.has_free_choice);
  floe_nice_servers_use_tunnel (agent, self->spec, floe_relay_way_get_tunnel (self->way));
  floe_relay_way_tie (self->way, agent);
  return TRUE;
}

void
floe_relay_access_fill_gate (const FloeRelayAccess *self, FloeSocketGate *gate)
{
  for (GList *link = self->way == NULL ? self->servers : NULL; link != NULL; link = link->next)
    {
      FloeStunAddress server = floe_stun_address_from_inet (link->data, self->used->server.port);

      if (!floe_socket_gate_add_server (gate, &server))
        return;
    }
}

static gboolean
has_address (const GArray *addresses, const FloeStunAddress *address)
{
  g_autofree char *text = floe_stun_address_to_text (address);

  for (guint i = 0; i < addresses->len; i++)
    {
      if (strcmp (g_array_index (addresses, FloeLocalAddress, i).text, text) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
floe_relay_access_keeps_to (const FloeRelayAccess *self, const GArray *addresses)
{
  for (guint i = 0; self->way != NULL && i < self->way_locals->len; i++)
    {
      if (!has_address (addresses, &g_array_index (self->way_locals, FloeStunAddress, i)))
        return FALSE;
    }
  return TRUE;
}

void
floe_relay_access_handle_relayed (FloeRelayAccess *self)
{
  self->is_relayed = TRUE;
  if (self->way != NULL)
    floe_relay_way_handle_relayed (self->way);
}

void
floe_relay_access_handle_refused (FloeRelayAccess *self, gboolean was_quick)
{
  guint code;

  if (self->way != NULL)
    {
      code = floe_relay_way_get_code (self->way);
      conclude_code (self, code != 0 ? code : FLOE_CODE_UNREACHABLE);
    }
  else if (was_quick && self->servers != NULL)
    diagnose (self);
  else
    conclude_code (self, FLOE_CODE_UNREACHABLE);
}
