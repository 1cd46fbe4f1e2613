/* SPDX-License-Identifier: MPL-2.0 */
/* The loopback side of a tunnel until the one client has come: listens on 127.0.0.1 and lets in
 * who sends an HTTP CONNECT with the right user name and password (RFC 7617). Every program on the
 * machine can reach the port, so all others are kept few, short and brief.
 *
 * Layer: tunnel. May include: base. Belongs to the thread that runs its context. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FloeTunnelDoor FloeTunnelDoor;

/* Once; the port is closed then. @socket: (transfer none): waits for an answer to its CONNECT.
 * @rest: (transfer none): what it has sent behind that. The door may be freed in it. */
typedef void (*FloeTunnelAdmitFunc) (GSocket *socket, GBytes *rest, gpointer user_data);

/* Fails with FLOE_ERROR_OPERATION when nothing can be listened on. */
FloeTunnelDoor *floe_tunnel_door_new (GMainContext *context, FloeTunnelAdmitFunc func,
                                      gpointer user_data, GError **error);
void floe_tunnel_door_free (FloeTunnelDoor *self);

/* Nobody is let in any more. Idempotent. */
void floe_tunnel_door_close (FloeTunnelDoor *self);

guint16 floe_tunnel_door_get_port (const FloeTunnelDoor *self);
const char *floe_tunnel_door_get_username (const FloeTunnelDoor *self);
const char *floe_tunnel_door_get_password (const FloeTunnelDoor *self);

/* Sends the client the answer to its CONNECT: TRUE lets it speak. */
void floe_tunnel_door_answer (GSocket *socket, gboolean is_open);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeTunnelDoor, floe_tunnel_door_free)

G_END_DECLS
