/* SPDX-License-Identifier: MPL-2.0 */
/* The kernel's tables of routes and neighbours, as /proc/net has them: what tells one network from
 * another. Lines that are not understood are left out.
 *
 * Layer: nat. GLib only. May include: base, stun. Any thread. */
#pragma once

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

/* More are not read: a router with a full table is no client. */
#define FLOE_NAT_MAX_ROUTES 256

typedef struct
{
  char interface[16];          /* IF_NAMESIZE */
  FloeStunAddress destination; /* of size 4 or 16 */
  guint prefix_bits;
  FloeStunAddress gateway; /* size 0: none */
  guint32 metric;
} FloeNatRoute;

/* Adds to @routes (element-type FloeNatRoute) what /proc/net/route or /proc/net/ipv6_route says. */
void floe_nat_routes_parse_ipv4 (GArray *routes, const char *text);
void floe_nat_routes_parse_ipv6 (GArray *routes, const char *text);

/* The default route of that family through @interface with the least metric, or NULL. */
const FloeNatRoute *floe_nat_routes_find_default (const GArray *routes, const char *interface,
                                                  gsize address_size);
/* Whether any route through @interface leads to @address. */
gboolean floe_nat_routes_lead_to (const GArray *routes, const char *interface,
                                  const FloeStunAddress *address);

/* Returns: (transfer full) (nullable): the link-layer address that /proc/net/arp has for @address,
 * in lower case, or NULL. */
char *floe_nat_neighbours_find (const char *text, const char *interface, const char *address);

G_END_DECLS
