/* SPDX-License-Identifier: MPL-2.0 */
#include <cstring>

#include "floe-strategy-tactic-private.h"
#include "strategy-test.h"

static FloeStrategyConfig
Config ()
{
  FloeStrategyConfig config = {};

  config.has_relay_udp = config.has_relay_tcp = config.has_relay_tls = TRUE;
  config.has_ice_tcp = TRUE;
  config.is_offerer = TRUE;
  config.punching = FLOE_PUNCHING_BLOCK;
  return config;
}

static FloeStrategyPlan
Plan (const char *local, const char *remote, const FloeStrategyConfig &config = Config ())
{
  FloeNatSummary a = Class (local), b = Class (remote);
  FloeStrategyPlan plan = {};

  floe_strategy_make_plan (&plan, &a, &b, &config);
  return plan;
}

static std::string
Name (const FloeStrategyPlan &plan)
{
  return floe_strategy_to_string (plan.strategy);
}

/* When the path starts; -1: not in the plan. */
static int
Start (const FloeStrategyPlan &plan, FloeStrategyPath path)
{
  const FloeStrategyRow *row = floe_strategy_plan_find (&plan, path);

  return row != nullptr ? (int) row->start_after_ms : -1;
}

/* "direct 0-, relay-udp 1500-..." */
static std::string
Rows (const FloeStrategyPlan &plan)
{
  static const char *const names[] = { "direct",    "predicted", "punched", "relay-udp",
                                       "relay-tcp", "relay-tls", "ice-tcp" };
  std::string text;

  for (guint i = 0; i < plan.row_count; i++)
    {
      const FloeStrategyRow &row = plan.rows[i];

      text += (i > 0 ? ", " : "") + std::string (names[row.path]) + " "
              + std::to_string (row.start_after_ms);
      if (row.give_up_after_ms > 0)
        text += " for " + std::to_string (row.give_up_after_ms);
      if (row.may_carry_after_ms > row.start_after_ms)
        text += " carries " + std::to_string (row.may_carry_after_ms);
      if (row.is_standby)
        text += " standby";
    }
  return text;
}

/* Stories: what two networks lead to. */
TEST (StrategyPlan, OfEasyNatsAsksForARelayOnlyWhenDirectIsLate)
{
  FloeStrategyPlan plan = Plan ("A", "R");

  EXPECT_EQ (Name (plan), "direct-fast");
  EXPECT_EQ (Rows (plan), "direct 0, relay-udp 1500, relay-tcp 2500, relay-tls 3500, ice-tcp 4000");
  EXPECT_STREQ (plan.explanation,
                "direct-fast: a restricted NAT here and a symmetric NAT with random ports there, "
                "plain checks connect.");
  EXPECT_EQ (plan.fail_after_ms, 39500u);
}

TEST (StrategyPlan, OfASequentialSideForetellsWithARelayBehind)
{
  FloeStrategyPlan plan = Plan ("S", "P");

  EXPECT_EQ (Name (plan), "direct-patient");
  EXPECT_EQ (Rows (plan), "direct 0, predicted 0 for 5000, relay-udp 250 carries 1000 standby, "
                          "relay-tcp 1250, relay-tls 2250, ice-tcp 4000");
  EXPECT_EQ (plan.rows[1].tactic.window, 16u);
  EXPECT_EQ (plan.rows[1].tactic.local_step, 2u);
  EXPECT_EQ (Start (Plan ("P", "S"), FLOE_STRATEGY_PATH_PREDICTED), -1);
}

TEST (StrategyPlan, OfTwoSequentialSidesKeepsOtherChecksOutOfTheLockStep)
{
  FloeStrategyPlan plan = Plan ("S", "S");

  EXPECT_EQ (Name (plan), "direct-patient");
  EXPECT_EQ (Start (plan, FLOE_STRATEGY_PATH_PREDICTED), 0);
  EXPECT_EQ (Start (plan, FLOE_STRATEGY_PATH_DIRECT), 1500);
  EXPECT_EQ (plan.outcome.local.remote_step, 2u);
}

TEST (StrategyPlan, OfARandomSideIsCarriedByARelayWhileItIsPunched)
{
  FloeStrategyPlan plan = Plan ("R", "P");

  EXPECT_EQ (Name (plan), "turn-fallback");
  EXPECT_EQ (Rows (plan), "direct 0, punched 500 for 12240, relay-udp 0 carries 300 standby, "
                          "relay-tcp 1000, relay-tls 2000, ice-tcp 4000");
  EXPECT_EQ (plan.rows[1].tactic.sockets, 256u);
  EXPECT_EQ (Plan ("P", "R").rows[1].give_up_after_ms, plan.rows[1].give_up_after_ms);
  EXPECT_EQ (Plan ("P", "R").rows[1].tactic.probes, 2048u);
}

TEST (StrategyPlan, OfTwoRandomSidesStartsWithTheRelayAndTriesDirectLater)
{
  FloeStrategyPlan plan = Plan ("R", "R");

  EXPECT_EQ (Name (plan), "turn-only");
  EXPECT_EQ (Rows (plan), "direct 5000, relay-udp 0, relay-tcp 1000, relay-tls 2000, ice-tcp 6000");
}

TEST (StrategyPlan, OfABlockedNetworkHasTcpAndTlsAtOnce)
{
  FloeStrategyPlan plan = Plan ("X", "P");

  EXPECT_EQ (Name (plan), "turn-only");
  EXPECT_EQ (Rows (plan), "direct 5000, relay-udp 5000, relay-tcp 0, relay-tls 0, ice-tcp 0");
}

TEST (StrategyPlan, TowardABlockedNetworkReachesItsRelayDirectly)
{
  FloeStrategyPlan plan = Plan ("P", "X");

  EXPECT_EQ (Name (plan), "turn-fallback");
  EXPECT_EQ (Rows (plan), "direct 0, relay-udp 0 carries 300 standby, relay-tcp 1000, "
                          "relay-tls 2000, ice-tcp 0");
}

TEST (StrategyPlan, OfTheUnknownIsPatient)
{
  FloeStrategyConfig config = Config ();
  FloeStrategyPlan plan = {};

  floe_strategy_make_plan (&plan, nullptr, nullptr, &config);
  EXPECT_EQ (Name (plan), "direct-patient");
  EXPECT_EQ (Start (plan, FLOE_STRATEGY_PATH_DIRECT), 0);
}

TEST (StrategyPlan, DoesNotTrustWhatIsBadlyProven)
{
  FloeNatSummary sure = Class ("P"), unsure = Summary ("nat-yes map-ei filter-apd sure-low");
  FloeNatSummary hard = Summary ("nat-yes map-ed sure-low");
  FloeStrategyConfig config = Config ();
  FloeStrategyPlan plan = {};

  floe_strategy_make_plan (&plan, &sure, &unsure, &config);
  EXPECT_EQ (Name (plan), "direct-patient");
  floe_strategy_make_plan (&plan, &hard, &hard, &config);
  EXPECT_EQ (Name (plan), "turn-fallback");
}

TEST (StrategyPlan, GoesByWhatWorkedLastWhereLittleIsKnown)
{
  FloeStrategyConfig config = Config ();
  FloeStrategyPlan plan = {};

  config.last = FLOE_STRATEGY_MEMORY_DIRECT;
  floe_strategy_make_plan (&plan, nullptr, nullptr, &config);
  EXPECT_EQ (Name (plan), "direct-fast");
  EXPECT_EQ (Name (Plan ("R", "R", config)), "turn-only");
  config.last = FLOE_STRATEGY_MEMORY_RELAY;
  floe_strategy_make_plan (&plan, nullptr, nullptr, &config);
  EXPECT_EQ (Name (plan), "turn-fallback");
  EXPECT_EQ (Name (Plan ("P", "P", config)), "direct-fast");
}

TEST (StrategyPlan, HasNothingButRelaysWhenThePolicySaysSo)
{
  FloeStrategyConfig config = Config ();

  config.policy = FLOE_ICE_TRANSPORT_POLICY_RELAY;
  config.strategy = FLOE_STRATEGY_DIRECT_FAST;
  FloeStrategyPlan plan = Plan ("S", "S", config);
  EXPECT_EQ (Rows (plan), "relay-udp 0, relay-tcp 1000, relay-tls 2000");
  EXPECT_EQ (plan.hold_candidates_ms, 0u);
  EXPECT_STREQ (plan.explanation, "turn-only: the application allows nothing but relays.");
  EXPECT_EQ (floe_strategy_get_punching (&config), FLOE_PUNCHING_NONE);

  config.has_relay_udp = config.has_relay_tcp = config.has_relay_tls = FALSE;
  plan = Plan ("O", "O", config);
  EXPECT_EQ (plan.row_count, 0u);
  EXPECT_NE (strstr (plan.explanation, "there are none"), nullptr);
}

TEST (StrategyPlan, StartsWithDirectWhenThereIsNoRelay)
{
  FloeStrategyConfig config = Config ();

  config.has_relay_udp = config.has_relay_tcp = config.has_relay_tls = FALSE;
  for (const Side &a : sides)
    for (const Side &b : sides)
      {
        FloeStrategyPlan plan = Plan (a.name, b.name, config);
        bool is_lock_step = plan.outcome.method == FLOE_STRATEGY_METHOD_LOCK_STEP;

        EXPECT_EQ (Start (plan, FLOE_STRATEGY_PATH_DIRECT), is_lock_step ? 1500 : 0);
        EXPECT_LE (plan.strategy, FLOE_STRATEGY_DIRECT_PATIENT);
        EXPECT_NE (strstr (plan.explanation, "there is no relay"), nullptr);
      }
}

TEST (StrategyPlan, StartsAnyKindOfRelayFirstWhenItIsTheOnlyOne)
{
  FloeStrategyConfig config = Config ();

  config.has_relay_udp = FALSE;
  EXPECT_EQ (Start (Plan ("P", "P", config), FLOE_STRATEGY_PATH_RELAY_TCP), 1500);
  EXPECT_EQ (Start (Plan ("P", "P", config), FLOE_STRATEGY_PATH_RELAY_TLS), 2500);
  config.has_relay_tcp = FALSE;
  EXPECT_EQ (Start (Plan ("P", "P", config), FLOE_STRATEGY_PATH_RELAY_TLS), 1500);
  EXPECT_TRUE (floe_strategy_plan_find (&(const FloeStrategyPlan &) Plan ("P", "R", config),
                                        FLOE_STRATEGY_PATH_RELAY_TLS)
                   ->is_standby);
  config.has_relay_tls = FALSE;
  config.has_relay_udp = TRUE;
  EXPECT_EQ (Start (Plan ("X", "P", config), FLOE_STRATEGY_PATH_RELAY_UDP), 0);
}

struct Fixed
{
  FloeStrategy strategy;
  int direct, relay;
};

TEST (StrategyPlan, IsTheOneThatTheApplicationWants)
{
  const Fixed all[] = { { FLOE_STRATEGY_DIRECT_FAST, 0, 1500 },
                        { FLOE_STRATEGY_DIRECT_PATIENT, 0, 250 },
                        { FLOE_STRATEGY_TURN_FALLBACK, 0, 0 },
                        { FLOE_STRATEGY_TURN_ONLY, 5000, 0 } };

  for (const Fixed &fixed : all)
    {
      FloeStrategyConfig config = Config ();

      config.strategy = fixed.strategy;
      FloeStrategyPlan plan = Plan ("P", "R", config);
      EXPECT_EQ (plan.strategy, fixed.strategy);
      EXPECT_EQ (Start (plan, FLOE_STRATEGY_PATH_DIRECT), fixed.direct);
      EXPECT_EQ (Start (plan, FLOE_STRATEGY_PATH_RELAY_UDP), fixed.relay);
      /* The other side counts on it. */
      EXPECT_EQ (Start (plan, FLOE_STRATEGY_PATH_PUNCHED), 500);
      EXPECT_NE (strstr (plan.explanation, "as the application wants"), nullptr);
      EXPECT_EQ (Start (Plan ("X", "O", config), FLOE_STRATEGY_PATH_RELAY_TLS), 0);
    }
}

TEST (StrategyPlan, KeepsTheTimesAndTheBudgetOfTheApplication)
{
  FloeStrategyConfig config = Config ();

  config.has_relay_start = TRUE;
  config.relay_start_ms = 700;
  config.fail_after_ms = 10000;
  config.max_sockets = 32;
  config.max_probes = 100;
  config.max_rate = 10;
  EXPECT_EQ (Rows (Plan ("P", "R", config)),
             "direct 0, punched 500 for 10000, relay-udp 700 carries 1000 standby, "
             "relay-tcp 1700, relay-tls 2700, ice-tcp 4000");
  EXPECT_EQ (Plan ("P", "R", config).rows[1].tactic.probes, 100u);
  EXPECT_EQ (Plan ("P", "R", config).rows[1].tactic.rate, 10u);
  EXPECT_EQ (Plan ("R", "P", config).rows[1].tactic.sockets, 32u);
  config.max_rate = 100000;
  EXPECT_EQ (Plan ("P", "R", config).rows[1].tactic.rate, 250u);
  EXPECT_EQ (Plan ("P", "R", config).rows[1].give_up_after_ms, 100000u / 250 + 2000);
}

TEST (StrategyPlan, LeavesTimeForTheLastResortWhateverTheApplicationSets)
{
  FloeStrategyConfig config = Config ();

  config.fail_after_ms = 1000;
  EXPECT_EQ (Start (Plan ("P", "P", config), FLOE_STRATEGY_PATH_RELAY_UDP), 500);
  EXPECT_EQ (Start (Plan ("P", "P", config), FLOE_STRATEGY_PATH_ICE_TCP), 500);
  config.fail_after_ms = 0;
  config.has_relay_start = TRUE;
  config.relay_start_ms = G_MAXUINT;
  EXPECT_EQ (Start (Plan ("P", "P", config), FLOE_STRATEGY_PATH_RELAY_UDP), 19750);
  EXPECT_EQ (Start (Plan ("P", "P", config), FLOE_STRATEGY_PATH_RELAY_TLS), 19750);
}

TEST (StrategyPlan, PunchesNothingOnAMeteredNetwork)
{
  FloeStrategyConfig config = Config ();

  config.is_metered = TRUE;
  EXPECT_EQ (floe_strategy_get_punching (&config), FLOE_PUNCHING_NONE);
  EXPECT_EQ (Start (Plan ("P", "R", config), FLOE_STRATEGY_PATH_PUNCHED), -1);
  EXPECT_EQ (Start (Plan ("S", "P", config), FLOE_STRATEGY_PATH_PREDICTED), 0);
}

TEST (StrategyPlan, HoldsBackWhatWouldSpoilPorts)
{
  FloeNatSummary good = Class ("P"), bad = Summary ("nat-yes map-ei filter-apd poison-yes");
  FloeStrategyConfig config = Config ();
  FloeStrategyPlan plan = {};

  floe_strategy_make_plan (&plan, &bad, &good, &config);
  EXPECT_EQ (plan.hold_candidates_ms, 200u);
  EXPECT_EQ (plan.hold_checks_ms, 0u);
  floe_strategy_make_plan (&plan, &good, &bad, &config);
  EXPECT_EQ (plan.hold_candidates_ms, 0u);
  EXPECT_EQ (plan.hold_checks_ms, 200u);
  config.is_offerer = FALSE;
  floe_strategy_make_plan (&plan, &bad, &good, &config);
  EXPECT_EQ (plan.hold_candidates_ms, 0u);
  EXPECT_EQ (plan.hold_checks_ms, 0u);
  floe_strategy_make_plan (&plan, &bad, &bad, &config);
  EXPECT_EQ (Name (plan), "turn-fallback");
}
