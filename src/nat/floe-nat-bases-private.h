/* SPDX-License-Identifier: MPL-2.0 */
/* From which of this host's addresses to ask, and what network each of them is in.
 *
 * Layer: nat. May include: base, stun. Any thread. */
#pragma once

#include "floe-local-addresses-private.h"
#include "floe-nat-plan-private.h"
#include "floe-nat-routes-codec-private.h"

G_BEGIN_DECLS

#define FLOE_NAT_MAX_BASES 8

typedef struct
{
  FloeStunAddress address; /* without a port */
  char interface[16];
  gboolean has_default_route;
  guint32 metric;          /* of that route */
  FloeStunAddress gateway; /* size 0: none */
} FloeNatBase;

/* What the kernel says of the network now. */
typedef struct
{
  GArray *addresses; /* (owned) (element-type FloeLocalAddress): those that may be used */
  GArray *routes;    /* (owned) (element-type FloeNatRoute) */
  char *neighbours;  /* (owned): /proc/net/arp */
} FloeNatNetwork;

/* Reads files of /proc, at most 64 KiB of each; what can't be read is empty. Which addresses may be
 * used @plan says; of loopback with @include_loopback. */
void floe_nat_network_read (FloeNatNetwork *self, const FloeNatPlan *plan,
                            gboolean include_loopback);
void floe_nat_network_clear (FloeNatNetwork *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeNatNetwork, floe_nat_network_clear)

/* Returns: (transfer full) (element-type FloeNatBase): the addresses whose interface has a default
 * route, or a route to one of @servers (element-type FloeStunAddress); those of loopback only for
 * servers there, and others only for others. Of addresses of one interface and one network (/24,
 * /64) only the first, unless another one is in @sources (element-type FloeStunAddress): what the
 * kernel sends from. The best first, FLOE_NAT_MAX_BASES at most. Pure. */
GArray *floe_nat_bases_select (const FloeNatNetwork *network, const GArray *servers,
                               const GArray *sources);

/* Returns: (transfer full) (element-type FloeNatBase): all that can be a base, wherever it leads;
 * of loopback only @with_loopback. To tell of each that nobody could be asked. Pure. */
GArray *floe_nat_bases_list (const FloeNatNetwork *network, gboolean with_loopback);

/* Returns: (transfer full): what the kernel sends from to each of @servers, for
 * floe_nat_bases_select(). */
GArray *floe_nat_bases_find_sources (const GArray *servers);

/* What addresses of one network have in common, without a port: /24 or, for IPv6, /@ipv6_bits.
 * Pure. */
FloeStunAddress floe_nat_get_network (const FloeStunAddress *address, guint ipv6_bits);

/* Returns: (transfer full): the same as long as the base is in the same network: a hash of
 * interface, address's network, gateway, the gateway's link-layer address where that is known, and
 * @plan_digest. Pure. */
char *floe_nat_base_get_key (const FloeNatBase *self, const FloeNatNetwork *network,
                             const char *plan_digest);

G_END_DECLS
