/* SPDX-License-Identifier: MPL-2.0 */
#include "dtls-pair.h"

class DtlsData : public testing::Test
{
protected:
  void SetUp () override
  {
    pair_.Connect ();
    ASSERT_TRUE (pair_.Connected ());
  }
  /* The datagram that carries @text from the client. */
  Bytes Seal (const std::string &text)
  {
    EXPECT_TRUE (pair_.client.Send (text));
    EXPECT_EQ (pair_.client.out.size (), 1u);
    return pair_.client.Take ().front ();
  }

  Pair pair_;
};

TEST_F (DtlsData, OverheadIsWhatARecordGrowsBy)
{
  EXPECT_EQ (Seal ("x").size (), 1 + floe_dtls_engine_get_overhead (pair_.client.engine));
  EXPECT_EQ (Seal (std::string (1000, 'x')).size (),
             1000 + floe_dtls_engine_get_overhead (pair_.client.engine));
}

TEST_F (DtlsData, OneSendIsOneDatagramAndOneRecord)
{
  pair_.client.Send ("one");
  pair_.client.Send ("two");
  EXPECT_EQ (pair_.client.out.size (), 2u);
  pair_.Run ();
  EXPECT_EQ (pair_.server.received, (std::vector<std::string>{ "one", "two" }));
}

TEST_F (DtlsData, ARecordHoldsUpTo16384Bytes)
{
  std::string largest (16384, 'x');
  EXPECT_TRUE (pair_.server.Handle (Seal (largest)));
  EXPECT_EQ (pair_.server.received.back (), largest);
  EXPECT_FALSE (pair_.client.Send (largest + "x"));
  EXPECT_FALSE (pair_.client.Send (""));
  EXPECT_TRUE (pair_.client.out.empty ());
}

TEST_F (DtlsData, RecordsThatShareADatagramAllArrive)
{
  Bytes datagram = Seal ("one"), second = Seal ("two");
  datagram.insert (datagram.end (), second.begin (), second.end ());
  EXPECT_TRUE (pair_.server.Handle (datagram));
  EXPECT_EQ (pair_.server.received, (std::vector<std::string>{ "one", "two" }));
}

TEST_F (DtlsData, OrderIsNotForced)
{
  Bytes first = Seal ("first"), second = Seal ("second");
  EXPECT_TRUE (pair_.server.Handle (second));
  EXPECT_TRUE (pair_.server.Handle (first));
  EXPECT_EQ (pair_.server.received, (std::vector<std::string>{ "second", "first" }));
}

TEST_F (DtlsData, AReplayIsDropped)
{
  Bytes datagram = Seal ("once");
  EXPECT_TRUE (pair_.server.Handle (datagram));
  EXPECT_FALSE (pair_.server.Handle (datagram));
  EXPECT_EQ (pair_.server.received.size (), 1u);
  EXPECT_EQ (floe_dtls_engine_get_dropped_count (pair_.server.engine), 1u);
}

TEST_F (DtlsData, AnyByteThatChangedOrIsMissingMakesTheDatagramWorthless)
{
  Bytes datagram = Seal ("precious");
  for (gsize i = 0; i < datagram.size (); i++)
    {
      Bytes forged = datagram, truncated (datagram.begin (), datagram.begin () + i);
      forged[i] ^= 0x20;
      EXPECT_FALSE (pair_.server.Handle (forged)) << i;
      EXPECT_FALSE (pair_.server.Handle (truncated)) << i;
    }
  EXPECT_TRUE (pair_.server.received.empty ());
  EXPECT_EQ (floe_dtls_engine_get_dropped_count (pair_.server.engine), 2 * datagram.size ());
  EXPECT_TRUE (pair_.server.Handle (datagram));
}

TEST_F (DtlsData, WhatIsNotDtlsByItsFirstByteIsRefused)
{
  Bytes datagram = Seal ("x");
  for (int first = 0; first < 256; first++)
    {
      Bytes other = datagram;
      other[0] = (guint8) first;
      bool used = pair_.server.Handle (other);
      EXPECT_EQ (used, first == datagram[0]) << first;
    }
  EXPECT_FALSE (pair_.server.Handle ({}));
  EXPECT_EQ (pair_.server.State (), FLOE_DTLS_CONNECTED);
}

TEST_F (DtlsData, AlertsThatAnyoneCanWriteChangeNothing)
{
  for (guint8 epoch : { 0, 1 })
    {
      for (guint8 level : { 1, 2 })
        {
          Bytes alert{ 21, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 99, 0, 2, level, 0 };
          EXPECT_FALSE (pair_.server.Handle (alert));
          alert.back () = 40;
          EXPECT_FALSE (pair_.server.Handle (alert));
        }
    }
  EXPECT_EQ (pair_.server.State (), FLOE_DTLS_CONNECTED);
  EXPECT_TRUE (pair_.server.out.empty ());
}

TEST_F (DtlsData, SendToGivesTheDatagramToItsOwnFunction)
{
  Bytes elsewhere;
  auto output = [] (const guint8 *data, gsize size, gpointer user_data) {
    static_cast<Bytes *> (user_data)->assign (data, data + size);
  };
  EXPECT_TRUE (floe_dtls_engine_send_to (pair_.client.engine, (const guint8 *) "probe", 5, output,
                                         &elsewhere));
  EXPECT_TRUE (pair_.client.out.empty ());
  EXPECT_TRUE (pair_.server.Handle (elsewhere));
  EXPECT_EQ (pair_.server.received.back (), "probe");
  Seal ("and back on the usual way");
}

TEST_F (DtlsData, SendingFromInsideTheCallbacksKeepsTheOrder)
{
  int left = 3;
  pair_.server.on_received = [this] { pair_.server.Send ("echo"); };
  pair_.server.on_output = [&] {
    if (left-- > 0)
      pair_.server.Send ("more " + std::to_string (left));
  };
  pair_.client.Send ("x");
  pair_.Run ();
  EXPECT_EQ (pair_.client.received,
             (std::vector<std::string>{ "echo", "more 2", "more 1", "more 0" }));
}

TEST_F (DtlsData, CloseTellsThePeer)
{
  floe_dtls_engine_close (pair_.client.engine);
  EXPECT_EQ (pair_.client.State (), FLOE_DTLS_CLOSED);
  EXPECT_NE (pair_.client.states.back (), FLOE_DTLS_CLOSED);
  EXPECT_EQ (pair_.client.out.size (), 1u);
  floe_dtls_engine_close (pair_.client.engine);
  EXPECT_EQ (pair_.client.out.size (), 1u);
  EXPECT_FALSE (pair_.client.Send ("late"));
  EXPECT_TRUE (pair_.server.Handle (pair_.client.Take ().front ()));
  EXPECT_EQ (pair_.server.State (), FLOE_DTLS_CLOSED);
  EXPECT_EQ (pair_.server.states.back (), FLOE_DTLS_CLOSED);
  EXPECT_EQ (pair_.server.out.size (), 1u) << "the answering close_notify";
  EXPECT_FALSE (pair_.server.Send ("late"));
  pair_.Run ();
  EXPECT_EQ (pair_.client.error_code, -1);
}

TEST_F (DtlsData, CloseInsideReceivedStopsTheRest)
{
  Bytes datagram = Seal ("one"), second = Seal ("two");
  datagram.insert (datagram.end (), second.begin (), second.end ());
  pair_.server.on_received = [this] { floe_dtls_engine_close (pair_.server.engine); };
  EXPECT_TRUE (pair_.server.Handle (datagram));
  EXPECT_EQ (pair_.server.received.size (), 1u);
  EXPECT_EQ (pair_.server.State (), FLOE_DTLS_CLOSED);
}

TEST (DtlsClose, IsLegalAtEveryStageAndFromEveryCallback)
{
  for (int stage = 0; stage < 6; stage++)
    {
      Pair pair;
      if (stage >= 1)
        pair.Start ();
      if (stage >= 2)
        pair.server.Handle (pair.client.Take ().front ());
      if (stage == 3)
        pair.client.on_output = [&] { floe_dtls_engine_close (pair.client.engine); };
      if (stage == 4)
        pair.client.on_state = [&] { floe_dtls_engine_close (pair.client.engine); };
      if (stage >= 3)
        pair.Run ();
      floe_dtls_engine_close (pair.client.engine);
      pair.Run ();
      EXPECT_EQ (pair.client.State (), FLOE_DTLS_CLOSED) << stage;
      EXPECT_EQ (floe_dtls_engine_get_deadline (pair.client.engine), -1) << stage;
      floe_dtls_engine_start (pair.client.engine);
      floe_dtls_engine_handle_timeout (pair.client.engine);
      EXPECT_TRUE (pair.client.out.empty ()) << stage;
    }
}
