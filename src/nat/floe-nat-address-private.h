/* SPDX-License-Identifier: MPL-2.0 */
/* Between GIO's addresses and FloeStunAddress. Layer: nat. May include: base, stun. Any thread. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

/* Without a port. */
FloeStunAddress floe_nat_address_from_inet (GInetAddress *inet);
/* FALSE for what is no IP address. */
gboolean floe_nat_address_from_socket (GSocketAddress *address, FloeStunAddress *out);
gboolean floe_nat_address_from_text (const char *text, FloeStunAddress *out);

/* Returns: (transfer full) */
GInetAddress *floe_nat_address_to_inet (const FloeStunAddress *self);
/* Returns: (transfer full) */
GSocketAddress *floe_nat_address_to_socket (const FloeStunAddress *self);
/* Returns: (transfer full): the address without its port. */
char *floe_nat_address_to_text (const FloeStunAddress *self);
/* Returns: (transfer full): "192.0.2.1:3478", "[2001:db8::1]:3478". */
char *floe_nat_address_to_text_with_port (const FloeStunAddress *self);

/* The first @bits bits, and zeros behind them; no port. */
FloeStunAddress floe_nat_address_get_prefix (const FloeStunAddress *self, guint bits);
/* What addresses of one network have in common: /24 or, for IPv6, /@ipv6_bits. */
FloeStunAddress floe_nat_address_get_network (const FloeStunAddress *self, guint ipv6_bits);

G_END_DECLS
