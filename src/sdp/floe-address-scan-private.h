/* SPDX-License-Identifier: MPL-2.0 */
/* Whether a text may hold the address of a machine, whatever the text is.
 *
 * Errs on the side of yes: what looks like an address and is none (four numbers of a version, the
 * octets of a hash) is taken for one. Names are taken for an address under .local only, since those
 * of servers, of software and of RTP extensions look like those of hosts.
 *
 * Layer: sdp. May include: base. Pure; linear in the size of the text. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @size: bytes, which may be any. TRUE for IPv4 literals in any notation with four parts, IPv6
 * literals, MAC addresses with colons, and names under .local (RFC 6762). The unspecified "::" is
 * no address; 0.0.0.0 is. */
gboolean floe_address_scan (const char *text, gsize size);

/* TRUE when there is a name under .local in @text, of @size bytes, or what goes on behind a dot as
 * if it were one. */
gboolean floe_address_has_mdns_name (const char *text, gsize size);

/* TRUE when @name, of @size bytes, is one under .local. */
gboolean floe_address_is_mdns_name (const char *name, gsize size);

G_END_DECLS
