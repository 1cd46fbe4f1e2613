/* SPDX-License-Identifier: MPL-2.0 */
/* What holds of all plans, tried with every combination of what can be known and configured. */
#include <algorithm>

#include "strategy-test.h"

/* Bits of a number as a configuration. */
static FloeStrategyConfig
ConfigOf (guint bits)
{
  FloeStrategyConfig config = {};

  config.has_relay_udp = bits & 1;
  config.has_relay_tcp = (bits >> 1) & 1;
  config.has_relay_tls = (bits >> 2) & 1;
  config.has_ice_tcp = (bits >> 3) & 1;
  config.is_offerer = (bits >> 4) & 1;
  config.is_metered = (bits >> 5) & 1;
  config.policy = bits & 64 ? FLOE_ICE_TRANSPORT_POLICY_RELAY : FLOE_ICE_TRANSPORT_POLICY_ALL;
  config.punching = (FloePunching) ((bits >> 7) % 3);
  config.last = (FloeStrategyMemory) ((bits >> 7) / 3 % 3);
  config.strategy = (FloeStrategy) ((bits >> 7) / 9 % 5);
  return config;
}

static const guint config_count = 128 * 45;

/* What an application may set besides. */
static void
SetTimes (FloeStrategyConfig *config, guint number)
{
  static const guint values[] = { 0, 1, 2, 999, 20000, G_MAXUINT };

  config->fail_after_ms = values[number % 6] == 1 ? 2 : values[number % 6];
  config->relay_start_ms = values[number / 6 % 6];
  config->has_relay_start = config->relay_start_ms > 0;
  config->max_sockets = values[number / 36 % 6];
  config->max_probes = values[number / 216 % 6];
  config->max_rate = values[number / 1296 % 6];
}

static bool
IsRelay (const FloeStrategyRow &row)
{
  return row.path == FLOE_STRATEGY_PATH_RELAY_UDP || row.path == FLOE_STRATEGY_PATH_RELAY_TCP
         || row.path == FLOE_STRATEGY_PATH_RELAY_TLS;
}

static bool
HasRelay (const FloeStrategyConfig &config)
{
  return config.has_relay_udp || config.has_relay_tcp || config.has_relay_tls;
}

static const char *
FindFaultOfRow (const FloeStrategyPlan &plan, const FloeStrategyRow &row)
{
  if (row.start_after_ms > plan.fail_after_ms / 2)
    return "a path starts when it is too late";
  if (row.may_carry_after_ms < row.start_after_ms || row.may_carry_after_ms >= plan.fail_after_ms)
    return "a path carries before it starts, or never";
  if (row.give_up_after_ms > plan.fail_after_ms)
    return "a path does not give up when all has failed";
  if (row.is_standby && !IsRelay (row))
    return "no relay, and stands by";
  if (IsRelay (row) && row.give_up_after_ms != 0)
    return "a relay gives up";
  return nullptr;
}

/* The one path that is tried until all has failed. */
static const char *
FindFaultOfLastResort (const FloeStrategyPlan &plan, const FloeStrategyConfig &config)
{
  const FloeStrategyRow *direct = floe_strategy_plan_find (&plan, FLOE_STRATEGY_PATH_DIRECT);
  guint relay_count = 0, standby_count = 0;

  for (guint i = 0; i < plan.row_count; i++)
    {
      relay_count += IsRelay (plan.rows[i]);
      standby_count += plan.rows[i].is_standby;
    }
  if (relay_count
      != (guint) config.has_relay_udp + (guint) config.has_relay_tcp + (guint) config.has_relay_tls)
    return "a relay that there is has no row";
  if (standby_count > 1)
    return "more than one relay stands by";
  if (config.policy == FLOE_ICE_TRANSPORT_POLICY_RELAY)
    return plan.row_count == relay_count ? nullptr : "something other than a relay";
  if (direct == nullptr || direct->give_up_after_ms != 0)
    return "direct is given up for good";
  if (!HasRelay (config) && direct->start_after_ms > 1500)
    return "there is no relay to wait for";
  return nullptr;
}

static const char *
FindFault (const FloeStrategyPlan &plan, const FloeStrategyConfig &config)
{
  if (plan.strategy < FLOE_STRATEGY_DIRECT_FAST || plan.strategy > FLOE_STRATEGY_TURN_ONLY)
    return "no strategy";
  if (!g_str_has_suffix (plan.explanation, ".")
      || !g_str_has_prefix (plan.explanation, floe_strategy_to_string (plan.strategy)))
    return "no explanation, or a cut one";
  for (guint i = 0; i < plan.row_count; i++)
    {
      const char *fault = FindFaultOfRow (plan, plan.rows[i]);

      if (fault != nullptr)
        return fault;
      if (i > 0 && plan.rows[i].path <= plan.rows[i - 1].path)
        return "rows out of order";
    }
  return FindFaultOfLastResort (plan, config);
}

TEST (StrategyProperty, EveryPlanHasALastResortAndKeepsTryingDirect)
{
  std::vector<FloeNatSummary> all = AllSummaries ();
  guint failures = 0;

  for (guint bits = 0; bits < config_count && failures < 5; bits++)
    for (size_t i = 0; i < 40 && failures < 5; i++)
      {
        /* All pairs of what can be known come up with some configuration, and all configurations.
         */
        const FloeNatSummary &local = all[(bits * 7919 + i * 104729) % all.size ()];
        const FloeNatSummary &remote = all[(bits * 1301 + i * 15485863) % all.size ()];
        FloeStrategyConfig config = ConfigOf (bits);
        FloeStrategyPlan plan = {};

        if (i >= 20)
          SetTimes (&config, bits * 31 + (guint) i);
        floe_strategy_make_plan (&plan, i % 10 == 0 ? nullptr : &local,
                                 i % 10 == 1 ? nullptr : &remote, &config);
        if (const char *fault = FindFault (plan, config))
          {
            failures++;
            ADD_FAILURE () << fault << ": " << plan.explanation << " bits " << bits;
          }
      }
}

TEST (StrategyProperty, EveryKnowledgeOfBothSidesGivesAPlan)
{
  std::vector<FloeNatSummary> all = AllSummaries ();
  FloeStrategyConfig config = ConfigOf (1 | 2 | 4 | 8 | (2 << 7));
  guint failures = 0;

  for (size_t i = 0; i < all.size () && failures < 5; i++)
    for (size_t j = i % 3; j < all.size () && failures < 5; j += 3)
      {
        FloeStrategyPlan plan = {};

        floe_strategy_make_plan (&plan, &all[i], &all[j], &config);
        if (const char *fault = FindFault (plan, config))
          {
            failures++;
            ADD_FAILURE () << fault << ": " << plan.explanation;
          }
      }
}

TEST (StrategyProperty, ABlockedSideNeverWaitsForTcp)
{
  FloeNatSummary blocked = Class ("X");

  for (guint bits = 0; bits < config_count; bits++)
    {
      FloeStrategyConfig config = ConfigOf (bits);
      FloeStrategyPlan plan = {};

      floe_strategy_make_plan (&plan, &blocked, nullptr, &config);
      for (guint i = 0; i < plan.row_count; i++)
        if (plan.rows[i].path >= FLOE_STRATEGY_PATH_RELAY_TCP)
          {
            ASSERT_EQ (plan.rows[i].start_after_ms, 0u) << bits;
            ASSERT_EQ (plan.rows[i].may_carry_after_ms, 0u) << bits;
          }
    }
}

/* Both sides' strategies may differ; what they do together begins at the same time. */
TEST (StrategyProperty, BothSidesPunchAndPredictAtTheSameTimeForAsLong)
{
  for (const Side &a : sides)
    for (const Side &b : sides)
      for (guint strategies = 0; strategies < 25; strategies++)
        {
          FloeNatSummary first = Class (a.name), second = Class (b.name);
          FloeStrategyConfig ours = ConfigOf (31 | (2 << 7)), theirs = ConfigOf (15 | (2 << 7));
          FloeStrategyPlan plan = {}, mirror = {};

          ours.strategy = (FloeStrategy) (strategies / 5);
          theirs.strategy = (FloeStrategy) (strategies % 5);
          floe_strategy_make_plan (&plan, &first, &second, &ours);
          floe_strategy_make_plan (&mirror, &second, &first, &theirs);
          const FloeStrategyRow *row = floe_strategy_plan_find (&plan, FLOE_STRATEGY_PATH_PUNCHED);
          const FloeStrategyRow *other =
              floe_strategy_plan_find (&mirror, FLOE_STRATEGY_PATH_PUNCHED);

          ASSERT_EQ (row != nullptr, other != nullptr) << a.name << b.name;
          if (row == nullptr)
            continue;
          EXPECT_EQ (row->start_after_ms, other->start_after_ms);
          EXPECT_EQ (row->give_up_after_ms, other->give_up_after_ms) << a.name << b.name;
        }
}
