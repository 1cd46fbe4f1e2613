/* SPDX-License-Identifier: MPL-2.0 */
/* A second socket on the address and port of one of libnice's, for STUN of our own: what it sends
 * has the same NAT mapping, and the kernel gives it the answers. libnice's socket keeps all else.
 *
 *   answers  Binding responses whose transaction id begins with the tap's tag; the rest of the id
 *            is for the owner to check, and so is where an answer comes from
 *
 * Linux only (SO_REUSEPORT with a classic BPF program). Where it can't be made there is an error,
 * and nothing has changed for libnice's socket.
 *
 * Layer: ice. May include: base, stun. Network thread only. Knows nothing of servers. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

#define FLOE_SOCKET_TAP_TAG_SIZE 4 /* bytes */

typedef struct _FloeSocketTap FloeSocketTap;

/* A response with the tap's tag. The tap may be freed in it. */
typedef void (*FloeSocketTapFunc) (const FloeStunAddress *from, const guint8 *data, gsize size,
                                   gpointer user_data);

/* Whether taps work here: tried once a process, on loopback. FLOE_SOCKET_TAPS=0 in the environment
 * says that they don't. */
gboolean floe_socket_tap_is_possible (void);

/* @socket: bound, and not older than the knowledge that others have of its port: a datagram that
 * comes within the microseconds in which the tap is made may be lost. Returns NULL with an error
 * of GIO's when it can't be made. */
FloeSocketTap *floe_socket_tap_new (GSocket *socket, GMainContext *context, FloeSocketTapFunc func,
                                    gpointer user_data, GError **error);
/* libnice's socket gets everything from now on. A socket that is closed leaves its group before it
 * leaves the kernel's table, and a datagram that comes in between may be lost with it: so let the
 * tap live until libnice has closed its socket, or nothing matters that comes. */
void floe_socket_tap_free (FloeSocketTap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeSocketTap, floe_socket_tap_free)

/* FALSE with an error of GIO's; G_IO_ERROR_WOULD_BLOCK when the datagram is lost only. */
gboolean floe_socket_tap_send (FloeSocketTap *self, const FloeStunAddress *to, const guint8 *data,
                               gsize size, GError **error);

const guint8 *floe_socket_tap_get_tag (const FloeSocketTap *self);
const FloeStunAddress *floe_socket_tap_get_address (const FloeSocketTap *self);
/* Datagrams that were libnice's and came here all the same. */
guint floe_socket_tap_get_stray_count (const FloeSocketTap *self);

G_END_DECLS
