/* SPDX-License-Identifier: MPL-2.0 */
/* Property: a route that was read leads to its own destination, there are never too many, and a
 * neighbour's hardware address is as long as such are. */
#include "floe-nat-routes-codec-private.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *hardware = floe_nat_neighbours_find (text, "eth0", "192.0.2.1");
  g_autoptr (GArray) routes = g_array_new (FALSE, TRUE, sizeof (FloeNatRoute));

  floe_nat_routes_parse_ipv4 (routes, text);
  floe_nat_routes_parse_ipv6 (routes, text);
  g_assert_cmpuint (routes->len, <=, FLOE_NAT_MAX_ROUTES);
  g_assert_true (hardware == NULL || strlen (hardware) == strlen ("02:00:00:00:00:01"));
  for (guint i = 0; i < routes->len; i++)
    {
      const FloeNatRoute *route = &g_array_index (routes, FloeNatRoute, i);

      g_assert_cmpuint (route->prefix_bits, <=, 8 * route->destination.size);
      g_assert_true (floe_nat_routes_lead_to (routes, route->interface, &route->destination));
    }
  return 0;
}
