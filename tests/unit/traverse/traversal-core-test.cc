/* SPDX-License-Identifier: MPL-2.0 */
#include "../strategy/strategy-test.h"
#include "floe-traversal-core-private.h"

#define PUNCHED_INDEX 1u

class TraversalCore : public testing::Test
{
protected:
  TraversalCore ()
  {
    config_.has_relay_udp = TRUE;
    config_.punching = FLOE_PUNCHING_ONE_SIDED;
  }
  void SetUp () override
  {
    floe_traversal_core_init (&core_, &config_);
  }
  void TearDown () override
  {
    floe_traversal_core_clear (&core_);
  }

  /* Anew, with what was changed in config_. */
  void Restart ()
  {
    floe_traversal_core_clear (&core_);
    floe_traversal_core_init (&core_, &config_);
  }
  void Local (const char *kind, FloeStrategyMemory last = FLOE_STRATEGY_MEMORY_NONE)
  {
    FloeNatSummary summary = Class (kind);

    floe_traversal_core_set_local (&core_, now_us_, &summary, last);
  }
  void Remote (const char *kind)
  {
    FloeNatSummary summary = Class (kind);

    floe_traversal_core_set_remote (&core_, now_us_, &summary);
  }
  void Start (bool is_offerer = true)
  {
    floe_traversal_core_start (&core_, now_us_, is_offerer);
  }
  void Describe ()
  {
    floe_traversal_core_handle_description (&core_, now_us_);
  }
  void StartBoth ()
  {
    Start ();
    Describe ();
  }
  void Candidate (const char *text)
  {
    FloeCandidate candidate = {};

    ASSERT_TRUE (floe_candidate_parse (&candidate, text, nullptr)) << text;
    floe_traversal_core_handle_candidate (&core_, now_us_, &candidate);
  }
  void Direct (bool is_direct)
  {
    floe_traversal_core_set_direct (&core_, now_us_, is_direct);
  }

  /* All that is put out: "plan:direct-fast begin:5 end". */
  std::string Poll ()
  {
    FloeTraversalOutput output;
    std::string text;

    while (floe_traversal_core_poll (&core_, &output))
      {
        text += text.empty () ? "" : " ";
        if (output.type == FLOE_TRAVERSAL_OUTPUT_PLAN)
          text += std::string ("plan:") + floe_strategy_to_string (core_.plan.strategy);
        else if (output.type == FLOE_TRAVERSAL_OUTPUT_BEGIN)
          text += "begin:" + std::to_string (output.tactic.part);
        else
          text += "end";
      }
    return text;
  }
  /* What is put out until @ms milliseconds have gone by, with the time of each. */
  std::string Run (int ms)
  {
    gint64 end_us = now_us_ + ms * G_TIME_SPAN_MILLISECOND, start_us = now_us_;
    std::string text = Poll ();
    gint64 deadline_us;

    while ((deadline_us = floe_traversal_core_get_deadline (&core_)) != -1 && deadline_us <= end_us)
      {
        now_us_ = MAX (now_us_, deadline_us);
        floe_traversal_core_handle_timeout (&core_, now_us_);
        std::string more = Poll ();

        EXPECT_NE (more, "") << "a deadline at which nothing happens";
        if (more.empty ())
          break;
        text += (text.empty () ? "" : " ")
                + std::to_string ((now_us_ - start_us) / G_TIME_SPAN_MILLISECOND) + ":" + more;
      }
    now_us_ = end_us;
    return text;
  }

  FloeStrategyConfig config_ = {};
  FloeTraversalCore core_ = {};
  gint64 now_us_ = 1000 * G_TIME_SPAN_SECOND;
};

TEST_F (TraversalCore, MakesNoPlanForNobodyWhenNothingIsKnown)
{
  Start ();
  EXPECT_EQ (Poll (), "");
  Describe ();
  EXPECT_EQ (Poll (), "plan:direct-patient");
}

TEST_F (TraversalCore, GoesByWhatHasWorkedHereOnceThereIsAPeer)
{
  Local ("P", FLOE_STRATEGY_MEMORY_RELAY);
  Start ();
  EXPECT_EQ (Poll (), "plan:direct-patient") << "It was another peer";
  Describe ();
  EXPECT_EQ (Poll (), "plan:turn-fallback");
  Local ("P", FLOE_STRATEGY_MEMORY_DIRECT);
  EXPECT_EQ (Poll (), "plan:direct-fast");
}

TEST_F (TraversalCore, MakesAPlanForNobodyWhenOurNatIsKnown)
{
  Local ("P");
  EXPECT_EQ (Poll (), "");
  Start ();
  EXPECT_EQ (Poll (), "plan:direct-patient");
  const FloeStrategyRow *row = floe_strategy_plan_find (&core_.plan, FLOE_STRATEGY_PATH_RELAY_UDP);
  ASSERT_NE (row, nullptr);
  EXPECT_GT (row->start_after_ms, 0u);
}

TEST_F (TraversalCore, MakesAPlanForNobodyWhenTheApplicationHasChosen)
{
  config_.strategy = FLOE_STRATEGY_TURN_ONLY;
  Restart ();
  Start ();
  EXPECT_EQ (Poll (), "plan:turn-only");
}

TEST_F (TraversalCore, MakesThePlanOfWhatBothHaveTold)
{
  Local ("P");
  Remote ("A");
  StartBoth ();
  EXPECT_EQ (Poll (), "plan:direct-fast");
}

TEST_F (TraversalCore, MakesAnotherPlanWhenThePeerTellsLater)
{
  Local ("P");
  StartBoth ();
  EXPECT_EQ (Poll (), "plan:direct-patient");
  Remote ("A");
  EXPECT_EQ (Poll (), "plan:direct-fast");
  Remote ("A");
  EXPECT_EQ (Poll (), "") << "nothing new";
}

TEST_F (TraversalCore, GoesByThePeersCandidatesWhereItTellsNothing)
{
  Local ("R");
  StartBoth ();
  Poll ();
  Candidate ("candidate:1 1 udp 1 198.51.100.7 4001 typ srflx raddr 192.168.1.2 rport 3001");
  Poll ();
  Candidate ("candidate:2 1 udp 1 198.51.100.7 4777 typ srflx raddr 192.168.1.2 rport 3001");
  EXPECT_NE (Poll (), "") << "two ports for one base";
  ASSERT_NE (floe_traversal_core_get_remote (&core_), nullptr);
  EXPECT_EQ (floe_traversal_core_get_remote (&core_)->confidence, FLOE_NAT_CONFIDENCE_LOW);
}

TEST_F (TraversalCore, MixesNothingWithWhatThePeerTells)
{
  Local ("P");
  Remote ("P");
  StartBoth ();
  EXPECT_EQ (Poll (), "plan:direct-fast");
  Candidate ("candidate:1 1 udp 1 198.51.100.7 4001 typ srflx raddr 192.168.1.2 rport 3001");
  Candidate ("candidate:2 1 udp 1 198.51.100.7 4777 typ srflx raddr 192.168.1.2 rport 3001");
  floe_traversal_core_handle_end_of_candidates (&core_, now_us_);
  EXPECT_EQ (Poll (), "");
}

TEST_F (TraversalCore, RemembersABoundedNumberOfCandidates)
{
  for (guint i = 0; i < 2 * FLOE_TRAVERSAL_MAX_CANDIDATES; i++)
    Candidate ("candidate:1 1 udp 1 198.51.100.7 4001 typ host");
  EXPECT_EQ (core_.candidates->len, (guint) FLOE_TRAVERSAL_MAX_CANDIDATES);
}

TEST_F (TraversalCore, BeginsATacticWhenItsRowIsDueAndEndsItInTime)
{
  Local ("P");
  Remote ("R");
  StartBoth ();
  /* 2048 probes at 200 a second, and 2 s for the last one. */
  EXPECT_EQ (Run (60000), "plan:turn-fallback 500:begin:"
                              + std::to_string (FLOE_STRATEGY_PART_SPRAY) + " 12740:end");
}

TEST_F (TraversalCore, CountsATacticsTimeFromBothDescriptions)
{
  Local ("P");
  Remote ("R");
  Start ();
  EXPECT_EQ (Run (90000), "plan:turn-fallback");
  Describe ();
  EXPECT_EQ (Run (499), "plan:turn-fallback");
  EXPECT_NE (Run (1), "");
}

TEST_F (TraversalCore, BeginsAtOnceWhatIsLate)
{
  Local ("P");
  StartBoth ();
  Run (3000);
  Remote ("R");
  EXPECT_EQ (Run (0), "plan:turn-fallback begin:" + std::to_string (FLOE_STRATEGY_PART_SPRAY));
}

TEST_F (TraversalCore, BeginsNoTacticWhereADirectPathCarries)
{
  Local ("P");
  Remote ("R");
  StartBoth ();
  Direct (true);
  EXPECT_EQ (Run (60000), "plan:turn-fallback");
}

TEST_F (TraversalCore, EndsATacticWhenADirectPathCarries)
{
  Local ("P");
  Remote ("R");
  StartBoth ();
  Run (1000);
  Direct (true);
  EXPECT_EQ (Run (60000), "end");
  Direct (false);
  EXPECT_EQ (Run (60000), "") << "a rise is what follows then";
}

TEST_F (TraversalCore, LeavesATacticAloneThatTheNextPlanHasAsWell)
{
  Local ("P");
  Remote ("R");
  StartBoth ();
  Run (1000);
  floe_traversal_core_set_relays (&core_, now_us_, TRUE, TRUE, FALSE);
  EXPECT_EQ (Run (0), "plan:turn-fallback");
}

TEST_F (TraversalCore, EndsATacticThatTheNextPlanHasNot)
{
  Local ("P");
  Remote ("R");
  StartBoth ();
  Run (1000);
  Remote ("A");
  EXPECT_EQ (Run (60000), "plan:direct-fast end");
}

TEST_F (TraversalCore, EndsPunchingWhenTheNetworkIsMeteredFromNowOn)
{
  Local ("P");
  Remote ("R");
  StartBoth ();
  Run (1000);
  floe_traversal_core_set_metered (&core_, now_us_, TRUE);
  EXPECT_EQ (Run (60000), "plan:turn-fallback end");
}

TEST_F (TraversalCore, PutsAnotherTacticInATacticsPlace)
{
  Local ("P");
  Remote ("R");
  StartBoth ();
  Run (1000);
  Remote ("Rb");
  std::string spray = std::to_string (FLOE_STRATEGY_PART_SPRAY);
  EXPECT_EQ (Run (100), "plan:turn-fallback end 0:begin:" + spray);
}

TEST_F (TraversalCore, DoesNotWaitForATacticThatCouldNotBegin)
{
  Local ("P");
  Remote ("R");
  StartBoth ();
  Run (1000);
  floe_traversal_core_handle_tactic_over (&core_, PUNCHED_INDEX);
  EXPECT_EQ (floe_traversal_core_get_deadline (&core_), -1);
  EXPECT_EQ (Run (60000), "");
}

TEST_F (TraversalCore, EndsAllWhenAllHasFailed)
{
  Local ("P");
  Remote ("R");
  StartBoth ();
  Run (1000);
  floe_traversal_core_handle_failed (&core_);
  EXPECT_EQ (Run (60000), "end");
  Remote ("A");
  EXPECT_EQ (Run (60000), "");
}
