/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-packet.h"

#include <string.h>

#define IPV4_HEADER_SIZE 20
#define IPV6_HEADER_SIZE 40
#define UDP_HEADER_SIZE 8
#define TCP_HEADER_SIZE 20
#define ICMP_HEADER_SIZE 8

#define ICMP_ECHO_REPLY 0
#define ICMP_ECHO_REQUEST 8
#define ICMPV6_ECHO_REQUEST 128
#define ICMPV6_ECHO_REPLY 129

guint32
lab_checksum_add (guint32 sum, const guint8 *data, gsize size)
{
  for (gsize i = 0; i + 1 < size; i += 2)
    sum += lab_get16 (data + i);
  if (size % 2 == 1)
    sum += (guint32) data[size - 1] << 8;
  return (sum & 0xffff) + (sum >> 16);
}

guint16
lab_checksum_finish (guint32 sum)
{
  while (sum >> 16 != 0)
    sum = (sum & 0xffff) + (sum >> 16);
  return (guint16) ~sum;
}

guint32
lab_checksum_pseudo (const guint8 *ip, guint8 protocol, gsize transport_size)
{
  gboolean is_v6 = ip[0] >> 4 == 6;
  guint32 sum = (guint32) transport_size + protocol;

  return lab_checksum_add (sum, ip + (is_v6 ? 8 : 12), is_v6 ? 32 : 8);
}

/* RFC 1624 section 3, equation 3: HC' = ~(~HC + ~m + m'). @size is even. */
static void
update_checksum (guint8 *checksum, const guint8 *before, const guint8 *after, gsize size)
{
  guint32 sum = (guint16) ~lab_get16 (checksum);

  for (gsize i = 0; i < size; i += 2)
    {
      sum += (guint16) ~lab_get16 (before + i);
      sum += lab_get16 (after + i);
    }
  lab_put16 (checksum, lab_checksum_finish (sum));
}

/* Where the transport's checksum is, or 0: it has none, or the excerpt ends before it. */
static gsize
checksum_offset (const LabHeader *header, const guint8 *data, gsize size)
{
  gsize offset;

  switch (header->protocol)
    {
    case LAB_PROTOCOL_UDP:
      offset = header->transport + 6;
      /* RFC 768: zero means that the sender made none. */
      if (offset + 2 <= size && lab_get16 (data + offset) == 0)
        return 0;
      break;
    case LAB_PROTOCOL_TCP:
      offset = header->transport + 16;
      break;
    case LAB_PROTOCOL_ICMP:
    case LAB_PROTOCOL_ICMPV6:
      offset = header->transport + 2;
      break;
    default:
      return 0;
    }
  return offset + 2 <= size ? offset : 0;
}

/* Replaces an even number of bytes that the transport's checksum covers. */
static void
replace_covered (guint8 *data, gsize size, const LabHeader *header, gsize at, const guint8 *bytes,
                 gsize count)
{
  gsize checksum = checksum_offset (header, data, size);

  if (checksum != 0)
    {
      update_checksum (data + checksum, data + at, bytes, count);
      if (header->protocol == LAB_PROTOCOL_UDP && lab_get16 (data + checksum) == 0)
        lab_put16 (data + checksum, 0xffff);
    }
  memcpy (data + at, bytes, count);
}

static void
replace_address (guint8 *data, gsize size, const LabHeader *header, gboolean is_source,
                 const LabAddress *address)
{
  gsize at = header->is_v6 ? (is_source ? 8 : 24) : (is_source ? 12 : 16);
  const guint8 *bytes = header->is_v6 ? address->bytes : address->bytes + 12;
  gsize count = header->is_v6 ? 16 : 4;

  if (!header->is_v6)
    update_checksum (data + 10, data + at, bytes, count);
  /* ICMP's checksum of IPv4 knows no pseudo header. */
  if (header->protocol == LAB_PROTOCOL_ICMP)
    memcpy (data + at, bytes, count);
  else
    replace_covered (data, size, header, at, bytes, count);
}

static void
replace_port (guint8 *data, gsize size, const LabHeader *header, gboolean is_source, guint16 port)
{
  gsize at = header->transport + (is_source ? 0 : 2);
  const LabEndpoint *replaced = is_source ? &header->source : &header->destination;
  guint8 bytes[2];

  lab_put16 (bytes, port);
  if (header->protocol == LAB_PROTOCOL_ICMP || header->protocol == LAB_PROTOCOL_ICMPV6)
    {
      if (header->is_icmp_error || replaced->port == 0)
        return;
      at = header->transport + 4;
    }
  replace_covered (data, size, header, at, bytes, sizeof bytes);
}

void
lab_packet_set_source (guint8 *data, gsize size, const LabHeader *header, const LabEndpoint *source)
{
  replace_address (data, size, header, TRUE, &source->address);
  replace_port (data, size, header, TRUE, source->port);
}

void
lab_packet_set_destination (guint8 *data, gsize size, const LabHeader *header,
                            const LabEndpoint *destination)
{
  replace_address (data, size, header, FALSE, &destination->address);
  replace_port (data, size, header, FALSE, destination->port);
}

/* Replaces @count bytes, an even number at an even @offset of the payload. */
void
lab_packet_set_payload (guint8 *data, gsize size, const LabHeader *header, gsize offset,
                        const void *bytes, gsize count)
{
  g_assert (offset % 2 == 0 && count % 2 == 0 && header->payload + offset + count <= size);
  replace_covered (data, size, header, header->payload + offset, bytes, count);
}

void
lab_packet_update_icmp_checksum (guint8 *data, gsize size, const LabHeader *header)
{
  gsize icmp_size = size - header->transport;
  guint32 sum = 0;

  if (header->is_v6)
    sum = lab_checksum_pseudo (data, LAB_PROTOCOL_ICMPV6, icmp_size);
  lab_put16 (data + header->transport + 2, 0);
  sum = lab_checksum_add (sum, data + header->transport, icmp_size);
  lab_put16 (data + header->transport + 2, lab_checksum_finish (sum));
}

/* One hop less to go, or %FALSE when that was the last. */
gboolean
lab_packet_take_hop (LabPacket *packet)
{
  gsize at = packet->data[0] >> 4 == 6 ? 7 : 8;
  guint8 before[2] = { packet->data[8], packet->data[9] };

  if (packet->data[at] <= 1)
    return FALSE;
  packet->data[at]--;
  if (at == 8)
    update_checksum (packet->data + 10, before, packet->data + 8, 2);
  return TRUE;
}

gboolean
lab_packet_checksums_are_right (const LabPacket *packet)
{
  LabHeader header;
  gsize transport_size;
  guint32 sum = 0;

  if (!lab_header_parse (&header, packet->data, packet->size))
    return FALSE;
  transport_size = packet->size - header.transport;
  if (!header.is_v6 && lab_checksum_finish (lab_checksum_add (0, packet->data, header.transport)))
    return FALSE;
  if (checksum_offset (&header, packet->data, packet->size) == 0)
    return TRUE;
  if (header.protocol != LAB_PROTOCOL_ICMP)
    sum = lab_checksum_pseudo (packet->data, header.protocol, transport_size);
  sum = lab_checksum_add (sum, packet->data + header.transport, transport_size);
  return lab_checksum_finish (sum) == 0;
}

static gboolean
is_icmp_error (gboolean is_v6, guint8 type)
{
  /* RFC 4443 section 2.1: errors are below 128. RFC 792: unreachable, exceeded, bad parameter. */
  return is_v6 ? type < 128 : (type == 3 || type == 11 || type == 12);
}

static gboolean
parse_icmp (LabHeader *header, const guint8 *data)
{
  guint8 type = data[header->transport];
  guint16 identifier = lab_get16 (data + header->transport + 4);

  header->payload = header->transport + ICMP_HEADER_SIZE;
  if (is_icmp_error (header->is_v6, type))
    {
      header->is_icmp_error = TRUE;
      header->inner = header->payload;
    }
  else if (type == (header->is_v6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO_REQUEST))
    header->source.port = identifier;
  else if (type == (header->is_v6 ? ICMPV6_ECHO_REPLY : ICMP_ECHO_REPLY))
    header->destination.port = identifier;
  return TRUE;
}

/* An excerpt has eight bytes of its transport and no more need be true. */
static gboolean
parse_transport (LabHeader *header, const guint8 *data, gsize size, gboolean is_excerpt)
{
  const guint8 *transport = data + header->transport;
  gsize left = size - header->transport;
  gsize header_size;

  header->payload = size;
  if (header->is_fragment)
    return TRUE;
  if (left < 8)
    return FALSE;
  switch (header->protocol)
    {
    case LAB_PROTOCOL_ICMP:
    case LAB_PROTOCOL_ICMPV6:
      return parse_icmp (header, data);
    case LAB_PROTOCOL_UDP:
      header_size = UDP_HEADER_SIZE;
      break;
    case LAB_PROTOCOL_TCP:
      if (!is_excerpt && left < TCP_HEADER_SIZE)
        return FALSE;
      header_size = is_excerpt ? left : (transport[12] >> 4) * 4u;
      header->tcp_flags = is_excerpt ? 0 : transport[13];
      break;
    default:
      return TRUE;
    }
  header->source.port = lab_get16 (transport);
  header->destination.port = lab_get16 (transport + 2);
  header->payload = header->transport + MIN (header_size, left);
  return TRUE;
}

static gboolean
parse_ipv4 (LabHeader *header, const guint8 *data, gsize size, gboolean is_excerpt)
{
  header->transport = (data[0] & 0xf) * 4u;
  if (header->transport < IPV4_HEADER_SIZE || header->transport > size
      || (!is_excerpt && lab_get16 (data + 2) != size))
    return FALSE;
  header->protocol = data[9];
  /* More fragments, or an offset. */
  header->is_fragment = (lab_get16 (data + 6) & 0x3fff) != 0;
  lab_address_from_v4 (&header->source.address,
                       (guint32) lab_get16 (data + 12) << 16 | lab_get16 (data + 14));
  lab_address_from_v4 (&header->destination.address,
                       (guint32) lab_get16 (data + 16) << 16 | lab_get16 (data + 18));
  return TRUE;
}

static gboolean
parse_ipv6 (LabHeader *header, const guint8 *data, gsize size, gboolean is_excerpt)
{
  if (size < IPV6_HEADER_SIZE
      || (!is_excerpt && (gsize) lab_get16 (data + 4) + IPV6_HEADER_SIZE != size))
    return FALSE;
  header->is_v6 = TRUE;
  header->transport = IPV6_HEADER_SIZE;
  header->protocol = data[6];
  header->is_fragment = header->protocol == 44;
  memcpy (header->source.address.bytes, data + 8, 16);
  memcpy (header->destination.address.bytes, data + 24, 16);
  return TRUE;
}

static gboolean
parse (LabHeader *header, const guint8 *data, gsize size, gboolean is_excerpt)
{
  gboolean is_parsed = FALSE;

  *header = (LabHeader){ 0 };
  if (size < IPV4_HEADER_SIZE)
    return FALSE;
  if (data[0] >> 4 == 4)
    is_parsed = parse_ipv4 (header, data, size, is_excerpt);
  else if (data[0] >> 4 == 6)
    is_parsed = parse_ipv6 (header, data, size, is_excerpt);
  return is_parsed && parse_transport (header, data, size, is_excerpt);
}

/* %FALSE for what is no whole IP packet. A transport that is not known has no ports. */
gboolean
lab_header_parse (LabHeader *header, const guint8 *data, gsize size)
{
  return parse (header, data, size, FALSE);
}

/* The packet that an ICMP error is about: its beginning, with at least eight bytes of transport. */
gboolean
lab_header_parse_excerpt (LabHeader *header, const guint8 *data, gsize size)
{
  return parse (header, data, size, TRUE) && !header->is_fragment;
}
