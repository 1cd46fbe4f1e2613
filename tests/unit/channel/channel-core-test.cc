/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-channel-core-private.h"
#include "floe-test.h"

#include <set>

class ChannelCore : public testing::Test
{
protected:
  FloeChannelCore Open (FloeChannelOrigin origin = FLOE_CHANNEL_LOCAL)
  {
    FloeChannelCore core = floe_channel_core_init (origin);
    floe_channel_core_handle_ready (&core);
    return core;
  }
};

TEST_F (ChannelCore, EachOriginSendsItsMessageWhenReady)
{
  const std::pair<FloeChannelOrigin, guint> cases[] = {
    { FLOE_CHANNEL_LOCAL, FLOE_CHANNEL_SEND_OPEN },
    { FLOE_CHANNEL_NEGOTIATED, 0 },
    { FLOE_CHANNEL_PEERS, FLOE_CHANNEL_SEND_ACK }
  };
  for (auto [origin, message] : cases)
    {
      FloeChannelCore core = floe_channel_core_init (origin);
      EXPECT_EQ (floe_channel_core_handle_ready (&core), message | FLOE_CHANNEL_TELL_OPENED);
      EXPECT_EQ (floe_channel_core_handle_ready (&core), 0u);
      EXPECT_EQ (core.state, FLOE_CHANNEL_OPEN);
    }
}

TEST_F (ChannelCore, OnlyALocalChannelWaitsWithUnorderedMessages)
{
  EXPECT_FALSE (Open (FLOE_CHANNEL_LOCAL).may_send_unordered);
  EXPECT_TRUE (Open (FLOE_CHANNEL_NEGOTIATED).may_send_unordered);
  EXPECT_TRUE (Open (FLOE_CHANNEL_PEERS).may_send_unordered);
  FloeChannelCore acked = Open (), answered = Open ();
  floe_channel_core_handle_ack (&acked);
  EXPECT_TRUE (acked.may_send_unordered);
  EXPECT_EQ (floe_channel_core_handle_data (&answered), FLOE_CHANNEL_DELIVER);
  EXPECT_TRUE (answered.may_send_unordered); /* "or any other message" */
}

TEST_F (ChannelCore, OurCloseResetsAndWaitsForThePeersReset)
{
  FloeChannelCore core = Open ();
  EXPECT_EQ (floe_channel_core_close (&core, FALSE), FLOE_CHANNEL_RESET);
  EXPECT_EQ (floe_channel_core_close (&core, FALSE), 0u);
  EXPECT_EQ (floe_channel_core_handle_data (&core), 0u);
  EXPECT_EQ (floe_channel_core_handle_outgoing_reset (&core, TRUE), 0u);
  EXPECT_EQ (floe_channel_core_handle_incoming_reset (&core), FLOE_CHANNEL_TELL_CLOSED);
  EXPECT_EQ (core.state, FLOE_CHANNEL_CLOSED);
  EXPECT_EQ (floe_channel_core_handle_incoming_reset (&core), 0u);
}

TEST_F (ChannelCore, CloseWithAQueueResetsWhenDrained)
{
  FloeChannelCore core = Open ();
  EXPECT_EQ (floe_channel_core_handle_drained (&core), 0u);
  EXPECT_EQ (floe_channel_core_close (&core, TRUE), 0u);
  EXPECT_EQ (core.state, FLOE_CHANNEL_CLOSING);
  EXPECT_EQ (floe_channel_core_handle_drained (&core), FLOE_CHANNEL_RESET);
  EXPECT_EQ (floe_channel_core_handle_drained (&core), 0u);
}

TEST_F (ChannelCore, ThePeersResetIsAnsweredWithOurs)
{
  FloeChannelCore core = Open ();
  EXPECT_EQ (floe_channel_core_handle_incoming_reset (&core),
             FLOE_CHANNEL_CLEAR_QUEUE | FLOE_CHANNEL_TELL_CLOSING | FLOE_CHANNEL_RESET);
  EXPECT_EQ (floe_channel_core_handle_outgoing_reset (&core, TRUE), FLOE_CHANNEL_TELL_CLOSED);
}

TEST_F (ChannelCore, ThePeersResetCutsDrainingShort)
{
  FloeChannelCore core = Open ();
  floe_channel_core_close (&core, TRUE);
  EXPECT_EQ (floe_channel_core_handle_incoming_reset (&core),
             FLOE_CHANNEL_CLEAR_QUEUE | FLOE_CHANNEL_RESET);
  EXPECT_EQ (floe_channel_core_handle_drained (&core), 0u);
}

TEST_F (ChannelCore, BothSidesMayCloseAtOnce)
{
  FloeChannelCore core = Open ();
  floe_channel_core_close (&core, FALSE);
  EXPECT_EQ (floe_channel_core_handle_incoming_reset (&core), FLOE_CHANNEL_CLEAR_QUEUE);
  EXPECT_EQ (floe_channel_core_handle_outgoing_reset (&core, TRUE), FLOE_CHANNEL_TELL_CLOSED);
}

TEST_F (ChannelCore, AResetThatCannotBeDoneRetiresTheId)
{
  FloeChannelCore core = Open ();
  floe_channel_core_close (&core, FALSE);
  EXPECT_EQ (floe_channel_core_handle_outgoing_reset (&core, FALSE),
             FLOE_CHANNEL_RETIRE_ID | FLOE_CHANNEL_TELL_CLOSED);
}

TEST_F (ChannelCore, AViolationClosesAndResetsOnce)
{
  FloeChannelCore core = Open ();
  EXPECT_EQ (floe_channel_core_handle_violation (&core),
             FLOE_CHANNEL_CLEAR_QUEUE | FLOE_CHANNEL_TELL_CLOSING | FLOE_CHANNEL_RESET);
  EXPECT_EQ (floe_channel_core_handle_violation (&core), FLOE_CHANNEL_CLEAR_QUEUE);
}

TEST_F (ChannelCore, CloseBeforeReadyIsTheEnd)
{
  FloeChannelCore core = floe_channel_core_init (FLOE_CHANNEL_LOCAL);
  EXPECT_EQ (floe_channel_core_close (&core, TRUE),
             FLOE_CHANNEL_CLEAR_QUEUE | FLOE_CHANNEL_TELL_CLOSED);
  EXPECT_EQ (floe_channel_core_handle_ready (&core), 0u);
  EXPECT_EQ (floe_channel_core_handle_lost (&core), 0u);
}

TEST_F (ChannelCore, StaleResetsBelongToTheFormerChannel)
{
  FloeChannelCore former = Open (), core = Open (FLOE_CHANNEL_PEERS);
  EXPECT_FALSE (floe_channel_core_is_successor_allowed (&former));
  floe_channel_core_close (&former, FALSE);
  EXPECT_FALSE (floe_channel_core_is_successor_allowed (&former));
  floe_channel_core_handle_incoming_reset (&former);
  EXPECT_TRUE (floe_channel_core_is_successor_allowed (&former));

  core.stale_resets = 1;
  floe_channel_core_close (&core, FALSE);
  floe_channel_core_handle_incoming_reset (&core);
  EXPECT_EQ (floe_channel_core_handle_outgoing_reset (&core, TRUE), 0u);
  EXPECT_EQ (floe_channel_core_handle_outgoing_reset (&core, TRUE), FLOE_CHANNEL_TELL_CLOSED);
}

struct IdCase
{
  gboolean is_client;
  guint limit;
  std::set<guint> used;
  int id;
};

TEST (ChannelIds, AreTheLowestFreeOfOneParity)
{
  const IdCase cases[] = {
    { TRUE, 10, {}, 0 },        { FALSE, 10, {}, 1 },   { TRUE, 10, { 0, 1, 4 }, 2 },
    { FALSE, 10, { 1, 3 }, 5 }, { TRUE, 1, { 0 }, -1 }, { FALSE, 1, {}, -1 },
    { FALSE, 2, { 1 }, -1 },
  };
  for (const IdCase &test : cases)
    EXPECT_EQ (floe_channel_core_choose_id (
                   test.is_client, test.limit,
                   [] (guint id, gpointer used) -> gboolean {
                     return static_cast<std::set<guint> *> (used)->count (id) > 0;
                   },
                   const_cast<std::set<guint> *> (&test.used)),
               test.id);
}

TEST (ChannelIds, NeverReach65535)
{
  auto all_but_the_last = [] (guint id, gpointer) -> gboolean { return id < 65533; };
  EXPECT_EQ (floe_channel_core_choose_id (FALSE, 65536, all_but_the_last, nullptr), 65533);
  auto all = [] (guint id, gpointer) -> gboolean { return id <= 65533; };
  EXPECT_EQ (floe_channel_core_choose_id (FALSE, 65536, all, nullptr), -1);
  EXPECT_FALSE (floe_channel_core_is_peers_id (TRUE, 65535));
  EXPECT_TRUE (floe_channel_core_is_peers_id (TRUE, 1));
  EXPECT_FALSE (floe_channel_core_is_peers_id (TRUE, 2));
  EXPECT_TRUE (floe_channel_core_is_peers_id (FALSE, 2));
}
