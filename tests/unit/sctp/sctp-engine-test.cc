/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-pair.h"

class SctpEngine : public testing::Test
{
protected:
  SctpPair pair_;
  SctpEnd &a_ = pair_.a;
  SctpEnd &b_ = pair_.b;
};

TEST_F (SctpEngine, BothSidesConnectAtOnce)
{
  pair_.Connect ();
  EXPECT_EQ (a_.states, std::vector<FloeSctpState>{ FLOE_SCTP_CONNECTED });
  EXPECT_EQ (b_.states, std::vector<FloeSctpState>{ FLOE_SCTP_CONNECTED });
  EXPECT_EQ (floe_sctp_engine_get_stream_count (a_.engine), 1024u);
  EXPECT_EQ (floe_sctp_engine_get_stream_count (b_.engine), 1024u);
}

TEST_F (SctpEngine, KeepsAnInitThatComesBeforeConnect)
{
  floe_sctp_engine_connect (a_.engine);
  pair_.Settle (); /* b is not connecting yet */
  EXPECT_TRUE (b_.sent.empty ());
  floe_sctp_engine_connect (b_.engine);
  pair_.Settle ();
  EXPECT_EQ (a_.State (), FLOE_SCTP_CONNECTED);
  EXPECT_EQ (b_.State (), FLOE_SCTP_CONNECTED);
}

TEST_F (SctpEngine, ConnectsAgainstLoss)
{
  pair_.loss_percent = 40;
  floe_sctp_engine_connect (a_.engine);
  floe_sctp_engine_connect (b_.engine);
  EXPECT_TRUE (pair_.RunUntil (
      [this] { return a_.State () == FLOE_SCTP_CONNECTED && b_.State () == FLOE_SCTP_CONNECTED; }));
}

TEST_F (SctpEngine, FailsWhenNobodyAnswersAndNotBefore40Seconds)
{
  floe_sctp_engine_connect (a_.engine);
  pair_.Run (40000);
  EXPECT_EQ (a_.State (), FLOE_SCTP_CONNECTING);
  b_.Free ();
  EXPECT_TRUE (pair_.RunUntil ([this] { return a_.State () == FLOE_SCTP_FAILED; }, 120000));
}

TEST_F (SctpEngine, OffersTheFewestStreamsOfBoth)
{
  FloeSctpConfig small = DefaultSctpConfig ();
  small.max_channels = 16;
  SctpPair pair (DefaultSctpConfig (), small);

  pair.Connect ();
  EXPECT_EQ (floe_sctp_engine_get_stream_count (pair.a.engine), 16u);
  EXPECT_EQ (floe_sctp_engine_get_stream_count (pair.b.engine), 16u);
  EXPECT_EQ (pair.a.Send (16, "beyond"), FLOE_SCTP_SEND_FAILED);
}

class SctpMessageSize : public SctpEngine, public testing::WithParamInterface<gsize>
{
};

TEST_P (SctpMessageSize, ArrivesWhole)
{
  pair_.Connect ();
  std::string data = Pattern (GetParam ());

  ASSERT_EQ (a_.Send (7, data, 53), FLOE_SCTP_SENT);
  ASSERT_TRUE (pair_.RunUntil ([this] { return !b_.messages.empty (); }));
  EXPECT_EQ (b_.messages[0].stream, 7);
  EXPECT_EQ (b_.messages[0].ppid, 53u);
  EXPECT_TRUE (b_.messages[0].data == data);
  pair_.Run (500);
  EXPECT_EQ (b_.messages.size (), 1u);
  EXPECT_EQ (floe_sctp_engine_get_buffered (a_.engine), 0u);
}

INSTANTIATE_TEST_SUITE_P (Sizes, SctpMessageSize,
                          testing::Values (1, 2, 3, 4, 1156, 1157, 1172, 1173, 1200, 4095, 4096,
                                           4097, 16384, 65535, 65536, 262143, 262144));

TEST_F (SctpEngine, RefusesAnEmptyMessage)
{
  pair_.Connect ();
  EXPECT_EQ (a_.Send (0, ""), FLOE_SCTP_SEND_FAILED);
}

TEST_F (SctpEngine, EndsTheAssociationAtAMessageOverTheLimit)
{
  pair_.Connect ();
  ASSERT_EQ (a_.Send (0, Pattern (262145)), FLOE_SCTP_SENT);
  ASSERT_TRUE (pair_.RunUntil ([this] { return b_.State () == FLOE_SCTP_FAILED; }));
  pair_.Settle ();
  EXPECT_EQ (a_.State (), FLOE_SCTP_CLOSED); /* b sent ABORT */
  EXPECT_TRUE (b_.messages.empty ());
}

TEST_F (SctpEngine, SendsAMessageLargerThanItsBuffer)
{
  FloeSctpConfig config = DefaultSctpConfig ();
  config.send_buffer_size = 64 * 1024;
  SctpPair pair (config);
  std::string data = Pattern (200000);

  pair.Connect ();
  ASSERT_EQ (pair.a.Send (1, data), FLOE_SCTP_SENT);
  ASSERT_TRUE (pair.RunUntil ([&] { return !pair.b.messages.empty (); }));
  EXPECT_TRUE (pair.b.messages[0].data == data);
}

TEST_F (SctpEngine, ReassemblesMessagesThatExceedTheReceiveWindow)
{
  FloeSctpConfig config = DefaultSctpConfig ();
  config.receive_buffer_size = 64 * 1024;
  SctpPair pair (config);
  std::string first = Pattern (250000, 1), second = Pattern (240000, 2);

  pair.Connect ();
  pair.swap_percent = 5;
  ASSERT_EQ (pair.a.Send (1, first), FLOE_SCTP_SENT);
  ASSERT_EQ (pair.a.Send (2, second), FLOE_SCTP_SENT);
  ASSERT_EQ (pair.a.Send (3, "small"), FLOE_SCTP_SENT);
  ASSERT_TRUE (pair.RunUntil ([&] { return pair.b.messages.size () == 3; }, 300000));
  for (const SctpMessage &message : pair.b.messages)
    EXPECT_TRUE (message.data
                 == (message.stream == 1   ? first
                     : message.stream == 2 ? second
                                           : std::string ("small")));
}

TEST_F (SctpEngine, UsesAllStreams)
{
  pair_.Connect ();
  for (guint16 stream = 0; stream < 1024; stream++)
    ASSERT_EQ (a_.Send (stream, std::to_string (stream)), FLOE_SCTP_SENT);
  ASSERT_TRUE (pair_.RunUntil ([this] { return b_.messages.size () == 1024; }));
  for (const SctpMessage &message : b_.messages)
    EXPECT_EQ (message.data, std::to_string (message.stream));
}

TEST_F (SctpEngine, DeliversInOrderThroughLossAndReordering)
{
  pair_.Connect ();
  pair_.loss_percent = 5;
  pair_.swap_percent = 10;
  for (guint i = 0; i < 200; i++)
    ASSERT_EQ (a_.Send (3, Pattern (1 + i * 13, i)), FLOE_SCTP_SENT);
  ASSERT_TRUE (pair_.RunUntil ([this] { return b_.messages.size () == 200; }, 300000));
  for (guint i = 0; i < 200; i++)
    EXPECT_TRUE (b_.messages[i].data == Pattern (1 + i * 13, i)) << i;
}

TEST_F (SctpEngine, UnorderedMessagesOvertakeALostOne)
{
  pair_.Connect ();
  a_.Send (1, "first", 51, true);
  a_.sent.clear ();
  a_.Send (1, "second", 51, true);
  pair_.Settle ();
  ASSERT_EQ (b_.messages.size (), 1u);
  EXPECT_EQ (b_.messages[0].data, "second");
  ASSERT_TRUE (pair_.RunUntil ([this] { return b_.messages.size () == 2; }));
}

TEST_F (SctpEngine, AMessageWithoutRetransmissionsIsLostForGood)
{
  pair_.Connect ();
  a_.Send (1, "lost", 51, false, 0);
  a_.sent.clear ();
  a_.Send (1, "kept", 51, false, 0);
  ASSERT_TRUE (pair_.RunUntil ([this] { return b_.messages.size () == 1; }));
  EXPECT_EQ (b_.messages[0].data, "kept");
  pair_.Run (5000);
  EXPECT_EQ (b_.messages.size (), 1u);
  EXPECT_EQ (floe_sctp_engine_get_buffered (a_.engine), 0u);
}

TEST_F (SctpEngine, ALargeMessageWithoutRetransmissionsArrivesWholeOrNotAtAll)
{
  FloeSctpConfig config = DefaultSctpConfig ();
  config.receive_buffer_size = 64 * 1024;
  SctpPair pair (config);

  pair.Connect ();
  pair.loss_percent = 1;
  for (guint i = 0; i < 20; i++)
    ASSERT_NE (pair.a.Send (1, Pattern (100000, i), 53, false, 0), FLOE_SCTP_SEND_FAILED);
  pair.Run (60000);
  pair.loss_percent = 0;
  ASSERT_EQ (pair.a.Send (1, "end"), FLOE_SCTP_SENT);
  ASSERT_TRUE (pair.RunUntil (
      [&] { return !pair.b.messages.empty () && pair.b.messages.back ().data == "end"; }));
  for (const SctpMessage &message : pair.b.messages)
    EXPECT_TRUE (message.data == "end" || message.data.size () == 100000) << message.data.size ();
}

TEST_F (SctpEngine, AMessageWithALifeTimeArrivesWhenNothingIsLost)
{
  pair_.Connect ();
  EXPECT_EQ (a_.Send (1, "mayfly", 51, true, -1, 0), FLOE_SCTP_SENT);
  EXPECT_EQ (a_.Send (1, "day", 51, true, -1, 1000), FLOE_SCTP_SENT);
  pair_.Run (100);
  ASSERT_EQ (b_.messages.size (), 2u);
}

TEST_F (SctpEngine, AReaderThatStopsHoldsTheSenderBack)
{
  pair_.Connect ();
  guint sent = 0;
  std::string data = Pattern (16384);

  floe_sctp_engine_set_reading (b_.engine, FALSE);
  for (guint round = 0; round < 100; round++)
    {
      while (sent < 1000 && a_.Send (0, data) == FLOE_SCTP_SENT)
        sent++;
      pair_.Run (50);
    }
  EXPECT_TRUE (b_.messages.empty ());
  EXPECT_EQ (a_.Send (0, data), FLOE_SCTP_WOULD_BLOCK);
  EXPECT_GE (sent, 1024u * 1024 / 16384);
  EXPECT_LE (sent, 2u * 1024 * 1024 / 16384 + 8);

  guint writable_before = a_.writable_count;
  a_.on_writable = [&] {
    while (sent < 1000 && a_.Send (0, data) == FLOE_SCTP_SENT)
      sent++;
  };
  floe_sctp_engine_set_reading (b_.engine, TRUE);
  ASSERT_TRUE (pair_.RunUntil ([&] { return b_.messages.size () == 1000; }, 120000));
  EXPECT_GT (a_.writable_count, writable_before);
}

TEST_F (SctpEngine, NeverSendsMoreThanTheMtu)
{
  for (gsize mtu : { 576, 1001, 1191, 1200, 1280 })
    {
      FloeSctpConfig config = DefaultSctpConfig ();
      config.mtu = mtu;
      SctpPair pair (config);

      pair.Connect ();
      pair.loss_percent = 3;
      pair.swap_percent = 3;
      for (guint i = 0; i < 300; i++)
        {
          (i % 2 ? pair.a : pair.b)
              .Send (i % 100, Pattern (1 + (i * 37) % 3000, i), 53, i % 3 == 0,
                     i % 5 == 0 ? 0 : -1);
          if (i % 50 == 0)
            {
              const guint16 streams[] = { guint16 (200 + i), guint16 (201 + i) };
              floe_sctp_engine_reset_streams (pair.a.engine, streams, 2);
              pair.Run (20);
            }
        }
      std::vector<guint16> all (400);
      for (guint i = 0; i < all.size (); i++)
        all[i] = 600 + i;
      floe_sctp_engine_reset_streams (pair.b.engine, all.data (), all.size ());
      pair.Run (20000);
      EXPECT_LE (pair.a.largest, mtu);
      EXPECT_LE (pair.b.largest, mtu);
      EXPECT_GE (pair.a.largest, mtu - 8);
      EXPECT_EQ (pair.b.outgoing_resets.size (), 400u);
    }
}

TEST_F (SctpEngine, AHeartbeatIsAnsweredWithItsNonce)
{
  guint8 packet[64];

  EXPECT_EQ (floe_sctp_engine_make_heartbeat (a_.engine, 1, packet, sizeof packet), 0u);
  pair_.Connect ();
  for (SctpEnd *end : { &a_, &b_ })
    {
      SctpEnd &peer = end == &a_ ? b_ : a_;
      gsize size =
          floe_sctp_engine_make_heartbeat (end->engine, 0x0123456789abcdef, packet, sizeof packet);
      ASSERT_GT (size, 0u);
      peer.Input (Packet (packet, packet + size));
      pair_.Settle ();
      EXPECT_EQ (end->answered, std::vector<guint64>{ 0x0123456789abcdef });
      end->answered.clear ();
      EXPECT_TRUE (peer.answered.empty ());
    }
  EXPECT_EQ (floe_sctp_engine_make_heartbeat (a_.engine, 1, packet, 31), 0u);
}

TEST_F (SctpEngine, CloseAbortsAndSaysNothingButThat)
{
  pair_.Connect ();
  a_.states.clear ();
  floe_sctp_engine_close (a_.engine);
  EXPECT_EQ (a_.State (), FLOE_SCTP_CLOSED);
  EXPECT_TRUE (a_.states.empty ());
  EXPECT_EQ (a_.sent.size (), 1u);
  floe_sctp_engine_close (a_.engine);
  EXPECT_EQ (a_.sent.size (), 1u);
  pair_.Settle ();
  EXPECT_EQ (b_.states.back (), FLOE_SCTP_CLOSED);
  EXPECT_EQ (a_.Send (0, "late"), FLOE_SCTP_SEND_FAILED);
  EXPECT_FALSE (floe_sctp_engine_reset_streams (a_.engine, nullptr, 0));
}

TEST_F (SctpEngine, MayBeClosedInsideEachCallback)
{
  pair_.Connect ();
  b_.on_message = [this] (guint16, guint32, GBytes *) { floe_sctp_engine_close (b_.engine); };
  a_.Send (0, "one");
  a_.Send (0, "two");
  pair_.Run (100);
  EXPECT_EQ (b_.State (), FLOE_SCTP_CLOSED);
  EXPECT_EQ (a_.State (), FLOE_SCTP_CLOSED);
}

TEST_F (SctpEngine, MayBeAskedToSendInsideItsCallbacks)
{
  pair_.Connect ();
  guint echoed = 0;
  b_.on_message = [&] (guint16 stream, guint32 ppid, GBytes *bytes) {
    gsize size;
    auto *data = static_cast<const char *> (g_bytes_get_data (bytes, &size));
    b_.Send (stream, std::string (data, size), ppid);
  };
  a_.on_message = [&] (guint16 stream, guint32 ppid, GBytes *bytes) {
    if (++echoed < 50)
      a_.Send (stream, "again", ppid);
  };
  a_.Send (5, "go");
  ASSERT_TRUE (pair_.RunUntil ([&] { return echoed == 50; }));
}

TEST_F (SctpEngine, SurvivesAPathThatIsDeadFor40Seconds)
{
  pair_.Connect ();
  pair_.loss_percent = 100;
  a_.Send (0, "patience");
  pair_.Run (40000);
  pair_.loss_percent = 0;
  ASSERT_TRUE (pair_.RunUntil ([this] { return !b_.messages.empty (); }, 6000));
  EXPECT_EQ (a_.State (), FLOE_SCTP_CONNECTED);
}
