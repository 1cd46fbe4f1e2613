/* SPDX-License-Identifier: MPL-2.0 */
/* Gives libnice a connection that it did not make: it connects to a port of the loopback address,
 * and what it sends there goes out on the connection, and back. One client is let in, and it is a
 * socket of this process: others on the machine, which can connect to the port as well, are sent
 * away.
 *
 * Layer: ice. Network thread only. Knows nothing of agents. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

typedef struct _FloeTcpBridge FloeTcpBridge;

/* @connection: a TCP socket that is connected; the bridge keeps it. @door: what to connect to, of
 * the connection's family. NULL when nothing can be listened on. */
FloeTcpBridge *floe_tcp_bridge_new (GMainContext *context, GSocket *connection,
                                    FloeStunAddress *door);
void floe_tcp_bridge_free (FloeTcpBridge *self);

G_END_DECLS
