/* SPDX-License-Identifier: MPL-2.0 */
/* The resolver is asked here and not by GSocketClient, which would not tell whose fault a failure
 * is: the server's, or which proxy's. Each proxy gets a GSocketClient of its own, in order, until
 * one leads to the server. */
#include "floe-tunnel-connect-private.h"
#include "floe-tunnel-error-private.h"
#include "floe-tunnel-tls-private.h"

#include "floe-deadline-source-private.h"
#include "floe-nat64-private.h"

#include <floe/floe-error.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#define DEFAULT_TIMEOUT_MS 10000

/* Ways that a resolver names beyond these are not tried. */
#define MAX_PROXIES 8

/* What a proxy resolver is asked for. Desktops and the environment set a proxy for each scheme;
 * for one they do not know they name a SOCKS proxy at most. The proxy for https is the one that
 * lets CONNECT through, whatever is spoken behind it. */
#define PROXY_SCHEME "https"

/* How long data may stay without an acknowledgement before the connection counts as broken: TCP
 * itself would wait for a quarter of an hour. */
#define USER_TIMEOUT_MS 30000

typedef struct
{
  GSocketConnectable *address; /* (owned): of the server */
  char *uri;                   /* (owned): of the server, for the resolver */
  char *server;                /* (owned): for messages */
  gboolean is_tls;
  GSocketConnectable *identity; /* (owned) (nullable): whose certificate it has to be */
  guint timeout_ms;
  GTlsDatabase *database;      /* (owned) (nullable) */
  GSocketAddress *local;       /* (owned) (nullable): where a direct way begins */
  GSocketAddress *other_local; /* (owned) (nullable): of the other family, until it is tried */
  char **proxies;              /* (owned) (nullable): URIs, as the resolver gave them */
  guint next;                  /* which is to be tried */
  char *proxy;                 /* (owned) (nullable): the present one, for messages */
  FloeTunnelPhase phase;
  GTlsConnection *tls; /* (owned) (nullable) */
  GError *error;       /* (owned) (nullable): of the first way that failed */
  GSource *limit;      /* (owned) */
  gboolean is_late;
  GCancellable *caller; /* (owned) (nullable) */
  gulong caller_id;
  GCancellable *cancellable; /* (owned): cancelled by the caller's, or when it is late */
} Attempt;

static void try_next (GTask *task);

static void
attempt_free (Attempt *self)
{
  g_cancellable_disconnect (self->caller, self->caller_id);
  g_source_destroy (self->limit);
  g_source_unref (self->limit);
  g_clear_object (&self->caller);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->tls);
  g_clear_object (&self->database);
  g_clear_object (&self->local);
  g_clear_object (&self->other_local);
  g_clear_object (&self->address);
  g_clear_object (&self->identity);
  g_clear_error (&self->error);
  g_strfreev (self->proxies);
  g_free (self->proxy);
  g_free (self->server);
  g_free (self->uri);
  g_free (self);
}

static FloeTunnelSituation
get_situation (const Attempt *self)
{
  GInetAddress *local =
      self->local != NULL ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (self->local))
                          : NULL;

  return (FloeTunnelSituation){ self->phase, self->server, self->proxy, self->tls, local };
}

static void
on_late (gpointer user_data)
{
  Attempt *self = user_data;

  self->is_late = TRUE;
  g_cancellable_cancel (self->cancellable);
}

/* In whatever thread cancels. */
static void
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  (void) caller;
  g_cancellable_cancel (user_data);
}

/* Takes @error. Of several ways that lead nowhere the first is the one that was meant to be taken.
 */
static void
fail (GTask *task, GError *error)
{
  Attempt *self = g_task_get_task_data (task);
  GError *first = g_steal_pointer (&self->error);

  if (first != NULL)
    g_clear_error (&error);
  g_task_return_error (task, first != NULL ? first : error);
}

/* What can be set only when there is a socket. */
static void
set_socket_options (GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  /* Messages are small, and each is awaited. Without these things it works, only worse. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS, NULL);
}

static void
on_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
          GIOStream *connection, gpointer user_data)
{
  Attempt *self = user_data;

  (void) client;
  (void) connectable;
  switch (event)
    {
    case G_SOCKET_CLIENT_RESOLVING:
      self->phase = FLOE_TUNNEL_PHASE_RESOLVING;
      break;
    case G_SOCKET_CLIENT_CONNECTING:
      self->phase = FLOE_TUNNEL_PHASE_CONNECTING;
      break;
    case G_SOCKET_CLIENT_CONNECTED:
      set_socket_options (G_SOCKET_CONNECTION (connection));
      break;
    case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
      self->phase = FLOE_TUNNEL_PHASE_PROXY;
      break;
    case G_SOCKET_CLIENT_RESOLVED:
    case G_SOCKET_CLIENT_PROXY_NEGOTIATED:
    case G_SOCKET_CLIENT_TLS_HANDSHAKING:
    case G_SOCKET_CLIENT_TLS_HANDSHAKED:
    case G_SOCKET_CLIENT_COMPLETE:
    default:
      break;
    }
}

/* GIO's backends have switched off what is older, but a system's policy can bring it back. */
static gboolean
is_tls_new_enough (const Attempt *self)
{
  return g_tls_connection_get_protocol_version (self->tls) >= G_TLS_PROTOCOL_VERSION_TLS_1_2;
}

/* A certificate that is refused here will not be better by another way. */
static gboolean
may_try_another (const Attempt *self)
{
  return self->proxies[self->next] != NULL && self->next < MAX_PROXIES
         && self->phase != FLOE_TUNNEL_PHASE_TLS;
}

/* A name may have addresses of one family only, and which is not known here. */
static gboolean
turn_to_other_family (Attempt *self)
{
  if (self->other_local == NULL || self->proxy != NULL || self->phase == FLOE_TUNNEL_PHASE_TLS)
    return FALSE;
  g_object_unref (self->local);
  self->local = g_steal_pointer (&self->other_local);
  self->next--;
  return TRUE;
}

/* That an address is not of the server's family is not worth telling. */
static void
keep_error (Attempt *self, const GError *cause)
{
  FloeTunnelSituation situation = get_situation (self);

  if (self->error == NULL
      && (self->proxy != NULL || !g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)))
    self->error = floe_tunnel_error_new (&situation, cause);
}

static void
handle_failure (GTask *task, const GError *cause)
{
  Attempt *self = g_task_get_task_data (task);
  FloeTunnelSituation situation = get_situation (self);

  if (self->is_late)
    {
      fail (task, floe_tunnel_error_new_silence (&situation, self->timeout_ms));
      return;
    }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_error_copy (cause));
      return;
    }
  keep_error (self, cause);
  if (turn_to_other_family (self) || may_try_another (self))
    try_next (task);
  else
    fail (task, floe_tunnel_error_new (&situation, cause));
}

/* The stream itself, and not what makes it look like a socket, which would close the socket without
 * a goodbye of TLS. */
static GIOStream *
unwrap (GSocketConnection *connection)
{
  if (G_IS_TCP_WRAPPER_CONNECTION (connection))
    return g_object_ref (
        g_tcp_wrapper_connection_get_base_io_stream (G_TCP_WRAPPER_CONNECTION (connection)));
  return g_object_ref (G_IO_STREAM (connection));
}

static void
on_handshaken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Attempt *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  (void) source;
  if (!g_tls_connection_handshake_finish (self->tls, result, &error))
    handle_failure (task, error);
  else if (!is_tls_new_enough (self))
    fail (task, g_error_new (FLOE_ERROR, FLOE_ERROR_NETWORK,
                             "%s speaks only versions of TLS that are not secure any more",
                             self->server));
  else
    g_task_return_pointer (task, g_object_ref (self->tls), g_object_unref);
}

static void
on_tls_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Attempt *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  (void) source;
  self->tls = floe_tunnel_tls_new_finish (result, &error);
  if (self->tls == NULL)
    handle_failure (task, error);
  else
    g_tls_connection_handshake_async (self->tls, G_PRIORITY_DEFAULT, self->cancellable,
                                      on_handshaken, g_object_ref (task));
}

/* Here and not by GSocketClient, which makes a connection of TLS in this thread. */
static void
secure (GTask *task, GSocketConnection *connection)
{
  Attempt *self = g_task_get_task_data (task);
  g_autoptr (GIOStream) base = unwrap (connection);

  self->phase = FLOE_TUNNEL_PHASE_TLS;
  floe_tunnel_tls_new_async (base, self->identity != NULL ? self->identity : self->address,
                             self->database, self->cancellable, on_tls_made, g_object_ref (task));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Attempt *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = NULL;

  g_signal_handlers_disconnect_by_data (source, self);
  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (connection == NULL)
    handle_failure (task, error);
  else if (self->is_tls)
    secure (task, connection);
  else
    g_task_return_pointer (task, unwrap (connection), g_object_unref);
}

/* "host:port" of a proxy's URI, which may have a password in it; NULL for "direct://". */
static char *
describe_proxy (const char *proxy_uri)
{
  g_autoptr (GUri) uri = NULL;

  if (g_str_has_prefix (proxy_uri, "direct:"))
    return NULL;
  uri = g_uri_parse (proxy_uri, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_PARSE_RELAXED, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return g_strdup ("of the settings");
  return g_uri_get_port (uri) < 0
             ? g_strdup (g_uri_get_host (uri))
             : floe_tunnel_format_target (g_uri_get_host (uri), g_uri_get_port (uri));
}

/* (transfer full): where a way without a proxy leads. Behind NAT64 an IPv4 address is another one,
 * but the certificate is still to be for the one that was written. Who opens a tunnel has looked
 * the prefixes up. */
static GSocketConnectable *
choose_target (Attempt *self)
{
  GNetworkAddress *address = G_NETWORK_ADDRESS (self->address);
  g_autoptr (GInetAddress) literal =
      g_inet_address_new_from_string (g_network_address_get_hostname (address));
  GList *reached = NULL;
  GSocketConnectable *target;

  if (literal != NULL)
    reached = floe_nat64_synthesize_inet (floe_nat64_get_known (), literal);
  if (reached == NULL)
    return g_object_ref (self->address);
  if (self->identity == NULL)
    self->identity = g_object_ref (self->address);
  target = G_SOCKET_CONNECTABLE (
      g_inet_socket_address_new (reached->data, g_network_address_get_port (address)));
  g_resolver_free_addresses (reached);
  return target;
}

static void
try_next (GTask *task)
{
  Attempt *self = g_task_get_task_data (task);
  const char *proxy = self->proxies[self->next++];
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) target = NULL;

  g_free (self->proxy);
  self->proxy = describe_proxy (proxy);
  g_clear_object (&self->tls);
  g_socket_client_set_enable_proxy (client, self->proxy != NULL);
  if (self->proxy != NULL)
    {
      g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (proxy, NULL);

      g_socket_client_set_proxy_resolver (client, resolver);
      target = g_object_ref (self->address);
    }
  else
    {
      g_socket_client_set_local_address (client, self->local);
      target = choose_target (self);
    }
  g_signal_connect (client, "event", G_CALLBACK (on_event), self);
  self->phase = FLOE_TUNNEL_PHASE_RESOLVING;
  g_socket_client_connect_async (client, target, self->cancellable, on_connected,
                                 g_object_ref (task));
}

static void
on_proxies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Attempt *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  FloeTunnelSituation situation = get_situation (self);

  self->proxies = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);
  if (self->proxies != NULL && self->proxies[0] != NULL)
    try_next (task);
  else if (self->is_late)
    fail (task, floe_tunnel_error_new_silence (&situation, self->timeout_ms));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fail (task, g_steal_pointer (&error));
  else
    fail (task, g_error_new (FLOE_ERROR, FLOE_ERROR_NETWORK,
                             "The settings do not tell what proxies lead to %s: %s", self->server,
                             error != NULL ? error->message : "they name none"));
}

static Attempt *
attempt_new (const FloeTunnelConfig *config, GCancellable *cancellable)
{
  Attempt *self = g_new0 (Attempt, 1);

  self->address = g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname", config->host, "port",
                                (guint) config->port, "scheme", PROXY_SCHEME, NULL);
  self->uri =
      g_uri_join (G_URI_FLAGS_NONE, PROXY_SCHEME, NULL, config->host, config->port, "", NULL, NULL);
  self->server = floe_tunnel_format_target (config->host, config->port);
  self->is_tls = config->is_tls;
  if (config->identity != NULL)
    self->identity = g_network_address_new (config->identity, config->port);
  self->timeout_ms = config->timeout_ms > 0 ? config->timeout_ms : DEFAULT_TIMEOUT_MS;
  g_set_object (&self->database, config->tls_database);
  g_set_object (&self->local, config->local_address);
  g_set_object (&self->other_local, config->other_local);
  self->cancellable = g_cancellable_new ();
  self->limit = floe_deadline_source_new (g_main_context_get_thread_default (), on_late, self);
  floe_deadline_source_set (self->limit,
                            g_get_monotonic_time () + self->timeout_ms * G_TIME_SPAN_MILLISECOND);
  g_set_object (&self->caller, cancellable);
  if (cancellable != NULL)
    self->caller_id = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled),
                                             g_object_ref (self->cancellable), g_object_unref);
  return self;
}

void
floe_tunnel_connect_async (const FloeTunnelConfig *config, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GProxyResolver *resolver = config->proxy_resolver;
  Attempt *self = attempt_new (config, cancellable);

  g_task_set_source_tag (task, floe_tunnel_connect_async);
  g_task_set_task_data (task, self, (GDestroyNotify) attempt_free);
  if (config->is_tls && !g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
                               "TLS is not there, so %s can't be reached: install glib-networking",
                               self->server);
      return;
    }
  if (config->is_tls && config->tls_database == NULL)
    floe_tunnel_tls_prepare ();
  if (resolver == NULL)
    resolver = g_proxy_resolver_get_default ();
  g_proxy_resolver_lookup_async (resolver, self->uri, self->cancellable, on_proxies,
                                 g_steal_pointer (&task));
}

GIOStream *
floe_tunnel_connect_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
floe_tunnel_connect_get_proxy (GAsyncResult *result)
{
  const Attempt *self = g_task_get_task_data (G_TASK (result));

  return self->proxy;
}
