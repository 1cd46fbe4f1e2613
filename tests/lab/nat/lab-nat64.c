/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-nat64.h"

#include <string.h>

#define IPV4_HEADER_SIZE 20
#define IPV6_HEADER_SIZE 40
/* RFC 6052 section 2.1: a /96. */
#define PREFIX_BITS 96

/* The last four bytes of an address in the prefix are the IPv4 address (RFC 6052 section 2.2). */
static LabEndpoint
take_embedded (const LabEndpoint *endpoint)
{
  LabEndpoint result = { .port = endpoint->port };

  lab_address_from_v4 (&result.address, lab_address_to_v4 (&endpoint->address));
  return result;
}

static LabEndpoint
embed (const LabAddress *prefix, const LabEndpoint *endpoint)
{
  LabEndpoint result = { *prefix, endpoint->port };

  memcpy (result.address.bytes + 12, endpoint->address.bytes + 12, 4);
  return result;
}

/* Whether a packet from inside is to be translated, and not routed as IPv6. */
gboolean
lab_nat64_is_for (const LabAddress *prefix, const LabPacket *packet)
{
  LabHeader header;

  return lab_header_parse (&header, packet->data, packet->size) && header.is_v6
         && lab_address_has_prefix (&header.destination.address, prefix, PREFIX_BITS);
}

/* The transport's checksum and, of ICMP, the type, for new headers around the same words. */
static void
finish_transport (LabPacket *packet, gsize transport, guint8 protocol)
{
  guint8 *bytes = packet->data + transport;
  gsize size = packet->size - transport;
  gsize at = protocol == LAB_PROTOCOL_UDP ? 6 : protocol == LAB_PROTOCOL_TCP ? 16 : 2;
  guint32 sum = 0;
  guint16 checksum;

  lab_put16 (bytes + at, 0);
  if (protocol != LAB_PROTOCOL_ICMP)
    sum = lab_checksum_pseudo (packet->data, protocol, size);
  checksum = lab_checksum_finish (lab_checksum_add (sum, bytes, size));
  lab_put16 (bytes + at, checksum == 0 && protocol == LAB_PROTOCOL_UDP ? 0xffff : checksum);
}

static void
put_ports (LabPacket *packet, gsize transport, guint8 protocol, const LabEndpoint *source,
           const LabEndpoint *destination)
{
  guint8 *bytes = packet->data + transport;

  if (protocol == LAB_PROTOCOL_ICMP || protocol == LAB_PROTOCOL_ICMPV6)
    {
      lab_put16 (bytes + 4, source->port != 0 ? source->port : destination->port);
      return;
    }
  lab_put16 (bytes, source->port);
  lab_put16 (bytes + 2, destination->port);
}

/* RFC 7915 section 5.1: IPv6 to IPv4. */
static void
translate_to_v4 (LabPacket *packet, const LabHeader *header, const LabEndpoint *source,
                 const LabEndpoint *destination)
{
  guint8 hops = packet->data[7];
  guint8 *ip = packet->data;
  guint8 protocol = header->protocol;

  memmove (ip + IPV4_HEADER_SIZE, ip + IPV6_HEADER_SIZE, packet->size - IPV6_HEADER_SIZE);
  packet->size -= IPV6_HEADER_SIZE - IPV4_HEADER_SIZE;
  if (protocol == LAB_PROTOCOL_ICMPV6)
    {
      protocol = LAB_PROTOCOL_ICMP;
      ip[IPV4_HEADER_SIZE] = ip[IPV4_HEADER_SIZE] == 128 ? 8 : 0;
    }
  memset (ip, 0, IPV4_HEADER_SIZE);
  ip[0] = 0x45;
  lab_put16 (ip + 2, (guint16) packet->size);
  lab_put16 (ip + 6, 0x4000);
  ip[8] = hops;
  ip[9] = protocol;
  memcpy (ip + 12, source->address.bytes + 12, 4);
  memcpy (ip + 16, destination->address.bytes + 12, 4);
  lab_put16 (ip + 10, lab_checksum_finish (lab_checksum_add (0, ip, IPV4_HEADER_SIZE)));
  put_ports (packet, IPV4_HEADER_SIZE, protocol, source, destination);
  finish_transport (packet, IPV4_HEADER_SIZE, protocol);
}

/* RFC 7915 section 4.1: IPv4 to IPv6. */
static void
translate_to_v6 (LabPacket *packet, const LabHeader *header, const LabEndpoint *source,
                 const LabEndpoint *destination)
{
  guint8 hops = packet->data[8];
  guint8 *ip = packet->data;
  guint8 protocol = header->protocol;
  gsize size = packet->size - header->transport;

  memmove (ip + IPV6_HEADER_SIZE, ip + header->transport, size);
  packet->size = size + IPV6_HEADER_SIZE;
  if (protocol == LAB_PROTOCOL_ICMP)
    {
      protocol = LAB_PROTOCOL_ICMPV6;
      ip[IPV6_HEADER_SIZE] = ip[IPV6_HEADER_SIZE] == 8 ? 128 : 129;
    }
  memset (ip, 0, IPV6_HEADER_SIZE);
  ip[0] = 0x60;
  lab_put16 (ip + 4, (guint16) size);
  ip[6] = protocol;
  ip[7] = hops;
  memcpy (ip + 8, source->address.bytes, 16);
  memcpy (ip + 24, destination->address.bytes, 16);
  put_ports (packet, IPV6_HEADER_SIZE, protocol, source, destination);
  finish_transport (packet, IPV6_HEADER_SIZE, protocol);
}

static gboolean
is_translatable (const LabHeader *header)
{
  return !header->is_fragment && !header->is_icmp_error
         && (header->protocol == LAB_PROTOCOL_UDP || header->protocol == LAB_PROTOCOL_TCP
             || header->source.port != 0 || header->destination.port != 0);
}

/* The table speaks of ICMP as IPv4 does, on both sides. */
static guint8
protocol_of (const LabHeader *header)
{
  return header->protocol == LAB_PROTOCOL_ICMPV6 ? LAB_PROTOCOL_ICMP : header->protocol;
}

/* A packet for the prefix leaves: becomes IPv4. */
LabNatVerdict
lab_nat64_out (LabNat *nat, gint64 now_us, const LabAddress *prefix, LabPacket *packet)
{
  LabHeader header;
  LabNatFlow flow;
  LabEndpoint external;

  if (!lab_nat64_is_for (prefix, packet) || !lab_header_parse (&header, packet->data, packet->size)
      || !is_translatable (&header))
    return LAB_NAT_DROP;
  flow = (LabNatFlow){ protocol_of (&header), header.tcp_flags, header.source,
                       take_embedded (&header.destination) };
  if (lab_nat_map (nat, now_us, &flow, &external) != LAB_NAT_FORWARD)
    return LAB_NAT_DROP;
  translate_to_v4 (packet, &header, &external, &flow.remote);
  return LAB_NAT_FORWARD;
}

/* A packet of IPv4 comes to the NAT's address: becomes IPv6. */
LabNatVerdict
lab_nat64_in (LabNat *nat, gint64 now_us, const LabAddress *prefix, LabPacket *packet)
{
  LabHeader header;
  LabEndpoint internal, source;
  LabNatVerdict verdict;

  if (!lab_header_parse (&header, packet->data, packet->size) || header.is_v6
      || !is_translatable (&header)
      || packet->size + IPV6_HEADER_SIZE > header.transport + LAB_PACKET_CAPACITY)
    return LAB_NAT_DROP;
  verdict = lab_nat_admit (nat, now_us, protocol_of (&header), header.tcp_flags,
                           &header.destination, &header.source, &internal);
  if (verdict != LAB_NAT_FORWARD)
    return verdict;
  source = embed (prefix, &header.source);
  translate_to_v6 (packet, &header, &source, &internal);
  return LAB_NAT_FORWARD;
}
