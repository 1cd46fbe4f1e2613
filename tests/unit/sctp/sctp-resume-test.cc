/* SPDX-License-Identifier: MPL-2.0 */
/* What is sent again when a path is back, and that nothing else is. */
#include "floe-sctp-pair.h"
#include "floe-sctp-repeat-core-private.h"

/* A packet of chunks: type, and the number after its header. */
static Packet
MakePacket (const std::vector<std::pair<guint8, guint32> > &chunks)
{
  Packet packet (12, 0);

  for (auto [type, number] : chunks)
    {
      const guint8 bytes[] = { type,
                               0,
                               0,
                               10, /* two bytes of padding follow */
                               (guint8) (number >> 24),
                               (guint8) (number >> 16),
                               (guint8) (number >> 8),
                               (guint8) number,
                               0xaa,
                               0xbb,
                               0,
                               0 };

      packet.insert (packet.end (), bytes, bytes + sizeof bytes);
    }
  return packet;
}

enum : guint8
{
  DATA = 0,
  SACK = 3,
  HEARTBEAT = 4,
  I_DATA = 64,
  FORWARD_TSN = 192
};

class SctpRepeatCore : public testing::Test
{
protected:
  void Out (const Packet &packet)
  {
    floe_sctp_repeat_core_handle_output (&core_, packet.data (), packet.size ());
  }

  void In (const Packet &packet)
  {
    floe_sctp_repeat_core_handle_input (&core_, packet.data (), packet.size ());
  }

  Packet Kept () const
  {
    return Packet (core_.packet, core_.packet + core_.size);
  }

  FloeSctpRepeatCore core_ = {};
};

TEST_F (SctpRepeatCore, KeepsTheOldestThatIsNotAcknowledged)
{
  Out (MakePacket ({ { DATA, 7 } }));
  Out (MakePacket ({ { DATA, 8 } }));
  EXPECT_EQ (Kept (), MakePacket ({ { DATA, 7 } }));
  Out (MakePacket ({ { I_DATA, 6 }, { I_DATA, 7 } }));
  EXPECT_EQ (Kept (), MakePacket ({ { I_DATA, 6 }, { I_DATA, 7 } }));
  In (MakePacket ({ { SACK, 5 } }));
  EXPECT_EQ (core_.tsn, 6u);
  In (MakePacket ({ { HEARTBEAT, 9 }, { SACK, 6 } }));
  EXPECT_EQ (core_.size, 0u);
}

TEST_F (SctpRepeatCore, KeepsNothingElseBesideData)
{
  Out (MakePacket ({ { SACK, 7 } }));
  EXPECT_EQ (core_.size, 0u);
  Out (MakePacket ({ { SACK, 99 }, { DATA, 7 }, { HEARTBEAT, 1 } }));
  EXPECT_EQ (Kept (), MakePacket ({ { DATA, 7 } }));
}

TEST_F (SctpRepeatCore, KeepsWhatWasAcknowledgedLast)
{
  Out (MakePacket ({ { SACK, 7 } }));
  Out (MakePacket ({ { SACK, 8 }, { DATA, 1 } }));
  EXPECT_EQ (Packet (core_.sack, core_.sack + core_.sack_size), MakePacket ({ { SACK, 8 } }));
}

/* RFC 3758 section 3.5: what was given up must not come after all. */
TEST_F (SctpRepeatCore, ForgetsWhatIsGivenUp)
{
  Out (MakePacket ({ { DATA, 7 } }));
  Out (MakePacket ({ { FORWARD_TSN, 8 } }));
  EXPECT_EQ (Kept (), MakePacket ({ { FORWARD_TSN, 8 } }));
  In (MakePacket ({ { SACK, 8 } }));
  EXPECT_EQ (core_.size, 0u);
}

TEST_F (SctpRepeatCore, KnowsThatNumbersWrapAround)
{
  Out (MakePacket ({ { DATA, 0xffffffff } }));
  Out (MakePacket ({ { DATA, 0 } }));
  EXPECT_EQ (core_.tsn, 0xffffffffu);
  In (MakePacket ({ { SACK, 0xfffffffe } }));
  EXPECT_NE (core_.size, 0u);
  In (MakePacket ({ { SACK, 1 } }));
  EXPECT_EQ (core_.size, 0u);
}

TEST_F (SctpRepeatCore, BearsWhatIsCutShort)
{
  const Packet packet = MakePacket ({ { DATA, 7 }, { SACK, 9 } });

  for (gsize size = 0; size < packet.size (); size++)
    {
      FloeSctpRepeatCore core = {};

      floe_sctp_repeat_core_handle_output (&core, packet.data (), size);
      floe_sctp_repeat_core_handle_input (&core, packet.data (), size);
      EXPECT_LE (core.size, size);
    }
  Out (Packet (FLOE_SCTP_REPEAT_MAX_SIZE + 1, 0));
  EXPECT_EQ (core_.size, 0u);
}

/* How much of what was under way when the path died is not there soon after it is back. */
static gsize
GetLeftAfterSilence (guint silent_ms, bool resumes)
{
  SctpPair pair;
  const std::string data = Pattern (200000);

  pair.Connect ();
  pair.a.Send (1, data);
  pair.loss_percent = 100;
  pair.Run (silent_ms);
  pair.loss_percent = 0;
  if (resumes)
    floe_sctp_engine_resume (pair.a.engine, TRUE);
  pair.Run (50);
  EXPECT_LE (pair.b.messages.size (), 1u);
  return pair.b.messages.empty () ? floe_sctp_engine_get_buffered (pair.a.engine) : 0;
}

TEST (SctpResume, DataFlowsAtOnceHoweverLongTheSilenceWas)
{
  for (guint silent_ms : { 1300u, 2900u, 10100u })
    {
      EXPECT_EQ (GetLeftAfterSilence (silent_ms, true), 0u) << silent_ms;
      EXPECT_GT (GetLeftAfterSilence (silent_ms, false), 0u) << silent_ms;
    }
}

/* Each loss after that would otherwise cost what the timer had backed off to. */
TEST (SctpResume, EndsTheBackingOff)
{
  SctpPair pair;

  pair.Connect ();
  pair.a.Send (1, Pattern (3000));
  pair.loss_percent = 100;
  pair.Run (6000);
  pair.loss_percent = 0;
  floe_sctp_engine_resume (pair.a.engine, TRUE);
  pair.Settle ();
  ASSERT_EQ (pair.b.messages.size (), 1u);

  pair.loss_percent = 100;
  pair.a.Send (1, "lost");
  pair.Settle ();
  pair.loss_percent = 0;
  pair.Run (700);
  EXPECT_EQ (pair.b.messages.size (), 2u);
}

/* Carries what is under way in one direction, and then in the other, with always more to send.
 * Returns the number of packets there. */
static gsize
PassOneRoundTrip (SctpPair &pair)
{
  const gsize flight = pair.a.sent.size ();

  while (floe_sctp_engine_get_buffered (pair.a.engine) < 500000)
    pair.a.Send (1, Pattern (10000));
  for (SctpEnd *from : { &pair.a, &pair.b })
    {
      std::deque<Packet> sent;

      std::swap (sent, from->sent);
      for (const Packet &packet : sent)
        (from == &pair.a ? pair.b : pair.a).Input (packet);
    }
  floe_sctp_runtime_advance (40);
  return flight;
}

/* How many packets went out in 40 round trips, after a silence that the timer has taken for
 * congestion again and again. */
static gsize
GetSentAfterSilence (bool resumes)
{
  SctpPair pair;
  gsize sent = 0;

  pair.Connect ();
  for (guint i = 0; i < 5; i++)
    PassOneRoundTrip (pair);
  pair.loss_percent = 100;
  pair.Run (6000);
  pair.loss_percent = 0;
  if (resumes)
    floe_sctp_engine_resume (pair.a.engine, TRUE);
  for (guint passed = 0; pair.a.sent.empty () && passed < 10000; passed += 10)
    floe_sctp_runtime_advance (10);
  for (guint i = 0; i < 40; i++)
    sent += PassOneRoundTrip (pair);
  return sent;
}

/* RFC 9260 section 7.2.1: a destination that was not used yet begins with slow start. */
TEST (SctpResume, GrowsAsOnANewPath)
{
  gsize resumed = GetSentAfterSilence (true);

  EXPECT_GT (resumed, 2 * GetSentAfterSilence (false)) << resumed;
}

TEST (SctpResume, RepeatsNoDataThatArrived)
{
  SctpPair pair;

  pair.Connect ();
  pair.a.Send (1, Pattern (3000));
  pair.Run (1000);
  floe_sctp_engine_resume (pair.a.engine, TRUE);
  for (const Packet &packet : pair.a.sent)
    EXPECT_TRUE (packet[12] == HEARTBEAT || packet[12] == SACK) << (guint) packet[12];
  pair.Run (1000);
  EXPECT_EQ (pair.b.messages.size (), 1u);
}

TEST (SctpResume, IsNothingBeforeAndAfterAnAssociation)
{
  SctpPair pair;

  floe_sctp_engine_resume (pair.a.engine, TRUE);
  EXPECT_TRUE (pair.a.sent.empty ());
  pair.Connect ();
  floe_sctp_engine_close (pair.a.engine);
  pair.a.sent.clear ();
  floe_sctp_engine_resume (pair.a.engine, TRUE);
  EXPECT_TRUE (pair.a.sent.empty ());
}

/* The peer's data had come, but not our word of it. */
TEST (SctpResume, TellsTheSenderWhatHasCome)
{
  SctpPair pair;

  pair.Connect ();
  pair.a.Send (1, Pattern (3000));
  while (!pair.a.sent.empty ())
    {
      pair.b.Input (pair.a.sent.front ());
      pair.a.sent.pop_front ();
    }
  pair.b.sent.clear ();
  pair.loss_percent = 100;
  pair.Run (4000);
  pair.loss_percent = 0;
  ASSERT_GT (floe_sctp_engine_get_buffered (pair.a.engine), 0u);
  floe_sctp_engine_resume (pair.b.engine, TRUE);
  pair.Settle ();
  EXPECT_EQ (floe_sctp_engine_get_buffered (pair.a.engine), 0u);
}

TEST (SctpResume, KeepsWhatHasTheSenderGoOnUntilThePeerIsHeard)
{
  SctpPair pair;

  pair.Connect ();
  pair.a.Send (1, Pattern (3000));
  while (!pair.a.sent.empty ())
    {
      pair.b.Input (pair.a.sent.front ());
      pair.a.sent.pop_front ();
    }
  pair.b.sent.clear ();
  floe_sctp_engine_resume (pair.b.engine, FALSE);
  EXPECT_EQ (pair.b.sent.size (), 1u) << "a HEARTBEAT";
  pair.b.sent.clear ();
  floe_sctp_engine_resume (pair.b.engine, TRUE);
  EXPECT_EQ (pair.b.sent.size (), 2u) << "and a SACK";
}

TEST (SctpResume, LeavesUnreliableMessagesLost)
{
  SctpPair pair;

  pair.Connect ();
  pair.loss_percent = 100;
  pair.a.Send (1, "stale", 51, true, 0);
  pair.Run (3000);
  pair.loss_percent = 0;
  floe_sctp_engine_resume (pair.a.engine, TRUE);
  pair.Run (100);
  EXPECT_TRUE (pair.b.messages.empty ());
  pair.a.Send (1, "fresh", 51, true, 0);
  pair.Run (100);
  ASSERT_EQ (pair.b.messages.size (), 1u);
  EXPECT_EQ (pair.b.messages[0].data, "fresh");
}
