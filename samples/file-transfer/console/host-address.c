/* SPDX-License-Identifier: MPL-2.0 */
#include "host-address.h"

#include <floe/floe.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* RFC 5737 and RFC 3849: addresses that nobody has, so that every way there is the default one. */
static const char *const documentation_addresses[] = { "192.0.2.1", "2001:db8::1" };

GInetSocketAddress *
host_address_parse (const char *text, GError **error)
{
  g_autoptr (GInetAddress) whole = g_inet_address_new_from_string (text);
  g_autoptr (GSocketConnectable) parsed = NULL;
  g_autoptr (GInetAddress) host = NULL;

  if (whole != NULL) /* an IPv6 address without brackets has colons, but no port */
    return G_INET_SOCKET_ADDRESS (g_inet_socket_address_new (whole, 0));
  parsed = g_network_address_parse (text, 0, NULL);
  if (parsed != NULL)
    {
      const char *name = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
      host = g_strcmp0 (name, "localhost") == 0 ? g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4)
                                                : g_inet_address_new_from_string (name);
    }
  if (host == NULL)
    {
      g_set_error (
          error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
          "\"%s\" is no address to listen at: give one of this machine, as in 0.0.0.0:8080", text);
      return NULL;
    }
  return G_INET_SOCKET_ADDRESS (
      g_inet_socket_address_new (host, g_network_address_get_port (G_NETWORK_ADDRESS (parsed))));
}

/* A kernel without IPv6 has no such sockets, one where it is switched off has no such address. */
static gboolean
has_ipv6 (void)
{
  struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
  int fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean is_bound = fd != -1 && bind (fd, (const struct sockaddr *) &any, sizeof any) == 0;

  if (fd != -1)
    close (fd);
  return is_bound;
}

GInetSocketAddress *
host_address_get_wildcard (guint16 port)
{
  g_autoptr (GInetAddress) any =
      g_inet_address_new_any (has_ipv6 () ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4);

  return G_INET_SOCKET_ADDRESS (g_inet_socket_address_new (any, port));
}

static gboolean
is_for_others (GInetAddress *address)
{
  return !g_inet_address_get_is_loopback (address) && !g_inet_address_get_is_link_local (address)
         && !g_inet_address_get_is_any (address);
}

/* (transfer full) (nullable): the address that a packet to @destination would leave from. To
 * connect a UDP socket sends none. */
static GInetAddress *
find_by_route (const char *destination)
{
  g_autoptr (GSocketAddress) there = g_inet_socket_address_new_from_string (destination, 9);
  g_autoptr (GSocketAddress) here = NULL;
  g_autoptr (GSocket) probe = g_socket_new (g_socket_address_get_family (there),
                                            G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  GInetAddress *host;

  if (probe == NULL || !g_socket_connect (probe, there, NULL, NULL))
    return NULL;
  here = g_socket_get_local_address (probe, NULL);
  if (here == NULL)
    return NULL;
  host = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (here));
  return is_for_others (host) ? g_object_ref (host) : NULL;
}

/* Whether the interface @name leads to containers or virtual machines of this machine only. */
static gboolean
is_bridge (const char *name)
{
  static const char *const prefixes[] = { "docker", "br-",   "veth",   "virbr",
                                          "lxcbr",  "lxdbr", "podman", "cni" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  return FALSE;
}

/* (transfer full) (nullable): the address of @interface, if it is of @family and for others. */
static GInetAddress *
get_address (const struct ifaddrs *interface, GSocketFamily family)
{
  gsize size =
      family == G_SOCKET_FAMILY_IPV4 ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6);
  g_autoptr (GSocketAddress) address = NULL;
  GInetAddress *host;

  if (interface->ifa_addr == NULL || interface->ifa_addr->sa_family != (int) family
      || (interface->ifa_flags & IFF_UP) == 0 || is_bridge (interface->ifa_name))
    return NULL;
  address = g_socket_address_new_from_native (interface->ifa_addr, size);
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  host = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  return is_for_others (host) ? g_object_ref (host) : NULL;
}

/* (transfer full) (nullable) */
static GInetAddress *
find_by_interface (GSocketFamily family)
{
  struct ifaddrs *interfaces = NULL;
  GInetAddress *found = NULL;

  if (getifaddrs (&interfaces) != 0)
    return NULL;
  for (struct ifaddrs *i = interfaces; i != NULL && found == NULL; i = i->ifa_next)
    found = get_address (i, family);
  freeifaddrs (interfaces);
  return found;
}

/* (transfer full): what stands for the wildcard @any. That of IPv6 takes IPv4 as well, and of two
 * addresses the shorter one is the better to pass on. */
static GInetAddress *
find_reachable (GInetAddress *any)
{
  gboolean has_both = g_inet_address_get_family (any) == G_SOCKET_FAMILY_IPV6;
  GInetAddress *found = find_by_route (documentation_addresses[0]);

  if (found == NULL && has_both)
    found = find_by_route (documentation_addresses[1]);
  if (found == NULL)
    found = find_by_interface (G_SOCKET_FAMILY_IPV4);
  if (found == NULL && has_both)
    found = find_by_interface (G_SOCKET_FAMILY_IPV6);
  return found != NULL ? found : g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
}

void
host_address_for_others (GInetSocketAddress *bound, FloeRoomAddress *out)
{
  GInetAddress *host = g_inet_socket_address_get_address (bound);
  g_autoptr (GInetAddress) reachable =
      g_inet_address_get_is_any (host) ? find_reachable (host) : g_object_ref (host);

  out->scheme = g_strdup ("http");
  out->host = g_inet_address_to_string (reachable);
  out->port = g_inet_socket_address_get_port (bound);
}

void
host_address_warn_if_exposed (const FloeRoomAddress *address, Report *report)
{
  if (strcmp (address->scheme, "https") == 0 || floe_room_address_is_private (address))
    return;
  report_warning (report, "This is plain http outside private networks: whoever can change what "
                          "passes there can replace the page that a browser gets. Two programs "
                          "are safe; for browsers use https.");
}
