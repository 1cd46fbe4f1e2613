/* SPDX-License-Identifier: MPL-2.0 */
/* What the kernel of a host does with packets that are too large for its link: fragments, of which
 * the other side makes a packet again (RFC 791 section 2.3, RFC 8200 section 4.5). */
#pragma once

#include <map>
#include <vector>

#include "lab-test.h"

class Fragments
{
public:
  static constexpr gsize kMtu = 1500;

  std::vector<Packet> Split (Packet packet)
  {
    LabHeader header = Header (*packet);
    gsize size = packet->size - header.transport, extra = header.is_v6 ? kExtensionSize : 0;
    gsize first = (kMtu - header.transport - extra) / 8 * 8;
    std::vector<Packet> pieces;

    if (packet->size <= kMtu)
      pieces.push_back (std::move (packet));
    else
      {
        id_++;
        pieces.push_back (Cut (*packet, header, 0, first));
        pieces.push_back (Cut (*packet, header, first, size - first));
      }
    return pieces;
  }

  /* Nothing until all of it is there. */
  Packet Join (Packet piece)
  {
    LabHeader header = Header (*piece);
    gsize at = header.transport + (header.is_v6 ? kExtensionSize : 0);
    const guint8 *field = piece->data + (header.is_v6 ? kIpv6Size + 2 : 6);
    const guint8 *id = piece->data + (header.is_v6 ? kIpv6Size + 6 : 4);

    if (!header.is_fragment)
      return piece;
    header.source.port = lab_get16 (id);
    Whole &whole = wholes_[Text (header.source)];
    gsize offset =
        (gsize) (lab_get16 (field) & (header.is_v6 ? 0xfff8 : 0x1fff)) * (header.is_v6 ? 1 : 8);
    bool has_more = (lab_get16 (field) & (header.is_v6 ? 1 : 0x2000)) != 0;

    whole.parts[offset].assign (piece->data + at, piece->data + piece->size);
    whole.has_last = whole.has_last || !has_more;
    if (!whole.has_last || whole.parts.size () < 2)
      return nullptr;
    piece->size = header.transport;
    for (const auto &part : whole.parts)
      {
        memcpy (piece->data + piece->size, part.second.data (), part.second.size ());
        piece->size += part.second.size ();
      }
    SetHeader (piece.get (), header, 0);
    piece->data[header.is_v6 ? 6 : 9] = LAB_PROTOCOL_UDP;
    wholes_.erase (Text (header.source));
    return piece;
  }

private:
  static constexpr gsize kIpv6Size = 40, kExtensionSize = 8;
  static constexpr guint8 kExtension = 44;

  struct Whole
  {
    std::map<gsize, std::vector<guint8> > parts; /* by their offsets */
    bool has_last = false;
  };

  static void SetHeader (LabPacket *packet, const LabHeader &header, guint16 field)
  {
    guint8 *ip = packet->data;

    if (header.is_v6)
      {
        lab_put16 (ip + 4, (guint16) (packet->size - kIpv6Size));
        return;
      }
    lab_put16 (ip + 2, (guint16) packet->size);
    lab_put16 (ip + 6, field);
    lab_put16 (ip + 10, 0);
    lab_put16 (ip + 10, lab_checksum_finish (lab_checksum_add (0, ip, header.transport)));
  }

  Packet Cut (const LabPacket &packet, const LabHeader &header, gsize offset, gsize size) const
  {
    Packet piece (lab_packet_copy (&packet));
    guint8 *at = piece->data + header.transport;
    bool has_more = header.transport + offset + size < packet.size;

    if (header.is_v6)
      {
        memset (at, 0, kExtensionSize);
        at[0] = LAB_PROTOCOL_UDP;
        lab_put16 (at + 2, (guint16) (offset | has_more));
        lab_put16 (at + 6, id_);
        piece->data[6] = kExtension;
        at += kExtensionSize;
      }
    else
      lab_put16 (piece->data + 4, id_);
    memcpy (at, packet.data + header.transport + offset, size);
    piece->size = (gsize) (at - piece->data) + size;
    SetHeader (piece.get (), header, (guint16) (offset / 8 | (has_more ? 0x2000 : 0)));
    return piece;
  }

  std::map<std::string, Whole> wholes_; /* by who sends and what he calls it */
  guint16 id_ = 0;
};
