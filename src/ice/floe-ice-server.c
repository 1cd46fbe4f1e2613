/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-ice-server.h>

#include <string.h>

#include <floe/floe-error.h>

#include "floe-ice-server-private.h"
#include "floe-relay-core-private.h"

#define MAX_USERNAME_SIZE 508 /* RFC 8489 section 14.3: "MUST be less than 509 bytes" */

/* The direct path is better than any relay; which of the relays is best, their times tell
 * (floe-relay-core). */
#define DIRECT_PREFERENCE 1000
#define RELAY_PREFERENCE 1

/* As strategies have it where UDP is not known to be blocked. */
#define ICE_TCP_START_MS 4000

#define MAX_STUN_SERVERS 8 /* each is asked from every socket */

/**
 * FloeIceServer:
 *
 * A STUN or TURN server for #FloeConfiguration (W3C RTCIceServer). Immutable; may be shared
 * between threads.
 *
 * Since: 1.0
 */
struct _FloeIceServer
{
  char **urls;      /* (owned) */
  char *username;   /* (owned) (nullable) */
  char *credential; /* (owned) (nullable) */
};

G_DEFINE_BOXED_TYPE (FloeIceServer, floe_ice_server, floe_ice_server_ref, floe_ice_server_unref)

static void
wipe_and_free (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static void
clear_server (gpointer data)
{
  FloeIceServer *self = data;

  g_strfreev (self->urls);
  g_free (self->username);
  wipe_and_free (self->credential);
}

static gboolean
is_turn (const FloeIceUri *uri)
{
  return uri->scheme == FLOE_ICE_URI_TURN || uri->scheme == FLOE_ICE_URI_TURNS;
}

/* W3C webrtc-pc section 4.4.1.6 ("set the configuration", validation of each server). */
static gboolean
check_url (const char *url, const char *username, const char *credential, GError **error)
{
  FloeIceUri uri;

  if (!floe_ice_uri_parse (&uri, url, error))
    return FALSE;
  if (uri.scheme == FLOE_ICE_URI_TURNS && uri.protocol == FLOE_ICE_PROTOCOL_UDP)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
                   "“%s”: TURN over DTLS is not supported; leave “?transport=udp” away for TLS",
                   url);
      return FALSE;
    }
  if (!is_turn (&uri))
    return TRUE;
  if (username == NULL || credential == NULL)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                   "“%s” needs both a user name and a credential", url);
      return FALSE;
    }
  if (strlen (username) > MAX_USERNAME_SIZE)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                   "The user name for “%s” is longer than %d bytes", url, MAX_USERNAME_SIZE);
      return FALSE;
    }
  return TRUE;
}

/**
 * floe_ice_server_new:
 * @urls: (array zero-terminated=1): one or more "stun:", "stuns:", "turn:" or "turns:" URLs of
 *   the server
 * @username: (nullable): the user name, for "turn:" and "turns:" URLs; at most 508 bytes
 * @credential: (nullable): the password, for "turn:" and "turns:" URLs
 * @error: where an error goes, or %NULL
 *
 * A STUN or TURN server that finds or lends addresses (W3C RTCIceServer). All arguments are
 * copied.
 *
 * A URL without a port means the scheme's default port, 3478 or 5349; no SRV records are looked
 * for, as browsers do (#FloeDnsServerDirectory does).
 *
 * A "turns:" server is reached over TLS, and through the proxies that
 * floe_configuration_set_proxy_resolver() says, like one over TCP; its certificate has to be good
 * for the name in the URL. A "stuns:" server is accepted and gives no candidate: what it sees is
 * the address of a TCP connection, which data can't come to.
 *
 * Fails with %FLOE_ERROR_SYNTAX when @urls is empty or one of them is no URL of RFC 7064 or
 * RFC 7065, with %FLOE_ERROR_INVALID_ACCESS when a "turn:" or "turns:" URL comes without user name
 * or credential, or the user name is too long, and with %FLOE_ERROR_NOT_SUPPORTED for "turns:" with
 * "?transport=udp", which would be DTLS. May be called in any thread.
 *
 * Returns: (transfer full): the server, or %NULL with @error set
 *
 * Since: 1.0
 */
FloeIceServer *
floe_ice_server_new (const char *const *urls, const char *username, const char *credential,
                     GError **error)
{
  FloeIceServer *self;

  g_return_val_if_fail (urls != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (urls[0] == NULL)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "A server needs at least one URL");
      return NULL;
    }
  for (gsize i = 0; urls[i] != NULL; i++)
    {
      if (!check_url (urls[i], username, credential, error))
        return NULL;
    }

  self = g_atomic_rc_box_new0 (FloeIceServer);
  self->urls = g_strdupv ((char **) urls);
  self->username = g_strdup (username);
  self->credential = g_strdup (credential);
  return self;
}

/**
 * floe_ice_server_ref:
 * @self: a server
 *
 * A further reference to the server. May be called in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
FloeIceServer *
floe_ice_server_ref (FloeIceServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * floe_ice_server_unref:
 * @self: (transfer full): a server
 *
 * Gives a reference back; the last one frees @self and wipes its credential. May be called in any
 * thread.
 *
 * Since: 1.0
 */
void
floe_ice_server_unref (FloeIceServer *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_server);
}

/**
 * floe_ice_server_get_urls:
 * @self: a server
 *
 * The URLs of the server as they were given (W3C RTCIceServer.urls). May be called in any
 * thread.
 *
 * Returns: (transfer none) (array zero-terminated=1): the URLs
 *
 * Since: 1.0
 */
const char *const *
floe_ice_server_get_urls (const FloeIceServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->urls;
}

/**
 * floe_ice_server_get_username:
 * @self: a server
 *
 * The user name for "turn:" URLs (W3C RTCIceServer.username). May be called in any thread.
 *
 * Returns: (transfer none) (nullable): the user name
 *
 * Since: 1.0
 */
const char *
floe_ice_server_get_username (const FloeIceServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->username;
}

/**
 * floe_ice_server_get_credential:
 * @self: a server
 *
 * The password for "turn:" URLs (W3C RTCIceServer.credential). May be called in any thread.
 *
 * Returns: (transfer none) (nullable): the credential
 *
 * Since: 1.0
 */
const char *
floe_ice_server_get_credential (const FloeIceServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->credential;
}

static void
add_relay (GPtrArray *plan, const FloeIceServer *server, const FloeIceUri *uri)
{
  g_autoptr (FloePathSpec) spec = g_new0 (FloePathSpec, 1);

  spec->kind = FLOE_PATH_RELAY;
  spec->may_carry_data = TRUE;
  spec->preference = RELAY_PREFERENCE;
  spec->server = *uri;
  spec->username = g_strdup (server->username);
  spec->credential = g_strdup (server->credential);
  g_ptr_array_add (plan, g_steal_pointer (&spec));
}

static gboolean
is_asked (const GArray *servers, const FloeIceUri *uri)
{
  for (guint i = 0; i < servers->len; i++)
    {
      const FloeIceUri *known = &g_array_index (servers, FloeIceUri, i);

      if (known->port == uri->port && g_ascii_strcasecmp (known->host, uri->host) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A TURN server answers Binding requests as well (RFC 8656 section 5). STUN servers first: a name
 * that is there as both is asked, and blamed, as a STUN server. */
static void
add_stun_servers (GArray *list, GPtrArray *servers, FloeIceUriScheme scheme)
{
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      const FloeIceServer *server = g_ptr_array_index (servers, i);

      for (gsize j = 0; server->urls[j] != NULL; j++)
        {
          FloeIceUri uri;

          if (list->len < MAX_STUN_SERVERS && floe_ice_uri_parse (&uri, server->urls[j], NULL)
              && uri.scheme == scheme && uri.protocol == FLOE_ICE_PROTOCOL_UDP
              && !is_asked (list, &uri))
            g_array_append_val (list, uri);
        }
    }
}

GPtrArray *
floe_ice_servers_to_plan (GPtrArray *servers, FloeIceTransportPolicy policy, GError **error)
{
  g_autoptr (GPtrArray) plan =
      g_ptr_array_new_with_free_func ((GDestroyNotify) floe_path_spec_free);
  FloePathSpec *direct = g_new0 (FloePathSpec, 1);

  direct->kind = FLOE_PATH_DIRECT;
  direct->may_carry_data = TRUE;
  direct->preference = DIRECT_PREFERENCE;
  direct->stun_servers = g_array_new (FALSE, TRUE, sizeof (FloeIceUri));
  add_stun_servers (direct->stun_servers, servers, FLOE_ICE_URI_STUN);
  add_stun_servers (direct->stun_servers, servers, FLOE_ICE_URI_TURN);
  g_ptr_array_add (plan, direct);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      const FloeIceServer *server = g_ptr_array_index (servers, i);

      for (gsize j = 0; server->urls[j] != NULL; j++)
        {
          FloeIceUri uri;

          if (!check_url (server->urls[j], server->username, server->credential, error)
              || !floe_ice_uri_parse (&uri, server->urls[j], error))
            return NULL;
          if (is_turn (&uri) && plan->len <= FLOE_RELAY_MAX_SERVERS)
            add_relay (plan, server, &uri);
        }
    }
  if (policy == FLOE_ICE_TRANSPORT_POLICY_RELAY)
    g_ptr_array_remove_index (plan, 0);
  return g_steal_pointer (&plan);
}

/* For TCP: those that are told to be reached by it first. Others mostly are as well. */
static void
add_tcp_servers (GArray *list, const GPtrArray *plan, FloeIceProtocol protocol)
{
  for (guint i = 0; i < plan->len; i++)
    {
      const FloePathSpec *row = g_ptr_array_index (plan, i);

      for (guint j = 0; row->stun_servers != NULL && j < row->stun_servers->len; j++)
        {
          const FloeIceUri *uri = &g_array_index (row->stun_servers, FloeIceUri, j);

          if (uri->protocol == protocol && !is_asked (list, uri))
            g_array_append_vals (list, uri, 1);
        }
      if (row->kind == FLOE_PATH_RELAY && row->server.scheme == FLOE_ICE_URI_TURN
          && row->server.protocol == protocol && !is_asked (list, &row->server))
        g_array_append_vals (list, &row->server, 1);
    }
}

void
floe_ice_plan_add_tcp (GPtrArray *plan)
{
  FloePathSpec *spec = g_new0 (FloePathSpec, 1);

  spec->stun_servers = g_array_new (FALSE, TRUE, sizeof (FloeIceUri));
  add_tcp_servers (spec->stun_servers, plan, FLOE_ICE_PROTOCOL_TCP);
  add_tcp_servers (spec->stun_servers, plan, FLOE_ICE_PROTOCOL_UDP);

  spec->kind = FLOE_PATH_ICE_TCP;
  spec->start_after_ms = ICE_TCP_START_MS;
  spec->may_carry_data = TRUE;
  spec->preference = DIRECT_PREFERENCE;
  g_ptr_array_add (plan, spec);
}
