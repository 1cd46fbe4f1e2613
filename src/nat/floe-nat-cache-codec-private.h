/* SPDX-License-Identifier: MPL-2.0 */
/* What is remembered of networks as text, and back: a key file with a group for each network. Has
 * no address of this host and of no server, of external addresses the network only, and of the
 * network itself a hash.
 *
 *   [floe-nat-cache]
 *   version=1
 *
 *   [3f2a... 64 hexadecimal digits]
 *   time=1790000000000000
 *   udp=yes
 *   mapping=endpoint-independent
 *   ...
 *
 * Reading takes nothing for granted: a group with any value that is not known is left out.
 *
 * Layer: nat. GLib only. May include: base, stun. Any thread. */
#pragma once

#include "floe-nat-record-private.h"

G_BEGIN_DECLS

#define FLOE_NAT_CACHE_MAX_FILE_SIZE (64 * 1024)
#define FLOE_NAT_CACHE_MAX_GROUPS 32

/* Returns: (transfer full) (element-type FloeNatRecord): complete ones with keys; empty when the
 * text is none of ours. They have neither base nor servers. */
GPtrArray *floe_nat_cache_parse (const char *text, gsize size);

/* Returns: (transfer full): @records (element-type FloeNatRecord) that have a key, are complete and
 * tell something, FLOE_NAT_CACHE_MAX_GROUPS at most. */
char *floe_nat_cache_serialize (const GPtrArray *records);

G_END_DECLS
