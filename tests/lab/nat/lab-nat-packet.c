/* SPDX-License-Identifier: MPL-2.0 */
/* Packets through a NAT: what RFC 4787, 5382 and 5508 say of UDP, TCP and ICMP. */
#include <string.h>

#include "lab-nat-private.h"

/* RFC 8446 section 5.1: the type of a record with a handshake in it. */
#define TLS_HANDSHAKE 0x16

static gboolean
allows (const LabNatPortRule *rule, guint16 port)
{
  for (guint i = 0; i < rule->count; i++)
    if (rule->ports[i] == port)
      return TRUE;
  return !rule->is_blocked;
}

static gboolean
is_allowed (const LabNatConfig *config, const LabHeader *header)
{
  if (header->protocol == LAB_PROTOCOL_UDP)
    return allows (&config->udp, header->destination.port);
  if (header->protocol == LAB_PROTOCOL_TCP)
    return allows (&config->tcp, header->destination.port);
  return TRUE;
}

static gboolean
has_ports (const LabHeader *header)
{
  return header->protocol == LAB_PROTOCOL_UDP || header->protocol == LAB_PROTOCOL_TCP
         || header->source.port != 0 || header->destination.port != 0;
}

/* Writes @after where the payload of UDP has @before: an address and the port in front of it, as
 * RFC 8489 section 14.1 and much else has them. That is why XOR-MAPPED-ADDRESS was made. */
static void
rewrite_payload (LabPacket *packet, const LabHeader *header, const LabEndpoint *before,
                 const LabEndpoint *after)
{
  guint8 wanted[6], written[6];

  if (header->protocol != LAB_PROTOCOL_UDP || header->is_v6)
    return;
  lab_put16 (wanted, before->port);
  memcpy (wanted + 2, before->address.bytes + 12, 4);
  lab_put16 (written, after->port);
  memcpy (written + 2, after->address.bytes + 12, 4);
  for (gsize at = 0; header->payload + at + sizeof wanted <= packet->size; at += 2)
    if (memcmp (packet->data + header->payload + at, wanted, sizeof wanted) == 0)
      lab_packet_set_payload (packet->data, packet->size, header, at, written, sizeof written);
}

/* RFC 5508 section 4.2: an error from inside about a packet that a mapping let in. */
static LabNatVerdict
error_out (LabNat *self, gint64 now_us, LabPacket *packet, const LabHeader *header)
{
  LabHeader inner;
  LabNatKey key;
  LabNatMapping *mapping;
  LabEndpoint source = { 0 };

  if (!lab_header_parse_excerpt (&inner, packet->data + header->inner,
                                 packet->size - header->inner))
    return LAB_NAT_DROP;
  key = lab_nat_key (inner.protocol, &inner.destination, &inner.source, self->config.mapping);
  mapping = lab_nat_table_find (&self->table, &key);
  if (mapping == NULL || mapping->expires_us <= now_us)
    return LAB_NAT_DROP;
  source.address = mapping->external.address;
  lab_packet_set_destination (packet->data + header->inner, packet->size - header->inner, &inner,
                              &mapping->external);
  lab_packet_set_source (packet->data, packet->size, header, &source);
  lab_packet_update_icmp_checksum (packet->data, packet->size, header);
  return LAB_NAT_FORWARD;
}

/* RFC 5508 section 4.1: an error from outside about a packet that went out. */
static LabNatVerdict
error_in (LabNat *self, gint64 now_us, LabPacket *packet, const LabHeader *header)
{
  LabHeader inner;
  const GPtrArray *sharers;

  if (!lab_header_parse_excerpt (&inner, packet->data + header->inner,
                                 packet->size - header->inner))
    return LAB_NAT_DROP;
  sharers = lab_nat_table_find_external (&self->table, inner.protocol, &inner.source);
  for (guint i = 0; sharers != NULL && i < sharers->len; i++)
    {
      const LabNatMapping *mapping = g_ptr_array_index (sharers, i);
      LabEndpoint destination = { .address = mapping->key.local.address };
      if (mapping->expires_us <= now_us
          || !lab_nat_mapping_knows (mapping, &inner.destination,
                                     LAB_NAT_ADDRESS_AND_PORT_DEPENDENT, now_us))
        continue;
      lab_packet_set_source (packet->data + header->inner, packet->size - header->inner, &inner,
                             &mapping->key.local);
      lab_packet_set_destination (packet->data, packet->size, header, &destination);
      lab_packet_update_icmp_checksum (packet->data, packet->size, header);
      return LAB_NAT_FORWARD;
    }
  return LAB_NAT_DROP;
}

/* Both ends are inside: the packet turns round, with the source that the NAT's kind shows. */
static LabNatVerdict
turn_round (LabNat *self, gint64 now_us, LabPacket *packet, const LabHeader *header,
            const LabNatFlow *flow)
{
  LabEndpoint source, internal;
  LabNatVerdict verdict;

  if (self->config.hairpin == LAB_NAT_HAIRPIN_NONE)
    return lab_nat_drop_out (self, now_us, flow, "hairpin");
  verdict = lab_nat_map (self, now_us, flow, &source);
  if (verdict == LAB_NAT_FORWARD)
    verdict = lab_nat_admit (self, now_us, flow->protocol, flow->tcp_flags, &flow->remote, &source,
                             &internal);
  if (verdict != LAB_NAT_FORWARD)
    return LAB_NAT_DROP;
  if (self->config.hairpin == LAB_NAT_HAIRPIN_EXTERNAL_SOURCE)
    lab_packet_set_source (packet->data, packet->size, header, &source);
  lab_packet_set_destination (packet->data, packet->size, header, &internal);
  return LAB_NAT_HAIRPIN;
}

static gboolean
is_tls_or_silent (const LabPacket *packet, const LabHeader *header)
{
  return header->payload >= packet->size || packet->data[header->payload] == TLS_HANDSHAKE;
}

/* Only the first words of a connection are looked at. */
static gboolean
passes_inspection (LabNat *self, const LabPacket *packet, const LabHeader *header)
{
  LabNatKey key;
  LabNatMapping *mapping;

  if (!self->config.is_tls_only || header->protocol != LAB_PROTOCOL_TCP)
    return TRUE;
  key = lab_nat_key (header->protocol, &header->source, &header->destination, self->config.mapping);
  mapping = lab_nat_table_find (&self->table, &key);
  if (mapping != NULL && (header->tcp_flags & LAB_TCP_SYN) != 0)
    mapping->has_shown_tls = FALSE;
  if (mapping != NULL && mapping->has_shown_tls)
    return TRUE;
  if (!is_tls_or_silent (packet, header))
    return FALSE;
  if (mapping != NULL && header->payload < packet->size)
    mapping->has_shown_tls = TRUE;
  return TRUE;
}

/* A packet comes from inside. It is rewritten unless the verdict is LAB_NAT_DROP. */
LabNatVerdict
lab_nat_out (LabNat *self, gint64 now_us, LabPacket *packet)
{
  LabHeader header;
  LabNatFlow flow;
  LabEndpoint external;
  LabNatVerdict verdict;

  if (!lab_header_parse (&header, packet->data, packet->size))
    return LAB_NAT_DROP;
  if (header.is_icmp_error)
    return error_out (self, now_us, packet, &header);
  flow = (LabNatFlow){ header.protocol, header.tcp_flags, header.source, header.destination };
  if (header.is_fragment)
    return lab_nat_drop_out (self, now_us, &flow, "fragment");
  if (!has_ports (&header))
    return lab_nat_drop_out (self, now_us, &flow, "protocol");
  if (!is_allowed (&self->config, &header))
    return lab_nat_drop_out (self, now_us, &flow, "blocked");
  if (!passes_inspection (self, packet, &header))
    return lab_nat_drop_out (self, now_us, &flow, "not-tls");
  if (self->config.translates && lab_nat_is_external (self, &header.destination.address))
    return turn_round (self, now_us, packet, &header, &flow);
  verdict = lab_nat_map (self, now_us, &flow, &external);
  if (verdict != LAB_NAT_FORWARD || !self->config.translates)
    return verdict;
  if (self->config.has_alg)
    rewrite_payload (packet, &header, &header.source, &external);
  lab_packet_set_source (packet->data, packet->size, &header, &external);
  return LAB_NAT_FORWARD;
}

/* A packet comes from outside. It is rewritten when the verdict is LAB_NAT_FORWARD. */
LabNatVerdict
lab_nat_in (LabNat *self, gint64 now_us, LabPacket *packet)
{
  LabHeader header;
  LabEndpoint internal;
  LabNatVerdict verdict;

  if (!lab_header_parse (&header, packet->data, packet->size) || header.is_fragment)
    return LAB_NAT_DROP;
  if (header.is_icmp_error)
    return error_in (self, now_us, packet, &header);
  verdict = lab_nat_admit (self, now_us, header.protocol, header.tcp_flags, &header.destination,
                           &header.source, &internal);
  if (verdict != LAB_NAT_FORWARD || !self->config.translates)
    return verdict;
  if (self->config.has_alg)
    rewrite_payload (packet, &header, &header.destination, &internal);
  lab_packet_set_destination (packet->data, packet->size, &header, &internal);
  return LAB_NAT_FORWARD;
}
