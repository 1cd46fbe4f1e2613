/* SPDX-License-Identifier: MPL-2.0 */
/* Which addresses the default route sends from (RFC 8828 section 5.2, mode 2). Layer: base. */
#pragma once

#include "floe-local-addresses-private.h"

G_BEGIN_DECLS

/* Returns: (transfer full) (element-type FloeLocalAddress): what the system sends from to anybody
 * on the Internet, one address of a family at most. No packet is sent. */
GArray *floe_default_route_find (void);

/* As floe_local_addresses_select(), but of @all (element-type FloeLocalAddress), which is changed,
 * only what the default route sends from. @routed: of floe_default_route_find(). Loopback addresses
 * are selected as ever: nothing that is sent from them leaves the machine.
 *
 * Without a default route at all: on a machine whose addresses are all of one interface that one is
 * as good as it, and the first address of each family is selected. Of several nobody can tell which
 * one is meant, and none is. Pure. */
GArray *floe_default_route_select (GArray *all, const GArray *routed, const char *const *interfaces,
                                   gboolean include_loopback);

G_END_DECLS
