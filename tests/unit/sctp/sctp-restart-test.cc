/* SPDX-License-Identifier: MPL-2.0 */
/* The retransmission timer runs from the last progress, and not from whenever it was started. */
#include <usrsctp.h>

#include "floe-sctp-link.h"
#include "floe-sctp-restart-core-private.h"

/* A common header and one SACK, of a packet whose checksum nobody looks at. */
static Packet
MakeSack (guint32 tsn, const std::vector<guint8> &blocks = {}, guint8 gaps = 0, guint8 doubles = 0)
{
  Packet packet (12, 0x77);
  guint8 length = (guint8) (16 + blocks.size ());
  const guint8 chunk[] = { 3,
                           0,
                           0,
                           length,
                           (guint8) (tsn >> 24),
                           (guint8) (tsn >> 16),
                           (guint8) (tsn >> 8),
                           (guint8) tsn,
                           0,
                           1,
                           0,
                           0,
                           0,
                           gaps,
                           0,
                           doubles };

  packet.insert (packet.end (), chunk, chunk + sizeof chunk);
  packet.insert (packet.end (), blocks.begin (), blocks.end ());
  return packet;
}

static Packet
Join (Packet packet, const Packet &chunks)
{
  packet.insert (packet.end (), chunks.begin (), chunks.end ());
  return packet;
}

class SctpRestartCore : public testing::Test
{
protected:
  /* What usrsctp gets instead of the packet; empty: the packet itself. */
  Packet In (const Packet &packet)
  {
    guint8 out[FLOE_SCTP_RESTART_MAX_SIZE + FLOE_SCTP_RESTART_GROWTH];
    gsize size =
        floe_sctp_restart_core_handle_input (&core_, now_us_, packet.data (), packet.size (), out);
    return Packet (out, out + size);
  }

  void Later ()
  {
    now_us_ += FLOE_SCTP_RESTART_INTERVAL_US;
  }

  FloeSctpRestartCore core_ = {};
  gint64 now_us_ = 1;
};

TEST_F (SctpRestartCore, GivesASackABlockThatCoversNothing)
{
  const std::vector<guint8> nothing = { 0, 1, 0, 0 };

  EXPECT_EQ (In (MakeSack (7)), MakeSack (7, nothing, 1));
}

TEST_F (SctpRestartCore, LeavesTheRestOfThePacketAsItIs)
{
  const Packet heartbeat = { 4, 0, 0, 6, 0xaa, 0xbb, 0, 0 };
  const Packet data = { 0, 3, 0, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 0, 0, 0 };
  const Packet sack = MakeSack (7, { 0, 0, 0, 5 }, 0, 1);
  const Packet longer = MakeSack (7, { 0, 1, 0, 0, 0, 0, 0, 5 }, 1, 1);
  auto place = [&] (const Packet &with) {
    return Join (
        Join (Join (Packet (12, 0x77), heartbeat), Packet (with.begin () + 12, with.end ())), data);
  };

  EXPECT_EQ (In (place (sack)), place (longer));
}

TEST_F (SctpRestartCore, LeavesASackAloneThatTellsOfGaps)
{
  EXPECT_EQ (In (MakeSack (7, { 0, 2, 0, 3 }, 1)), Packet ());
}

TEST_F (SctpRestartCore, DoesItSeldomAndOnlyWithProgress)
{
  EXPECT_NE (In (MakeSack (7)), Packet ());
  EXPECT_EQ (In (MakeSack (9)), Packet ());
  Later ();
  EXPECT_EQ (In (MakeSack (7)), Packet ());
  EXPECT_NE (In (MakeSack (9)), Packet ());
}

TEST_F (SctpRestartCore, BearsWhateverComes)
{
  Packet packet = MakeSack (7);

  for (gsize size = 0; size < packet.size (); size++)
    EXPECT_EQ (In (Packet (packet.begin (), packet.begin () + size)), Packet ());
  packet[15] = 200; /* longer than the packet */
  EXPECT_EQ (In (packet), Packet ());
  packet[15] = 3;
  EXPECT_EQ (In (packet), Packet ());
  EXPECT_EQ (In (Join (MakeSack (7), Packet (FLOE_SCTP_RESTART_MAX_SIZE, 0))), Packet ());
}

class SctpFar : public testing::TestWithParam<guint>
{
protected:
  /* Often that the retransmission timer has run out, of any association. */
  static guint32 CountTimeouts ()
  {
    struct sctpstat statistics;

    usrsctp_get_stat (&statistics);
    return statistics.sctps_timodata;
  }

  /* Nothing is lost on the way, but what comes within so long comes all at once, as it does out of
   * a thread that has other things to do. */
  void SetUp () override
  {
    link_.a_looks_every_ms = GetParam ();
    link_.Run (600);
    ASSERT_EQ (link_.a.State (), FLOE_SCTP_CONNECTED);
  }

  SctpLink link_;
};

/* Without the restart it runs out each 400 ms. */
TEST_P (SctpFar, HasNoTimerRunOutWhenNothingIsLost)
{
  guint32 before = CountTimeouts ();

  EXPECT_GT (link_.Transfer (8000, 512 * 1024), 10u * 1024 * 1024);
  EXPECT_EQ (CountTimeouts (), before);
  EXPECT_EQ (link_.repeated, 0u);
}

/* A window of some 500 packets goes out in 80 ms or more. */
TEST_P (SctpFar, SendsNoWindowInOneBurst)
{
  link_.Transfer (5000, 512 * 1024);
  EXPECT_LE (link_.most, 40u);
}

INSTANTIATE_TEST_SUITE_P (Clumps, SctpFar, testing::Values (1, 15, 40), [] (const auto &info) {
  return "Of" + std::to_string (info.param) + "ms";
});
