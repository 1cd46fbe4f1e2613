/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-packet-kind-private.h"
G_END_DECLS

using Bytes = std::vector<guint8>;

/* A packet of these chunks, each of a type and a length. */
static Bytes
Packet (const std::vector<std::pair<guint8, guint16> > &chunks)
{
  Bytes packet (12, 0);

  for (auto [type, length] : chunks)
    {
      gsize at = packet.size ();

      packet.resize (at + ((length + 3u) & ~3u), 0);
      packet[at] = type;
      packet[at + 2] = (guint8) (length >> 8);
      packet[at + 3] = (guint8) length;
    }
  return packet;
}

struct Kind
{
  const char *name;
  Bytes packet;
  bool has_data;
  bool is_answer;
};

class PacketKind : public testing::TestWithParam<Kind>
{
};

TEST_P (PacketKind, IsReadFromTheChunks)
{
  const Bytes &packet = GetParam ().packet;

  EXPECT_EQ (floe_packet_has_data (packet.data (), packet.size ()), GetParam ().has_data);
  EXPECT_EQ (floe_packet_is_heartbeat_answer (packet.data (), packet.size ()),
             GetParam ().is_answer);
}

INSTANTIATE_TEST_SUITE_P (
    Packets, PacketKind,
    testing::Values (Kind{ "Empty", {}, false, false }, Kind{ "Header", Packet ({}), false, false },
                     Kind{ "Data", Packet ({ { 0, 17 } }), true, false },
                     Kind{ "InterleavedData", Packet ({ { 64, 21 } }), true, false },
                     Kind{ "DataWithoutItsHeader", Bytes (16, 0), false, false },
                     Kind{ "Sack", Packet ({ { 3, 16 } }), false, false },
                     Kind{ "SackAndData", Packet ({ { 3, 18 }, { 0, 17 } }), true, false },
                     Kind{ "Heartbeat", Packet ({ { 4, 20 } }), false, false },
                     Kind{ "HeartbeatAnswer", Packet ({ { 5, 20 } }), false, true }),
    [] (const auto &info) { return std::string (info.param.name); });
