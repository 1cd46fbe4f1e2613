/* SPDX-License-Identifier: MPL-2.0 */
/* Every option of a data channel, and every size of a message. */
#include "peer-pair.h"

using Strings = std::vector<std::string>;

struct Option
{
  const char *name;
  gboolean ordered;
  int max_retransmits;
  int max_packet_life_time;
  const char *protocol;
};

class ChannelOptions : public PeerPairTest, public testing::WithParamInterface<Option>
{
};

TEST_P (ChannelOptions, AreTheSameAtBothEnds)
{
  const Option &option = GetParam ();
  g_autoptr (FloeDataChannelInit) init = floe_data_channel_init_new ();

  floe_data_channel_init_set_ordered (init, option.ordered);
  if (option.max_retransmits >= 0)
    floe_data_channel_init_set_max_retransmits (init, (guint16) option.max_retransmits);
  if (option.max_packet_life_time >= 0)
    floe_data_channel_init_set_max_packet_life_time (init, (guint16) option.max_packet_life_time);
  floe_data_channel_init_set_protocol (init, option.protocol);
  Connect (init);
  for (Channel *end : { channel.get (), peer_channel })
    {
      EXPECT_EQ (floe_data_channel_get_ordered (end->get ()), option.ordered);
      EXPECT_EQ (floe_data_channel_get_max_retransmits (end->get ()), option.max_retransmits);
      EXPECT_EQ (floe_data_channel_get_max_packet_life_time (end->get ()),
                 option.max_packet_life_time);
      EXPECT_STREQ (floe_data_channel_get_protocol (end->get ()), option.protocol);
      EXPECT_STREQ (floe_data_channel_get_label (end->get ()), "test");
      EXPECT_FALSE (floe_data_channel_get_negotiated (end->get ()));
    }
  EXPECT_EQ (floe_data_channel_get_id (channel->get ()),
             floe_data_channel_get_id (peer_channel->get ()));
  ASSERT_TRUE (channel->SendText ("ping"));
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->texts == Strings ({ "ping" }); }));
}

INSTANTIATE_TEST_SUITE_P (Channels, ChannelOptions,
                          testing::Values (Option{ "Ordered", TRUE, -1, -1, "" },
                                           Option{ "Unordered", FALSE, -1, -1, "" },
                                           Option{ "NoRetransmits", TRUE, 0, -1, "" },
                                           Option{ "UnorderedThreeRetransmits", FALSE, 3, -1, "" },
                                           Option{ "LifeTime", TRUE, -1, 250, "" },
                                           Option{ "UnorderedLifeTime", FALSE, -1, 65535, "" },
                                           Option{ "Protocol", TRUE, -1, -1, "näht/1" }),
                          [] (const auto &info) { return std::string (info.param.name); });

class MessageSizes : public PeerPairTest, public testing::WithParamInterface<gsize>
{
};

TEST_P (MessageSizes, ArriveWholeInBothDirections)
{
  gsize size = GetParam ();
  g_autoptr (GBytes) pattern = MakePattern (size);
  std::string expected ((const char *) g_bytes_get_data (pattern, nullptr), size);

  Connect ();
  ASSERT_TRUE (channel->SendPattern (size));
  ASSERT_TRUE (peer_channel->SendPattern (size));
  ASSERT_TRUE (
      RunUntil ([&] { return channel->bytes.size () == 1 && peer_channel->bytes.size () == 1; }));
  EXPECT_TRUE (channel->bytes[0] == expected);
  EXPECT_TRUE (peer_channel->bytes[0] == expected);
}

INSTANTIATE_TEST_SUITE_P (Channels, MessageSizes,
                          testing::Values (1, 2, 1199, 1200, 16384, 65535, 65536, 256 * 1024));

class Channels : public PeerPairTest
{
};

TEST_F (Channels, CarryEmptyMessagesOfBothKinds)
{
  Connect ();
  ASSERT_TRUE (channel->SendText (""));
  ASSERT_TRUE (channel->SendPattern (0));
  EXPECT_TRUE (
      RunUntil ([&] { return !peer_channel->texts.empty () && !peer_channel->bytes.empty (); }));
  EXPECT_EQ (peer_channel->texts, Strings ({ "" }));
  EXPECT_EQ (peer_channel->bytes, Strings ({ "" }));
}

TEST_F (Channels, CarryAllOfUnicode)
{
  const char *text = "Grüße, 世界 🚀\x7f\xf4\x8f\xbf\xbd";

  Connect ();
  ASSERT_TRUE (channel->SendText (text));
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->texts == Strings ({ text }); }));
}

TEST_F (Channels, RefuseTextThatIsNotUnicode)
{
  ErrorHolder error;

  Connect ();
  EXPECT_FALSE (channel->SendText ("\xff", error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_TYPE));
}

TEST_F (Channels, RefuseAMessageAboveTheLimitAndSendNothingOfIt)
{
  ErrorHolder error;

  Connect ();
  EXPECT_EQ (floe_peer_connection_get_max_message_size (alice.pc), 256u * 1024);
  EXPECT_FALSE (channel->SendPattern (256 * 1024 + 1, error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_TYPE)) << error.message ();
  EXPECT_EQ (floe_data_channel_get_buffered_amount (channel->get ()), 0u);
  ASSERT_TRUE (channel->SendText ("after"));
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->texts == Strings ({ "after" }); }));
  EXPECT_TRUE (peer_channel->bytes.empty ());
}

TEST_F (Channels, CarryTenMebibytesInOneMessageWhenThePeerSetsNoLimit)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  gsize size = 10 * 1024 * 1024;

  floe_configuration_set_include_loopback (configuration, TRUE);
  floe_configuration_set_max_message_size (configuration, 0);
  Peer carol (configuration);
  channel = alice.CreateChannel ("large");
  Negotiate (alice, carol);
  ASSERT_TRUE (RunUntil ([&] { return channel->is_open () && carol.Incoming () != nullptr; }));
  EXPECT_EQ (floe_peer_connection_get_max_message_size (alice.pc), 16u * 1024 * 1024);
  ASSERT_TRUE (channel->SendPattern (size));
  ASSERT_TRUE (RunUntil ([&] { return !carol.Incoming ()->bytes.empty (); }, 30));
  g_autoptr (GBytes) pattern = MakePattern (size);
  EXPECT_TRUE (carol.Incoming ()->bytes[0]
               == std::string ((const char *) g_bytes_get_data (pattern, nullptr), size));
}

TEST_F (Channels, SendNothingBeforeTheyAreOpen)
{
  auto early = alice.CreateChannel ("early");
  ErrorHolder error;

  EXPECT_FALSE (early->SendText ("too soon", error));
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_INVALID_STATE));
}

TEST_F (Channels, NegotiatedByTheApplicationsOpenWithoutAWordBetweenThem)
{
  g_autoptr (FloeDataChannelInit) init = floe_data_channel_init_new ();

  floe_data_channel_init_set_negotiated (init, 17);
  auto far = bob.CreateChannel ("other name", init);
  auto near = alice.CreateChannel ("name", init);
  Negotiate (alice, bob);
  ASSERT_TRUE (RunUntil ([&] { return near->is_open () && far->is_open (); }));
  ASSERT_TRUE (near->SendText ("hello"));
  EXPECT_TRUE (RunUntil ([&] { return far->texts == Strings ({ "hello" }); }));
  EXPECT_EQ (floe_data_channel_get_id (far->get ()), 17);
  EXPECT_TRUE (bob.incoming.empty ());
  ErrorHolder error;
  EXPECT_EQ (floe_peer_connection_create_data_channel (alice.pc, "again", init, error), nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, FLOE_ERROR_OPERATION));
}

TEST_F (Channels, HaveIdsByDtlsRole)
{
  Connect ();
  auto second = alice.CreateChannel ("second");
  auto other_way = bob.CreateChannel ("other way");

  ASSERT_TRUE (RunUntil ([&] { return second->is_open () && other_way->is_open (); }));
  int ours = floe_data_channel_get_id (channel->get ());
  EXPECT_EQ (floe_data_channel_get_id (second->get ()) % 2, ours % 2);
  EXPECT_NE (floe_data_channel_get_id (other_way->get ()) % 2, ours % 2);
}

TEST_F (Channels, CloseFromEitherSide)
{
  Connect ();
  floe_data_channel_close (channel->get ());
  EXPECT_EQ (channel->state (), FLOE_DATA_CHANNEL_STATE_CLOSING);
  EXPECT_TRUE (RunUntil ([&] { return channel->is_closed () && peer_channel->is_closed (); }));
  EXPECT_EQ (channel->events, Strings ({ "open", "close" }));
  EXPECT_EQ (peer_channel->events, Strings ({ "open", "closing", "close" }));

  auto again = alice.CreateChannel ("again");
  ASSERT_TRUE (RunUntil ([&] { return again->is_open () && bob.Incoming (1) != nullptr; }));
  floe_data_channel_close (bob.Incoming (1)->get ());
  EXPECT_TRUE (RunUntil ([&] { return again->is_closed () && bob.Incoming (1)->is_closed (); }));
  EXPECT_EQ (again->events, Strings ({ "open", "closing", "close" }));
}

TEST_F (Channels, DeliverWhatWasSentBeforeTheyClose)
{
  Connect ();
  for (int i = 0; i < 50; i++)
    ASSERT_TRUE (channel->SendPattern (60000));
  floe_data_channel_close (channel->get ());
  EXPECT_TRUE (RunUntil ([&] { return peer_channel->is_closed (); }));
  EXPECT_EQ (peer_channel->bytes.size (), 50u);
}

TEST_F (Channels, CloseAtBothEndsAtOnce)
{
  Connect ();
  floe_data_channel_close (channel->get ());
  floe_data_channel_close (peer_channel->get ());
  EXPECT_TRUE (RunUntil ([&] { return channel->is_closed () && peer_channel->is_closed (); }));
}

static bool
AreAll (const std::vector<std::unique_ptr<Channel> > &channels, bool (Channel::*is) () const)
{
  for (auto &one : channels)
    if (!(one.get ()->*is) ())
      return false;
  return true;
}

/* 1,024 streams are even ids for one side and odd ones for the other: 512 for each. */
TEST_F (Channels, AThousandOpenTalkAndClose)
{
  std::vector<std::unique_ptr<Channel> > many;

  for (int i = 0; i < 500; i++)
    {
      many.push_back (alice.CreateChannel (("alice " + std::to_string (i)).c_str ()));
      many.push_back (bob.CreateChannel (("bob " + std::to_string (i)).c_str ()));
    }
  Negotiate (alice, bob);
  ASSERT_TRUE (RunUntil (
      [&] {
        return AreAll (many, &Channel::is_open) && alice.incoming.size () == 500
               && bob.incoming.size () == 500;
      },
      30));
  for (auto &one : many)
    ASSERT_TRUE (one->SendText (floe_data_channel_get_label (one->get ())));
  for (Peer *peer : { &alice, &bob })
    EXPECT_TRUE (RunUntil ([&] {
      for (auto &one : peer->incoming)
        if (one->texts != Strings ({ floe_data_channel_get_label (one->get ()) }))
          return false;
      return true;
    }));
  for (auto &one : many)
    floe_data_channel_close (one->get ());
  EXPECT_TRUE (RunUntil ([&] { return AreAll (many, &Channel::is_closed); }, 30));
  EXPECT_TRUE (RunUntil ([&] { return AreAll (bob.incoming, &Channel::is_closed); }, 30));
}

TEST_F (Channels, BeyondTheStreamsOfOneSideCloseWithAnError)
{
  g_autoptr (FloeConfiguration) configuration = floe_configuration_new ();
  std::vector<std::unique_ptr<Channel> > few;

  floe_configuration_set_include_loopback (configuration, TRUE);
  floe_configuration_set_max_channels (configuration, 8);
  Peer carol (configuration);
  for (int i = 0; i < 5; i++)
    few.push_back (carol.CreateChannel (std::to_string (i).c_str ()));
  Negotiate (carol, bob);
  ASSERT_TRUE (RunUntil ([&] { return few[4]->is_closed (); }));
  EXPECT_EQ (few[4]->events, Strings ({ "error OperationError", "close" }));
  EXPECT_TRUE (RunUntil ([&] { return few[3]->is_open (); }));
}

struct BadInit
{
  const char *name;
  std::function<void (FloeDataChannelInit *)> change;
  int code;
};

class BadInits : public PeerPairTest, public testing::WithParamInterface<BadInit>
{
};

TEST_P (BadInits, AreRefused)
{
  g_autoptr (FloeDataChannelInit) init = floe_data_channel_init_new ();
  ErrorHolder error;

  GetParam ().change (init);
  EXPECT_EQ (floe_peer_connection_create_data_channel (alice.pc, "x", init, error), nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, GetParam ().code)) << error.message ();
}

INSTANTIATE_TEST_SUITE_P (
    Channels, BadInits,
    testing::Values (
        BadInit{ "BothLimits",
                 [] (auto *init) {
                   floe_data_channel_init_set_max_retransmits (init, 1);
                   floe_data_channel_init_set_max_packet_life_time (init, 1);
                 },
                 FLOE_ERROR_TYPE },
        BadInit{ "ReservedId",
                 [] (auto *init) { floe_data_channel_init_set_negotiated (init, 65535); },
                 FLOE_ERROR_TYPE },
        BadInit{ "IdTooHigh",
                 [] (auto *init) { floe_data_channel_init_set_negotiated (init, 1024); },
                 FLOE_ERROR_OPERATION },
        BadInit{ "LongProtocol",
                 [] (auto *init) {
                   floe_data_channel_init_set_protocol (init, std::string (65536, 'p').c_str ());
                 },
                 FLOE_ERROR_TYPE }),
    [] (const auto &info) { return std::string (info.param.name); });
