/* SPDX-License-Identifier: MPL-2.0 */
/* Servers that change while the connection is there, and credentials that end. */
#include "floe-peer-connection-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-configuration-private.h"
#include "floe-deadline-source-private.h"
#include "floe-expiry-core-private.h"
#include "floe-ice-server-private.h"
#include "floe-log-private.h"
#include "floe-turn-rest-private.h"

/* W3C webrtc-pc section 4.8.1.3: no server's own code, but that none could be reached. */
#define DIRECTORY_FAILED_CODE 701

typedef struct
{
  FloeIceServer *server; /* (owned) */
  gint64 due_us;         /* of the wall clock */
  gboolean is_told;
} Expiring;

static void
clear_expiring (gpointer data)
{
  Expiring *expiring = data;

  floe_ice_server_unref (expiring->server);
}

FloeConfiguration *
floe_peer_servers_copy_configuration (const FloeConfiguration *other)
{
  FloeConfiguration *copy = floe_configuration_new ();

  for (guint i = 0; i < other->ice_servers->len; i++)
    floe_configuration_add_ice_server (copy, g_ptr_array_index (other->ice_servers, i));
  copy->ice_transport_policy = other->ice_transport_policy;
  g_set_object (&copy->certificate, other->certificate);
  copy->min_port = other->min_port;
  copy->max_port = other->max_port;
  copy->interfaces = g_strdupv (other->interfaces);
  copy->include_loopback = other->include_loopback;
  copy->privacy = other->privacy;
  copy->ice_tcp = other->ice_tcp;
  copy->max_channels = other->max_channels;
  copy->max_message_size = other->max_message_size;
  copy->ice_failed_timeout_ms = other->ice_failed_timeout_ms;
  g_set_object (&copy->proxy_resolver, other->proxy_resolver);
  g_set_object (&copy->tls_database, other->tls_database);
  g_set_object (&copy->server_directory, other->server_directory);
  copy->gather_timeout_ms = other->gather_timeout_ms;
  floe_configuration_copy_paths (copy, other);
  return copy;
}

static void
arm_timer (FloePeerConnection *self)
{
  gint64 now_us = g_get_real_time ();
  gint64 wait_us = -1;

  for (guint i = 0; i < self->servers.expiring->len; i++)
    {
      const Expiring *expiring = &g_array_index (self->servers.expiring, Expiring, i);
      gint64 own_us = floe_expiry_core_get_wait_us (expiring->due_us, now_us);

      if (!expiring->is_told)
        wait_us = wait_us == -1 ? own_us : MIN (wait_us, own_us);
    }
  if (self->servers.timer == NULL)
    return; /* nobody needs servers any more */
  floe_deadline_source_set (self->servers.timer,
                            wait_us == -1 ? -1 : g_get_monotonic_time () + wait_us);
}

/* With the same end: of a server with new credentials the application has to be told anew. */
static gboolean
is_same_server (const FloeIceServer *a, const FloeIceServer *b)
{
  return g_strcmp0 (floe_ice_server_get_username (a), floe_ice_server_get_username (b)) == 0
         && g_strv_equal (floe_ice_server_get_urls (a), floe_ice_server_get_urls (b));
}

static gboolean
is_in_use (const FloePeerConnection *self, const FloeIceServer *server)
{
  const GPtrArray *servers = self->servers.applied->ice_servers;

  for (guint i = 0; i < servers->len; i++)
    {
      if (is_same_server (g_ptr_array_index (servers, i), server))
        return TRUE;
    }
  return FALSE;
}

/* A handler may give other servers, for all that end as well, close the connection, or drop it. */
static void
on_deadline (gpointer user_data)
{
  g_autoptr (FloePeerConnection) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) due =
      g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
  gint64 now_us = g_get_real_time ();

  for (guint i = 0; i < self->servers.expiring->len; i++)
    {
      Expiring *expiring = &g_array_index (self->servers.expiring, Expiring, i);

      if (expiring->is_told || now_us < expiring->due_us)
        continue;
      expiring->is_told = TRUE;
      g_ptr_array_add (due, floe_ice_server_ref (expiring->server));
    }
  arm_timer (self);
  for (guint i = 0; i < due->len; i++)
    {
      if (is_in_use (self, g_ptr_array_index (due, i)))
        floe_peer_emit (self, FLOE_PEER_SIGNAL_ICE_SERVER_EXPIRING, g_ptr_array_index (due, i));
    }
}

static gboolean
was_told (const GArray *known, const FloeIceServer *server)
{
  for (guint i = 0; i < known->len; i++)
    {
      const Expiring *expiring = &g_array_index (known, Expiring, i);

      if (expiring->is_told && is_same_server (expiring->server, server))
        return TRUE;
    }
  return FALSE;
}

static GArray *
make_expiring (void)
{
  GArray *expiring = g_array_new (FALSE, FALSE, sizeof (Expiring));

  g_array_set_clear_func (expiring, clear_expiring);
  return expiring;
}

static void
watch_expiry (FloePeerConnection *self)
{
  GPtrArray *servers = self->servers.applied->ice_servers;
  g_autoptr (GArray) known = g_steal_pointer (&self->servers.expiring);
  gint64 now_us = g_get_real_time ();

  self->servers.expiring = make_expiring ();
  for (guint i = 0; i < servers->len; i++)
    {
      FloeIceServer *server = g_ptr_array_index (servers, i);
      const char *username = floe_ice_server_get_username (server);
      gint64 expiry_s = username != NULL ? floe_turn_rest_get_expiry (username) : -1;
      Expiring expiring = { .due_us = floe_expiry_core_get_due_us (expiry_s, now_us) };

      if (expiring.due_us == -1)
        continue;
      expiring.server = floe_ice_server_ref (server);
      expiring.is_told = was_told (known, server);
      g_array_append_val (self->servers.expiring, expiring);
    }
  arm_timer (self);
}

/* (transfer full): of a configuration and of the directory. NULL with @error. */
static GPtrArray *
make_plan (FloePeerConnection *self, const FloeConfiguration *configuration, GError **error)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new ();
  GPtrArray *found =
      self->servers.watch != NULL ? floe_directory_watch_get_servers (self->servers.watch) : NULL;

  g_ptr_array_extend (servers, configuration->ice_servers, NULL, NULL);
  if (found != NULL)
    g_ptr_array_extend (servers, found, NULL, NULL);
  return floe_ice_servers_to_plan (servers, floe_configuration_get_effective_policy (configuration),
                                   error);
}

/* (transfer full) @plan */
static void
post_plan (FloePeerConnection *self, GPtrArray *plan)
{
  FloeOrder *order = floe_order_new (FLOE_ORDER_SET_SERVERS);

  order->with.plan = plan;
  floe_stack_post (self->stack, order);
}

static void
on_servers_found (gpointer user_data)
{
  FloePeerConnection *self = user_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *plan = make_plan (self, self->servers.applied, &error);

  if (plan != NULL)
    post_plan (self, plan);
  else
    floe_info (FLOE_LOG_PEER, "the directory's servers can't be used: %s", error->message);
}

static void
on_servers_settled (gpointer user_data)
{
  FloePeerConnection *self = user_data;

  if (self->servers.held_gather != NULL)
    floe_stack_post (self->stack, g_steal_pointer (&self->servers.held_gather));
}

/* A handler may close the connection, or drop it. */
static void
on_servers_failed (const char *text, gpointer user_data)
{
  g_autoptr (FloePeerConnection) self = g_object_ref (user_data);

  floe_peer_emit (self, FLOE_PEER_SIGNAL_ICE_CANDIDATE_ERROR, "", DIRECTORY_FAILED_CODE, text);
}

static const FloeDirectoryWatchEvents watch_events = { on_servers_found, on_servers_settled,
                                                       on_servers_failed };

/* Candidates that nobody listens to reach the peer with the description only. */
static gboolean
has_all_in_description (FloePeerConnection *self)
{
  return !self->configuration->paths.trickle
         || !g_signal_has_handler_pending (
             self, floe_peer_get_signal_id (FLOE_PEER_SIGNAL_ICE_CANDIDATE), 0, TRUE);
}

void
floe_peer_servers_gather (FloePeerConnection *self, gboolean is_controlling)
{
  FloeOrder *order = floe_order_new (FLOE_ORDER_GATHER);

  order->is_set = is_controlling;
  order->key = has_all_in_description (self);
  if (self->servers.watch == NULL)
    {
      floe_stack_post (self->stack, order);
      return;
    }
  self->servers.held_gather = order;
  floe_directory_watch_start (self->servers.watch);
}

void
floe_peer_servers_init (FloePeerConnection *self)
{
  self->servers.applied = floe_peer_servers_copy_configuration (self->configuration);
  self->servers.expiring = make_expiring ();
  self->servers.timer = floe_deadline_source_new (self->context, on_deadline, self);
  if (self->configuration->server_directory != NULL)
    self->servers.watch = floe_directory_watch_new (self->configuration->server_directory,
                                                    self->context, &watch_events, self);
  watch_expiry (self);
}

void
floe_peer_servers_stop (FloePeerConnection *self)
{
  floe_peer_clear_source (&self->servers.timer);
  g_clear_pointer (&self->servers.watch, floe_directory_watch_free);
  g_clear_pointer (&self->servers.held_gather, floe_order_free);
}

void
floe_peer_servers_clear (FloePeerConnection *self)
{
  g_clear_pointer (&self->servers.expiring, g_array_unref);
  g_clear_object (&self->servers.applied);
}

static gboolean
is_same_strv (char **a, char **b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

/* Returns what can't be changed and was, or NULL. W3C webrtc-pc section 4.4.1.6: a configuration
 * without certificates leaves them as they are. */
static const char *
find_modification (const FloeConfiguration *applied, const FloeConfiguration *wanted)
{
  if (wanted->certificate != NULL && wanted->certificate != applied->certificate)
    return "the certificate";
  if (wanted->ice_transport_policy != applied->ice_transport_policy)
    return "the ICE transport policy: that needs an ICE restart";
  if (wanted->min_port != applied->min_port || wanted->max_port != applied->max_port)
    return "the port range";
  if (!is_same_strv (wanted->interfaces, applied->interfaces)
      || wanted->include_loopback != applied->include_loopback)
    return "the interfaces";
  if (wanted->privacy != applied->privacy)
    return "the privacy level: that needs an ICE restart";
  if (wanted->ice_tcp != applied->ice_tcp)
    return "whether ICE-TCP may be used";
  if (wanted->max_channels != applied->max_channels
      || wanted->max_message_size != applied->max_message_size)
    return "the limits of channels and messages";
  if (wanted->ice_failed_timeout_ms != applied->ice_failed_timeout_ms)
    return "the time until ICE has failed";
  if (wanted->proxy_resolver != applied->proxy_resolver
      || wanted->tls_database != applied->tls_database)
    return "the proxies and the certificate authorities";
  if (wanted->server_directory != applied->server_directory
      || wanted->gather_timeout_ms != applied->gather_timeout_ms)
    return "the directory of servers and the time for gathering";
  if (!floe_configuration_has_same_paths (wanted, applied))
    return "the strategy, what is known of the NAT, what punching may cost, and trickling";
  return NULL;
}

static gboolean
check_modification (FloePeerConnection *self, const FloeConfiguration *wanted, GError **error)
{
  const char *what;

  if (self->is_closed)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE, "The connection is closed");
      return FALSE;
    }
  what = find_modification (self->servers.applied, wanted);
  if (what == NULL)
    return TRUE;
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_INVALID_MODIFICATION,
               "Only the servers of a connection can be changed, not %s", what);
  return FALSE;
}

/**
 * floe_peer_connection_set_configuration:
 * @self: a connection
 * @configuration: (transfer none): the configuration from now on; read only now
 * @error: return location for an error, or %NULL
 *
 * Gives the connection other servers, or other credentials for its servers (W3C
 * RTCPeerConnection.setConfiguration). A relay whose server is still there, with other credentials,
 * is replaced: a new one is asked for, its candidate is signalled like any other, so
 * #FloePeerConnection:ice-gathering-state goes back to gathering for a while, and when it works
 * data moves there and the old one ends. No message is lost. A relay whose server is not there any
 * more ends as soon as data goes another way. STUN servers are asked when candidates are gathered
 * for the first time, so other ones make no difference later.
 *
 * Servers that a directory has told of (#FloeConfiguration:server-directory) stay besides.
 *
 * @configuration may be the one that the connection has, with changes.
 *
 * Fails with %FLOE_ERROR_INVALID_STATE when the connection is closed, with
 * %FLOE_ERROR_INVALID_MODIFICATION when @configuration differs in anything else than servers (the
 * certificate, the ICE transport policy, the port range, and so on), and with
 * %FLOE_ERROR_NOT_SUPPORTED when a server can't be used. Nothing is changed then. To be called in
 * the connection's context.
 *
 * Returns: %TRUE when the servers are the connection's now
 * Since: 1.0
 */
gboolean
floe_peer_connection_set_configuration (FloePeerConnection *self, FloeConfiguration *configuration,
                                        GError **error)
{
  g_autoptr (GPtrArray) plan = NULL;
  g_autoptr (FloeConfiguration) applied = NULL;

  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), FALSE);
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (configuration), FALSE);

  if (!check_modification (self, configuration, error))
    return FALSE;
  plan = make_plan (self, configuration, error);
  if (plan == NULL)
    return FALSE;

  applied = floe_peer_servers_copy_configuration (configuration);
  g_set_object (&applied->certificate, self->servers.applied->certificate);
  g_set_object (&self->servers.applied, applied);
  post_plan (self, g_steal_pointer (&plan));
  watch_expiry (self);
  if (g_set_object (&self->configuration, configuration))
    floe_peer_notify (self, FLOE_PEER_PROP_CONFIGURATION);
  return TRUE;
}
