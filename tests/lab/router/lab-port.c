/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAC_SIZE 6
#define FRAME_HEADER_SIZE 14
#define ARP_SIZE 28
#define ARP_REQUEST 1
#define ARP_REPLY 2
#define NEIGHBOUR_SOLICITATION 135
#define NEIGHBOUR_ADVERTISEMENT 136
#define MULTICAST_LISTENER_REPORT_2 143
#define SOCKET_BUFFER_SIZE (4 * 1024 * 1024)

struct _LabPort
{
  int fd;
  guint8 own_mac[MAC_SIZE];
  guint8 host_mac[MAC_SIZE];
  LabAddress addresses[32]; /* the host's: at most 16 of each family */
  guint address_count;
};

static gboolean
fail (GError **error, const char *what, const char *name)
{
  int saved = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "%s %s: %s", what, name,
               g_strerror (saved));
  return FALSE;
}

static gboolean
open_socket (LabPort *self, const char *name, GError **error)
{
  struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons (ETH_P_ALL) };
  int on = 1;
  int size = SOCKET_BUFFER_SIZE;

  address.sll_ifindex = (int) if_nametoindex (name);
  if (address.sll_ifindex == 0)
    return fail (error, "no interface", name);
  self->fd = socket (AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->fd < 0)
    return fail (error, "a packet socket for", name);
  if (setsockopt (self->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0)
    return fail (error, "PACKET_IGNORE_OUTGOING on", name);
  /* The system may grant less; then bursts are lost, and the counters of the hosts show it. */
  setsockopt (self->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt (self->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  if (bind (self->fd, (struct sockaddr *) &address, sizeof address) != 0)
    return fail (error, "binding to", name);
  return TRUE;
}

/* The port of the interface number @index, whose near end is called w and that number, and whose
 * two ends have the hardware addresses that world.py gives them. */
LabPort *
lab_port_new (guint index, const LabInterface *interface, GError **error)
{
  LabPort *self = g_new0 (LabPort, 1);
  g_autofree char *name = g_strdup_printf ("w%u", index);
  const guint8 own[MAC_SIZE] = { 2, 0, 0, 1, (guint8) (index >> 8), (guint8) index };
  const guint8 host[MAC_SIZE] = { 2, 0, 0, 2, (guint8) (index >> 8), (guint8) index };

  memcpy (self->own_mac, own, MAC_SIZE);
  memcpy (self->host_mac, host, MAC_SIZE);
  self->fd = -1;
  self->address_count = MIN (interface->address_count, G_N_ELEMENTS (self->addresses));
  memcpy (self->addresses, interface->addresses, self->address_count * sizeof (LabAddress));
  if (open_socket (self, name, error))
    return self;
  lab_port_free (self);
  return NULL;
}

void
lab_port_free (LabPort *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

int
lab_port_get_fd (const LabPort *self)
{
  return self->fd;
}

static gboolean
is_of_host (const LabPort *self, const LabAddress *address)
{
  for (guint i = 0; i < self->address_count; i++)
    if (lab_address_equal (&self->addresses[i], address))
      return TRUE;
  return FALSE;
}

static void
send_frame (LabPort *self, guint16 type, const guint8 *payload, gsize size)
{
  guint8 frame[FRAME_HEADER_SIZE + LAB_PACKET_CAPACITY];

  memcpy (frame, self->host_mac, MAC_SIZE);
  memcpy (frame + MAC_SIZE, self->own_mac, MAC_SIZE);
  lab_put16 (frame + 12, type);
  memcpy (frame + FRAME_HEADER_SIZE, payload, size);
  /* Lost when the queue is full, as on any wire. */
  if (send (self->fd, frame, FRAME_HEADER_SIZE + size, 0) < 0 && errno != EAGAIN && errno != ENOBUFS
      && errno != ENETDOWN)
    g_warning ("sending a packet of %" G_GSIZE_FORMAT " bytes: %s", size, g_strerror (errno));
}

/* RFC 826. A host that asks whether somebody else has its address must hear nothing. */
static void
answer_arp (LabPort *self, const guint8 *request, gsize size)
{
  guint8 reply[ARP_SIZE];
  LabAddress target;

  if (size < ARP_SIZE || lab_get16 (request + 6) != ARP_REQUEST)
    return;
  lab_address_from_v4 (&target,
                       (guint32) lab_get16 (request + 24) << 16 | lab_get16 (request + 26));
  if (is_of_host (self, &target) || (lab_get16 (request + 14) | lab_get16 (request + 16)) == 0)
    return;
  memcpy (reply, request, 6);
  lab_put16 (reply + 6, ARP_REPLY);
  memcpy (reply + 8, self->own_mac, MAC_SIZE);
  memcpy (reply + 14, request + 24, 4);
  memcpy (reply + 18, request + 8, MAC_SIZE + 4);
  send_frame (self, ETH_P_ARP, reply, sizeof reply);
}

/* RFC 4861 section 7.2.4: a solicited advertisement with our hardware address. */
static void
answer_solicitation (LabPort *self, const LabHeader *header, const LabPacket *request)
{
  static const LabAddress unspecified = { { 0 } };
  LabPacket *reply;
  LabAddress target;
  guint8 *icmp;

  if (request->size < header->transport + 24)
    return;
  memcpy (target.bytes, request->data + header->transport + 8, sizeof target.bytes);
  if (is_of_host (self, &target) || lab_address_equal (&header->source.address, &unspecified))
    return;
  reply = lab_packet_new_echo (&target, &header->source.address, 0, TRUE);
  reply->size += 24;
  lab_put16 (reply->data + 4, 32);
  reply->data[7] = 255; /* RFC 4861 section 7.1.2: else it came from afar */
  icmp = reply->data + header->transport;
  memset (icmp, 0, 32);
  icmp[0] = NEIGHBOUR_ADVERTISEMENT;
  icmp[4] = 0xe0; /* a router, solicited, override */
  memcpy (icmp + 8, target.bytes, sizeof target.bytes);
  icmp[24] = 2; /* target link-layer address, of one unit */
  icmp[25] = 1;
  memcpy (icmp + 26, self->own_mac, MAC_SIZE);
  {
    LabHeader reply_header = { .is_v6 = TRUE, .transport = header->transport };
    lab_packet_update_icmp_checksum (reply->data, reply->size, &reply_header);
  }
  send_frame (self, ETH_P_IPV6, reply->data, reply->size);
  g_free (reply);
}

/* What belongs to the link and goes no further: discovery of neighbours, routers and listeners. */
static gboolean
is_link_matter (LabPort *self, const LabPacket *packet)
{
  LabHeader header;
  guint8 type;

  if (!lab_header_parse (&header, packet->data, packet->size) || !header.is_v6)
    return FALSE;
  if (header.protocol == 0) /* hop-by-hop options: listener reports */
    return TRUE;
  if (header.protocol != LAB_PROTOCOL_ICMPV6)
    return FALSE;
  type = packet->data[header.transport];
  if (type == NEIGHBOUR_SOLICITATION)
    answer_solicitation (self, &header, packet);
  return type >= 130 && type <= MULTICAST_LISTENER_REPORT_2;
}

/* (transfer full) (nullable): the next IP packet that the host has sent, @is_empty when none waits.
 */
LabPacket *
lab_port_receive (LabPort *self, gboolean *is_empty)
{
  guint8 frame[FRAME_HEADER_SIZE + LAB_PACKET_CAPACITY];
  ssize_t count = recv (self->fd, frame, sizeof frame, MSG_TRUNC);
  gsize size = count > FRAME_HEADER_SIZE ? (gsize) count - FRAME_HEADER_SIZE : 0;
  LabPacket *packet;
  guint16 type;

  *is_empty = count < 0;
  if (size == 0 || size > LAB_PACKET_CAPACITY)
    return NULL;
  type = lab_get16 (frame + 12);
  if (type == ETH_P_ARP)
    answer_arp (self, frame + FRAME_HEADER_SIZE, size);
  if (type != ETH_P_IP && type != ETH_P_IPV6)
    return NULL;
  packet = g_new (LabPacket, 1);
  packet->size = size;
  memcpy (packet->data, frame + FRAME_HEADER_SIZE, size);
  if (!is_link_matter (self, packet))
    return packet;
  g_free (packet);
  return NULL;
}

void
lab_port_send (LabPort *self, const LabPacket *packet)
{
  send_frame (self, packet->data[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP, packet->data, packet->size);
}
