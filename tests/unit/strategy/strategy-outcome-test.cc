/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-strategy-outcome-private.h"
#include "floe-strategy-tactic-private.h"
#include "strategy-test.h"

static const char *const method_names[] = { "?", "I", "N", "L", "B", "b", "T", "Xt" };

static std::string
MethodOf (const FloeNatSummary &a, const FloeNatSummary &b)
{
  return method_names[floe_strategy_get_method (&a, &b)];
}

static FloeStrategyOutcome
Predict (const FloeNatSummary &local, const FloeNatSummary &remote, bool is_offerer = true)
{
  FloeStrategyOutcome outcome = {};

  floe_strategy_predict (&outcome, &local, &remote, is_offerer);
  return outcome;
}

/* What is possible between ten classes of networks, in both orders. */
static const char *const matrix[10][10] = {
  /*          O     F     C     A     P     D     S     Rb    R     X */
  /* O */ { "I", "I", "I", "I", "I", "I", "I", "I", "I", "Xt" },
  /* F */ { "I", "I", "I", "I", "I", "B", "N", "B", "B", "Xt" },
  /* C */ { "I", "I", "I", "I", "I", "I", "I", "I", "I", "Xt" },
  /* A */ { "I", "I", "I", "I", "I", "I", "I", "I", "I", "Xt" },
  /* P */ { "I", "I", "I", "I", "I", "B", "N", "B", "B", "Xt" },
  /* D */ { "I", "B", "I", "I", "B", "B", "B", "B", "B", "Xt" },
  /* S */ { "I", "N", "I", "I", "N", "B", "L", "b", "T", "Xt" },
  /* Rb */ { "I", "B", "I", "I", "B", "B", "b", "b", "T", "Xt" },
  /* R */ { "I", "B", "I", "I", "B", "B", "T", "T", "T", "Xt" },
  /* X */ { "Xt", "Xt", "Xt", "Xt", "Xt", "Xt", "Xt", "Xt", "Xt", "Xt" },
};

TEST (StrategyMethod, IsThatOfTheMatrix)
{
  for (guint i = 0; i < 10; i++)
    for (guint j = 0; j < 10; j++)
      EXPECT_EQ (MethodOf (Class (sides[i].name), Class (sides[j].name)), matrix[i][j])
          << sides[i].name << " x " << sides[j].name;
}

/* The eight types that the laboratory has; behind two NATs in a row the worse one counts. */
TEST (StrategyMethod, IsDirectIn61Of64PairsOfTheLaboratory)
{
  const char *const types[] = { "O", "C", "A", "P", "P", "D", "S", "R" };
  guint plain = 0, foretold = 0, direct = 0;

  for (const char *a : types)
    for (const char *b : types)
      {
        std::string method = MethodOf (Class (a), Class (b));

        plain += method == "I";
        foretold += method == "I" || method == "N" || method == "L";
        direct += method != "T";
      }
  EXPECT_EQ (plain, 43u);
  EXPECT_EQ (foretold, 48u);
  EXPECT_EQ (direct, 61u);
}

TEST (StrategyMethod, ForetellsThePortsOfANatThatHasOneForEachAddressInARow)
{
  FloeNatSummary sequential = Summary ("nat-yes map-ad filter-ad alloc-seq step-1");

  for (const char *other : { "F", "P", "D", "S", "Rb", "R" })
    {
      EXPECT_EQ (MethodOf (sequential, Class (other)), "N") << other;
      EXPECT_EQ (MethodOf (Class (other), sequential), "N") << other;
      EXPECT_EQ (Predict (sequential, Class (other)).local.part, FLOE_STRATEGY_PART_FORETELL)
          << other;
    }
  EXPECT_EQ (MethodOf (sequential, Class ("C")), "I");
}

struct Overlay
{
  const char *name;
  const char *words;
  FloeStrategyClass expected;
};

class StrategyClassOf : public testing::TestWithParam<Overlay>
{
};

TEST_P (StrategyClassOf, WhatIsKnown)
{
  FloeNatSummary summary = Summary (GetParam ().words);

  EXPECT_EQ (floe_strategy_classify (&summary), GetParam ().expected)
      << floe_strategy_class_to_string (floe_strategy_classify (&summary));
}

INSTANTIATE_TEST_SUITE_P (
    Overlay, StrategyClassOf,
    testing::Values (
        Overlay{ "PortPreservingIsAsPortRestricted", "nat-yes map-apd filter-apd alloc-keep",
                 FLOE_STRATEGY_CLASS_PORT_RESTRICTED },
        Overlay{ "PortPreservingOfUnknownKind", "map-ed alloc-keep",
                 FLOE_STRATEGY_CLASS_PORT_RESTRICTED },
        Overlay{ "DependentOfUnknownKind", "nat-yes map-ed filter-ad alloc-random",
                 FLOE_STRATEGY_CLASS_RANDOM },
        Overlay{ "DependentOfUnknownKindInARow", "map-ed alloc-seq step-1",
                 FLOE_STRATEGY_CLASS_SEQUENTIAL },
        Overlay{ "BlockedWhateverElseIsSaid", "udp-no nat-no map-ei filter-ei",
                 FLOE_STRATEGY_CLASS_BLOCKED },
        Overlay{ "MappedPortIsAFullCone", "udp-yes nat-yes map-ei filter-ei",
                 FLOE_STRATEGY_CLASS_FULL_CONE },
        Overlay{ "MappedPortBehindAHostsFirewall", "udp-yes nat-yes map-ei filter-apd",
                 FLOE_STRATEGY_CLASS_PORT_RESTRICTED },
        Overlay{ "FirewallByAddress", "nat-no filter-ad", FLOE_STRATEGY_CLASS_RESTRICTED },
        Overlay{ "AddressMappingAndNoFilter", "map-ad filter-ei alloc-random",
                 FLOE_STRATEGY_CLASS_ADDRESS_DEPENDENT },
        Overlay{ "AddressMappingAndStrictFilter", "map-ad filter-apd alloc-random",
                 FLOE_STRATEGY_CLASS_RANDOM },
        Overlay{ "BlockThatIsLarge", "map-apd filter-apd alloc-block pool-2049",
                 FLOE_STRATEGY_CLASS_RANDOM }),
    [] (const auto &info) { return std::string (info.param.name); });

/* What is not known is the worst that it may be. */
INSTANTIATE_TEST_SUITE_P (
    Unknown, StrategyClassOf,
    testing::Values (
        Overlay{ "All", "", FLOE_STRATEGY_CLASS_UNKNOWN },
        Overlay{ "Mapping", "udp-yes nat-yes filter-ei", FLOE_STRATEGY_CLASS_UNKNOWN },
        Overlay{ "MappingWithoutTranslation", "nat-no filter-ei", FLOE_STRATEGY_CLASS_OPEN },
        Overlay{ "Filtering", "nat-yes map-ei", FLOE_STRATEGY_CLASS_PORT_RESTRICTED },
        Overlay{ "FilteringWithoutTranslation", "nat-no map-ei", FLOE_STRATEGY_CLASS_FIREWALL },
        Overlay{ "FilteringOfADependentMapping", "map-ad alloc-random",
                 FLOE_STRATEGY_CLASS_RANDOM },
        Overlay{ "Translation", "map-ei filter-ei", FLOE_STRATEGY_CLASS_FULL_CONE },
        Overlay{ "Allocation", "map-apd filter-apd", FLOE_STRATEGY_CLASS_RANDOM },
        Overlay{ "Step", "map-apd filter-apd alloc-seq", FLOE_STRATEGY_CLASS_RANDOM },
        Overlay{ "Pool", "map-apd filter-apd alloc-block", FLOE_STRATEGY_CLASS_RANDOM }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (StrategyMethod, OfAnUnknownSideIsKnownWhereItDoesNotMatter)
{
  FloeNatSummary unknown = {};

  for (const char *easy : { "O", "C", "A" })
    EXPECT_EQ (MethodOf (unknown, Class (easy)), "I") << easy;
  for (const char *other : { "F", "P", "D", "S", "Rb", "R" })
    EXPECT_EQ (MethodOf (unknown, Class (other)), "?") << other;
  EXPECT_EQ (MethodOf (unknown, Class ("X")), "Xt");
  EXPECT_EQ (MethodOf (unknown, unknown), "?");
}

TEST (StrategyOutcome, OfNothingKnownIsAnAttempt)
{
  FloeStrategyOutcome outcome = {};

  floe_strategy_predict (&outcome, nullptr, nullptr, TRUE);
  EXPECT_EQ (outcome.method, FLOE_STRATEGY_METHOD_UNKNOWN);
  EXPECT_TRUE (outcome.is_doubted);
  EXPECT_GT (outcome.probability, 0.5);
  EXPECT_EQ (outcome.local.part, FLOE_STRATEGY_PART_NONE);
}

TEST (StrategyOutcome, PunchesOnlyWhatBothSidesOffer)
{
  FloeNatSummary easy = Class ("P"), hard = Class ("R"), block = Class ("Rb");

  EXPECT_EQ (Predict (easy, hard).method, FLOE_STRATEGY_METHOD_PUNCH);
  hard.punching = FLOE_PUNCHING_NONE;
  EXPECT_EQ (Predict (easy, hard).method, FLOE_STRATEGY_METHOD_RELAY);
  EXPECT_EQ (Predict (hard, easy).method, FLOE_STRATEGY_METHOD_RELAY);
  EXPECT_EQ (Predict (hard, easy).local.part, FLOE_STRATEGY_PART_NONE);
  EXPECT_EQ (Predict (block, block).method, FLOE_STRATEGY_METHOD_PUNCH_BLOCKS);
  block.punching = FLOE_PUNCHING_ONE_SIDED;
  EXPECT_EQ (Predict (block, block).method, FLOE_STRATEGY_METHOD_RELAY);
  EXPECT_EQ (Predict (easy, block).method, FLOE_STRATEGY_METHOD_PUNCH);
}

TEST (StrategyOutcome, PredictionAndLockStepNeedNoPunching)
{
  FloeNatSummary a = Class ("S"), b = Class ("P");

  a.punching = b.punching = FLOE_PUNCHING_NONE;
  EXPECT_EQ (Predict (a, b).local.part, FLOE_STRATEGY_PART_FORETELL);
  EXPECT_EQ (Predict (a, b).local.local_step, 2u);
  EXPECT_EQ (Predict (a, b).remote.part, FLOE_STRATEGY_PART_AWAIT);
  EXPECT_EQ (Predict (a, a).local.part, FLOE_STRATEGY_PART_LOCK_STEP);
}

TEST (StrategyOutcome, ANatWithOneMappingForetellsNothing)
{
  FloeNatSummary easy = Summary ("nat-yes map-ei filter-apd alloc-seq step-1");

  EXPECT_EQ (Predict (easy, Class ("S"), true).local.part, FLOE_STRATEGY_PART_AWAIT);
  EXPECT_EQ (Predict (easy, Class ("S"), false).local.part, FLOE_STRATEGY_PART_AWAIT);
  EXPECT_EQ (Predict (easy, FloeNatSummary{}).local.part, FLOE_STRATEGY_PART_NONE);
}

TEST (StrategyOutcome, ASequentialSideForetellsToThoseOfWhomNothingIsKnown)
{
  EXPECT_EQ (Predict (Class ("S"), FloeNatSummary{}).local.part, FLOE_STRATEGY_PART_FORETELL);
  EXPECT_EQ (Predict (FloeNatSummary{}, Class ("S")).local.part, FLOE_STRATEGY_PART_AWAIT);
}

TEST (StrategyOutcome, TheSideThatCanBeFoundFromOnePortTriesPorts)
{
  struct
  {
    const char *opens, *sprays;
  } const pairs[] = { { "R", "P" }, { "R", "F" }, { "Rb", "P" }, { "D", "P" },
                      { "D", "F" }, { "D", "S" }, { "D", "Rb" }, { "D", "R" } };

  for (const auto &pair : pairs)
    for (bool is_offerer : { true, false })
      {
        FloeStrategyOutcome outcome = Predict (Class (pair.opens), Class (pair.sprays), is_offerer);

        EXPECT_EQ (outcome.local.part, FLOE_STRATEGY_PART_OPEN) << pair.opens << pair.sprays;
        EXPECT_EQ (outcome.remote.part, FLOE_STRATEGY_PART_SPRAY) << pair.opens << pair.sprays;
      }
}

/* The mathematics: 256 sockets, 2048 of 64512 ports. */
TEST (StrategyOutcome, TellsWhatPunchingCosts)
{
  FloeStrategyOutcome outcome = Predict (Class ("P"), Class ("R"));

  EXPECT_EQ (outcome.local.probes, 2048u);
  EXPECT_EQ (outcome.remote.sockets, 256u);
  EXPECT_EQ (outcome.local.rate, 200u);
  EXPECT_GT (outcome.probability, 0.999);
  EXPECT_NEAR (outcome.expected_packets, 256 + 175, 3);
  EXPECT_NEAR (outcome.expected_ms, 500 + 175 * 5 + 100, 20);
}

TEST (StrategyOutcome, NeedsLessForABlock)
{
  FloeStrategyOutcome outcome = Predict (Class ("P"), Class ("Rb"));

  EXPECT_EQ (outcome.local.pool, 2016u);
  EXPECT_EQ (outcome.remote.sockets, 63u);
  EXPECT_GT (outcome.probability, 0.999);
  EXPECT_LT (outcome.expected_packets, 120u);
}

TEST (StrategyOutcome, LeavesThreeQuartersOfABlockToOthers)
{
  for (const char *pool : { "1", "2", "7", "64", "512", "2048" })
    {
      FloeNatSummary block = Summary (std::string ("map-apd filter-apd alloc-block pool-") + pool);
      guint quarter = MAX (block.pool / 4, 1);

      EXPECT_LE (Predict (block, Class ("P")).local.sockets, quarter);
      EXPECT_LE (Predict (block, Class ("D")).local.probes, quarter);
      EXPECT_LE (Predict (block, block).local.probes, quarter);
      EXPECT_LE (Predict (block, Class ("S")).local.probes, quarter);
    }
}

TEST (StrategyOutcome, HopesForLittleWhereBothSidesHaveBlocks)
{
  FloeStrategyOutcome outcome = Predict (Class ("Rb"), Class ("Rb"));

  /* A quarter of either block: 1 - exp (-1/16). */
  EXPECT_NEAR (outcome.probability, 0.061, 0.002);
  EXPECT_EQ (outcome.expected_ms, 0u);
  EXPECT_EQ (outcome.local.pool, 2016u);
}

TEST (StrategyOutcome, IsDoubtedWhenItIsNotWellProven)
{
  FloeNatSummary sure = Class ("P"), unsure = Summary ("nat-yes map-ei filter-apd sure-low");

  EXPECT_FALSE (Predict (sure, sure).is_doubted);
  EXPECT_TRUE (Predict (sure, unsure).is_doubted);
  EXPECT_LT (Predict (sure, unsure).probability, Predict (sure, sure).probability);
}

TEST (StrategyOutcome, KnowsThatTwoPoisonedNatsHardlyMeet)
{
  FloeNatSummary poisoned = Summary ("nat-yes map-ei filter-apd poison-yes");

  EXPECT_LT (Predict (poisoned, poisoned).probability, 0.1);
  EXPECT_GT (Predict (poisoned, Class ("P")).probability, 0.9);
}

TEST (StrategyOutcome, KnowsThatTcpReachesAnOpenHost)
{
  EXPECT_GT (Predict (Class ("X"), Class ("O")).probability, 0.8);
  EXPECT_GT (Predict (Class ("O"), Class ("X")).probability, 0.8);
  EXPECT_EQ (Predict (Class ("X"), Class ("P")).probability, 0);
}

static bool
Fit (FloeStrategyPart a, FloeStrategyPart b)
{
  switch (a)
    {
    case FLOE_STRATEGY_PART_FORETELL:
      return b == FLOE_STRATEGY_PART_AWAIT;
    case FLOE_STRATEGY_PART_AWAIT:
      return b == FLOE_STRATEGY_PART_FORETELL;
    case FLOE_STRATEGY_PART_OPEN:
      return b == FLOE_STRATEGY_PART_SPRAY;
    case FLOE_STRATEGY_PART_SPRAY:
      return b == FLOE_STRATEGY_PART_OPEN;
    case FLOE_STRATEGY_PART_NONE:
    case FLOE_STRATEGY_PART_LOCK_STEP:
    case FLOE_STRATEGY_PART_BLOCK:
    default:
      return a == b;
    }
}

static bool
IsSame (const FloeStrategyTactic &a, const FloeStrategyTactic &b)
{
  return a.part == b.part && a.window == b.window && a.local_step == b.local_step
         && a.remote_step == b.remote_step && a.sockets == b.sockets && a.probes == b.probes
         && a.rate == b.rate && a.pool == b.pool;
}

static bool
AreBounded (const FloeStrategyOutcome &outcome)
{
  return outcome.local.sockets <= FLOE_STRATEGY_MAX_SOCKETS
         && outcome.local.probes <= FLOE_STRATEGY_MAX_PROBES
         && outcome.local.rate <= FLOE_STRATEGY_MAX_RATE && outcome.probability >= 0
         && outcome.probability <= 1;
}

/* Every pair of summaries, as either side sees it. */
TEST (StrategyOutcome, IsTheSameForBothSidesWithRolesSwapped)
{
  std::vector<FloeNatSummary> all = AllSummaries ();
  guint failures = 0;

  for (size_t i = 0; i < all.size () && failures < 5; i += 3)
    for (size_t j = i % 5; j < all.size () && failures < 5; j += 5)
      {
        FloeStrategyOutcome ours = Predict (all[i], all[j], true);
        FloeStrategyOutcome theirs = Predict (all[j], all[i], false);

        if (ours.method == theirs.method && ours.local_class == theirs.remote_class
            && Fit (ours.local.part, theirs.local.part) && IsSame (ours.local, theirs.remote)
            && IsSame (ours.remote, theirs.local) && ours.probability == theirs.probability
            && AreBounded (ours))
          continue;
        failures++;
        ADD_FAILURE ()
            << TakeString (floe_nat_summary_serialize (&all[i], FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE))
            << " | "
            << TakeString (floe_nat_summary_serialize (&all[j], FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE));
      }
}
