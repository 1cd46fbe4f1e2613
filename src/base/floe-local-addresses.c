/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-local-addresses-private.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

G_STATIC_ASSERT (sizeof (((FloeLocalAddress *) NULL)->interface) == IF_NAMESIZE);

static gboolean
set_text (FloeLocalAddress *out, const struct sockaddr *address)
{
  g_autoptr (GInetAddress) inet = NULL;
  g_autofree char *text = NULL;

  if (address == NULL)
    return FALSE;
  if (address->sa_family == AF_INET)
    inet = g_inet_address_new_from_bytes (
        (const guint8 *) &((const struct sockaddr_in *) (const void *) address)->sin_addr,
        G_SOCKET_FAMILY_IPV4);
  else if (address->sa_family == AF_INET6)
    inet = g_inet_address_new_from_bytes (
        (const guint8 *) &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr,
        G_SOCKET_FAMILY_IPV6);
  if (inet == NULL)
    return FALSE;
  text = g_inet_address_to_string (inet);
  g_strlcpy (out->text, text, sizeof out->text);
  out->is_loopback = g_inet_address_get_is_loopback (inet);
  return TRUE;
}

GArray *
floe_local_addresses_list (void)
{
  GArray *addresses = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));
  struct ifaddrs *all = NULL;

  if (getifaddrs (&all) != 0)
    return addresses;
  for (const struct ifaddrs *entry = all; entry != NULL; entry = entry->ifa_next)
    {
      FloeLocalAddress address = { 0 };

      if (!set_text (&address, entry->ifa_addr))
        continue;
      g_strlcpy (address.interface, entry->ifa_name, sizeof address.interface);
      address.is_running =
          (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_RUNNING) != 0;
      g_array_append_val (addresses, address);
    }
  freeifaddrs (all);
  return addresses;
}

/* Addresses are compared as such and not as text: IPv6 has many spellings. */
static gboolean
is_same_address (const char *a, const char *b)
{
  g_autoptr (GInetAddress) left = g_inet_address_new_from_string (a);
  g_autoptr (GInetAddress) right = g_inet_address_new_from_string (b);

  return left != NULL && right != NULL && g_inet_address_equal (left, right);
}

static gboolean
is_named (const FloeLocalAddress *address, const char *const *interfaces)
{
  for (gsize i = 0; interfaces[i] != NULL; i++)
    {
      if (strcmp (interfaces[i], address->interface) == 0
          || is_same_address (interfaces[i], address->text))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_usable (const FloeLocalAddress *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address->text);

  if (inet == NULL || !address->is_running || g_inet_address_get_is_any (inet)
      || g_inet_address_get_is_multicast (inet))
    return FALSE;
  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4)
    return TRUE;
  /* A peer could not name the zone. Site-local addresses are deprecated: RFC 8445
   * section 5.1.1.1. */
  return !g_inet_address_get_is_link_local (inet) && !g_inet_address_get_is_site_local (inet);
}

static void
add_matching (GArray *selected, const GArray *all, const char *const *interfaces,
              gboolean is_loopback)
{
  for (guint i = 0; i < all->len && selected->len < FLOE_MAX_LOCAL_ADDRESSES; i++)
    {
      const FloeLocalAddress *address = &g_array_index (all, FloeLocalAddress, i);
      gboolean is_known = FALSE;

      if (address->is_loopback != is_loopback || !is_usable (address)
          || (interfaces != NULL && !is_named (address, interfaces)))
        continue;
      for (guint j = 0; j < selected->len && !is_known; j++)
        is_known = strcmp (g_array_index (selected, FloeLocalAddress, j).text, address->text) == 0;
      if (!is_known)
        g_array_append_val (selected, *address);
    }
}

GArray *
floe_local_addresses_select (const GArray *all, const char *const *interfaces,
                             gboolean include_loopback)
{
  GArray *selected = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));

  add_matching (selected, all, interfaces, FALSE);
  if (interfaces != NULL || include_loopback || selected->len == 0)
    add_matching (selected, all, interfaces, TRUE);
  return selected;
}

gboolean
floe_local_address_towards (GInetAddress *server, guint16 port, FloeLocalAddress *out)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new (server, port);
  g_autoptr (GSocketAddress) local = NULL;
  g_autofree char *text = NULL;
  GInetAddress *address;

  /* Connecting a UDP socket sends nothing: it looks the route up. */
  socket = g_socket_new (g_inet_address_get_family (server), G_SOCKET_TYPE_DATAGRAM,
                         G_SOCKET_PROTOCOL_UDP, NULL);
  if (socket == NULL || !g_socket_connect (socket, remote, NULL, NULL))
    return FALSE;
  local = g_socket_get_local_address (socket, NULL);
  if (local == NULL)
    return FALSE;
  address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local));
  text = g_inet_address_to_string (address);
  *out = (FloeLocalAddress){ .is_running = TRUE,
                             .is_loopback = g_inet_address_get_is_loopback (address) };
  g_strlcpy (out->text, text, sizeof out->text);
  return TRUE;
}

GInetAddress *
floe_local_addresses_find (const GArray *addresses, GSocketFamily family)
{
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      const FloeLocalAddress *address = &g_array_index (addresses, FloeLocalAddress, i);
      g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address->text);

      if (inet != NULL && g_inet_address_get_family (inet) == family)
        return g_steal_pointer (&inet);
    }
  return NULL;
}
