/* SPDX-License-Identifier: MPL-2.0 */
#include "../strategy/strategy-test.h"
#include "floe-traversal-schedule-private.h"

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

static FloeIceSchedule
Schedule (const FloeNatSummary &local, const FloeNatSummary &remote, bool is_eager = false)
{
  FloeStrategyConfig config = Config ();
  FloeStrategyPlan plan = {};
  FloeIceSchedule schedule = {};

  floe_strategy_make_plan (&plan, &local, &remote, &config);
  floe_traversal_fill_schedule (&schedule, &plan, is_eager);
  return schedule;
}

/* "direct 0, udp 1500 carries 1500, …" of what is planned. */
static std::string
Text (const FloeIceSchedule &schedule)
{
  static const char *const names[] = { "direct", "udp", "tcp", "tls", "ice-tcp" };
  std::string text;

  for (guint i = 0; i < FLOE_ICE_ROW_COUNT; i++)
    {
      const FloeIceRow &row = schedule.rows[i];

      if (!row.is_planned)
        continue;
      text += (text.empty () ? "" : ", ") + std::string (names[i]) + " "
              + std::to_string (row.start_after_ms);
      if (row.may_carry_after_ms > row.start_after_ms)
        text += " carries " + std::to_string (row.may_carry_after_ms);
      text += row.stays_warm ? " warm" : "";
    }
  return text;
}

struct Case
{
  const char *name;
  const char *local, *remote;
  const char *expected;
};

class TraversalSchedule : public testing::TestWithParam<Case>
{
};

TEST_P (TraversalSchedule, IsThePlans)
{
  EXPECT_EQ (Text (Schedule (Class (GetParam ().local), Class (GetParam ().remote))),
             GetParam ().expected);
}

INSTANTIATE_TEST_SUITE_P (
    Plans, TraversalSchedule,
    testing::Values (Case{ "DirectFastHasNoStandby", "P", "P",
                           "direct 0, udp 1500, tcp 2500, tls 3500, ice-tcp 4000" },
                     Case{
                         "DirectPatientKeepsOneWarm", "P", "S",
                         "direct 0, udp 250 carries 1000 warm, tcp 1250, tls 2250, ice-tcp 4000" },
                     Case{ "TurnFallbackBeginsWithTheRelay", "P", "R",
                           "direct 0, udp 0 carries 300 warm, tcp 1000, tls 2000, ice-tcp 4000" },
                     Case{ "TurnOnlyTriesDirectLater", "R", "R",
                           "direct 5000, udp 0, tcp 1000, tls 2000, ice-tcp 6000" },
                     Case{ "BlockedGoesToTcpAndTlsAtOnce", "X", "P",
                           "direct 5000, udp 5000, tcp 0, tls 0, ice-tcp 0" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (TraversalScheduleEager, BeginsAllButTcpWithGatheringForWhoTakesNoCandidatesLater)
{
  EXPECT_EQ (Text (Schedule (Class ("P"), Class ("P"), true)),
             "direct 0, udp 0 carries 1500, tcp 0 carries 2500, tls 0 carries 3500, "
             "ice-tcp 4000");
  EXPECT_NE (Text (Schedule (Class ("X"), Class ("P"), true)).find ("ice-tcp 0"), std::string::npos)
      << "needed at once";
}

TEST (TraversalScheduleEager, HoldsNoCandidatesBack)
{
  FloeNatSummary spoiling = Summary ("udp-yes nat-yes map-ei filter-apd poison-yes");
  FloeIceSchedule held = Schedule (spoiling, Class ("P"));
  FloeIceSchedule eager = Schedule (spoiling, Class ("P"), true);

  EXPECT_GT (held.hold_candidates_ms, 0u);
  EXPECT_EQ (eager.hold_candidates_ms, 0u);
}

TEST (TraversalScheduleHolds, AreThePlans)
{
  FloeNatSummary spoiling = Summary ("udp-yes nat-yes map-ei filter-apd poison-yes");
  FloeIceSchedule schedule = Schedule (Class ("P"), spoiling);

  EXPECT_EQ (schedule.hold_candidates_ms, 0u);
  EXPECT_EQ (schedule.hold_checks_ms, 200u);
  EXPECT_EQ (schedule.fail_after_ms, 39500u);
}
