/* SPDX-License-Identifier: MPL-2.0 */
/* Where a rendezvous on this machine is, seen from here and from elsewhere. */
#pragma once

#include "floe-room-address.h"

G_BEGIN_DECLS

/* (transfer full): reads "ADDRESS", "ADDRESS:PORT" or "[IPV6]:PORT"; port 0 is any free one. NULL
 * with FLOE_ERROR_SYNTAX. */
GInetSocketAddress *host_address_parse (const char *text, GError **error);

/* Fill @out with the address of what listens at @bound, with @token: for a program on this machine,
 * and for one elsewhere, where a wildcard stands for the machine's first address that is not
 * loopback. */
void host_address_for_us (GInetSocketAddress *bound, const char *token, FloeRoomAddress *out);
void host_address_for_others (GInetSocketAddress *bound, const char *token, FloeRoomAddress *out);

G_END_DECLS
