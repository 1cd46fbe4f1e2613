/* SPDX-License-Identifier: MPL-2.0 */
/* How many hops get a primer out of our own NAT and not into the peer's, where that spoils ports
 * which strangers have knocked at (decision 22): the first primers go one, two, three hops and so
 * on, and routers on the way tell by ICMP where each of them ended.
 *
 * A router with a public address is behind all NATs of ours, unless we have none.
 *
 * Layer: traverse. Pure. */
#pragma once

#include "floe-probe-budget-core-private.h"

G_BEGIN_DECLS

/* As long as nobody has told: through two NATs, and not to the other end of the Internet. */
#define FLOE_PUNCH_USUAL_HOPS 3
/* So far, a primer each, it is asked. */
#define FLOE_PUNCH_MAX_HOPS 6

typedef struct
{
  gboolean is_translated;               /* our own address is not public */
  guint8 asked[FLOE_PROBE_MAX_SOCKETS]; /* how far the primer of each socket went; 0: as it is */
  guint count;                          /* of those */
  guint hops;                           /* 0: nobody has told yet */
} FloePunchHops;

/* For the next primer of @socket. */
guint floe_punch_hops_get_next (FloePunchHops *self, guint socket);
/* A primer of @socket ended at @router, on its way to @peer. */
void floe_punch_hops_handle_exceeded (FloePunchHops *self, guint socket,
                                      const FloeStunAddress *router, const FloeStunAddress *peer);

G_END_DECLS
