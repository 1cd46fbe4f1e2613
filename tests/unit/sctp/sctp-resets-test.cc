/* SPDX-License-Identifier: MPL-2.0 */
#include <numeric>

#include "floe-sctp-pair.h"

class SctpResets : public testing::Test
{
protected:
  void SetUp () override
  {
    pair_.Connect ();
  }

  static bool Reset (SctpEnd &end, std::vector<guint16> streams)
  {
    return floe_sctp_engine_reset_streams (end.engine, streams.data (), streams.size ());
  }

  SctpPair pair_;
  SctpEnd &a_ = pair_.a;
  SctpEnd &b_ = pair_.b;
};

TEST_F (SctpResets, BothSidesAreTold)
{
  ASSERT_TRUE (Reset (a_, { 3, 5 }));
  pair_.Run (100);
  EXPECT_EQ (a_.outgoing_resets, (std::vector<guint16>{ 3, 5 }));
  EXPECT_EQ (b_.incoming_resets, (std::vector<guint16>{ 3, 5 }));
  EXPECT_TRUE (a_.incoming_resets.empty ());
}

TEST_F (SctpResets, WhatWasSentBeforeArrivesBefore)
{
  bool was_reset_after = false;

  b_.on_incoming_reset = [&] (const guint16 *, gsize) {
    was_reset_after = b_.messages.size () == 10;
  };
  for (guint i = 0; i < 10; i++)
    a_.Send (3, Pattern (60000, i));
  Reset (a_, { 3 });
  EXPECT_EQ (a_.Send (3, "too late"), FLOE_SCTP_WOULD_BLOCK);
  ASSERT_TRUE (pair_.RunUntil ([this] { return a_.outgoing_resets.size () == 1; }));
  EXPECT_TRUE (was_reset_after);
  EXPECT_GE (a_.writable_count, 1u);
  EXPECT_EQ (a_.Send (3, "again"), FLOE_SCTP_SENT);
  ASSERT_TRUE (pair_.RunUntil ([this] { return b_.messages.size () == 11; }));
}

TEST_F (SctpResets, AllStreamsOneByOneAndAtOnceThroughLoss)
{
  std::vector<guint16> all (1024);

  std::iota (all.begin (), all.end (), 0);
  pair_.loss_percent = 10;
  for (guint16 stream = 0; stream < 512; stream++)
    ASSERT_TRUE (Reset (a_, { stream }));
  ASSERT_TRUE (Reset (a_, all)); /* those asked for already are not asked twice */
  ASSERT_TRUE (Reset (b_, all));
  ASSERT_TRUE (pair_.RunUntil (
      [&] { return a_.outgoing_resets.size () >= 1024 && b_.outgoing_resets.size () >= 1024; },
      300000));
  for (SctpEnd *end : { &a_, &b_ })
    {
      std::sort (end->outgoing_resets.begin (), end->outgoing_resets.end ());
      EXPECT_EQ (end->outgoing_resets, all);
      std::sort (end->incoming_resets.begin (), end->incoming_resets.end ());
      EXPECT_EQ (end->incoming_resets, all);
    }
}

TEST_F (SctpResets, AStreamThatIsNotThereIsRefused)
{
  EXPECT_FALSE (Reset (a_, { 1, 1024 }));
  pair_.Run (100);
  EXPECT_TRUE (b_.incoming_resets.empty ());
}
