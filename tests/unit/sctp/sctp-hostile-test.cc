/* SPDX-License-Identifier: MPL-2.0 */
/* Packets from hell, and the end at every stage. */
#include "floe-crc32c-private.h"
#include "floe-sctp-pair.h"

#include <malloc.h>
#include <set>

class SctpHostile : public testing::Test
{
protected:
  static Packet WithChecksum (Packet packet)
  {
    if (packet.size () >= FLOE_SCTP_HEADER_SIZE)
      floe_sctp_checksum_fill (packet.data (), packet.size ());
    return packet;
  }

  /* a and b still talk. */
  void ExpectAlive ()
  {
    ASSERT_EQ (a_.State (), FLOE_SCTP_CONNECTED);
    gsize before = b_.messages.size ();
    ASSERT_EQ (a_.Send (0, "alive"), FLOE_SCTP_SENT);
    ASSERT_TRUE (pair_.RunUntil ([&] { return b_.messages.size () > before; }, 20000));
    EXPECT_EQ (b_.messages.back ().data, "alive");
  }

  SctpPair pair_;
  SctpEnd &a_ = pair_.a;
  SctpEnd &b_ = pair_.b;
};

TEST_F (SctpHostile, GarbageIsDroppedBeforeUsrsctp)
{
  std::mt19937 random (3);

  pair_.Connect ();
  for (guint i = 0; i < 2000; i++)
    {
      Packet packet (random () % 1500);
      for (guint8 &byte : packet)
        byte = static_cast<guint8> (random ());
      a_.Input (packet);
    }
  EXPECT_EQ (floe_sctp_engine_get_bad_checksums (a_.engine), 2000u);
  EXPECT_TRUE (a_.sent.empty ());
  ExpectAlive ();
}

TEST_F (SctpHostile, AFlippedBitIsCountedAndTheMessageArrivesAllTheSame)
{
  pair_.Connect ();
  a_.Send (0, "flip me");
  a_.sent.front ()[30] ^= 1;
  pair_.RunUntil ([this] { return !b_.messages.empty (); });
  EXPECT_EQ (floe_sctp_engine_get_bad_checksums (b_.engine), 1u);
  ASSERT_EQ (b_.messages.size (), 1u);
  EXPECT_EQ (b_.messages[0].data, "flip me");
}

TEST_F (SctpHostile, AForeignVerificationTagIsIgnored)
{
  pair_.Connect ();
  a_.Send (0, "tagged");
  Packet packet = a_.sent.front ();
  a_.sent.clear ();
  packet[4] ^= 0xff;
  b_.Input (WithChecksum (packet));
  EXPECT_TRUE (b_.messages.empty ());
  EXPECT_EQ (b_.State (), FLOE_SCTP_CONNECTED);
}

TEST_F (SctpHostile, MutatedPacketsNeverCrashOrWedge)
{
  for (guint seed = 0; seed < 40; seed++)
    {
      SctpPair pair;
      std::mt19937 random (seed);

      pair.Connect ();
      for (guint i = 0; i < 60; i++)
        {
          pair.a.Send (static_cast<guint16> (i % 20), Pattern (1 + random () % 4000, i), 53,
                       i % 2 == 0, i % 3 == 0 ? 0 : -1);
          const guint16 stream = static_cast<guint16> (500 + i);
          floe_sctp_engine_reset_streams (pair.a.engine, &stream, 1);
          while (!pair.a.sent.empty ())
            {
              Packet packet = pair.a.sent.front ();
              pair.a.sent.pop_front ();
              for (guint flips = random () % 4; flips > 0; flips--)
                packet[FLOE_SCTP_HEADER_SIZE + random () % (packet.size () - 12)] =
                    static_cast<guint8> (random ());
              pair.b.Input (WithChecksum (packet));
            }
          while (!pair.b.sent.empty ())
            {
              pair.a.Input (pair.b.sent.front ());
              pair.b.sent.pop_front ();
            }
          floe_sctp_runtime_advance (10);
        }
    }
}

/* The common header of what a sends to b. */
class SctpCrafted : public SctpHostile
{
protected:
  void SetUp () override
  {
    pair_.Connect ();
    a_.Send (0, "header");
    header_ = Packet (a_.sent.front ().begin (), a_.sent.front ().begin () + 12);
    pair_.Settle ();
  }

  void InputChunk (const Packet &chunk)
  {
    Packet packet = header_;
    packet.insert (packet.end (), chunk.begin (), chunk.end ());
    b_.Input (WithChecksum (packet));
    pair_.Settle ();
  }

  Packet header_;
};

TEST_F (SctpCrafted, ZeroLengthChunksEndTheParsing)
{
  for (guint type = 0; type < 256; type++)
    InputChunk ({ static_cast<guint8> (type), 0, 0, 0 });
}

TEST_F (SctpCrafted, LengthsBeyondThePacketAreHarmless)
{
  for (guint type = 0; type < 256; type++)
    for (guint length : { 3u, 4u, 5u, 16u, 255u, 0xffffu })
      InputChunk ({ static_cast<guint8> (type), 0, static_cast<guint8> (length >> 8),
                    static_cast<guint8> (length), 1, 2, 3, 4 });
}

TEST_F (SctpCrafted, ASackWithHugeCountsIsHarmless)
{
  InputChunk ({ 3, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff });
}

TEST_F (SctpCrafted, ARequestToAddStreamsIsRefused)
{
  /* RFC 6525 section 4.5, in a RE-CONFIG chunk with a sequence number that can't be right either */
  InputChunk ({ 0x82, 0, 0, 16, 0, 17, 0, 12, 0, 0, 0, 1, 0xff, 0xff, 0, 0 });
  EXPECT_EQ (floe_sctp_engine_get_stream_count (b_.engine), 1024u);
  ExpectAlive ();
}

TEST_F (SctpCrafted, AForeignHeartbeatAckIsLeftToUsrsctp)
{
  InputChunk ({ 5, 0, 0, 12, 0, 1, 0, 8, 1, 2, 3, 4 });
  EXPECT_TRUE (b_.answered.empty ());
  ExpectAlive ();
}

TEST_F (SctpCrafted, AnAnswerBundledWithDataIsTakenOutAndTheDataRead)
{
  guint8 heartbeat[64];

  gsize size = floe_sctp_engine_make_heartbeat (b_.engine, 77, heartbeat, sizeof heartbeat);
  ASSERT_GT (size, 12u);
  a_.Send (0, "behind it");
  Packet data = a_.sent.front ();
  a_.sent.clear ();
  Packet chunks (heartbeat + 12, heartbeat + size);
  chunks[0] = 5;
  chunks.insert (chunks.end (), data.begin () + 12, data.end ());
  b_.messages.clear ();
  InputChunk (chunks);
  EXPECT_EQ (b_.answered, std::vector<guint64>{ 77 });
  ASSERT_EQ (b_.messages.size (), 1u);
  EXPECT_EQ (b_.messages[0].data, "behind it");
}

TEST (SctpInit, OffersWhatWeSupportAndNothingElse)
{
  SctpEnd end;
  std::set<guint8> extensions;

  floe_sctp_engine_connect (end.engine);
  ASSERT_EQ (end.sent.size (), 1u);
  const Packet &packet = end.sent.front ();
  ASSERT_EQ (packet[12], 1);
  EXPECT_EQ (packet[24] << 8 | packet[25], 1024); /* streams out and in */
  EXPECT_EQ (packet[26] << 8 | packet[27], 1024);
  for (gsize at = 32; at + 4 <= packet.size ();)
    {
      guint type = packet[at] << 8 | packet[at + 1];
      gsize length = packet[at + 2] << 8 | packet[at + 3];

      ASSERT_GE (length, 4u);
      EXPECT_NE (type, 0x8000u); /* ECN */
      EXPECT_NE (type, 0x8002u); /* AUTH's random number */
      if (type == 0x8008)
        extensions.insert (packet.begin () + at + 4, packet.begin () + at + length);
      at += (length + 3) & ~gsize (3);
    }
  /* RE-CONFIG and FORWARD-TSN; no AUTH, ASCONF, PKTDROP, NR-SACK, I-DATA */
  EXPECT_EQ (extensions, (std::set<guint8>{ 0x82, 0xc0 }));
}

class SctpFree : public testing::TestWithParam<guint>
{
};

TEST_P (SctpFree, AtEachStageLeavesNothing)
{
  SctpPair pair;
  guint carried = 0;

  pair.a.Send (0, "too early");
  floe_sctp_engine_connect (pair.a.engine);
  floe_sctp_engine_connect (pair.b.engine);
  pair.b.on_message = [] (guint16, guint32, GBytes *) {};
  while (carried < GetParam () && (!pair.a.sent.empty () || !pair.b.sent.empty ()))
    {
      for (auto [from, to] : { std::pair (&pair.a, &pair.b), std::pair (&pair.b, &pair.a) })
        if (!from->sent.empty () && carried < GetParam ())
          {
            Packet packet = from->sent.front ();
            from->sent.pop_front ();
            to->Input (packet);
            carried++;
          }
      if (pair.a.State () == FLOE_SCTP_CONNECTED)
        {
          const guint16 streams[] = { 1, 2, 3 };
          pair.a.Send (0, Pattern (50000));
          floe_sctp_engine_reset_streams (pair.a.engine, streams, 3);
        }
    }
  pair.a.Free ();
  pair.Run (1000);
  pair.b.Free ();
  floe_sctp_runtime_advance (5000);
}

INSTANTIATE_TEST_SUITE_P (Packets, SctpFree, testing::Range (0u, 30u));

/* Under a sanitizer malloc's account stays at zero, and the sanitizer looks itself. */
TEST (SctpMemory, IsFlatOverManyAssociations)
{
  gsize after_first = 0;

  for (guint round = 0; round < 4; round++)
    {
      for (guint i = 0; i < 50; i++)
        {
          SctpPair pair;
          pair.Connect ();
          pair.a.Send (0, Pattern (20000));
          pair.Run (20);
        }
      floe_sctp_runtime_advance (5000);
      if (round == 0)
        after_first = mallinfo2 ().uordblks;
    }
  EXPECT_LE (mallinfo2 ().uordblks, after_first + 64 * 1024);
}
