/* SPDX-License-Identifier: MPL-2.0 */
/* Packets from nothing: what routers say themselves, and what tests send. */
#include <string.h>

#include "lab-packet.h"

#define IPV4_HEADER_SIZE 20
#define IPV6_HEADER_SIZE 40
#define DEFAULT_HOPS 64
/* RFC 4443 section 2.4 (c): as much of the packet as fits the smallest MTU; IPv4 routers send as
 * much or less (RFC 1812 section 4.3.2.3). */
#define ICMP_EXCERPT_SIZE 548

static gsize
put_ip_header (LabPacket *packet, const LabAddress *source, const LabAddress *destination,
               guint8 protocol, gsize transport_size)
{
  guint8 *ip = packet->data;
  gsize header_size = lab_address_is_v4 (source) ? IPV4_HEADER_SIZE : IPV6_HEADER_SIZE;

  g_assert (header_size + transport_size <= LAB_PACKET_CAPACITY);
  memset (ip, 0, header_size);
  packet->size = header_size + transport_size;
  if (header_size == IPV4_HEADER_SIZE)
    {
      ip[0] = 0x45;
      lab_put16 (ip + 2, (guint16) packet->size);
      lab_put16 (ip + 6, 0x4000); /* don't fragment */
      ip[8] = DEFAULT_HOPS;
      ip[9] = protocol;
      memcpy (ip + 12, source->bytes + 12, 4);
      memcpy (ip + 16, destination->bytes + 12, 4);
      lab_put16 (ip + 10, lab_checksum_finish (lab_checksum_add (0, ip, header_size)));
      return header_size;
    }
  ip[0] = 0x60;
  lab_put16 (ip + 4, (guint16) transport_size);
  ip[6] = protocol;
  ip[7] = DEFAULT_HOPS;
  memcpy (ip + 8, source->bytes, 16);
  memcpy (ip + 24, destination->bytes, 16);
  return header_size;
}

static void
put_checksum (LabPacket *packet, gsize transport, gsize at, guint8 protocol)
{
  gsize size = packet->size - transport;
  guint32 sum = 0;
  guint16 checksum;

  if (protocol != LAB_PROTOCOL_ICMP)
    sum = lab_checksum_pseudo (packet->data, protocol, size);
  sum = lab_checksum_add (sum, packet->data + transport, size);
  checksum = lab_checksum_finish (sum);
  lab_put16 (packet->data + at, checksum == 0 && protocol == LAB_PROTOCOL_UDP ? 0xffff : checksum);
}

LabPacket *
lab_packet_copy (const LabPacket *packet)
{
  return g_memdup2 (packet, sizeof *packet);
}

LabPacket *
lab_packet_new_udp (const LabEndpoint *source, const LabEndpoint *destination, const void *payload,
                    gsize size)
{
  LabPacket *packet = g_new (LabPacket, 1);
  gsize at =
      put_ip_header (packet, &source->address, &destination->address, LAB_PROTOCOL_UDP, 8 + size);

  lab_put16 (packet->data + at, source->port);
  lab_put16 (packet->data + at + 2, destination->port);
  lab_put16 (packet->data + at + 4, (guint16) (8 + size));
  lab_put16 (packet->data + at + 6, 0);
  if (size > 0)
    memcpy (packet->data + at + 8, payload, size);
  put_checksum (packet, at, at + 6, LAB_PROTOCOL_UDP);
  return packet;
}

LabPacket *
lab_packet_new_tcp (const LabEndpoint *source, const LabEndpoint *destination, guint8 flags,
                    const void *payload, gsize size)
{
  LabPacket *packet = g_new (LabPacket, 1);
  gsize at =
      put_ip_header (packet, &source->address, &destination->address, LAB_PROTOCOL_TCP, 20 + size);
  guint8 *tcp = packet->data + at;

  memset (tcp, 0, 20);
  lab_put16 (tcp, source->port);
  lab_put16 (tcp + 2, destination->port);
  tcp[12] = 5 << 4;
  tcp[13] = flags;
  lab_put16 (tcp + 14, 0xffff);
  if (size > 0)
    memcpy (tcp + 20, payload, size);
  put_checksum (packet, at, at + 16, LAB_PROTOCOL_TCP);
  return packet;
}

LabPacket *
lab_packet_new_echo (const LabAddress *source, const LabAddress *destination, guint16 identifier,
                     gboolean is_reply)
{
  LabPacket *packet = g_new (LabPacket, 1);
  gboolean is_v4 = lab_address_is_v4 (source);
  guint8 protocol = is_v4 ? LAB_PROTOCOL_ICMP : LAB_PROTOCOL_ICMPV6;
  gsize at = put_ip_header (packet, source, destination, protocol, 8);
  guint8 *icmp = packet->data + at;

  memset (icmp, 0, 8);
  icmp[0] = is_v4 ? (is_reply ? 0 : 8) : (is_reply ? 129 : 128);
  lab_put16 (icmp + 4, identifier);
  put_checksum (packet, at, at + 2, protocol);
  return packet;
}

typedef struct
{
  guint8 v4_type, v4_code, v6_type, v6_code;
} IcmpCodes;

/* RFC 792, RFC 1812 section 5.2.7.1 and RFC 4443 section 3. */
static const IcmpCodes icmp_codes[] = {
  [LAB_ICMP_TIME_EXCEEDED] = { 11, 0, 3, 0 },   [LAB_ICMP_NO_ROUTE] = { 3, 0, 1, 0 },
  [LAB_ICMP_PORT_UNREACHABLE] = { 3, 3, 1, 4 }, [LAB_ICMP_PROHIBITED] = { 3, 13, 1, 1 },
  [LAB_ICMP_TOO_BIG] = { 3, 4, 2, 0 },
};

/* %NULL when @about must not be answered by an error: it is one itself (RFC 1122 section 3.2.2), or
 * is no packet. */
LabPacket *
lab_packet_new_icmp_error (const LabPacket *about, const LabAddress *source, LabIcmpError error,
                           guint mtu)
{
  LabHeader header;
  LabPacket *packet;
  guint8 *icmp;
  gsize excerpt = MIN (about->size, ICMP_EXCERPT_SIZE);
  gsize at;
  guint8 protocol;

  if (!lab_header_parse (&header, about->data, about->size) || header.is_icmp_error
      || lab_address_is_v4 (source) == header.is_v6)
    return NULL;
  protocol = header.is_v6 ? LAB_PROTOCOL_ICMPV6 : LAB_PROTOCOL_ICMP;
  packet = g_new (LabPacket, 1);
  at = put_ip_header (packet, source, &header.source.address, protocol, 8 + excerpt);
  icmp = packet->data + at;
  memset (icmp, 0, 8);
  icmp[0] = header.is_v6 ? icmp_codes[error].v6_type : icmp_codes[error].v4_type;
  icmp[1] = header.is_v6 ? icmp_codes[error].v6_code : icmp_codes[error].v4_code;
  lab_put16 (icmp + 6, (guint16) mtu);
  memcpy (icmp + 8, about->data, excerpt);
  put_checksum (packet, at, at + 2, protocol);
  return packet;
}
