/* SPDX-License-Identifier: MPL-2.0 */
/* Addresses as GIO has them to addresses as STUN has them, and back.
 *
 * Layer: ice. May include: base, stun. Any thread. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

FloeStunAddress floe_stun_address_from_inet (GInetAddress *address, guint16 port);
/* FALSE for what is no internet address. */
gboolean floe_stun_address_from_socket_address (GSocketAddress *address, FloeStunAddress *out);
/* Returns: (transfer full): @self has an address. */
GSocketAddress *floe_stun_address_to_socket_address (const FloeStunAddress *self);
/* The address without its port, as text. */
void floe_stun_address_to_text (const FloeStunAddress *self, char *text, gsize size);

G_END_DECLS
