/* SPDX-License-Identifier: MPL-2.0 */
/* Names under ".local" for addresses of this machine, and addresses for such names of others
 * (draft-ietf-mmusic-mdns-ice-candidates, RFC 6762). By multicast on the link and nothing else: no
 * DNS server hears of a name.
 *
 * All connections of a network context share one service. It has sockets open only while somebody
 * publishes or looks up something, and on the interfaces of those addresses only.
 *
 * Layer: mdns. May include: base. Network thread only. Knows nothing of candidates. */
#pragma once

#include <gio/gio.h>

#include "floe-mdns-codec-private.h"

G_BEGIN_DECLS

/* A connection's names: what it publishes, and what it looks up, in its life. */
#define FLOE_MDNS_MAX_USER_PUBLISHED 32
#define FLOE_MDNS_MAX_USER_LOOKUPS 16

/* A connection's part in the service. */
typedef struct _FloeMdnsUser FloeMdnsUser;

/* @address: an address that @name has, at most one a family; NULL: nobody has answered within some
 * seconds, though somebody still may. Called from the main loop or inside look_up(); it may look up
 * more, and not free the user. */
typedef void (*FloeMdnsFunc) (const char *name, const char *address, gpointer user_data);

/* @addresses (element-type FloeLocalAddress) (unowned): that the connection uses; multicast goes
 * over their interfaces and no others. It outlives the user; call handle_change() when it
 * changes. */
FloeMdnsUser *floe_mdns_user_new (GMainContext *context, const GArray *addresses, FloeMdnsFunc func,
                                  gpointer user_data);
/* Withdraws its names, and ends its lookups. */
void floe_mdns_user_free (FloeMdnsUser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeMdnsUser, floe_mdns_user_free)

void floe_mdns_user_handle_change (FloeMdnsUser *self);

/* Returns: (transfer none) (nullable): the name of @address, an IP literal of this machine: a new
 * one the first time, published from now on. NULL when there are too many. */
const char *floe_mdns_user_publish (FloeMdnsUser *self, const char *address);

/* Looks @name up; what is known is told at once. FALSE when it is no such name, or one too many. */
gboolean floe_mdns_user_look_up (FloeMdnsUser *self, const char *name);
/* Whether an answer is waited for. */
gboolean floe_mdns_user_is_pending (const FloeMdnsUser *self);

G_END_DECLS
