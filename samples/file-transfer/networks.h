/* SPDX-License-Identifier: MPL-2.0 */
/* What is known of the networks that this program has been on: the NAT, and which way led to
 * others. Kept in floe/networks and floe/ways of the user's cache folder ($XDG_CACHE_HOME), for the
 * user alone, with no address of this host in it; a network is known by a hash. Whatever is wrong
 * with the files, they count as empty, and the program works as without them. */
#pragma once

#include <floe/floe.h>

G_BEGIN_DECLS

typedef struct _Networks Networks;

Networks *networks_new (void);
void networks_free (Networks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Networks, networks_free)

/* Has the NAT found out in the background, with the servers of @configuration, so that it is known
 * before somebody comes. Nobody is asked where relays only may be used, or without a STUN server.
 */
void networks_look (Networks *self, FloeConfiguration *configuration);

/* Tells a connection that is about to be made what is known by now, and has what it finds out
 * remembered. */
void networks_fill (Networks *self, FloeConfiguration *configuration);

G_END_DECLS
