/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-mdns-sockets-private.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "floe-log-private.h"

/* RFC 6762 section 3 */
#define GROUP_IPV4 0xe00000fb /* 224.0.0.251 */
#define GROUP_IPV6                                                                                 \
  {                                                                                                \
    0xff, 0x02, [15] = 0xfb /* ff02::fb */                                                         \
  }

#define HOPS 255 /* RFC 6762 section 11 */

/* Whoever floods the link gets no more of this thread than that at a time. */
#define MAX_AT_ONCE 16
#define PRIORITY (G_PRIORITY_DEFAULT + 10)

typedef struct
{
  FloeMdnsSockets *owner; /* (unowned) */
  FloeMdnsLink link;
  GSocket *socket; /* (owned) */
  GSource *source; /* (owned) */
} Link;

struct _FloeMdnsSockets
{
  GMainContext *context; /* (unowned): the network context */
  FloeMdnsReceiveFunc func;
  gpointer user_data;
  GPtrArray *links; /* (owned) (element-type Link) */
};

typedef union
{
  struct sockaddr any;
  struct sockaddr_in ipv4;
  struct sockaddr_in6 ipv6;
} SocketAddress;

static socklen_t
set_group (SocketAddress *out, const FloeMdnsLink *link)
{
  static const guint8 group[] = GROUP_IPV6;

  memset (out, 0, sizeof *out);
  if (link->family == FLOE_MDNS_FAMILY_IPV4)
    {
      out->ipv4.sin_family = AF_INET;
      out->ipv4.sin_port = htons (FLOE_MDNS_PORT);
      out->ipv4.sin_addr.s_addr = htonl (GROUP_IPV4);
      return sizeof out->ipv4;
    }
  out->ipv6.sin6_family = AF_INET6;
  out->ipv6.sin6_port = htons (FLOE_MDNS_PORT);
  out->ipv6.sin6_scope_id = link->interface;
  memcpy (&out->ipv6.sin6_addr, group, sizeof group);
  return sizeof out->ipv6;
}

static socklen_t
set_peer (SocketAddress *out, const FloeMdnsLink *link, const FloeMdnsSource *to)
{
  socklen_t size = set_group (out, link);

  if (link->family == FLOE_MDNS_FAMILY_IPV4)
    {
      out->ipv4.sin_port = htons (to->port);
      memcpy (&out->ipv4.sin_addr, to->address.bytes, FLOE_MDNS_IPV4_SIZE);
      return size;
    }
  out->ipv6.sin6_port = htons (to->port);
  memcpy (&out->ipv6.sin6_addr, to->address.bytes, FLOE_MDNS_IPV6_SIZE);
  return size;
}

/* Zeros where there is nothing. */
static void
read_address (FloeMdnsAddress *out, const struct sockaddr *address)
{
  *out = (FloeMdnsAddress){ 0 };
  if (address != NULL && address->sa_family == AF_INET)
    {
      out->size = FLOE_MDNS_IPV4_SIZE;
      memcpy (out->bytes, &((const struct sockaddr_in *) (const void *) address)->sin_addr,
              out->size);
    }
  else if (address != NULL && address->sa_family == AF_INET6)
    {
      out->size = FLOE_MDNS_IPV6_SIZE;
      memcpy (out->bytes, &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr,
              out->size);
    }
}

static gboolean
is_in_network (const FloeMdnsAddress *address, const struct ifaddrs *entry)
{
  FloeMdnsAddress own, mask;
  gboolean is_inside;

  read_address (&own, entry->ifa_addr);
  read_address (&mask, entry->ifa_netmask);
  is_inside = own.size == address->size && mask.size == address->size;
  for (gsize i = 0; is_inside && i < address->size; i++)
    is_inside = ((own.bytes[i] ^ address->bytes[i]) & mask.bytes[i]) == 0;
  return is_inside;
}

/* RFC 6762 section 11: a host is on the link when, under the mask, its address is the same as one
 * of the interface's own. Found out anew each time, for those change. */
static gboolean
is_on_link (const FloeMdnsAddress *address, guint interface)
{
  char name[IF_NAMESIZE];
  struct ifaddrs *all = NULL;
  gboolean is_found = FALSE;

  if (if_indextoname (interface, name) == NULL || getifaddrs (&all) != 0)
    return FALSE;
  for (const struct ifaddrs *entry = all; entry != NULL && !is_found; entry = entry->ifa_next)
    is_found = strcmp (entry->ifa_name, name) == 0 && is_in_network (address, entry);
  freeifaddrs (all);
  return is_found;
}

/* FALSE when there is nothing, or nothing of use. */
static gboolean
receive_one (Link *self, gboolean *is_empty)
{
  guint8 data[FLOE_MDNS_MAX_RECEIVED_SIZE + 1];
  SocketAddress from;
  socklen_t from_size = sizeof from;
  FloeMdnsSource source;
  FloeMdnsLink link = self->link;
  FloeMdnsSockets *owner = self->owner;
  gssize size =
      recvfrom (g_socket_get_fd (self->socket), data, sizeof data, 0, &from.any, &from_size);

  *is_empty = size < 0;
  if (size <= 0 || (gsize) size > FLOE_MDNS_MAX_RECEIVED_SIZE)
    return FALSE;
  read_address (&source.address, &from.any);
  /* In both families the port is at the same place. */
  source.port = ntohs (from.ipv4.sin_port);
  owner->func (&link, &source, data, (gsize) size, owner->user_data);
  return TRUE;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Link *self = user_data;
  g_autoptr (GSource) source = g_source_ref (self->source);
  gboolean is_empty = FALSE;

  /* The function that is called may close this very socket. */
  for (guint i = 0; i < MAX_AT_ONCE && !is_empty && !g_source_is_destroyed (source); i++)
    receive_one (self, &is_empty);
  return G_SOURCE_CONTINUE;
}

static void
free_link (gpointer data)
{
  Link *self = data;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_object_unref (self->socket);
  g_free (self);
}

static gboolean
set_option (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}

static gboolean
join_ipv4 (int fd, guint interface)
{
  struct ip_mreqn group = { .imr_ifindex = (int) interface };

  group.imr_multiaddr.s_addr = htonl (GROUP_IPV4);
  return setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0
         && setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof group) == 0
         && set_option (fd, IPPROTO_IP, IP_MULTICAST_TTL, HOPS)
         && set_option (fd, IPPROTO_IP, IP_TTL, HOPS)
         && set_option (fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1)
         /* What others have joined for on other interfaces is not for this one. */
         && set_option (fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
}

static gboolean
join_ipv6 (int fd, guint interface)
{
  struct ipv6_mreq group = { .ipv6mr_multiaddr = { { GROUP_IPV6 } },
                             .ipv6mr_interface = interface };

  return setsockopt (fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof group) == 0
         && set_option (fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int) interface)
         && set_option (fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, HOPS)
         && set_option (fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, HOPS)
         && set_option (fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1);
}

/* RFC 6762 section 15.1: both options, for others may hold the port. */
static gboolean
prepare (int fd, const FloeMdnsLink *link)
{
  SocketAddress group;
  socklen_t size = set_group (&group, link);
  gboolean is_ipv4 = link->family == FLOE_MDNS_FAMILY_IPV4;

  return set_option (fd, SOL_SOCKET, SO_REUSEADDR, 1)
         && set_option (fd, SOL_SOCKET, SO_REUSEPORT, 1)
         && (is_ipv4 || set_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, 1))
         && (is_ipv4 ? join_ipv4 (fd, link->interface) : join_ipv6 (fd, link->interface))
         && bind (fd, &group.any, size) == 0;
}

static void
open_link (FloeMdnsSockets *self, const FloeMdnsLink *link)
{
  int domain = link->family == FLOE_MDNS_FAMILY_IPV4 ? AF_INET : AF_INET6;
  int fd = socket (domain, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  GSocket *socket = NULL;
  Link *made;

  if (fd >= 0 && prepare (fd, link))
    socket = g_socket_new_from_fd (fd, NULL);
  if (socket == NULL)
    {
      floe_debug (FLOE_LOG_MDNS, "no multicast on interface %u: %s", link->interface,
                  g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return;
    }
  g_socket_set_blocking (socket, FALSE);
  made = g_new0 (Link, 1);
  *made = (Link){ self, *link, socket, g_socket_create_source (socket, G_IO_IN, NULL) };
  g_source_set_priority (made->source, PRIORITY);
  g_source_set_callback (made->source, (GSourceFunc) (void (*) (void)) on_readable, made, NULL);
  g_source_attach (made->source, self->context);
  g_ptr_array_add (self->links, made);
}

static Link *
find (const FloeMdnsSockets *self, const FloeMdnsLink *link)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *other = g_ptr_array_index (self->links, i);

      if (other->link.interface == link->interface && other->link.family == link->family)
        return other;
    }
  return NULL;
}

FloeMdnsSockets *
floe_mdns_sockets_new (GMainContext *context, FloeMdnsReceiveFunc func, gpointer user_data)
{
  FloeMdnsSockets *self = g_new0 (FloeMdnsSockets, 1);

  self->context = context;
  self->func = func;
  self->user_data = user_data;
  self->links = g_ptr_array_new_with_free_func (free_link);
  return self;
}

void
floe_mdns_sockets_free (FloeMdnsSockets *self)
{
  g_ptr_array_unref (self->links);
  g_free (self);
}

static gboolean
is_wanted (const Link *link, const GArray *interfaces)
{
  for (guint i = 0; i < interfaces->len; i++)
    {
      if (g_array_index (interfaces, guint, i) == link->link.interface)
        return TRUE;
    }
  return FALSE;
}

void
floe_mdns_sockets_set_interfaces (FloeMdnsSockets *self, const GArray *interfaces)
{
  for (guint i = self->links->len; i > 0; i--)
    {
      if (!is_wanted (g_ptr_array_index (self->links, i - 1), interfaces))
        g_ptr_array_remove_index_fast (self->links, i - 1);
    }
  for (guint i = 0; i < MIN (interfaces->len, FLOE_MDNS_MAX_INTERFACES); i++)
    for (guint family = 0; family < FLOE_MDNS_N_FAMILIES; family++)
      {
        FloeMdnsLink link = { g_array_index (interfaces, guint, i), family };

        if (find (self, &link) == NULL)
          open_link (self, &link);
      }
}

guint
floe_mdns_sockets_get_count (const FloeMdnsSockets *self)
{
  return self->links->len;
}

void
floe_mdns_sockets_send (FloeMdnsSockets *self, const FloeMdnsLink *link, const FloeMdnsSource *to,
                        const guint8 *data, gsize size)
{
  const Link *found = find (self, link);
  SocketAddress address;
  socklen_t address_size;

  if (found == NULL || (to != NULL && !is_on_link (&to->address, link->interface)))
    return;
  address_size = to != NULL ? set_peer (&address, link, to) : set_group (&address, link);
  if (sendto (g_socket_get_fd (found->socket), data, size, MSG_NOSIGNAL, &address.any, address_size)
      < 0)
    floe_debug (FLOE_LOG_MDNS, "nothing sent on interface %u: %s", link->interface,
                g_strerror (errno));
}
