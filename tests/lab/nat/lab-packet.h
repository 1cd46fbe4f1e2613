/* SPDX-License-Identifier: MPL-2.0 */
/* IP packets as the laboratory's NATs and routers see them: addresses, ports, checksums.
 *
 * Pure: no socket, no clock. One LabPacket is one whole IP packet, IPv4 or IPv6, without a link
 * header. What is rewritten keeps its checksums right by difference (RFC 1624), so what came
 * damaged stays damaged. IPv4 options are skipped; IPv6 extension headers are not followed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An Ethernet frame's worth, and what NAT64 adds to it. */
#define LAB_PACKET_CAPACITY 2048

#define LAB_PROTOCOL_ICMP 1
#define LAB_PROTOCOL_TCP 6
#define LAB_PROTOCOL_UDP 17
#define LAB_PROTOCOL_ICMPV6 58

#define LAB_TCP_FIN 0x01
#define LAB_TCP_SYN 0x02
#define LAB_TCP_RST 0x04
#define LAB_TCP_ACK 0x10

/* An IPv4 address is ::ffff:a.b.c.d, so both families compare and hash alike. */
typedef struct
{
  guint8 bytes[16];
} LabAddress;

/* For an ICMP echo the port is its identifier on the side that asks, and 0 on the other. */
typedef struct
{
  LabAddress address;
  guint16 port;
} LabEndpoint;

typedef struct
{
  gsize size;
  guint8 data[LAB_PACKET_CAPACITY];
} LabPacket;

/* What lab_header_parse() finds. Offsets count from the beginning of the IP header. */
typedef struct
{
  gboolean is_v6;
  gboolean is_fragment;   /* of which only the first has ports */
  gboolean is_icmp_error; /* with the beginning of another packet at @inner */
  guint8 protocol;
  guint8 tcp_flags;
  gsize transport;
  gsize payload; /* equal to the size of the packet when there is none */
  gsize inner;
  LabEndpoint source;
  LabEndpoint destination;
} LabHeader;

typedef enum
{
  LAB_ICMP_TIME_EXCEEDED,
  LAB_ICMP_NO_ROUTE,
  LAB_ICMP_PORT_UNREACHABLE,
  LAB_ICMP_PROHIBITED,
  LAB_ICMP_TOO_BIG,
} LabIcmpError;

gboolean lab_address_parse (LabAddress *address, const char *text);
gboolean lab_address_is_v4 (const LabAddress *address);
gboolean lab_address_equal (const LabAddress *a, const LabAddress *b);
gboolean lab_address_has_prefix (const LabAddress *address, const LabAddress *prefix, guint bits);
void lab_address_from_v4 (LabAddress *address, guint32 v4);
guint32 lab_address_to_v4 (const LabAddress *address);
char *lab_address_to_string (const LabAddress *address);

gboolean lab_endpoint_parse (LabEndpoint *endpoint, const char *text);
gboolean lab_endpoint_equal (const LabEndpoint *a, const LabEndpoint *b);
char *lab_endpoint_to_string (const LabEndpoint *endpoint);
const char *lab_protocol_name (guint8 protocol);

gboolean lab_header_parse (LabHeader *header, const guint8 *data, gsize size);
gboolean lab_header_parse_excerpt (LabHeader *header, const guint8 *data, gsize size);

LabPacket *lab_packet_new_udp (const LabEndpoint *source, const LabEndpoint *destination,
                               const void *payload, gsize size);
LabPacket *lab_packet_new_tcp (const LabEndpoint *source, const LabEndpoint *destination,
                               guint8 flags, const void *payload, gsize size);
LabPacket *lab_packet_new_echo (const LabAddress *source, const LabAddress *destination,
                                guint16 identifier, gboolean is_reply);
LabPacket *lab_packet_new_icmp_error (const LabPacket *about, const LabAddress *source,
                                      LabIcmpError error, guint mtu);
LabPacket *lab_packet_copy (const LabPacket *packet);

void lab_packet_set_source (guint8 *data, gsize size, const LabHeader *header,
                            const LabEndpoint *source);
void lab_packet_set_destination (guint8 *data, gsize size, const LabHeader *header,
                                 const LabEndpoint *destination);
void lab_packet_set_payload (guint8 *data, gsize size, const LabHeader *header, gsize offset,
                             const void *bytes, gsize count);
void lab_packet_update_icmp_checksum (guint8 *data, gsize size, const LabHeader *header);
gboolean lab_packet_take_hop (LabPacket *packet);
gboolean lab_packet_checksums_are_right (const LabPacket *packet);

/* The wire's way to write a number. */
static inline guint16
lab_get16 (const guint8 *at)
{
  return (guint16) (at[0] << 8 | at[1]);
}

static inline void
lab_put16 (guint8 *at, guint16 value)
{
  at[0] = (guint8) (value >> 8);
  at[1] = (guint8) value;
}

/* For those who build headers of their own: the folded sum of @size bytes added to @sum, and the
 * sum of a pseudo header (RFC 8200 section 8.1; IPv4's is the same sum). */
guint32 lab_checksum_add (guint32 sum, const guint8 *data, gsize size);
guint16 lab_checksum_finish (guint32 sum);
guint32 lab_checksum_pseudo (const guint8 *ip, guint8 protocol, gsize transport_size);

G_END_DECLS
