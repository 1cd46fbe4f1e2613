/* SPDX-License-Identifier: MPL-2.0 */
#include "host-address.h"

#include <floe/floe.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

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

/* (transfer full): the first address of @family that others can reach, or loopback. */
static GInetAddress *
find_reachable (GSocketFamily family)
{
  struct ifaddrs *interfaces = NULL;
  GInetAddress *found = NULL;

  if (getifaddrs (&interfaces) != 0)
    return g_inet_address_new_loopback (family);
  for (struct ifaddrs *i = interfaces; i != NULL && found == NULL; i = i->ifa_next)
    {
      g_autoptr (GSocketAddress) address = NULL;
      gsize size = family == G_SOCKET_FAMILY_IPV4 ? sizeof (struct sockaddr_in)
                                                  : sizeof (struct sockaddr_in6);

      if (i->ifa_addr == NULL || i->ifa_addr->sa_family != (int) family
          || (i->ifa_flags & IFF_UP) == 0)
        continue;
      address = g_socket_address_new_from_native (i->ifa_addr, size);
      if (G_IS_INET_SOCKET_ADDRESS (address))
        {
          GInetAddress *host = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
          if (!g_inet_address_get_is_loopback (host) && !g_inet_address_get_is_link_local (host))
            found = g_object_ref (host);
        }
    }
  freeifaddrs (interfaces);
  return found != NULL ? found : g_inet_address_new_loopback (family);
}

static void
fill (GInetAddress *host, guint16 port, const char *token, FloeRoomAddress *out)
{
  out->scheme = g_strdup ("http");
  out->host = g_inet_address_to_string (host);
  out->port = port;
  out->token = g_strdup (token);
}

void
host_address_for_us (GInetSocketAddress *bound, const char *token, FloeRoomAddress *out)
{
  GInetAddress *host = g_inet_socket_address_get_address (bound);
  g_autoptr (GInetAddress) own =
      g_inet_address_get_is_any (host)
          ? g_inet_address_new_loopback (g_inet_address_get_family (host))
          : g_object_ref (host);

  fill (own, g_inet_socket_address_get_port (bound), token, out);
}

void
host_address_for_others (GInetSocketAddress *bound, const char *token, FloeRoomAddress *out)
{
  GInetAddress *host = g_inet_socket_address_get_address (bound);
  g_autoptr (GInetAddress) reachable = g_inet_address_get_is_any (host)
                                           ? find_reachable (g_inet_address_get_family (host))
                                           : g_object_ref (host);

  fill (reachable, g_inet_socket_address_get_port (bound), token, out);
}
