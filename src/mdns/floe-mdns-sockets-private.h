/* SPDX-License-Identifier: MPL-2.0 */
/* The sockets of multicast DNS: one for each interface and family that it is spoken on.
 *
 * They are bound to the multicast group and not to all addresses. So they share the port with
 * whoever else answers on this machine (Avahi, a browser, another process with Floe): each gets its
 * own copy of what is multicast, and what is unicast to port 5353 goes to the others alone. It also
 * leaves nothing to RFC 6762 section 11's doubts about a response's origin: what is sent to the
 * link-local group comes from the link.
 *
 * Layer: mdns. Network thread only. Knows nothing of messages. */
#pragma once

#include <gio/gio.h>

#include "floe-mdns-link-private.h"

G_BEGIN_DECLS

#define FLOE_MDNS_MAX_INTERFACES 16

typedef struct _FloeMdnsSockets FloeMdnsSockets;

typedef void (*FloeMdnsReceiveFunc) (const FloeMdnsLink *link, const FloeMdnsSource *source,
                                     const guint8 *data, gsize size, gpointer user_data);

/* Has no socket yet. @func: from the main loop; it may change the interfaces, and not free @self.
 */
FloeMdnsSockets *floe_mdns_sockets_new (GMainContext *context, FloeMdnsReceiveFunc func,
                                        gpointer user_data);
void floe_mdns_sockets_free (FloeMdnsSockets *self);

/* Opens and closes sockets, so that there are some on @interfaces (element-type guint: their
 * indexes) and no others. What can't be opened is done without. */
void floe_mdns_sockets_set_interfaces (FloeMdnsSockets *self, const GArray *interfaces);
guint floe_mdns_sockets_get_count (const FloeMdnsSockets *self);

/* To the group, or to @to (nullable) if that is a host on the link. What can't be sent is lost. */
void floe_mdns_sockets_send (FloeMdnsSockets *self, const FloeMdnsLink *link,
                             const FloeMdnsSource *to, const guint8 *data, gsize size);

G_END_DECLS
