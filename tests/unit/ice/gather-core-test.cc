/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-gather-core-private.h"
G_END_DECLS

class GatherCore : public testing::Test
{
protected:
  void SetUp () override
  {
    floe_gather_core_init (&core_, 0);
    floe_gather_core_start (&core_, now_us_);
  }
  bool Handle ()
  {
    return floe_gather_core_handle_facts (&core_, &facts_, now_us_);
  }
  /* Milliseconds from the start to the deadline, -1 for none. */
  gint64 Deadline ()
  {
    gint64 deadline_us = floe_gather_core_get_deadline (&core_);

    return deadline_us == -1 ? -1 : (deadline_us - start_us_) / 1000;
  }
  void Answer (guint open_bases, gint64 rtt_ms)
  {
    now_us_ = start_us_ + rtt_ms * 1000;
    facts_.answered_bases = 1;
    facts_.open_bases = open_bases;
    facts_.answered_us = now_us_;
    facts_.rtt_us = rtt_ms * 1000;
  }

  const gint64 start_us_ = 1000000;
  gint64 now_us_ = start_us_;
  FloeGatherCore core_;
  FloeGatherFacts facts_ = {};
};

TEST_F (GatherCore, IsNotCompleteBeforeItHasStarted)
{
  floe_gather_core_init (&core_, 0);
  EXPECT_FALSE (Handle ());
}

TEST_F (GatherCore, WithHostCandidatesOnlyIsCompleteAtOnceAndOnce)
{
  facts_.is_host_pending = TRUE;
  EXPECT_FALSE (Handle ());
  facts_.is_host_pending = FALSE;
  EXPECT_TRUE (Handle ());
  EXPECT_FALSE (Handle ());
  EXPECT_TRUE (core_.is_complete);
}

TEST_F (GatherCore, WaitsForOneAnswerOfEachBase)
{
  facts_.open_bases = 1;
  EXPECT_FALSE (Handle ());
  EXPECT_EQ (Deadline (), 5000);
  Answer (0, 40);
  EXPECT_TRUE (Handle ());
  EXPECT_EQ (Deadline (), -1);
}

TEST_F (GatherCore, GivesASilentBaseARoundTripAndAHalfTenthMore)
{
  facts_.open_bases = 2;
  EXPECT_FALSE (Handle ());
  Answer (1, 40);
  EXPECT_FALSE (Handle ());
  EXPECT_EQ (Deadline (), 40 + 40 + 50);
  now_us_ = core_.deadline_us - 1;
  EXPECT_FALSE (Handle ());
  now_us_++;
  EXPECT_TRUE (Handle ());
}

TEST_F (GatherCore, GivesASilentBaseAFifthOfASecondAtMost)
{
  facts_.open_bases = 2;
  Answer (1, 900);
  EXPECT_FALSE (Handle ());
  EXPECT_EQ (Deadline (), 900 + 200);
}

TEST_F (GatherCore, WhenAllServersHaveFailedDoesNotWait)
{
  facts_.open_bases = 1;
  EXPECT_FALSE (Handle ());
  now_us_ += 3800000;
  facts_.open_bases = 0;
  EXPECT_TRUE (Handle ());
}

TEST_F (GatherCore, IsCompleteAtTheLimitWhateverHappens)
{
  facts_.open_bases = 1;
  EXPECT_FALSE (Handle ());
  now_us_ = core_.deadline_us;
  EXPECT_TRUE (Handle ());
}

TEST_F (GatherCore, WaitsNoLongerThanItIsTold)
{
  floe_gather_core_init (&core_, 700000);
  floe_gather_core_start (&core_, now_us_);
  facts_.is_host_pending = TRUE;
  facts_.open_bases = 1;
  facts_.pending_relays = 1;
  EXPECT_FALSE (Handle ());
  EXPECT_EQ (Deadline (), 700);
  facts_.is_host_pending = FALSE;
  EXPECT_FALSE (Handle ());
  EXPECT_EQ (Deadline (), 700);
  facts_.open_bases = 0;
  EXPECT_FALSE (Handle ());
  EXPECT_EQ (Deadline (), 700) << "for the relay, too";
  now_us_ = start_us_ + 700000;
  EXPECT_TRUE (Handle ());
}

TEST_F (GatherCore, DoesNotWaitLongerBecauseItMay)
{
  floe_gather_core_init (&core_, 60000000);
  floe_gather_core_start (&core_, now_us_);
  facts_.open_bases = 1;
  EXPECT_FALSE (Handle ());
  EXPECT_EQ (Deadline (), 5000);
}

TEST_F (GatherCore, WaitsForTheFirstRelayOfSeveral)
{
  facts_.pending_relays = 3;
  Answer (0, 40);
  EXPECT_FALSE (Handle ());
  facts_.pending_relays = 2;
  facts_.allocated_relays = 1;
  EXPECT_TRUE (Handle ());
}

TEST_F (GatherCore, WithoutARelayWaitsUntilAllHaveGivenUp)
{
  facts_.pending_relays = 1;
  EXPECT_FALSE (Handle ());
  EXPECT_EQ (Deadline (), -1) << "they keep their own time";
  facts_.pending_relays = 0;
  EXPECT_TRUE (Handle ());
}

TEST_F (GatherCore, ARelayDoesNotMakeUpForStunAnswers)
{
  facts_.open_bases = 1;
  facts_.allocated_relays = 1;
  EXPECT_FALSE (Handle ());
  EXPECT_EQ (Deadline (), 5000);
}
