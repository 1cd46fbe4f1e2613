/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-channel-pair.h"

#include <floe/floe-error.h>

#include "floe-dcep-codec-private.h"

class ChannelSet : public testing::Test
{
protected:
  bool Both (const std::function<bool ()> &is_done, guint ms = 60000)
  {
    return pair_.sctp.RunUntil (is_done, ms);
  }

  ChannelPair pair_;
  ChannelSide &a_ = pair_.a;
  ChannelSide &b_ = pair_.b;
};

TEST_F (ChannelSet, ChannelsMadeBeforeTheAssociationOpenInOrder)
{
  guint32 first = a_.Open ("first"), second = a_.Open ("second"), third = b_.Open ("third");

  pair_.Connect ();
  pair_.sctp.Settle ();
  EXPECT_EQ (a_.channels[first].id, 0);
  EXPECT_EQ (a_.channels[second].id, 2);
  EXPECT_EQ (b_.channels[third].id, 1);
  EXPECT_EQ (b_.channels[2].label, "first");
  EXPECT_EQ (b_.channels[4].label, "second");
  EXPECT_EQ (a_.channels[2].label, "third");
  EXPECT_TRUE (b_.channels[2].is_open);
  EXPECT_EQ (a_.opened_order, (std::vector<guint32>{ first, second, 2 }));
}

struct OptionCase
{
  const char *name;
  bool is_ordered;
  int max_retransmits, max_packet_life_time;
  const char *label, *protocol;
};

class ChannelOption : public ChannelSet, public testing::WithParamInterface<OptionCase>
{
};

TEST_P (ChannelOption, ReachesThePeerAndCarriesMessagesBothWays)
{
  const OptionCase &option = GetParam ();
  FloeChannelInfo info = {};

  info.protocol = const_cast<char *> (option.protocol);
  info.is_ordered = option.is_ordered;
  info.max_retransmits = option.max_retransmits;
  info.max_packet_life_time = option.max_packet_life_time;
  info.id = -1;
  pair_.Connect ();
  guint32 key = a_.Open (option.label, &info);
  pair_.sctp.Settle ();
  const ChannelRecord &record = b_.channels[2];
  ASSERT_TRUE (record.is_open);
  EXPECT_EQ (record.label, option.label);
  EXPECT_EQ (record.protocol, option.protocol);
  EXPECT_EQ (record.is_ordered, option.is_ordered);
  EXPECT_EQ (record.max_retransmits, option.max_retransmits);
  EXPECT_EQ (record.max_packet_life_time, option.max_packet_life_time);
  a_.Send (key, "there");
  b_.Send (2, "and back", false);
  pair_.sctp.Run (500);
  ASSERT_EQ (record.messages.size (), 1u);
  EXPECT_TRUE (record.messages[0].is_text);
  ASSERT_EQ (a_.channels[key].messages.size (), 1u);
  EXPECT_FALSE (a_.channels[key].messages[0].is_text);
  EXPECT_EQ (a_.channels[key].sent, 5u);
}

INSTANTIATE_TEST_SUITE_P (
    Kinds, ChannelOption,
    testing::Values (OptionCase{ "Reliable", true, -1, -1, "chat", "" },
                     OptionCase{ "Unordered", false, -1, -1, "", "proto" },
                     OptionCase{ "NoRetransmits", true, 0, -1, "x", "y" },
                     OptionCase{ "UnorderedNoRetransmits", false, 0, -1, "x", "y" },
                     OptionCase{ "Retransmits", false, 65535, -1, "x", "y" },
                     OptionCase{ "LifeTime", true, -1, 3000, "x", "y" },
                     OptionCase{ "UnorderedLifeTime", false, -1, 65535, "x", "y" },
                     OptionCase{ "Utf8", true, -1, -1, "\xf0\x9f\xa6\x9d \xc3\xa9",
                                 "\xe6\xbc\xa2" }),
    [] (const auto &test) { return std::string (test.param.name); });

TEST_F (ChannelSet, NegotiatedChannelsNeedNoMessages)
{
  FloeChannelInfo info = {};
  info.is_ordered = TRUE;
  info.max_retransmits = info.max_packet_life_time = -1;
  info.is_negotiated = TRUE;
  info.id = 0;

  guint32 ours = a_.Open ("n", &info), automatic = a_.Open ("auto"), theirs = b_.Open ("n", &info);
  pair_.Connect ();
  EXPECT_EQ (a_.channels[ours].id, 0);
  EXPECT_EQ (a_.channels[automatic].id, 2); /* 0 is taken */
  a_.Send (ours, "hi");
  b_.Send (theirs, "ho");
  pair_.sctp.Run (100);
  ASSERT_EQ (b_.channels[theirs].messages.size (), 1u);
  ASSERT_EQ (a_.channels[ours].messages.size (), 1u);
  b_.Close (theirs);
  ASSERT_TRUE (Both ([&] { return a_.channels[ours].is_closed && b_.channels[theirs].is_closed; }));
}

TEST_F (ChannelSet, AnIdTwiceOrBeyondTheStreamsIsAnOperationError)
{
  FloeChannelInfo info = {};
  info.is_negotiated = TRUE;
  info.max_retransmits = info.max_packet_life_time = -1;

  info.id = 7;
  guint32 first = a_.Open ("", &info), twice = a_.Open ("", &info);
  EXPECT_EQ (a_.channels[twice].error_code, FLOE_ERROR_OPERATION);
  info.id = 1024;
  guint32 beyond = a_.Open ("", &info);
  EXPECT_EQ (a_.channels[beyond].error_code, FLOE_ERROR_OPERATION);
  info.id = 65535;
  guint32 reserved = a_.Open ("", &info);
  EXPECT_EQ (a_.channels[reserved].error_code, FLOE_ERROR_OPERATION);
  pair_.Connect ();
  EXPECT_TRUE (a_.channels[first].is_open);
}

TEST_F (ChannelSet, AnIdBeyondThePeersStreamsIsFoundWhenConnected)
{
  FloeSctpConfig small = DefaultSctpConfig ();
  small.max_channels = 4;
  SctpPair sctp (DefaultSctpConfig (), small);
  ChannelSide a (sctp.a, 1024), b (sctp.b, 4);
  FloeChannelInfo info = {};
  info.is_negotiated = TRUE;
  info.id = 4;

  guint32 negotiated = a.Open ("", &info), one = a.Open (), two = a.Open (), three = a.Open ();
  floe_channel_set_set_role (a.set, TRUE);
  floe_channel_set_set_role (b.set, FALSE);
  sctp.Connect ();
  EXPECT_EQ (a.channels[negotiated].error_code, FLOE_ERROR_OPERATION);
  EXPECT_TRUE (a.channels[one].is_open);
  EXPECT_TRUE (a.channels[two].is_open);
  EXPECT_EQ (a.channels[three].error_code, FLOE_ERROR_OPERATION);
}

TEST_F (ChannelSet, AThousandChannelsOpenCarryAndClose)
{
  std::vector<guint32> keys;

  for (guint i = 0; i < 500; i++)
    {
      keys.push_back (a_.Open ("a" + std::to_string (i)));
      b_.Open ("b" + std::to_string (i));
    }
  pair_.Connect ();
  for (guint32 key : keys)
    a_.Send (key, std::to_string (key));
  ASSERT_TRUE (Both ([&] {
    guint count = 0;
    for (auto &[key, record] : b_.channels)
      count += record.messages.size ();
    return count == 500;
  }));
  ASSERT_EQ (a_.channels.size (), 1000u);
  ASSERT_EQ (b_.channels.size (), 1000u);
  for (auto &[key, record] : a_.channels)
    a_.Close (key);
  ASSERT_TRUE (Both ([&] {
    for (ChannelSide *side : { &a_, &b_ })
      for (auto &[key, record] : side->channels)
        if (!record.is_closed)
          return false;
    return true;
  }));
  for (auto &[key, record] : b_.channels)
    EXPECT_TRUE (record.is_closing);
  for (auto &[key, record] : a_.channels)
    EXPECT_EQ (record.error_code, -1);
}

TEST_F (ChannelSet, CloseSendsWhatIsQueuedFirst)
{
  pair_.Connect ();
  guint32 key = a_.Open ("queue");
  std::string data = Pattern (200000);
  for (guint i = 0; i < 20; i++)
    a_.Send (key, data, false);
  a_.Close (key);
  a_.Send (key, "too late");
  ASSERT_TRUE (Both ([&] { return a_.channels[key].is_closed && b_.channels[2].is_closed; }));
  EXPECT_EQ (b_.channels[2].messages.size (), 20u);
  EXPECT_EQ (a_.channels[key].sent, 20u * data.size ());
  EXPECT_FALSE (a_.channels[key].is_closing); /* that is for the peer's doing */
  EXPECT_TRUE (b_.channels[2].is_closing);
}

TEST_F (ChannelSet, BothSidesCloseAtOnce)
{
  pair_.Connect ();
  guint32 key = a_.Open ("glare");
  pair_.sctp.Settle ();
  a_.Close (key);
  b_.Close (2);
  ASSERT_TRUE (Both ([&] { return a_.channels[key].is_closed && b_.channels[2].is_closed; }));
  EXPECT_EQ (a_.channels[key].error_code, -1);
  EXPECT_EQ (b_.channels[2].error_code, -1);
}

TEST_F (ChannelSet, AnIdIsUsedAgainOnlyAfterBothDirectionsWereReset)
{
  pair_.Connect ();
  guint32 first = a_.Open ("first");
  pair_.sctp.Settle ();
  a_.Close (first);
  guint32 second = a_.Open ("second"); /* 0 is not free yet */
  EXPECT_EQ (a_.channels[second].id, 2);
  ASSERT_TRUE (Both ([&] { return a_.channels[first].is_closed; }));
  guint32 third = a_.Open ("third");
  EXPECT_EQ (a_.channels[third].id, 0);
  a_.Send (third, "hello");
  ASSERT_TRUE (Both ([&] {
    guint32 key = b_.Find (0);
    return key != 0 && b_.channels[key].label == "third" && b_.channels[key].messages.size () == 1;
  }));
}

TEST_F (ChannelSet, IdsAreReusedAgainAndAgainThroughLoss)
{
  guint cycles = 0;

  pair_.Connect ();
  pair_.sctp.loss_percent = 10;
  for (guint i = 0; i < 20; i++)
    {
      guint32 key = a_.Open (std::to_string (i));
      a_.Send (key, "ping");
      ASSERT_TRUE (Both ([&] {
        for (auto &[k, record] : b_.channels)
          if (record.label == std::to_string (i) && !record.messages.empty ())
            return true;
        return false;
      })) << i;
      a_.Close (key);
      ASSERT_TRUE (Both ([&] { return a_.channels[key].is_closed; })) << i;
      EXPECT_EQ (a_.channels[key].error_code, -1);
      cycles++;
    }
  EXPECT_EQ (cycles, 20u);
  ASSERT_TRUE (Both ([&] {
    for (auto &[k, record] : b_.channels)
      if (!record.is_closed)
        return false;
    return true;
  }));
  for (auto &[k, record] : b_.channels)
    EXPECT_EQ (record.error_code, -1) << record.label;
}

TEST_F (ChannelSet, EmptyMessagesAndNulsSurvive)
{
  pair_.Connect ();
  guint32 key = a_.Open ("");
  const std::string nul ("a\0b", 3);

  a_.Send (key, "", true);
  a_.Send (key, "", false);
  a_.Send (key, nul, true);
  pair_.sctp.Run (100);
  const auto &messages = b_.channels[2].messages;
  ASSERT_EQ (messages.size (), 3u);
  EXPECT_TRUE (messages[0].is_text);
  EXPECT_EQ (messages[0].data, "");
  EXPECT_FALSE (messages[1].is_text);
  EXPECT_EQ (messages[1].data, "");
  EXPECT_EQ (messages[2].data, nul);
}

TEST_F (ChannelSet, UnorderedMessagesGoOrderedUntilTheAck)
{
  FloeChannelInfo info = {};
  info.max_retransmits = info.max_packet_life_time = info.id = -1;

  pair_.Connect ();
  guint32 key = a_.Open ("u", &info);
  pair_.sctp.a.sent.clear (); /* the OPEN is lost */
  a_.Send (key, "one");
  a_.Send (key, "two");
  ASSERT_TRUE (Both ([&] { return b_.channels[2].messages.size () == 2; }));
  EXPECT_EQ (b_.channels[2].error_code, -1);
  EXPECT_EQ (b_.channels.size (), 1u);
}

TEST_F (ChannelSet, AllChannelsCloseWithTheAssociation)
{
  pair_.Connect ();
  guint32 key = a_.Open ("a"), other = a_.Open ("b");
  pair_.sctp.Settle ();
  floe_sctp_engine_close (pair_.sctp.b.engine);
  pair_.sctp.Settle ();
  EXPECT_TRUE (a_.channels[key].is_closed);
  EXPECT_TRUE (a_.channels[other].is_closed);
  guint32 late = a_.Open ("late");
  EXPECT_TRUE (a_.channels[late].is_closed);
}

TEST_F (ChannelSet, TheReasonReachesAllChannels)
{
  pair_.Connect ();
  guint32 key = a_.Open ("a");
  GError *error = g_error_new_literal (FLOE_ERROR, FLOE_ERROR_SCTP_FAILURE, "gone");
  floe_channel_set_set_engine (a_.set, nullptr, error);
  g_error_free (error);
  EXPECT_EQ (a_.channels[key].error_code, FLOE_ERROR_SCTP_FAILURE);
}

TEST_F (ChannelSet, AChannelMayBeClosedInsideEachEvent)
{
  pair_.Connect ();
  b_.on_incoming = [&] (guint32 key) {
    if (b_.channels[key].label == "incoming")
      b_.Close (key);
  };
  b_.on_opened = [&] (guint32 key) {
    if (b_.channels[key].label == "opened")
      b_.Close (key);
  };
  b_.on_message = [&] (guint32 key, const std::string &text) {
    if (text == "message")
      b_.Close (key);
  };
  b_.on_closing = [&] (guint32 key) { b_.Close (key); };
  a_.on_opened = [&] (guint32 key) {
    if (key == 9)
      a_.Close (key);
  };
  std::vector<guint32> keys = { a_.Open ("incoming"), a_.Open ("opened"), a_.Open ("message"),
                                a_.Open ("closing"), a_.Open ("own opened") };
  a_.Send (keys[2], "message");
  pair_.sctp.Run (50);
  a_.Close (keys[3]);
  ASSERT_TRUE (Both ([&] {
    for (guint32 key : keys)
      if (!a_.channels[key].is_closed)
        return false;
    return true;
  }));
  pair_.sctp.Run (1000);
  for (auto &[key, record] : b_.channels)
    {
      EXPECT_TRUE (record.is_closed) << record.label;
      EXPECT_EQ (record.error_code, -1) << record.label;
    }
}

TEST_F (ChannelSet, AnApplicationThatTakesNothingStopsTheSender)
{
  pair_.Connect ();
  b_.is_consuming = false;
  guint32 key = a_.Open ("flood");
  std::string data = Pattern (65536);
  for (guint i = 0; i < 200; i++)
    a_.Send (key, data, false);
  pair_.sctp.Run (20000);
  auto &messages = b_.channels[2].messages;
  EXPECT_GE (messages.size (), 16u);
  EXPECT_LE (messages.size (), 17u); /* 1 MiB, and the message that goes over it */
  EXPECT_LE (a_.channels[key].sent, 4u * 1024 * 1024);

  b_.is_consuming = true;
  for (gsize i = 0, waiting = messages.size (); i < waiting; i++)
    floe_channel_set_handle_consumed (b_.set, 2, data.size () + FLOE_MESSAGE_OVERHEAD);
  ASSERT_TRUE (Both ([&] { return b_.channels[2].messages.size () == 200; }));
}

TEST_F (ChannelSet, SmallMessagesCountWithTheirOverhead)
{
  pair_.Connect ();
  b_.is_consuming = false;
  guint32 key = a_.Open ("dust");
  for (guint i = 0; i < 30000; i++)
    a_.Send (key, "", true);
  pair_.sctp.Run (20000);
  EXPECT_LE (b_.channels[2].messages.size (), 1024u * 1024 / FLOE_MESSAGE_OVERHEAD + 1);
}

TEST_F (ChannelSet, OneBusyChannelDoesNotStarveAnother)
{
  pair_.Connect ();
  guint32 busy = a_.Open ("busy"), quiet = a_.Open ("quiet");
  std::string data = Pattern (65536);
  for (guint i = 0; i < 200; i++)
    a_.Send (busy, data, false);
  a_.Send (quiet, "me too");
  gsize busy_count = 0;
  b_.on_message = [&] (guint32 channel, const std::string &) {
    if (channel == 4)
      busy_count = b_.channels[2].messages.size ();
  };
  ASSERT_TRUE (Both ([&] { return b_.channels[4].messages.size () == 1; }));
  /* What SCTP had taken before, and one more. */
  EXPECT_LT (busy_count, 20u);
}
