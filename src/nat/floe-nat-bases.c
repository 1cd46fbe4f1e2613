/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-bases-private.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "floe-default-route-private.h"
#include "floe-inet-convert-private.h"

#define MAX_TABLE_SIZE (64 * 1024)
#define BASE_IPV6_BITS 64
#define IPV4_BITS 24

/* Files of the kernel are read at once and never wait. */
static char *
read_table (const char *path)
{
  g_autofree char *text = g_malloc (MAX_TABLE_SIZE + 1);
  gsize size = 0;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  while (fd >= 0 && size < MAX_TABLE_SIZE)
    {
      gssize count = read (fd, text + size, MAX_TABLE_SIZE - size);

      if (count <= 0)
        break;
      size += (gsize) count;
    }
  if (fd >= 0)
    close (fd);
  text[size] = '\0';
  return g_strdup (text);
}

void
floe_nat_network_read (FloeNatNetwork *self, const FloeNatPlan *plan, gboolean include_loopback)
{
  const char *const *interfaces = (const char *const *) plan->interfaces;
  g_autoptr (GArray) all = floe_local_addresses_list ();
  g_autoptr (GArray) routed = plan->keeps_to_route ? floe_default_route_find () : NULL;
  g_autofree char *ipv4 = read_table ("/proc/net/route");
  g_autofree char *ipv6 = read_table ("/proc/net/ipv6_route");

  self->addresses = routed != NULL
                        ? floe_default_route_select (all, routed, interfaces, include_loopback)
                        : floe_local_addresses_select (all, interfaces, include_loopback);
  self->routes = g_array_new (FALSE, TRUE, sizeof (FloeNatRoute));
  floe_nat_routes_parse_ipv4 (self->routes, ipv4);
  floe_nat_routes_parse_ipv6 (self->routes, ipv6);
  self->neighbours = read_table ("/proc/net/arp");
}

void
floe_nat_network_clear (FloeNatNetwork *self)
{
  g_clear_pointer (&self->addresses, g_array_unref);
  g_clear_pointer (&self->routes, g_array_unref);
  g_clear_pointer (&self->neighbours, g_free);
}

GArray *
floe_nat_bases_find_sources (const GArray *servers)
{
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));

  for (guint i = 0; i < servers->len; i++)
    {
      const FloeStunAddress *server = &g_array_index (servers, FloeStunAddress, i);
      g_autoptr (GInetAddress) inet = floe_stun_address_to_inet (server);
      FloeLocalAddress local;
      FloeStunAddress source;

      if (floe_local_address_towards (inet, server->port, &local)
          && floe_stun_address_from_text (local.text, &source))
        g_array_append_val (sources, source);
    }
  return sources;
}

static gboolean
contains_host (const GArray *addresses, const FloeStunAddress *address)
{
  for (guint i = 0; i < addresses->len; i++)
    if (floe_stun_address_is_same_host (&g_array_index (addresses, FloeStunAddress, i), address))
      return TRUE;
  return FALSE;
}

static gboolean
is_loopback (const FloeStunAddress *address)
{
  return floe_stun_address_get_scope (address) == FLOE_STUN_SCOPE_LOOPBACK;
}

/* Loopback and the rest of the world don't see each other: from a base in one, servers in the other
 * tell nothing. Without any server of its family a base stays, to tell that. */
static gboolean
is_worth_asking (const FloeNatBase *base, const GArray *servers)
{
  gboolean has_family = FALSE;

  for (guint i = 0; i < servers->len; i++)
    {
      const FloeStunAddress *server = &g_array_index (servers, FloeStunAddress, i);

      if (server->size != base->address.size)
        continue;
      if (is_loopback (server) == is_loopback (&base->address))
        return TRUE;
      has_family = TRUE;
    }
  return !has_family;
}

/* The routes of loopback and to this host itself are in no table that is read here. */
static gboolean
leads_to_server (const FloeNatNetwork *network, const FloeNatBase *base, const GArray *servers)
{
  for (guint i = 0; i < servers->len; i++)
    {
      const FloeStunAddress *server = &g_array_index (servers, FloeStunAddress, i);

      if (server->size != base->address.size
          || is_loopback (server) != is_loopback (&base->address))
        continue;
      if (is_loopback (server)
          || floe_nat_routes_lead_to (network->routes, base->interface, server))
        return TRUE;
    }
  return FALSE;
}

FloeStunAddress
floe_nat_get_network (const FloeStunAddress *address, guint ipv6_bits)
{
  guint bits = address->size == FLOE_STUN_IPV4_SIZE ? IPV4_BITS : ipv6_bits;
  FloeStunAddress network = { .size = address->size };

  for (gsize i = 0; i < address->size && bits > 0; i++)
    {
      guint taken = MIN (bits, 8u);

      network.bytes[i] = address->bytes[i] & (guint8) (0xff << (8 - taken));
      bits -= taken;
    }
  return network;
}

static gboolean
is_same_network (const FloeNatBase *a, const FloeNatBase *b)
{
  FloeStunAddress network_a = floe_nat_get_network (&a->address, BASE_IPV6_BITS);
  FloeStunAddress network_b = floe_nat_get_network (&b->address, BASE_IPV6_BITS);

  return strcmp (a->interface, b->interface) == 0
         && floe_stun_address_equal (&network_a, &network_b);
}

static void
add_base (GArray *bases, const FloeNatBase *base, const GArray *sources)
{
  for (guint i = 0; i < bases->len; i++)
    {
      FloeNatBase *other = &g_array_index (bases, FloeNatBase, i);

      if (!is_same_network (base, other))
        continue;
      if (contains_host (sources, &base->address) && !contains_host (sources, &other->address))
        *other = *base;
      return;
    }
  g_array_append_val (bases, *base);
}

static int
compare_bases (gconstpointer a, gconstpointer b)
{
  const FloeNatBase *left = a, *right = b;

  if (left->has_default_route != right->has_default_route)
    return right->has_default_route - left->has_default_route;
  if (left->address.size != right->address.size)
    return left->address.size < right->address.size ? -1 : 1;
  return left->metric < right->metric ? -1 : left->metric > right->metric;
}

static gboolean
make_base (const FloeNatNetwork *network, guint index, FloeNatBase *base)
{
  const FloeLocalAddress *local = &g_array_index (network->addresses, FloeLocalAddress, index);
  const FloeNatRoute *route;

  *base = (FloeNatBase){ 0 };
  if (!floe_stun_address_from_text (local->text, &base->address))
    return FALSE;
  g_strlcpy (base->interface, local->interface, sizeof base->interface);
  route = floe_nat_routes_find_default (network->routes, base->interface, base->address.size);
  if (route == NULL || is_loopback (&base->address))
    return TRUE;
  base->has_default_route = TRUE;
  base->metric = route->metric;
  base->gateway = route->gateway;
  return TRUE;
}

static void
sort_bases (GArray *bases)
{
  g_array_sort (bases, compare_bases);
  if (bases->len > FLOE_NAT_MAX_BASES)
    g_array_set_size (bases, FLOE_NAT_MAX_BASES);
}

GArray *
floe_nat_bases_select (const FloeNatNetwork *network, const GArray *servers, const GArray *sources)
{
  GArray *bases = g_array_new (FALSE, TRUE, sizeof (FloeNatBase));

  for (guint i = 0; i < network->addresses->len; i++)
    {
      FloeNatBase base;

      /* A table may be one of several, so what the kernel says counts as well. */
      if (make_base (network, i, &base)
          && (base.has_default_route || leads_to_server (network, &base, servers)
              || contains_host (sources, &base.address))
          && is_worth_asking (&base, servers))
        add_base (bases, &base, sources);
    }
  sort_bases (bases);
  return bases;
}

GArray *
floe_nat_bases_list (const FloeNatNetwork *network, gboolean with_loopback)
{
  g_autoptr (GArray) no_sources = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));
  GArray *bases = g_array_new (FALSE, TRUE, sizeof (FloeNatBase));

  for (guint i = 0; i < network->addresses->len; i++)
    {
      FloeNatBase base;

      if (make_base (network, i, &base) && (with_loopback || !is_loopback (&base.address)))
        add_base (bases, &base, no_sources);
    }
  sort_bases (bases);
  return bases;
}

char *
floe_nat_base_get_key (const FloeNatBase *self, const FloeNatNetwork *network,
                       const char *plan_digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  FloeStunAddress prefix = floe_nat_get_network (&self->address, BASE_IPV6_BITS);
  g_autofree char *prefix_text = floe_stun_address_to_text (&prefix);
  g_autofree char *gateway = NULL;
  g_autofree char *hardware = NULL;
  g_autofree char *all = NULL;

  if (self->gateway.size > 0)
    {
      gateway = floe_stun_address_to_text (&self->gateway);
      hardware = floe_nat_neighbours_find (network->neighbours, self->interface, gateway);
    }
  all = g_strjoin ("\n", "1", self->interface, prefix_text, gateway != NULL ? gateway : "-",
                   hardware != NULL ? hardware : "-", plan_digest, NULL);
  g_checksum_update (checksum, (const guchar *) all, (gssize) strlen (all));
  return g_strdup (g_checksum_get_string (checksum));
}
