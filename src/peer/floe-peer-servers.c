/* SPDX-License-Identifier: MPL-2.0 */
/* Servers that change while the connection is there, and credentials that end. */
#include "floe-peer-connection-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-configuration-private.h"
#include "floe-deadline-source-private.h"
#include "floe-ice-server-private.h"
#include "floe-log-private.h"
#include "floe-turn-rest-private.h"

/* How long before the end the application is asked: this long, but not before only a fifth of the
 * time is left. */
#define NOTICE_US (60 * G_TIME_SPAN_SECOND)
#define NOTICE_PART 5

/* What ends later than this ends not: the year 5000, in seconds of Unix time. */
#define MAX_EXPIRY_S G_GINT64_CONSTANT (95617584000)

typedef struct
{
  FloeIceServer *server; /* (owned) */
  gint64 due_us;         /* monotonic */
} Expiring;

static void
clear_expiring (gpointer data)
{
  Expiring *expiring = data;

  floe_ice_server_unref (expiring->server);
}

static FloeConfiguration *
copy_configuration (const FloeConfiguration *other)
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
  copy->max_channels = other->max_channels;
  copy->max_message_size = other->max_message_size;
  copy->ice_failed_timeout_ms = other->ice_failed_timeout_ms;
  g_set_object (&copy->proxy_resolver, other->proxy_resolver);
  g_set_object (&copy->tls_database, other->tls_database);
  return copy;
}

static void
arm_timer (FloePeerConnection *self)
{
  gint64 deadline_us = -1;

  for (guint i = 0; i < self->servers.expiring->len; i++)
    {
      gint64 due_us = g_array_index (self->servers.expiring, Expiring, i).due_us;

      deadline_us = deadline_us == -1 ? due_us : MIN (deadline_us, due_us);
    }
  floe_deadline_source_set (self->servers.timer, deadline_us);
}

/* A handler may give other servers, close the connection, or drop it. */
static void
on_deadline (gpointer user_data)
{
  g_autoptr (FloePeerConnection) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) due =
      g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
  GArray *all = self->servers.expiring;
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = all->len; i > 0; i--)
    {
      Expiring *expiring = &g_array_index (all, Expiring, i - 1);

      if (now_us < expiring->due_us)
        continue;
      g_ptr_array_add (due, floe_ice_server_ref (expiring->server));
      g_array_remove_index (all, i - 1);
    }
  arm_timer (self);
  for (guint i = due->len; i > 0; i--)
    floe_peer_emit (self, FLOE_PEER_SIGNAL_ICE_SERVER_EXPIRING, g_ptr_array_index (due, i - 1));
}

/* When the server's credentials end, in seconds of Unix time; -1 when they have ended already, or
 * are no such. */
static gint64
get_expiry (const FloeIceServer *server, gint64 now_s)
{
  const char *username = floe_ice_server_get_username (server);
  gint64 expiry_s = username != NULL ? floe_turn_rest_get_expiry (username) : -1;

  return expiry_s > now_s && expiry_s < MAX_EXPIRY_S ? expiry_s : -1;
}

static void
watch_expiry (FloePeerConnection *self)
{
  GPtrArray *servers = self->servers.applied->ice_servers;
  gint64 real_us = g_get_real_time ();

  g_array_set_size (self->servers.expiring, 0);
  for (guint i = 0; i < servers->len; i++)
    {
      FloeIceServer *server = g_ptr_array_index (servers, i);
      gint64 expiry_s = get_expiry (server, real_us / G_USEC_PER_SEC);
      gint64 left_us = expiry_s * G_USEC_PER_SEC - real_us;
      Expiring expiring;

      if (expiry_s == -1)
        continue;
      expiring.server = floe_ice_server_ref (server);
      expiring.due_us = g_get_monotonic_time () + left_us - MIN (NOTICE_US, left_us / NOTICE_PART);
      g_array_append_val (self->servers.expiring, expiring);
    }
  arm_timer (self);
}

void
floe_peer_servers_init (FloePeerConnection *self)
{
  self->servers.applied = copy_configuration (self->configuration);
  self->servers.expiring = g_array_new (FALSE, FALSE, sizeof (Expiring));
  g_array_set_clear_func (self->servers.expiring, clear_expiring);
  self->servers.timer = floe_deadline_source_new (self->context, on_deadline, self);
  watch_expiry (self);
}

void
floe_peer_servers_stop (FloePeerConnection *self)
{
  floe_peer_clear_source (&self->servers.timer);
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
  if (wanted->max_channels != applied->max_channels
      || wanted->max_message_size != applied->max_message_size)
    return "the limits of channels and messages";
  if (wanted->ice_failed_timeout_ms != applied->ice_failed_timeout_ms)
    return "the time until ICE has failed";
  if (wanted->proxy_resolver != applied->proxy_resolver
      || wanted->tls_database != applied->tls_database)
    return "the proxies and the certificate authorities";
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
  FloeOrder *order;

  g_return_val_if_fail (FLOE_IS_PEER_CONNECTION (self), FALSE);
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (configuration), FALSE);

  if (!check_modification (self, configuration, error))
    return FALSE;
  plan = floe_ice_servers_to_plan (configuration->ice_servers, configuration->ice_transport_policy,
                                   error);
  if (plan == NULL)
    return FALSE;

  applied = copy_configuration (configuration);
  g_set_object (&applied->certificate, self->servers.applied->certificate);
  g_set_object (&self->servers.applied, applied);
  order = floe_order_new (FLOE_ORDER_SET_SERVERS);
  order->with.plan = g_steal_pointer (&plan);
  floe_stack_post (self->stack, order);
  watch_expiry (self);
  if (g_set_object (&self->configuration, configuration))
    floe_peer_notify (self, FLOE_PEER_PROP_CONFIGURATION);
  return TRUE;
}
