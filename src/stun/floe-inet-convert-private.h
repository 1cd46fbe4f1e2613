/* SPDX-License-Identifier: MPL-2.0 */
/* Addresses as GIO has them to addresses as STUN has them, and back.
 *
 * Layer: stun. May include: base. Any thread. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

FloeStunAddress floe_stun_address_from_inet (GInetAddress *address, guint16 port);
/* FALSE for what is no internet address. */
gboolean floe_stun_address_from_socket_address (GSocketAddress *address, FloeStunAddress *out);
/* Of a literal, without a port; FALSE for what is none. */
gboolean floe_stun_address_from_text (const char *text, FloeStunAddress *out);

/* What follows is (transfer full): @self has an address. */
GInetAddress *floe_stun_address_to_inet (const FloeStunAddress *self);
GSocketAddress *floe_stun_address_to_socket_address (const FloeStunAddress *self);
/* The address without its port. */
char *floe_stun_address_to_text (const FloeStunAddress *self);
/* "192.0.2.1:3478", "[2001:db8::1]:3478" */
char *floe_stun_address_to_text_with_port (const FloeStunAddress *self);

G_END_DECLS
