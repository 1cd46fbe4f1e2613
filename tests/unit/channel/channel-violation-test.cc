/* SPDX-License-Identifier: MPL-2.0 */
/* Peers that break RFC 8832: a raw engine plays them. */
#include "floe-channel-pair.h"

#include <floe/floe-error.h>

#include "floe-dcep-codec-private.h"

class ChannelViolation : public testing::Test
{
protected:
  /* a is the DTLS client and well-behaved, b is raw. */
  void Connect ()
  {
    floe_channel_set_set_role (a_.set, TRUE);
    sctp_.Connect ();
  }

  static std::string Open (const std::string &label, guint8 type = 0)
  {
    std::string wire (12, '\0');
    wire[0] = 3;
    wire[1] = static_cast<char> (type);
    wire[9] = static_cast<char> (label.size ());
    return wire + label;
  }

  void ExpectReset (guint16 stream)
  {
    ASSERT_TRUE (sctp_.RunUntil ([&] { return !raw_.incoming_resets.empty (); }, 5000));
    EXPECT_EQ (raw_.incoming_resets, std::vector<guint16>{ stream });
  }

  void ExpectAlive ()
  {
    guint32 key = a_.Open ("alive");
    a_.Send (key, "still here");
    sctp_.Run (200);
    EXPECT_EQ (sctp_.a.State (), FLOE_SCTP_CONNECTED);
    ASSERT_FALSE (raw_.messages.empty ());
    EXPECT_EQ (raw_.messages.back ().data, "still here");
  }

  SctpPair sctp_;
  SctpEnd &raw_ = sctp_.b;
  ChannelSide a_{ sctp_.a, 1024 };
};

TEST_F (ChannelViolation, AnOpenWithTheWrongParityIsReset)
{
  Connect ();
  raw_.Send (2, Open ("mine"), FLOE_PPID_DCEP);
  ExpectReset (2);
  EXPECT_TRUE (a_.channels.empty ());
  ExpectAlive ();
}

TEST_F (ChannelViolation, AnOpenOnAStreamInUseEndsItsChannel)
{
  Connect ();
  raw_.Send (1, Open ("once"), FLOE_PPID_DCEP);
  sctp_.Run (50);
  ASSERT_TRUE (a_.channels[2].is_open);
  raw_.Send (1, Open ("twice"), FLOE_PPID_DCEP);
  ExpectReset (1);
  EXPECT_TRUE (a_.channels[2].is_closing);
  const guint16 stream = 1;
  floe_sctp_engine_reset_streams (raw_.engine, &stream, 1);
  ASSERT_TRUE (sctp_.RunUntil ([&] { return a_.channels[2].is_closed; }));
  EXPECT_EQ (a_.channels[2].error_code, FLOE_ERROR_DATA_CHANNEL_FAILURE);
  ExpectAlive ();
}

struct BadDcep
{
  const char *name;
  std::string wire;
};

class ChannelBadDcep : public ChannelViolation, public testing::WithParamInterface<BadDcep>
{
};

TEST_P (ChannelBadDcep, ResetsTheStreamAndNothingElse)
{
  Connect ();
  raw_.Send (3, GetParam ().wire, FLOE_PPID_DCEP);
  ExpectReset (3);
  EXPECT_TRUE (a_.channels.empty ());
  ExpectAlive ();
}

TEST_P (ChannelBadDcep, OnAnOpenChannelEndsIt)
{
  Connect ();
  raw_.Send (3, Open ("victim"), FLOE_PPID_DCEP);
  sctp_.Run (50);
  raw_.Send (3, GetParam ().wire, FLOE_PPID_DCEP);
  ExpectReset (3);
  EXPECT_TRUE (a_.channels[2].is_closing);
  ExpectAlive ();
}

INSTANTIATE_TEST_SUITE_P (
    Wire, ChannelBadDcep,
    testing::Values (
        BadDcep{ "UnknownType", std::string ("\x07", 1) },
        BadDcep{ "ShortOpen", std::string ("\x03\x00\x00", 3) },
        BadDcep{ "ReservedChannelType", std::string ("\x03\x7f\0\0\0\0\0\0\0\0\0\0", 12) },
        BadDcep{ "LabelPastEnd", std::string ("\x03\0\0\0\0\0\0\0\0\x09\0\0", 12) },
        BadDcep{ "LabelNotUtf8", std::string ("\x03\0\0\0\0\0\0\0\0\x01\0\0\xff", 13) }),
    [] (const auto &test) { return std::string (test.param.name); });

TEST_F (ChannelViolation, DataOnAnUnusedStreamIsReset)
{
  Connect ();
  raw_.Send (9, "hello?");
  ExpectReset (9);
  EXPECT_TRUE (a_.channels.empty ());
  ExpectAlive ();
}

TEST_F (ChannelViolation, TheStreamIsUsableAfterBothSidesReset)
{
  Connect ();
  raw_.Send (9, "hello?");
  ExpectReset (9);
  const guint16 stream = 9;
  floe_sctp_engine_reset_streams (raw_.engine, &stream, 1);
  ASSERT_TRUE (sctp_.RunUntil ([&] { return raw_.outgoing_resets.size () == 1; }));
  raw_.Send (9, Open ("proper"), FLOE_PPID_DCEP);
  sctp_.Run (50);
  EXPECT_EQ (a_.channels[2].label, "proper");
  EXPECT_TRUE (a_.channels[2].is_open);
}

TEST_F (ChannelViolation, StrayAcksAndResetsAreIgnored)
{
  Connect ();
  raw_.Send (5, "\x02", FLOE_PPID_DCEP);
  std::vector<guint16> streams = { 0, 1, 2, 3 };
  floe_sctp_engine_reset_streams (raw_.engine, streams.data (), streams.size ());
  sctp_.Run (200);
  EXPECT_TRUE (raw_.incoming_resets.empty ());
  EXPECT_TRUE (a_.channels.empty ());
  ExpectAlive ();
}

TEST_F (ChannelViolation, UnknownPpidsAreDroppedAndTheDeprecatedOnesRead)
{
  Connect ();
  raw_.Send (1, Open (""), FLOE_PPID_DCEP);
  raw_.Send (1, "?", 4711);
  raw_.Send (1, "binary", FLOE_PPID_BINARY_PARTIAL);
  raw_.Send (1, "text", FLOE_PPID_STRING_PARTIAL);
  sctp_.Run (100);
  const auto &messages = a_.channels[2].messages;
  ASSERT_EQ (messages.size (), 2u);
  EXPECT_FALSE (messages[0].is_text);
  EXPECT_TRUE (messages[1].is_text);
}

TEST_F (ChannelViolation, InvalidTextIsMadeValid)
{
  Connect ();
  raw_.Send (1, Open (""), FLOE_PPID_DCEP);
  raw_.Send (1, std::string ("a\xff\0b", 4), FLOE_PPID_STRING);
  raw_.Send (1, std::string ("a\xff\0b", 4), FLOE_PPID_BINARY);
  sctp_.Run (100);
  const auto &messages = a_.channels[2].messages;
  ASSERT_EQ (messages.size (), 2u);
  EXPECT_EQ (messages[0].data, std::string ("a\xef\xbf\xbd\0b", 6));
  EXPECT_EQ (messages[1].data, std::string ("a\xff\0b", 4));
}

TEST_F (ChannelViolation, APeerThatNeverResetsItsSideKeepsTheChannelClosing)
{
  Connect ();
  raw_.Send (1, Open (""), FLOE_PPID_DCEP);
  sctp_.Run (50);
  a_.Close (2);
  sctp_.Run (5000);
  EXPECT_FALSE (a_.channels[2].is_closed);
  raw_.Send (1, "ignored");
  sctp_.Run (50);
  EXPECT_TRUE (a_.channels[2].messages.empty ());
  floe_sctp_engine_close (raw_.engine);
  sctp_.Run (50);
  EXPECT_TRUE (a_.channels[2].is_closed);
}
