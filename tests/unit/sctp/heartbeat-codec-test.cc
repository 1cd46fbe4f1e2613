/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-crc32c-private.h"
#include "floe-sctp-heartbeat-codec-private.h"
#include "floe-test.h"

using Bytes = std::vector<guint8>;

static Bytes
MakeAck (guint64 nonce)
{
  const FloeSctpHeartbeatRoute route = { 5000, 5001, 0xdeadbeef };
  Bytes packet (FLOE_SCTP_HEARTBEAT_SIZE);

  EXPECT_EQ (floe_sctp_heartbeat_write (&route, nonce, packet.data (), packet.size ()),
             packet.size ());
  packet[12] = 5;
  return packet;
}

TEST (HeartbeatCodec, WritesTheWireFormat)
{
  const FloeSctpHeartbeatRoute route = { 0x1388, 0x1389, 0xdeadbeef };
  guint8 packet[FLOE_SCTP_HEARTBEAT_SIZE];

  ASSERT_EQ (floe_sctp_heartbeat_write (&route, 0x0102030405060708, packet, sizeof packet), 32u);
  EXPECT_TRUE (floe_sctp_checksum_is_right (packet, sizeof packet));
  const Bytes head = { 0x13, 0x88, 0x13, 0x89, 0xde, 0xad, 0xbe, 0xef };
  EXPECT_EQ (Bytes (packet, packet + 8), head);
  const Bytes chunk = { 4, 0, 0, 20, 0, 1, 0, 16, 'F', 'l', 'o', 'e', 1, 2, 3, 4, 5, 6, 7, 8 };
  EXPECT_EQ (Bytes (packet + 12, packet + 32), chunk);
  EXPECT_EQ (floe_sctp_heartbeat_write (&route, 1, packet, 31), 0u);
}

TEST (HeartbeatCodec, FindsItsAnswerAloneAndAmongOthers)
{
  FloeSctpHeartbeatAck ack;
  Bytes packet = MakeAck (42);

  ASSERT_TRUE (floe_sctp_heartbeat_find_ack (packet.data (), packet.size (), &ack));
  EXPECT_EQ (ack.nonce, 42u);
  EXPECT_EQ (ack.offset, 12u);
  EXPECT_EQ (ack.size, 20u);

  const Bytes odd = { 3, 0, 0, 7, 1, 2, 3, 0 };
  packet.insert (packet.begin () + 12, odd.begin (), odd.end ());
  packet.insert (packet.end (), odd.begin (), odd.end ());
  ASSERT_TRUE (floe_sctp_heartbeat_find_ack (packet.data (), packet.size (), &ack));
  EXPECT_EQ (ack.offset, 20u);
}

struct NotOurs
{
  const char *name;
  void (*spoil) (Bytes &packet);
};

class HeartbeatCodecRejects : public testing::TestWithParam<NotOurs>
{
};

TEST_P (HeartbeatCodecRejects, WhatIsNotOurs)
{
  FloeSctpHeartbeatAck ack;
  Bytes packet = MakeAck (42);

  GetParam ().spoil (packet);
  EXPECT_FALSE (floe_sctp_heartbeat_find_ack (packet.data (), packet.size (), &ack));
}

INSTANTIATE_TEST_SUITE_P (
    Wire, HeartbeatCodecRejects,
    testing::Values (NotOurs{ "Request", [] (Bytes &p) { p[12] = 4; } },
                     NotOurs{ "OtherMagic", [] (Bytes &p) { p[20] = 'f'; } },
                     NotOurs{ "OtherInfoType", [] (Bytes &p) { p[17] = 2; } },
                     NotOurs{ "OtherInfoLength", [] (Bytes &p) { p[19] = 15; } },
                     NotOurs{ "LongerChunk",
                              [] (Bytes &p) {
                                p[15] = 24;
                                p.resize (36);
                              } },
                     NotOurs{ "CutOff", [] (Bytes &p) { p.resize (31); } },
                     NotOurs{ "LengthPastEnd", [] (Bytes &p) { p[14] = 1; } },
                     NotOurs{ "ZeroLength", [] (Bytes &p) { p[15] = 0; } },
                     NotOurs{ "HeaderOnly", [] (Bytes &p) { p.resize (12); } },
                     NotOurs{ "Empty", [] (Bytes &p) { p.clear (); } }),
    [] (const auto &test) { return std::string (test.param.name); });
