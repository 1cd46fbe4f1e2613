/* SPDX-License-Identifier: MPL-2.0 */
/* When a request to reset streams is held back, and what streams do to each other without that. */
#include "floe-sctp-pair.h"

G_BEGIN_DECLS
#include "floe-sctp-reset-gate-core-private.h"
G_END_DECLS

static void
Append (Packet &packet, std::initializer_list<guint32> words)
{
  for (guint32 word : words)
    for (int shift : { 24, 16, 8, 0 })
      packet.push_back ((guint8) (word >> shift));
}

static Packet
WithHeader (std::initializer_list<guint32> words = {})
{
  Packet packet (12, 0);

  Append (packet, words);
  return packet;
}

/* RFC 6525 section 4.1: one stream. */
static Packet
Request (guint32 last_tsn)
{
  Packet packet = WithHeader ({ 0x82000016, 0x000d0012, 7, 6, last_tsn });

  packet.insert (packet.end (), { 0, 3, 0, 0 });
  return packet;
}

class ResetGateCore : public testing::Test
{
protected:
  ~ResetGateCore () override
  {
    floe_sctp_reset_gate_core_clear (&core_);
  }
  void Acknowledge (guint32 tsn)
  {
    Packet packet = WithHeader ({ 0x03000010, tsn, 100000, 0 });

    floe_sctp_reset_gate_core_handle_output (&core_, packet.data (), packet.size ());
  }
  /* What of @packet may go on. */
  Packet Input (const Packet &packet)
  {
    g_autoptr (GBytes) rest =
        floe_sctp_reset_gate_core_handle_input (&core_, packet.data (), packet.size ());

    return rest == nullptr ? packet : ToPacket (rest);
  }
  /* What was held back; empty for nothing. */
  Packet Take ()
  {
    g_autoptr (GBytes) held = floe_sctp_reset_gate_core_take (&core_);

    return held == nullptr ? Packet () : ToPacket (held);
  }
  static Packet ToPacket (GBytes *bytes)
  {
    gsize size;
    auto *data = (const guint8 *) g_bytes_get_data (bytes, &size);

    return Packet (data, data + size);
  }

  FloeSctpResetGateCore core_ = {};
};

TEST_F (ResetGateCore, HoldsARequestUntilAllBeforeItHasArrived)
{
  Acknowledge (99);
  EXPECT_EQ (Input (Request (101)), WithHeader ());
  EXPECT_TRUE (Take ().empty ());
  Acknowledge (100);
  EXPECT_TRUE (Take ().empty ());
  Acknowledge (101);
  EXPECT_EQ (Take (), Request (101));
  EXPECT_TRUE (Take ().empty ());
}

TEST_F (ResetGateCore, LetsThroughWhatNeedNotWait)
{
  EXPECT_EQ (Input (Request (7)), Request (7)) << "nothing is known yet";
  Acknowledge (0x00000002);
  EXPECT_EQ (Input (Request (2)), Request (2));
  EXPECT_EQ (Input (Request (0xfffffff0)), Request (0xfffffff0)) << "TSNs wrap around";
  Packet response = WithHeader ({ 0x82000010, 0x0010000c, 7, 1 });
  EXPECT_EQ (Input (response), response);
  EXPECT_TRUE (Take ().empty ());
}

TEST_F (ResetGateCore, KnowsFromAnInitWhereThePeerBegins)
{
  Packet init = WithHeader ({ 0x01000014, 1, 100000, 0x04000400, 50 });

  EXPECT_EQ (Input (init), init);
  EXPECT_EQ (Input (Request (49)), Request (49));
  EXPECT_EQ (Input (Request (50)), WithHeader ());
  Acknowledge (50);
  EXPECT_EQ (Take (), Request (50));
}

TEST_F (ResetGateCore, LetsTheOtherChunksOfThePacketThrough)
{
  Packet packet = WithHeader ({ 0x00030011, 101, 0x00030000, 51, 'x' << 24 });
  Packet both = packet;
  Packet request = Request (101);

  both.insert (both.end (), request.begin () + 12, request.end ());
  Acknowledge (100);
  EXPECT_EQ (Input (both), packet);
  Acknowledge (101);
  EXPECT_EQ (Take (), request);
}

TEST_F (ResetGateCore, HoldsARequestBehindAnAnswer)
{
  Packet answer = WithHeader ({ 0x82000010, 0x0010000c, 7, 1 });
  Packet both = answer;
  Packet request = Request (101);

  both.insert (both.end (), request.begin () + 12, request.end ());
  Acknowledge (100);
  EXPECT_EQ (Input (both), answer);
  EXPECT_TRUE (Take ().empty ());
  Acknowledge (101);
  EXPECT_EQ (Take (), request);
}

TEST_F (ResetGateCore, ForgetsWhatWasRepeatedInTime)
{
  Acknowledge (100);
  Input (Request (101));
  Acknowledge (101);
  EXPECT_EQ (Input (Request (101)), Request (101));
  EXPECT_TRUE (Take ().empty ());
}

TEST_F (ResetGateCore, KeepsOneRequestAtMost)
{
  Acknowledge (100);
  Input (Request (101));
  Input (Request (102));
  Acknowledge (102);
  EXPECT_EQ (Take (), Request (102));
  EXPECT_TRUE (Take ().empty ());
}

/* Whatever is cut off or has a wrong length is left to usrsctp. */
TEST_F (ResetGateCore, BearsAnyBytes)
{
  Packet whole = Request (101);

  Acknowledge (100);
  for (gsize size = 0; size < whole.size () - 2; size++)
    {
      Packet part (whole.begin (), whole.begin () + (long) size);

      EXPECT_EQ (Input (part), part) << size;
    }
  for (guint8 length : { 0, 3, 4, 15, 0xff })
    {
      Packet wrong = whole;

      wrong[19] = length; /* the parameter's */
      EXPECT_EQ (Input (wrong), wrong) << (int) length;
    }
}

/* Messages on other streams that are sent while a reset can't be done yet. */
class StreamsBesidesAReset : public testing::TestWithParam<bool>
{
protected:
  void SetUp () override
  {
    pair_.Connect ();
  }
  SctpPair pair_;
  SctpEnd &a_ = pair_.a;
  SctpEnd &b_ = pair_.b;
};

TEST_P (StreamsBesidesAReset, AllArriveOnce)
{
  bool is_unordered = GetParam ();
  guint16 stream = 1;

  a_.Send (1, "before");
  pair_.Run (100);
  a_.Send (7, "lost");
  a_.sent.clear ();
  ASSERT_TRUE (floe_sctp_engine_reset_streams (a_.engine, &stream, 1));
  pair_.Settle ();
  for (const char *text : { "one", "two", "three" })
    {
      a_.Send (5, text, 51, is_unordered);
      pair_.Settle ();
    }
  ASSERT_TRUE (pair_.RunUntil ([this] { return a_.outgoing_resets.size () == 1; }));
  a_.Send (5, "four", 51, is_unordered);
  pair_.Run (2000);
  EXPECT_EQ (b_.State (), FLOE_SCTP_CONNECTED);
  std::vector<std::string> texts;
  for (const SctpMessage &message : b_.messages)
    if (message.stream == 5)
      texts.push_back (message.data);
  std::sort (texts.begin (), texts.end ());
  EXPECT_EQ (texts, (std::vector<std::string>{ "four", "one", "three", "two" }));
}

INSTANTIATE_TEST_SUITE_P (Messages, StreamsBesidesAReset, testing::Values (false, true),
                          [] (const auto &info) {
                            return std::string (info.param ? "Unordered" : "Ordered");
                          });
