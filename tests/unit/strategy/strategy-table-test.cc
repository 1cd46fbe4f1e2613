/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-strategy-table-private.h"
#include "strategy-test.h"

TEST (StrategyTable, HasAnExampleOfEachClass)
{
  for (int i = 0; i < FLOE_STRATEGY_CLASS_COUNT; i++)
    EXPECT_EQ (floe_strategy_classify (floe_strategy_class_get_example ((FloeStrategyClass) i)), i)
        << floe_strategy_class_to_string ((FloeStrategyClass) i);
}

TEST (StrategyTable, SaysWhatBeginsWhenForEachClassOfPeer)
{
  FloeStrategyConfig config = {};
  FloeNatSummary local = Class ("P");

  config.has_relay_udp = TRUE;
  config.punching = FLOE_PUNCHING_ONE_SIDED;
  g_auto (GStrv) lines = floe_strategy_describe_table (&local, &config);
  ASSERT_EQ (g_strv_length (lines), (guint) FLOE_STRATEGY_CLASS_COUNT);
  EXPECT_STREQ (lines[FLOE_STRATEGY_CLASS_PORT_RESTRICTED],
                "direct-fast: a port-restricted NAT here and a port-restricted NAT there, plain "
                "checks connect. Begins: direct at 0 ms, relay after 1500 ms.");
  EXPECT_STREQ (lines[FLOE_STRATEGY_CLASS_RANDOM],
                "turn-fallback: a port-restricted NAT here and a symmetric NAT with random ports "
                "there, many sockets and many probes are needed to meet. Begins: direct at 0 ms, "
                "punching after 500 ms, relay at 0 ms (stands by).");
  for (int i = 0; lines[i] != nullptr; i++)
    EXPECT_NE (strstr (lines[i], floe_strategy_class_to_string ((FloeStrategyClass) i)), nullptr)
        << lines[i];
}

TEST (StrategyTable, SaysThatNothingBeginsWithoutARelayWhereOnlyRelaysMayBeUsed)
{
  FloeStrategyConfig config = {};
  FloeNatSummary local = Class ("P");

  config.policy = FLOE_ICE_TRANSPORT_POLICY_RELAY;
  g_auto (GStrv) lines = floe_strategy_describe_table (&local, &config);
  EXPECT_STREQ (lines[0], "turn-only: the application allows nothing but relays, and there are "
                          "none.");
}
