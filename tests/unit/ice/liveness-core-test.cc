/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-liveness-core-private.h"
G_END_DECLS

static const gint64 SECOND = G_TIME_SPAN_SECOND;
static const gint64 MS = G_TIME_SPAN_MILLISECOND;

class LivenessCore : public testing::Test
{
protected:
  LivenessCore ()
  {
    floe_liveness_core_start (&core_, now_us_);
  }

  void Live ()
  {
    floe_liveness_core_handle_life (&core_, now_us_);
  }

  void Answer ()
  {
    floe_liveness_core_handle_answer (&core_, now_us_, 20 * G_TIME_SPAN_MILLISECOND);
  }

  /* Data every 50 ms; returns the number of probes. */
  int Flow (gint64 duration_us, bool is_answered)
  {
    int probes = 0;

    for (gint64 end_us = now_us_ + duration_us; now_us_ < end_us;)
      {
        int count = Pass (50 * G_TIME_SPAN_MILLISECOND);

        if (count > 0 && is_answered)
          Answer ();
        probes += count;
        Live ();
      }
    return probes;
  }

  /* Lets time pass as the timer of a transport would; returns the number of probes. */
  int Pass (gint64 duration_us)
  {
    gint64 end_us = now_us_ + duration_us;
    gint64 deadline_us;
    int probes = 0;

    while ((deadline_us = floe_liveness_core_get_deadline (&core_)) != -1 && deadline_us <= end_us)
      {
        EXPECT_GE (deadline_us, now_us_);
        now_us_ = deadline_us;
        probes += floe_liveness_core_handle_timeout (&core_, now_us_);
        EXPECT_NE (floe_liveness_core_get_deadline (&core_), now_us_) << "would spin";
      }
    now_us_ = end_us;
    return probes;
  }

  /* Until the next probe, which is answered; returns how long that took. */
  gint64 PassUntilAsked ()
  {
    gint64 start_us = now_us_;

    while (!floe_liveness_core_handle_timeout (&core_, now_us_))
      {
        gint64 deadline_us = floe_liveness_core_get_deadline (&core_);

        if (deadline_us <= now_us_)
          return -1;
        now_us_ = deadline_us;
      }
    Answer ();
    return now_us_ - start_us;
  }

  /* Up to a fifth less, by chance. */
  static void ExpectAbout (gint64 actual_us, gint64 most_us)
  {
    EXPECT_LE (actual_us, most_us);
    EXPECT_GE (actual_us, most_us * 4 / 5);
  }

  gint64 now_us_ = 1000 * G_TIME_SPAN_SECOND;
  FloeLivenessCore core_ = {};
};

TEST_F (LivenessCore, DoesNotAskWhileThereIsTraffic)
{
  for (int i = 0; i < 100; i++)
    {
      EXPECT_EQ (Pass (SECOND), 0);
      Live ();
    }
}

TEST_F (LivenessCore, AsksAHealthyPathThatWasUsedLatelyEvery5Seconds)
{
  Live ();
  for (int i = 0; i < 5; i++)
    {
      EXPECT_EQ (PassUntilAsked (), 5 * SECOND);
      EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
    }
}

TEST_F (LivenessCore, AsksAnIdleHealthyPathEvery15Seconds)
{
  Live ();
  for (int i = 0; i < 8; i++)
    PassUntilAsked ();
  for (int i = 0; i < 100; i++)
    ExpectAbout (PassUntilAsked (), 15 * SECOND);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
}

TEST_F (LivenessCore, TwoIdlePeersSeldomAskAtTheSameTime)
{
  FloeLivenessCore cores[2] = {};
  int probes[2] = { 0, 0 };
  const gint64 settled_us = now_us_ + 100 * SECOND, end_us = settled_us + 600 * SECOND;

  floe_liveness_core_start (&cores[0], now_us_);
  floe_liveness_core_start (&cores[1], now_us_ + 10123);
  for (; now_us_ < end_us; now_us_ += MS)
    {
      for (int i = 0; i < 2; i++)
        {
          if (!floe_liveness_core_handle_timeout (&cores[i], now_us_ + 10123 * i))
            continue;
          probes[i] += now_us_ >= settled_us;
          floe_liveness_core_handle_life (&cores[1 - i], now_us_ + 10123 * (1 - i) + 20 * MS);
          floe_liveness_core_handle_answer (&cores[i], now_us_ + 10123 * i + 40 * MS, 40 * MS);
        }
    }
  EXPECT_LE (probes[0] + probes[1], 55) << "in ten minutes";
  EXPECT_GE (probes[0] + probes[1], 40);
}

TEST_F (LivenessCore, DoesNotTakeThePeersOwnProbesForUse)
{
  Live ();
  for (int i = 0; i < 10; i++)
    {
      Pass (4 * SECOND);
      Live ();
    }
  ExpectAbout (PassUntilAsked (), 15 * SECOND);
}

TEST_F (LivenessCore, WhatIsSentOrFlowsEndsIdleness)
{
  for (bool is_sent : { true, false })
    {
      Live ();
      for (int i = 0; i < 8; i++)
        PassUntilAsked ();
      ExpectAbout (PassUntilAsked (), 15 * SECOND);
      if (is_sent)
        floe_liveness_core_handle_sent (&core_, now_us_);
      for (int i = 0; i < 6 && !is_sent; i++)
        {
          now_us_ += 10 * MS;
          Live ();
        }
      Answer ();
      Pass (SECOND); /* the flow has ended */
      Answer ();
      EXPECT_EQ (PassUntilAsked (), 5 * SECOND) << is_sent;
    }
}

struct Lifetime
{
  guint lifetime_s;
  gint64 quiet_s;
};

class LivenessOfMapping : public LivenessCore, public testing::WithParamInterface<Lifetime>
{
};

TEST_P (LivenessOfMapping, IsAskedBeforeItEndsAndNoMoreOftenThanNeeded)
{
  floe_liveness_core_set_mapping_lifetime (&core_, GetParam ().lifetime_s);
  Live ();
  for (int i = 0; i < 10; i++)
    PassUntilAsked ();
  ExpectAbout (PassUntilAsked (), GetParam ().quiet_s * SECOND);
  floe_liveness_core_start (&core_, now_us_);
  floe_liveness_core_set_reserve (&core_, TRUE);
  Live ();
  ExpectAbout (PassUntilAsked (), GetParam ().quiet_s * SECOND); /* after a new start, too */
}

INSTANTIATE_TEST_SUITE_P (Lifetimes, LivenessOfMapping,
                          testing::Values (Lifetime{ 0, 15 }, Lifetime{ 3, 5 }, Lifetime{ 9, 6 },
                                           Lifetime{ 15, 10 }, Lifetime{ 30, 20 },
                                           Lifetime{ 7200, 20 }, Lifetime{ G_MAXUINT, 20 }),
                          [] (const auto &info) { return std::to_string (info.param.lifetime_s); });

TEST_F (LivenessCore, AnIdlePathIsStillAskedOftenBeforeItExpires)
{
  for (guint lifetime_s : { 0u, 60u })
    {
      floe_liveness_core_set_mapping_lifetime (&core_, lifetime_s);
      Live ();
      for (int i = 0; i < 10; i++)
        PassUntilAsked ();
      EXPECT_GE (Pass (30 * SECOND - 1), 4);
      EXPECT_EQ (core_.state, FLOE_LIVENESS_DISCONNECTED);
      Pass (1);
      EXPECT_EQ (core_.state, FLOE_LIVENESS_EXPIRED);
      floe_liveness_core_start (&core_, now_us_);
    }
}

TEST_F (LivenessCore, OneLostProbeDoesNotDisconnect)
{
  Live ();
  EXPECT_EQ (Pass (6 * SECOND + 500 * G_TIME_SPAN_MILLISECOND), 2);
  Live ();
  EXPECT_EQ (Pass (4 * SECOND), 0);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
}

TEST_F (LivenessCore, IsDisconnected5SecondsAfterTheFirstUnansweredProbe)
{
  Live ();
  EXPECT_EQ (Pass (10 * SECOND - 1), 4);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Pass (1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_DISCONNECTED);
}

TEST_F (LivenessCore, Expires30SecondsAfterTheLastLifeAndAsksNoMore)
{
  Live ();
  EXPECT_GT (Pass (30 * SECOND - 1), 4);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_DISCONNECTED);
  Pass (1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_EXPIRED);
  EXPECT_EQ (floe_liveness_core_get_deadline (&core_), -1);
  EXPECT_FALSE (floe_liveness_core_handle_timeout (&core_, now_us_ + SECOND));
}

TEST_F (LivenessCore, AnAnswerRevivesADisconnectedPath)
{
  Live ();
  Pass (12 * SECOND);
  ASSERT_EQ (core_.state, FLOE_LIVENESS_DISCONNECTED);
  Answer ();
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  EXPECT_EQ (Pass (5 * SECOND), 1);
}

TEST_F (LivenessCore, DataRevivesAPathThatHasNeverAnswered)
{
  Live ();
  Pass (12 * SECOND);
  ASSERT_EQ (core_.state, FLOE_LIVENESS_DISCONNECTED);
  Live ();
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Pass (40 * SECOND);
  ASSERT_EQ (core_.state, FLOE_LIVENESS_EXPIRED);
  Live ();
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
}

TEST_F (LivenessCore, DataHasAnExpiredPathAskedAndItsAnswerRevivesIt)
{
  Answer ();
  Pass (40 * SECOND);
  ASSERT_EQ (core_.state, FLOE_LIVENESS_EXPIRED);
  Live ();
  EXPECT_EQ (core_.state, FLOE_LIVENESS_DISCONNECTED) << "that it hears does not mean it is heard";
  EXPECT_EQ (Pass (0), 1);
  Answer ();
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
}

TEST_F (LivenessCore, WhatFlowsAndStopsIsSuspectAfterASecondAndAHalf)
{
  Flow (3 * SECOND, true);
  EXPECT_EQ (Pass (1500 * MS - 1), 2);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Pass (1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
  Pass (4 * SECOND);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_DISCONNECTED);
}

TEST_F (LivenessCore, WhatIsSentWithoutAnAnswerMakesSuspectAfterASecondAndAHalf)
{
  Live ();
  Pass (3 * SECOND);
  floe_liveness_core_handle_sent (&core_, now_us_);
  Pass (1500 * MS - 1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Pass (1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

TEST_F (LivenessCore, WhatIsRepeatedMeanwhileGivesItNoMoreTime)
{
  Flow (3 * SECOND, true);
  Pass (900 * MS);
  floe_liveness_core_handle_sent (&core_, now_us_); /* what SCTP took for lost */
  Pass (600 * MS);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

TEST_F (LivenessCore, ALostProbeIsForgivenForAnotherWhileLifeGoesOn)
{
  Flow (3 * SECOND, true);
  ASSERT_GT (Flow (600 * MS, false), 0);
  Flow (800 * MS, false);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Answer ();
  Flow (3 * SECOND, true);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
}

/* It carries what goes out, while the peer sends on another path: no life comes here at all. */
TEST_F (LivenessCore, AMutePathIsAskedAndSuspectWhileThePeerSendsElsewhere)
{
  int probes = 0;

  for (gint64 end_us = now_us_ + 3 * SECOND; now_us_ < end_us;)
    {
      probes += Pass (50 * MS);
      floe_liveness_core_handle_rival (&core_, now_us_, 1000 * SECOND);
    }
  EXPECT_GE (probes, 3);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

/* It was to carry the acknowledgements of what flowed, some of which is repeated now and then. */
TEST_F (LivenessCore, AMutePathIsSuspectAlsoWhenWhatFlowedElsewhereStops)
{
  int probes = 0;

  for (int i = 0; i < 10; i++)
    {
      probes += Pass (50 * MS);
      floe_liveness_core_handle_rival (&core_, now_us_, 1000 * SECOND);
    }
  EXPECT_EQ (Pass (0) + probes, 1) << "the peer can be asked";
  for (int i = 0; i < 3; i++)
    {
      Pass (700 * MS);
      floe_liveness_core_handle_rival (&core_, now_us_, 1000 * SECOND);
    }
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

TEST_F (LivenessCore, APathThatIsToldThatThePeerAnswersIsSuspectWithoutEverHavingLived)
{
  floe_liveness_core_set_must_answer (&core_, TRUE);
  floe_liveness_core_handle_sent (&core_, now_us_);
  Pass (1500 * MS);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

TEST_F (LivenessCore, WhatTakesOverHas2SecondsAndAHalfUntilItIsSuspect)
{
  floe_liveness_core_set_must_answer (&core_, TRUE);
  floe_liveness_core_start_asking (&core_, now_us_);
  EXPECT_EQ (Pass (2500 * MS - 1), 17) << "one each 150 ms";
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Pass (1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

TEST_F (LivenessCore, WhatTookOverAndAnsweredIsSuspectAsSoonAsOthers)
{
  floe_liveness_core_start_asking (&core_, now_us_);
  Pass (0);
  Answer ();
  Flow (3 * SECOND, true);
  Pass (1500 * MS);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

TEST_F (LivenessCore, AFlowIsCheckedAndSuspectWhenOnlyItsOwnDirectionWorks)
{
  EXPECT_GE (Flow (10 * SECOND, true), 8);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Flow (3 * SECOND, false);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
  Answer ();
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
}

TEST_F (LivenessCore, AFlowThatHasNeverAnsweredIsNotSuspect)
{
  Flow (10 * SECOND, false);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE) << "nobody could be asked yet";
}

TEST_F (LivenessCore, ALongRoundTripIsWaitedFor)
{
  Live ();
  floe_liveness_core_handle_answer (&core_, now_us_, 800 * MS);
  floe_liveness_core_handle_sent (&core_, now_us_);
  Pass (3 * SECOND);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Pass (SECOND);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

TEST_F (LivenessCore, APeerThatMovesAfterThePathWasAskedHasLeftIt)
{
  Flow (3 * SECOND, true);
  Pass (600 * MS);
  floe_liveness_core_handle_rival (&core_, now_us_, now_us_);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE) << "it has had no time to answer";
  Pass (500 * MS);
  floe_liveness_core_handle_rival (&core_, now_us_, now_us_ - 2 * SECOND);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE) << "the peer has always sent elsewhere";
  floe_liveness_core_handle_rival (&core_, now_us_, now_us_);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

TEST_F (LivenessCore, WhatFlowsElsewhereHasThePathChecked)
{
  int probes = 0;

  Answer ();
  for (int i = 0; i < 100; i++)
    {
      int count = Pass (50 * MS);

      if (count > 0)
        Answer ();
      probes += count;
      floe_liveness_core_handle_rival (&core_, now_us_, now_us_ - SECOND);
    }
  EXPECT_GE (probes, 4);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Pass (2500 * MS);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
}

TEST_F (LivenessCore, AReserveIsAskedEvery15Seconds)
{
  int probes = 0;

  Answer ();
  floe_liveness_core_set_reserve (&core_, TRUE);
  for (int i = 0; i < 10; i++)
    {
      now_us_ = floe_liveness_core_get_deadline (&core_);
      probes += floe_liveness_core_handle_timeout (&core_, now_us_);
      Answer ();
    }
  EXPECT_EQ (probes, 10);
  ExpectAbout (now_us_ - 1000 * SECOND, 150 * SECOND);
}

TEST_F (LivenessCore, BeforeTheFirstLifeAPathIsNotDisconnectedAndExpiresAfter30Seconds)
{
  Pass (30 * SECOND - 1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Pass (1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_EXPIRED);
}

TEST_F (LivenessCore, AProcessThatWasStoppedAsksBeforeItComplains)
{
  Live ();
  now_us_ += 20 * SECOND; /* nobody looked at the clock */
  EXPECT_TRUE (floe_liveness_core_handle_timeout (&core_, now_us_));
  EXPECT_EQ (core_.state, FLOE_LIVENESS_ALIVE);
  Pass (5 * SECOND);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_DISCONNECTED);
}

TEST_F (LivenessCore, ASuccessorIsAskedAtOnceAndDisconnectedWithoutAnAnswer)
{
  floe_liveness_core_start_asking (&core_, now_us_);
  EXPECT_EQ (Pass (0), 1);
  Pass (5 * SECOND - 1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_SUSPECT);
  Pass (1);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_DISCONNECTED);
  Pass (20 * SECOND);
  EXPECT_EQ (core_.state, FLOE_LIVENESS_EXPIRED);
}
