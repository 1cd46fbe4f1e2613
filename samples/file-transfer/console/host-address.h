/* SPDX-License-Identifier: MPL-2.0 */
/* Where a rendezvous on this machine listens, and where it is seen from elsewhere. */
#pragma once

#include "floe-room-address.h"
#include "report.h"

G_BEGIN_DECLS

/* (transfer full): reads "ADDRESS", "ADDRESS:PORT" or "[IPV6]:PORT"; port 0 is any free one. NULL
 * with FLOE_ERROR_SYNTAX. */
GInetSocketAddress *host_address_parse (const char *text, GError **error);

/* (transfer full): @port of all addresses, of IPv6 and IPv4 if this machine has both. */
GInetSocketAddress *host_address_get_wildcard (guint16 port);

/* Fills @out, without a code and with the scheme http, with the address of what listens at @bound
 * for somebody elsewhere. A wildcard stands for the address that the default route goes out from,
 * or else the first that is neither loopback, link-local nor a bridge to containers, or else
 * loopback. */
void host_address_for_others (GInetSocketAddress *bound, FloeRoomAddress *out);

/* Warns if what is said to @address can be read and changed on the way there: plain HTTP through
 * networks that are not one's own. */
void host_address_warn_if_exposed (const FloeRoomAddress *address, Report *report);

G_END_DECLS
