/* SPDX-License-Identifier: MPL-2.0 */
/* When packets leave: by the rate that the window asks for, and which ones never wait. */
#include "floe-crc32c-private.h"
#include "floe-sctp-pacer-private.h"
#include "floe-test.h"

#include <string>
#include <vector>

using Packet = std::vector<guint8>;

enum : guint8
{
  DATA = 0,
  SACK = 3,
  HEARTBEAT = 4,
  I_DATA = 64,
  RE_CONFIG = 130
};

/* A packet of chunks of these types, each with @body bytes after its header. */
static Packet
MakePacket (const std::vector<guint8> &types, gsize body = 1100)
{
  Packet packet (FLOE_SCTP_HEADER_SIZE, 0);

  for (guint8 type : types)
    {
      gsize length = 4 + (type == SACK ? 12 : body);

      packet.insert (packet.end (), { type, 0, (guint8) (length >> 8), (guint8) length });
      packet.insert (packet.end (), length - 4, type);
    }
  return packet;
}

class SctpPacerCore : public testing::Test
{
protected:
  /* How many packets of 1000 bytes may leave. */
  guint Take (guint most = 100000)
  {
    guint count = 0;
    while (count < most && floe_sctp_pacer_core_take (&core_, now_us_, 1000))
      count++;
    return count;
  }

  FloeSctpPacerCore core_ = {};
  gint64 now_us_ = 5 * G_USEC_PER_SEC;
};

TEST_F (SctpPacerCore, HoldsNothingBackUntilThePathIsKnown)
{
  EXPECT_EQ (Take (5000), 5000u);
  floe_sctp_pacer_core_set_path (&core_, now_us_, 4000, 0, FALSE);
  EXPECT_EQ (Take (5000), 5000u);
}

TEST_F (SctpPacerCore, HoldsNothingBackOnAShortPath)
{
  floe_sctp_pacer_core_set_path (&core_, now_us_, 1000000, 3, FALSE);
  EXPECT_EQ (Take (5000), 5000u);
}

TEST_F (SctpPacerCore, LetsTheInitialWindowLeaveAtOnce)
{
  floe_sctp_pacer_core_set_path (&core_, now_us_, 12000, 100, FALSE);
  EXPECT_GE (Take (), 10u);
}

TEST_F (SctpPacerCore, SpreadsAWindowOverTwoThirdsOfARoundTrip)
{
  guint count = 0;

  floe_sctp_pacer_core_set_path (&core_, now_us_, 300000, 90, FALSE);
  count += Take ();
  EXPECT_LE (count, 13u);
  for (guint ms = 0; ms < 60; ms++)
    {
      now_us_ += G_TIME_SPAN_MILLISECOND;
      guint step = Take ();
      EXPECT_LE (step, 13u);
      count += step;
    }
  EXPECT_GE (count, 300u);
  EXPECT_LE (count, 316u);
}

TEST_F (SctpPacerCore, LosesNothingToATimerThatIsLate)
{
  guint count = 0;

  /* 500 bytes a microsecond: what two ticks bring is more than the burst of ten packets. */
  floe_sctp_pacer_core_set_path (&core_, now_us_, 3333334, 10, FALSE);
  Take ();
  for (guint i = 0; i < 100; i++)
    {
      now_us_ += 2 * G_TIME_SPAN_MILLISECOND;
      count += Take ();
    }
  EXPECT_NEAR (count, 100000, 2000);
}

TEST_F (SctpPacerCore, SavesNoMoreThanABurstInAPause)
{
  floe_sctp_pacer_core_set_path (&core_, now_us_, 300000, 90, FALSE);
  Take ();
  now_us_ += (gint64) 3600 * G_USEC_PER_SEC;
  EXPECT_LE (Take (), 13u);
}

TEST_F (SctpPacerCore, MayLeaveAtTheDeadlineAndNotBefore)
{
  floe_sctp_pacer_core_set_path (&core_, now_us_, 30000, 90, FALSE);
  Take ();
  for (guint i = 0; i < 20; i++)
    {
      gint64 deadline_us = floe_sctp_pacer_core_get_deadline (&core_);

      ASSERT_GT (deadline_us, now_us_);
      now_us_ = deadline_us - 10;
      EXPECT_EQ (Take (), 0u);
      now_us_ = deadline_us;
      EXPECT_EQ (Take (), 1u);
    }
}

TEST_F (SctpPacerCore, DoesNotTakeItsOwnDelayForTheNetworks)
{
  floe_sctp_pacer_core_set_path (&core_, now_us_, 100000, 100, FALSE);
  gint64 rate = core_.rate;
  now_us_ += G_USEC_PER_SEC;
  floe_sctp_pacer_core_set_path (&core_, now_us_, 100000, 180, FALSE);
  EXPECT_EQ (core_.rate, rate);
  now_us_ += 10 * G_USEC_PER_SEC;
  floe_sctp_pacer_core_set_path (&core_, now_us_, 100000, 180, FALSE);
  EXPECT_LT (core_.rate, rate);
}

TEST_F (SctpPacerCore, SlowsDownOnlyWhenNothingWaits)
{
  floe_sctp_pacer_core_set_path (&core_, now_us_, 300000, 100, FALSE);
  gint64 rate = core_.rate;
  floe_sctp_pacer_core_set_path (&core_, now_us_, 1200, 100, TRUE);
  EXPECT_EQ (core_.rate, rate);
  floe_sctp_pacer_core_set_path (&core_, now_us_, 1200, 100, FALSE);
  EXPECT_EQ (core_.rate, rate / 250);
}

TEST_F (SctpPacerCore, BearsAnyPathAndAnyTime)
{
  for (guint32 window : { 0u, 1u, G_MAXUINT32 })
    for (guint srtt_ms : { 0u, 4u, 60000u, G_MAXUINT })
      for (gint64 step_us : { (gint64) 0, (gint64) -5, (gint64) 1, G_MAXINT64 / 4 })
        {
          now_us_ += step_us;
          floe_sctp_pacer_core_set_path (&core_, now_us_, window, srtt_ms, FALSE);
          Take (100);
          floe_sctp_pacer_core_get_deadline (&core_);
          now_us_ = 5 * G_USEC_PER_SEC;
        }
}

class SctpPacer : public testing::Test
{
protected:
  SctpPacer ()
  {
    floe_sctp_pacer_core_set_path (&pacer_.core, now_us_, 12000, 100, FALSE);
  }

  ~SctpPacer () override
  {
    floe_sctp_pacer_clear (&pacer_);
  }

  static void Output (const guint8 *packet, gsize size, gpointer self)
  {
    static_cast<SctpPacer *> (self)->out_.emplace_back (packet, packet + size);
  }

  void Send (const Packet &packet)
  {
    floe_sctp_pacer_send (&pacer_, now_us_, packet.data (), packet.size (), Output, this);
  }

  void Release ()
  {
    floe_sctp_pacer_release (&pacer_, now_us_, Output, this);
  }

  /* Until data has to wait. */
  void Fill ()
  {
    while (pacer_.waiting.length == 0)
      Send (MakePacket ({ DATA }));
    out_.clear ();
  }

  FloeSctpPacer pacer_ = {};
  std::vector<Packet> out_;
  gint64 now_us_ = 5 * G_USEC_PER_SEC;
};

TEST_F (SctpPacer, LetsNothingButDataWait)
{
  Fill ();
  Send (MakePacket ({ SACK }));
  Send (MakePacket ({ HEARTBEAT }));
  EXPECT_EQ (out_, (std::vector<Packet>{ MakePacket ({ SACK }), MakePacket ({ HEARTBEAT }) }));
  Send (MakePacket ({ DATA }));
  Send (MakePacket ({ HEARTBEAT, I_DATA }, 500));
  EXPECT_EQ (out_.size (), 2u);
  EXPECT_EQ (pacer_.waiting.length, 3u);
}

/* Of what was sent before it: ahead of that it would wait at the peer. */
TEST_F (SctpPacer, LetsARequestToResetStreamsWaitForData)
{
  Send (MakePacket ({ RE_CONFIG }));
  EXPECT_EQ (out_.size (), 1u);
  Fill ();
  Send (MakePacket ({ RE_CONFIG }));
  EXPECT_TRUE (out_.empty ());
  now_us_ += G_USEC_PER_SEC;
  Release ();
  ASSERT_EQ (out_.size (), 2u);
  EXPECT_EQ (out_[1], MakePacket ({ RE_CONFIG }));
}

TEST_F (SctpPacer, LetsNoSackWaitForItsData)
{
  Packet sack = MakePacket ({ SACK });

  Fill ();
  Send (MakePacket ({ SACK, DATA }, 900));
  ASSERT_EQ (out_.size (), 1u);
  floe_sctp_checksum_fill (sack.data (), sack.size ());
  EXPECT_EQ (out_[0], sack);
  now_us_ += G_USEC_PER_SEC;
  Release ();
  ASSERT_EQ (out_.size (), 3u);
  EXPECT_EQ (out_[2].size (), MakePacket ({ DATA }, 900).size ());
  EXPECT_TRUE (floe_sctp_checksum_is_right (out_[2].data (), out_[2].size ()));
}

TEST_F (SctpPacer, KeepsTheOrderOfData)
{
  Fill ();
  for (gsize body = 200; body < 230; body++)
    Send (MakePacket ({ DATA }, 4 * body));
  while (pacer_.waiting.length > 0)
    {
      now_us_ = floe_sctp_pacer_get_deadline (&pacer_);
      Release ();
    }
  ASSERT_EQ (out_.size (), 31u);
  for (gsize i = 1; i < out_.size (); i++)
    EXPECT_EQ (out_[i].size (), MakePacket ({ DATA }, 4 * (199 + i)).size ());
  EXPECT_EQ (floe_sctp_pacer_get_deadline (&pacer_), -1);
}

TEST_F (SctpPacer, BearsPacketsThatAreNone)
{
  Packet broken = MakePacket ({ DATA });

  Fill ();
  broken[FLOE_SCTP_HEADER_SIZE + 2] = 0xff;
  Send (broken);
  broken.resize (FLOE_SCTP_HEADER_SIZE + 2);
  Send (broken);
  EXPECT_EQ (out_.size (), 2u);
}
