/* SPDX-License-Identifier: MPL-2.0 */
/* The way from a host that has IPv6 only to IPv4: whether it is needed, and which prefixes the
 * network's translator has. They are asked for by DNS, RFC 7050, and remembered for as long as the
 * host's addresses stay the same, ten minutes at most.
 *
 * Layer: base. Network thread only. */
#pragma once

#include <gio/gio.h>

#include "floe-nat64-codec-private.h"

G_BEGIN_DECLS

/* How long an answer is waited for. One that comes later counts for the next time. */
#define FLOE_NAT64_LIMIT_US G_TIME_SPAN_SECOND

/* Whether the host has a route to the Internet of IPv6, and none to that of IPv4. A host with a
 * translator of its own (464XLAT, RFC 6877) has both, and needs nothing of this. Sends nothing. */
gboolean floe_nat64_is_needed (void);

/* @nat64 (transfer none): of count 0 where there is none. */
typedef void (*FloeNat64Func) (const FloeNat64 *nat64, gpointer user_data);

/* Calls @func once, in @context, after this function has returned and after FLOE_NAT64_LIMIT_US at
 * the latest; not when @cancellable is cancelled before. @free_func (nullable) is called in any
 * case, with the context's next turn or later. */
void floe_nat64_look_up (GMainContext *context, GCancellable *cancellable, FloeNat64Func func,
                         gpointer user_data, GDestroyNotify free_func);

/* Returns: (transfer none) (nullable): what the last answer told, if it still holds and the host
 * needs it; valid until the main loop's next turn. Asks nobody. */
const FloeNat64 *floe_nat64_get_known (void);

/* Returns: (transfer full) (element-type GInetAddress): by what addresses @ipv4 is reached; empty
 * for an IPv6 address. @self (nullable). */
GList *floe_nat64_synthesize_inet (const FloeNat64 *self, GInetAddress *ipv4);

/* Forgets what is remembered. For tests. */
void floe_nat64_forget (void);

G_END_DECLS
