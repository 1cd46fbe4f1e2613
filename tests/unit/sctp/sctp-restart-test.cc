/* SPDX-License-Identifier: MPL-2.0 */
/* The retransmission timer runs from the last progress, and not from whenever it was started. */
#include <set>

#include "floe-sctp-pair.h"
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

/* Two engines far from each other. Nothing is lost on the way, but what arrives within @clump_ms
 * comes all at once, as it does out of a thread that has other things to do. */
class FarPair
{
public:
  static constexpr guint DELAY_MS = 60;

  explicit FarPair (guint clump_ms) : clump_ms_ (clump_ms)
  {
    floe_sctp_engine_connect (a.engine);
    floe_sctp_engine_connect (b.engine);
  }

  void Run (guint ms)
  {
    for (guint passed = 0; passed < ms; passed++, now_ms_++)
      {
        Take (a, to_b_);
        Take (b, to_a_);
        Give (to_b_, b);
        if (now_ms_ % clump_ms_ == 0)
          Give (to_a_, a);
        floe_sctp_runtime_advance (1);
      }
  }

  SctpEnd a, b;
  std::multiset<guint32> tsns; /* of all that @a has sent */
  gsize most = 0;              /* packets in one millisecond */

private:
  using Way = std::deque<std::pair<guint, Packet> >;

  void Take (SctpEnd &from, Way &way)
  {
    if (&from == &a)
      most = std::max (most, from.sent.size ());
    for (auto &packet : from.sent)
      {
        if (&from == &a && packet[12] == 0)
          tsns.insert ((guint32) packet[16] << 24 | (guint32) packet[17] << 16
                       | (guint32) packet[18] << 8 | packet[19]);
        way.emplace_back (now_ms_ + DELAY_MS, std::move (packet));
      }
    from.sent.clear ();
  }

  void Give (Way &way, SctpEnd &to)
  {
    while (!way.empty () && way.front ().first <= now_ms_)
      {
        to.Input (way.front ().second);
        way.pop_front ();
      }
  }

  guint clump_ms_, now_ms_ = 0;
  Way to_a_, to_b_;
};

static gsize
TransferFor (FarPair &pair, guint ms)
{
  const std::string message = Pattern (16000);
  gsize before = pair.b.messages.size ();

  for (guint passed = 0; passed < ms; passed += 10)
    {
      while (floe_sctp_engine_get_buffered (pair.a.engine) < 512 * 1024
             && pair.a.Send (0, message) == FLOE_SCTP_SENT)
        ;
      pair.Run (10);
    }
  return (pair.b.messages.size () - before) * message.size ();
}

class SctpFar : public testing::TestWithParam<guint>
{
};

/* Without the restart the window falls to one packet now and then: with SACKs that come one by one
 * it is two thirds of this. */
TEST_P (SctpFar, FillsTheWindowWhenNothingIsLost)
{
  FarPair pair (GetParam ());

  pair.Run (500);
  ASSERT_EQ (pair.a.State (), FLOE_SCTP_CONNECTED);
  TransferFor (pair, 3000);
  /* 512 KB are in the buffer, a round trip takes 120 ms and a clump. */
  EXPECT_GT (TransferFor (pair, 5000), 5000 / (120 + 2 * GetParam ()) * 350000);
  for (auto tsn : pair.tsns)
    ASSERT_EQ (pair.tsns.count (tsn), 1u) << "sent twice";
}

/* A window of some 500 packets goes out in 80 ms or more. */
TEST_P (SctpFar, SendsNoWindowInOneBurst)
{
  FarPair pair (GetParam ());

  pair.Run (500);
  TransferFor (pair, 5000);
  EXPECT_LE (pair.most, 40u);
}

INSTANTIATE_TEST_SUITE_P (Clumps, SctpFar, testing::Values (1, 15, 40), [] (const auto &info) {
  return "Of" + std::to_string (info.param) + "ms";
});
