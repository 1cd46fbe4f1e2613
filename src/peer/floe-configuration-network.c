/* SPDX-License-Identifier: MPL-2.0 */
/* What a configuration says of servers, times, ports and interfaces. */
#include "floe-configuration-private.h"

#include <floe/floe-error.h>

/**
 * floe_configuration_add_ice_server:
 * @self: a configuration
 * @server: (transfer none): a server
 *
 * Adds a STUN or TURN server (W3C RTCConfiguration.iceServers).
 *
 * A URL with a host name and no port means the default port, 3478 or 5349, as browsers have it; the
 * SRV records that RFC 7064 and RFC 7065 would look for are asked for by #FloeDnsServerDirectory
 * only.
 *
 * Since: 1.0
 */
void
floe_configuration_add_ice_server (FloeConfiguration *self, FloeIceServer *server)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (server != NULL);

  g_ptr_array_add (self->ice_servers, floe_ice_server_ref (server));
}

/**
 * floe_configuration_add_ice_server_url:
 * @self: a configuration
 * @url: a URI such as `stun:stun.example.org` or `turn:turn.example.org:3478?transport=tcp`
 * @username: (nullable): the user name for a TURN server
 * @credential: (nullable): the password for a TURN server
 * @error: return location for an error, or %NULL
 *
 * Adds a server that has one URL: floe_ice_server_new() and floe_configuration_add_ice_server()
 * in one call.
 *
 * Fails with %FLOE_ERROR_SYNTAX when @url is not a URI of RFC 7064 or RFC 7065, with
 * %FLOE_ERROR_INVALID_ACCESS when a TURN server lacks @username or @credential, and with
 * %FLOE_ERROR_NOT_SUPPORTED for `turns:` with `?transport=udp`.
 *
 * Returns: %TRUE when the server was added
 * Since: 1.0
 */
gboolean
floe_configuration_add_ice_server_url (FloeConfiguration *self, const char *url,
                                       const char *username, const char *credential, GError **error)
{
  const char *urls[] = { url, NULL };
  g_autoptr (FloeIceServer) server = NULL;

  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FALSE);
  g_return_val_if_fail (url != NULL, FALSE);

  server = floe_ice_server_new (urls, username, credential, error);
  if (server == NULL)
    return FALSE;
  floe_configuration_add_ice_server (self, server);
  return TRUE;
}

/**
 * floe_configuration_get_ice_servers:
 * @self: a configuration
 *
 * Gets the servers in the order in which they were added.
 *
 * Returns: (transfer none) (element-type FloeIceServer): the servers; not to be changed
 * Since: 1.0
 */
GPtrArray *
floe_configuration_get_ice_servers (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  return self->ice_servers;
}

/**
 * floe_configuration_set_server_directory:
 * @self: a configuration
 * @directory: (nullable) (transfer none): knows servers or finds them, or %NULL
 *
 * Sets where a connection gets servers from besides those of floe_configuration_add_ice_server(),
 * which come first. The directory is asked in the connection's context when candidates are
 * gathered for the first time, and again when the life time of its answer is over; servers that
 * are new take over from those that are gone without a break.
 *
 * Gathering waits half a second for the first answer, and for no other. TURN servers that come
 * later lend an address all the same; STUN servers make no difference then. When the directory
 * fails, #FloePeerConnection::ice-candidate-error tells it, with an empty URL and the code 701, the
 * servers that were known stay, and it is asked again after a minute, then two, up to an hour.
 *
 * Since: 1.0
 */
void
floe_configuration_set_server_directory (FloeConfiguration *self, FloeServerDirectory *directory)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (directory == NULL || FLOE_IS_SERVER_DIRECTORY (directory));

  if (g_set_object (&self->server_directory, directory))
    g_object_notify (G_OBJECT (self), "server-directory");
}

/**
 * floe_configuration_get_server_directory:
 * @self: a configuration
 *
 * Gets where connections ask for further servers.
 *
 * Returns: (transfer none) (nullable): the directory that was set
 * Since: 1.0
 */
FloeServerDirectory *
floe_configuration_get_server_directory (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  return self->server_directory;
}

/**
 * floe_configuration_set_gather_timeout:
 * @self: a configuration
 * @timeout_ms: milliseconds, or 0 for no limit but the servers' own
 *
 * Sets after how long gathering is complete whatever is outstanding, for applications that send all
 * candidates at once. It counts from when the servers are asked. What comes later is told as a
 * candidate still, and #FloePeerConnection:ice-gathering-state goes back to gathering for it.
 *
 * Without it STUN servers are waited for as long as it takes to call them silent, 3.8 s, and relays
 * until one has given an address or all have failed, which with servers over TCP that do not answer
 * is 10 s each.
 *
 * Since: 1.0
 */
void
floe_configuration_set_gather_timeout (FloeConfiguration *self, guint timeout_ms)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (timeout_ms <= G_MAXINT);

  if (self->gather_timeout_ms == timeout_ms)
    return;
  self->gather_timeout_ms = timeout_ms;
  g_object_notify (G_OBJECT (self), "gather-timeout");
}

/**
 * floe_configuration_get_gather_timeout:
 * @self: a configuration
 *
 * Gets after how long gathering is complete whatever is outstanding.
 *
 * Returns: milliseconds, or 0 for no limit but the servers' own
 * Since: 1.0
 */
guint
floe_configuration_get_gather_timeout (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), 0);

  return self->gather_timeout_ms;
}

/**
 * floe_configuration_set_ice_failed_timeout:
 * @self: a configuration
 * @timeout_ms: milliseconds, or 0 for Floe's own times
 *
 * Sets how long ICE goes on with nothing that works before it has failed. Floe's own times:
 *
 * - 39.5 s after both descriptions are there (RFC 8863 section 4). A peer may be slow, and giving
 *   up early loses connections that would have come up.
 * - 5 minutes where this side has made the answer and nothing tells that the peer has got it:
 *   neither a check of the peer's nor a candidate that it tells of long after. A person may carry
 *   the answer over. From the first such sign on it is 39.5 s.
 * - 2 minutes for a connection that was up and has lost its peer.
 *
 * A time that is set here is kept to in all three cases.
 *
 * Failed is final, as long as ICE can't be restarted: every path is closed by then, with its
 * sockets, and relays are given back. What the peer tells later is not used. Nothing but
 * floe_peer_connection_close() is left to be done, and the metrics can still be read. It closes the
 * data channels, too: they are not closed by the failure.
 *
 * Since: 1.0
 */
void
floe_configuration_set_ice_failed_timeout (FloeConfiguration *self, guint timeout_ms)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (timeout_ms <= G_MAXINT);

  if (self->ice_failed_timeout_ms == timeout_ms)
    return;
  self->ice_failed_timeout_ms = timeout_ms;
  g_object_notify (G_OBJECT (self), "ice-failed-timeout");
}

/**
 * floe_configuration_get_ice_failed_timeout:
 * @self: a configuration
 *
 * Gets how long ICE goes on with nothing that works before it has failed.
 *
 * Returns: milliseconds; 0 for Floe's own times
 * Since: 1.0
 */
guint
floe_configuration_get_ice_failed_timeout (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), 0);

  return self->ice_failed_timeout_ms;
}

/**
 * floe_configuration_set_port_range:
 * @self: a configuration
 * @min_port: the lowest local port that may be used, or 0 for any
 * @max_port: the highest local port that may be used, or 0 for any
 * @error: return location for an error, or %NULL
 *
 * Sets which local UDP ports may be used, for firewalls that let only some through. Ports below
 * 1024 are of little use: Floe and browsers send nothing to such a port of a peer's, but to 80 and
 * 443 of a public address.
 *
 * Fails with %FLOE_ERROR_RANGE when @min_port is above @max_port or only one of them is 0.
 *
 * Returns: %TRUE when the range was set
 * Since: 1.0
 */
gboolean
floe_configuration_set_port_range (FloeConfiguration *self, guint16 min_port, guint16 max_port,
                                   GError **error)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FALSE);

  if (min_port > max_port || (min_port == 0) != (max_port == 0))
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_RANGE,
                   "%u to %u is not a range of ports: give the lower port first, or 0 and 0",
                   min_port, max_port);
      return FALSE;
    }
  self->min_port = min_port;
  self->max_port = max_port;
  return TRUE;
}

/**
 * floe_configuration_get_port_range:
 * @self: a configuration
 * @min_port: (out) (optional): return location for the lowest port, 0 for any
 * @max_port: (out) (optional): return location for the highest port, 0 for any
 *
 * Gets which local UDP ports may be used.
 *
 * Since: 1.0
 */
void
floe_configuration_get_port_range (FloeConfiguration *self, guint16 *min_port, guint16 *max_port)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (min_port != NULL)
    *min_port = self->min_port;
  if (max_port != NULL)
    *max_port = self->max_port;
}

/**
 * floe_configuration_set_interfaces:
 * @self: a configuration
 * @interfaces: (nullable) (array zero-terminated=1): names such as `eth0`, or addresses; %NULL for
 *   all
 *
 * Sets which network interfaces may be used. An interface that is named is used even if it is the
 * loopback interface.
 *
 * Since: 1.0
 */
void
floe_configuration_set_interfaces (FloeConfiguration *self, const char *const *interfaces)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (interfaces == (const char *const *) self->interfaces)
    return;
  g_strfreev (self->interfaces);
  self->interfaces = g_strdupv ((char **) interfaces);
  g_object_notify (G_OBJECT (self), "interfaces");
}

/**
 * floe_configuration_get_interfaces:
 * @self: a configuration
 *
 * Gets which network interfaces may be used.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): names or addresses, or %NULL for
 *   all
 * Since: 1.0
 */
const char *const *
floe_configuration_get_interfaces (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  return (const char *const *) self->interfaces;
}

/**
 * floe_configuration_set_include_loopback:
 * @self: a configuration
 * @include_loopback: whether to offer loopback addresses too
 *
 * Sets whether loopback addresses are offered although other interfaces are up. They are offered
 * in any case when nothing else is up.
 *
 * Since: 1.0
 */
void
floe_configuration_set_include_loopback (FloeConfiguration *self, gboolean include_loopback)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->include_loopback == !!include_loopback)
    return;
  self->include_loopback = !!include_loopback;
  g_object_notify (G_OBJECT (self), "include-loopback");
}

/**
 * floe_configuration_get_include_loopback:
 * @self: a configuration
 *
 * Gets whether loopback addresses are offered although other interfaces are up.
 *
 * Returns: %TRUE when they are
 * Since: 1.0
 */
gboolean
floe_configuration_get_include_loopback (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FALSE);

  return self->include_loopback;
}

/**
 * floe_configuration_set_ice_tcp:
 * @self: a configuration
 * @ice_tcp: whether the peers may connect by TCP
 *
 * Sets whether ICE-TCP may be used (RFC 6544): a connection by TCP from one peer to the other, for
 * networks that let no UDP out. It is begun when UDP has not connected after some seconds, and then
 * means a listening port on each address. It carries data when UDP does not; relays are
 * worse. Without effect when the policy allows relays only.
 *
 * Since: 1.0
 */
void
floe_configuration_set_ice_tcp (FloeConfiguration *self, gboolean ice_tcp)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->ice_tcp == !!ice_tcp)
    return;
  self->ice_tcp = !!ice_tcp;
  g_object_notify (G_OBJECT (self), "ice-tcp");
}

/**
 * floe_configuration_get_ice_tcp:
 * @self: a configuration
 *
 * Gets whether ICE-TCP may be used.
 *
 * Returns: %TRUE when it may
 * Since: 1.0
 */
gboolean
floe_configuration_get_ice_tcp (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FALSE);

  return self->ice_tcp;
}
