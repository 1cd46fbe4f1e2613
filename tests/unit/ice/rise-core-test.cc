/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-rise-core-private.h"
G_END_DECLS

static const gint64 SECOND = G_TIME_SPAN_SECOND;

class RiseCore : public testing::Test
{
protected:
  RiseCore ()
  {
    Init (FLOE_ROUTE_DIRECT, 10 * SECOND);
  }

  void Init (FloeRouteKind best, gint64 warm_us)
  {
    floe_rise_core_init (&core_, best, warm_us, 4711);
    floe_rise_core_start (&core_, now_us_);
  }

  void Carry (FloeRouteKind kind, bool is_silent = false)
  {
    floe_rise_core_set_carrier (&core_, now_us_, kind, is_silent);
    Poll ();
  }

  void Poll ()
  {
    FloeRiseOutput output;

    while (floe_rise_core_poll (&core_, now_us_, &output))
      {
        if (output.type == FLOE_RISE_OUTPUT_TRY)
          {
            tries_.push_back (now_us_ - start_us_);
            rescues_ += output.is_rescue;
          }
        else
          relays_.emplace_back (output.type == FLOE_RISE_OUTPUT_USE_RELAYS, now_us_ - start_us_);
      }
  }

  /* Lets time pass as the timer of a transport would. */
  void Pass (gint64 duration_us)
  {
    gint64 end_us = now_us_ + duration_us;
    gint64 deadline_us;

    while ((deadline_us = floe_rise_core_get_deadline (&core_, now_us_)) != -1
           && deadline_us <= end_us)
      {
        now_us_ = MAX (now_us_, deadline_us);
        Poll ();
        ASSERT_NE (floe_rise_core_get_deadline (&core_, now_us_), now_us_) << "would spin";
      }
    now_us_ = end_us;
  }

  bool Allows (FloeRouteKind kind)
  {
    return floe_rise_core_allows (&core_, now_us_, kind);
  }

  const gint64 start_us_ = 1000 * SECOND;
  gint64 now_us_ = start_us_;
  FloeRiseCore core_;
  std::vector<gint64> tries_;
  int rescues_ = 0;
  std::vector<std::pair<bool, gint64> > relays_;
};

TEST_F (RiseCore, WithoutTheAnswerNothingIsTried)
{
  Pass (3600 * SECOND);
  EXPECT_TRUE (tries_.empty ());
}

TEST_F (RiseCore, WhatNeverCarriedIsTriedAgainWithGrowingPauses)
{
  const std::vector<gint64> pauses = { 10, 20, 40, 60, 60 };
  gint64 last_us = 45 * SECOND;

  Pass (last_us);
  floe_rise_core_handle_meeting (&core_, now_us_);
  floe_rise_core_handle_meeting (&core_, now_us_);
  Pass (300 * SECOND);
  ASSERT_GE (tries_.size (), pauses.size ());
  for (gsize i = 0; i < pauses.size (); i++)
    {
      EXPECT_GE (tries_[i] - last_us, pauses[i] * SECOND * 4 / 5);
      EXPECT_LE (tries_[i] - last_us, pauses[i] * SECOND * 6 / 5);
      last_us = tries_[i];
    }
  EXPECT_EQ (rescues_, 0);
}

TEST_F (RiseCore, WhatCarriesInTimeEndsTheTriesAndARelayIsRisenFromSoon)
{
  floe_rise_core_handle_meeting (&core_, now_us_);
  Pass (SECOND);
  Carry (FLOE_ROUTE_RELAY_UDP);
  Pass (4 * SECOND);
  EXPECT_EQ (tries_.size (), 1u) << "the first pause is 2 s";
  Carry (FLOE_ROUTE_DIRECT);
  Pass (3600 * SECOND);
  EXPECT_EQ (tries_.size (), 1u);
}

TEST_F (RiseCore, TriesNothingBeforeAnythingCarries)
{
  Pass (60 * SECOND);
  EXPECT_TRUE (tries_.empty ());
}

TEST_F (RiseCore, TriesNothingWhileTheBestPathCarries)
{
  Carry (FLOE_ROUTE_DIRECT);
  Pass (3600 * SECOND);
  EXPECT_TRUE (tries_.empty ());
}

TEST_F (RiseCore, TriesWithGrowingPausesWhileARelayCarries)
{
  static const gint64 pauses_s[] = { 2, 5, 10, 20, 40, 60, 60, 60 };
  gint64 last_us = 0;

  Carry (FLOE_ROUTE_RELAY_UDP);
  Pass (400 * SECOND);
  ASSERT_GE (tries_.size (), G_N_ELEMENTS (pauses_s));
  for (gsize i = 0; i < G_N_ELEMENTS (pauses_s); i++)
    {
      EXPECT_GE (tries_[i] - last_us, pauses_s[i] * SECOND * 4 / 5) << "try " << i;
      EXPECT_LE (tries_[i] - last_us, pauses_s[i] * SECOND * 6 / 5) << "try " << i;
      last_us = tries_[i];
    }
  EXPECT_EQ (rescues_, 0);
}

TEST_F (RiseCore, TriesNoMoreThan64TimesAnHourWhateverHappens)
{
  Carry (FLOE_ROUTE_RELAY_UDP);
  for (int i = 0; i < 3600; i++)
    {
      floe_rise_core_handle_network_change (&core_, now_us_);
      Pass (SECOND);
    }
  EXPECT_EQ (tries_.size (), (gsize) FLOE_RISE_MAX_TRIES_AN_HOUR);
  Pass (3600 * SECOND);
  EXPECT_GT (tries_.size (), (gsize) FLOE_RISE_MAX_TRIES_AN_HOUR);
  EXPECT_LE (tries_.size (), 2 * (gsize) FLOE_RISE_MAX_TRIES_AN_HOUR);
}

TEST_F (RiseCore, WaitsWhileTwoTriesGoOn)
{
  Carry (FLOE_ROUTE_RELAY_UDP);
  floe_rise_core_set_alive (&core_, 2);
  Pass (300 * SECOND);
  EXPECT_TRUE (tries_.empty ());
  floe_rise_core_set_alive (&core_, 1);
  Poll ();
  EXPECT_EQ (tries_.size (), 1u);
}

TEST_F (RiseCore, ANetworkChangeIsATryAtOnceAlsoOnTheBestPath)
{
  Carry (FLOE_ROUTE_DIRECT);
  Pass (100 * SECOND);
  floe_rise_core_handle_network_change (&core_, now_us_);
  Poll ();
  EXPECT_EQ (tries_, std::vector<gint64>{ 100 * SECOND });
  Pass (1000 * SECOND);
  EXPECT_EQ (tries_.size (), 1u);
}

TEST_F (RiseCore, CandidatesThatComeLateAreATryButForTheOneThatIsYoung)
{
  Carry (FLOE_ROUTE_RELAY_UDP);
  Pass (200 * SECOND);
  gsize count = tries_.size ();
  gint64 last_us = start_us_ + tries_.back ();

  now_us_ = MAX (now_us_, last_us + 6 * SECOND);
  Poll ();
  ASSERT_EQ (tries_.size (), count);
  floe_rise_core_handle_remote_candidate (&core_, now_us_);
  Poll ();
  EXPECT_EQ (tries_.size (), count + 1);
  floe_rise_core_handle_remote_candidate (&core_, now_us_);
  Poll ();
  now_us_ += 2 * SECOND;
  floe_rise_core_handle_remote_candidate (&core_, now_us_);
  Poll ();
  EXPECT_EQ (tries_.size (), count + 1) << "they go to the try that is under way";
}

TEST_F (RiseCore, CandidatesThatComeOnTheBestPathAreNoTry)
{
  Carry (FLOE_ROUTE_DIRECT);
  Pass (100 * SECOND);
  floe_rise_core_handle_remote_candidate (&core_, now_us_);
  Poll ();
  EXPECT_TRUE (tries_.empty ());
}

TEST_F (RiseCore, ASilentCarrierIsARescueAtOnceAndAgain)
{
  Carry (FLOE_ROUTE_DIRECT);
  Pass (100 * SECOND);
  Carry (FLOE_ROUTE_DIRECT, true);
  ASSERT_EQ (tries_.size (), 1u);
  EXPECT_EQ (tries_[0], 100 * SECOND);
  Pass (30 * SECOND);
  EXPECT_GE (tries_.size (), 3u);
  EXPECT_EQ (rescues_, (int) tries_.size ());
  Carry (FLOE_ROUTE_DIRECT);
  tries_.clear ();
  Pass (1000 * SECOND);
  EXPECT_TRUE (tries_.empty ());
}

/* How long the path carried before it fell silent, and how long it is not trusted then. */
struct Fall
{
  const char *name;
  std::vector<gint64> lives_s;
  gint64 pause_s;
};

class RiseCoreFalls : public RiseCore, public testing::WithParamInterface<Fall>
{
};

TEST_P (RiseCoreFalls, AreTrustedAfterAPause)
{
  gint64 pause_us = GetParam ().pause_s * SECOND;

  Carry (FLOE_ROUTE_RELAY_UDP);
  for (gint64 life_s : GetParam ().lives_s)
    {
      Pass (200 * SECOND);
      ASSERT_TRUE (Allows (FLOE_ROUTE_DIRECT));
      Carry (FLOE_ROUTE_DIRECT);
      Pass (life_s * SECOND);
      Carry (FLOE_ROUTE_RELAY_UDP);
    }
  EXPECT_FALSE (Allows (FLOE_ROUTE_DIRECT));
  EXPECT_TRUE (Allows (FLOE_ROUTE_RELAY_UDP));
  Pass (pause_us * 4 / 5 - 1);
  EXPECT_FALSE (Allows (FLOE_ROUTE_DIRECT));
  Pass (pause_us * 2 / 5 + 2);
  EXPECT_TRUE (Allows (FLOE_ROUTE_DIRECT));
}

INSTANTIATE_TEST_SUITE_P (Falls, RiseCoreFalls,
                          testing::Values (Fall{ "Once", { 5 }, 2 }, Fall{ "Twice", { 5, 29 }, 5 },
                                           Fall{ "Often", { 1, 1, 1, 1, 1, 1, 1, 1 }, 60 },
                                           Fall{ "OnceLate", { 31 }, 2 },
                                           Fall{ "TwiceAndLate", { 1, 1, 31 }, 2 }),
                          [] (const auto &info) { return std::string (info.param.name); });

TEST_F (RiseCore, AFallIsForgottenWhenTheNetworkChanges)
{
  Carry (FLOE_ROUTE_RELAY_UDP);
  Carry (FLOE_ROUTE_DIRECT);
  Carry (FLOE_ROUTE_RELAY_UDP);
  ASSERT_FALSE (Allows (FLOE_ROUTE_DIRECT));
  floe_rise_core_handle_network_change (&core_, now_us_);
  EXPECT_TRUE (Allows (FLOE_ROUTE_DIRECT));
}

TEST_F (RiseCore, AnythingIsAllowedWhenNothingLives)
{
  Carry (FLOE_ROUTE_DIRECT);
  Carry (FLOE_ROUTE_RELAY_UDP);
  ASSERT_FALSE (Allows (FLOE_ROUTE_DIRECT));
  Carry (FLOE_ROUTE_RELAY_UDP, true);
  EXPECT_TRUE (Allows (FLOE_ROUTE_DIRECT));
}

TEST_F (RiseCore, RelaysStayWarmForAWhileAndComeBackAtOnce)
{
  Carry (FLOE_ROUTE_RELAY_UDP);
  Pass (50 * SECOND);
  Carry (FLOE_ROUTE_DIRECT);
  Pass (10 * SECOND - 1);
  EXPECT_TRUE (relays_.empty ());
  Pass (1);
  ASSERT_EQ (relays_.size (), 1u);
  EXPECT_EQ (relays_[0], std::make_pair (false, 60 * SECOND));
  Pass (100 * SECOND);
  Carry (FLOE_ROUTE_DIRECT, true);
  ASSERT_EQ (relays_.size (), 2u);
  EXPECT_EQ (relays_[1], std::make_pair (true, 160 * SECOND));
}

TEST_F (RiseCore, RelaysStayWarmWhileTheDirectPathOwesAnAnswer)
{
  Carry (FLOE_ROUTE_DIRECT);
  floe_rise_core_set_doubt (&core_, TRUE);
  Pass (12 * SECOND);
  EXPECT_TRUE (relays_.empty ());
  floe_rise_core_set_doubt (&core_, FALSE);
  Pass (0);
  ASSERT_EQ (relays_.size (), 1u);
  EXPECT_FALSE (relays_[0].first);
}

TEST_F (RiseCore, RelaysStayForEverWhenThePlanSaysSo)
{
  Init (FLOE_ROUTE_DIRECT, G_MAXINT64);
  Carry (FLOE_ROUTE_DIRECT);
  Pass (10000 * SECOND);
  EXPECT_TRUE (relays_.empty ());
}

TEST_F (RiseCore, DirectTcpNeedsNoRelaysAndUdpIsStillTried)
{
  Carry (FLOE_ROUTE_DIRECT_TCP);
  Pass (100 * SECOND);
  ASSERT_EQ (relays_.size (), 1u);
  EXPECT_FALSE (relays_[0].first);
  EXPECT_GE (tries_.size (), 3u);
}

TEST_F (RiseCore, WithRelaysOnlyUdpIsTheBest)
{
  Init (FLOE_ROUTE_RELAY_UDP, 10 * SECOND);
  Carry (FLOE_ROUTE_RELAY_TLS);
  Pass (20 * SECOND);
  EXPECT_GE (tries_.size (), 2u);
  Carry (FLOE_ROUTE_RELAY_UDP);
  tries_.clear ();
  Pass (1000 * SECOND);
  EXPECT_TRUE (tries_.empty ());
  EXPECT_TRUE (relays_.empty ()) << "the relay is what carries";
}

struct Routes
{
  const char *name;
  FloeRoute route, other;
  bool is_better;
};

class RouteIsBetter : public testing::TestWithParam<Routes>
{
};

TEST_P (RouteIsBetter, ByKindThenRoundTripThenPreference)
{
  EXPECT_EQ (floe_route_is_better (&GetParam ().route, &GetParam ().other), GetParam ().is_better);
}

static const gint64 MS = G_TIME_SPAN_MILLISECOND;

INSTANTIATE_TEST_SUITE_P (
    Routes, RouteIsBetter,
    testing::Values (
        Routes{ "DirectThanRelay",
                { FLOE_ROUTE_DIRECT, 0, 900 * MS },
                { FLOE_ROUTE_RELAY_UDP, 9, 10 * MS },
                true },
        Routes{ "DirectUdpThanDirectTcp",
                { FLOE_ROUTE_DIRECT, 0, 900 * MS },
                { FLOE_ROUTE_DIRECT_TCP, 9, 10 * MS },
                true },
        Routes{ "DirectTcpThanRelay",
                { FLOE_ROUTE_DIRECT_TCP, 0, 900 * MS },
                { FLOE_ROUTE_RELAY_UDP, 9, 10 * MS },
                true },
        Routes{ "UdpThanTcp",
                { FLOE_ROUTE_RELAY_UDP, 0, 0 },
                { FLOE_ROUTE_RELAY_TCP, 9, 0 },
                true },
        Routes{ "TcpThanTls",
                { FLOE_ROUTE_RELAY_TCP, 0, 0 },
                { FLOE_ROUTE_RELAY_TLS, 9, 0 },
                true },
        Routes{ "AnythingThanNothing",
                { FLOE_ROUTE_RELAY_TLS, 0, 0 },
                { FLOE_ROUTE_NONE, 9, 0 },
                true },
        Routes{ "Equals", { FLOE_ROUTE_DIRECT, 5, 0 }, { FLOE_ROUTE_DIRECT, 5, 0 }, false },
        Routes{ "Preferred", { FLOE_ROUTE_DIRECT, 6, 0 }, { FLOE_ROUTE_DIRECT, 5, 0 }, true },
        Routes{ "MuchShorter",
                { FLOE_ROUTE_DIRECT, 5, 20 * MS },
                { FLOE_ROUTE_DIRECT, 6, 80 * MS },
                true },
        Routes{ "ALittleShorter",
                { FLOE_ROUTE_DIRECT, 5, 70 * MS },
                { FLOE_ROUTE_DIRECT, 6, 80 * MS },
                false },
        Routes{ "MuchLonger",
                { FLOE_ROUTE_DIRECT, 6, 80 * MS },
                { FLOE_ROUTE_DIRECT, 5, 20 * MS },
                false }),
    [] (const auto &info) { return std::string (info.param.name); });
