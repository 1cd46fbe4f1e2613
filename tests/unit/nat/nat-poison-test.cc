/* SPDX-License-Identifier: MPL-2.0 */
/* Routers that remember who knocked too early, and such that do not. */
#include "nat-world.h"

namespace
{
struct Case
{
  const char *name;
  const char *kind;
  std::vector<NatServerSpec> servers;
  FloeNatAnswer poisoning;
  const char *evidence;
};

const std::vector<NatServerSpec> kPair = { kBehaviour, kBehaviour };
const std::vector<NatServerSpec> kRelay = { kTurn, kStun };
const char kSpoilt[] = "a socket that was knocked at gets another port toward who knocked";
const char kKept[] = "a socket that was knocked at keeps its port toward who knocked";
const char kNeedsPorts[] = "not measured: it needs a NAT that keeps ports";
const char kNoServer[] = "not measured: no server that could knock has";
constexpr auto kUnknown = FLOE_NAT_ANSWER_UNKNOWN;

class NatPoison : public testing::TestWithParam<Case>
{
};
}

TEST_P (NatPoison, IsToldWithItsEvidence)
{
  const Case &expected = GetParam ();

  for (guint64 seed = 1; seed <= 5; seed++)
    {
      NatWorld world ("router home " + std::string (expected.kind) + " delay=10ms\n",
                      expected.servers, seed);
      const FloeNatFindings &report = world.Run ();
      const FloeNatProof &proof = report.proofs[FLOE_NAT_ASPECT_POISONING];
      SCOPED_TRACE (world.Describe ());

      EXPECT_EQ (report.poisoning, expected.poisoning);
      EXPECT_THAT (proof.evidence, testing::StartsWith (expected.evidence));
      EXPECT_EQ (proof.confidence == FLOE_NAT_CONFIDENCE_NONE, expected.poisoning == kUnknown);
    }
}

INSTANTIATE_TEST_SUITE_P (
    Table, NatPoison,
    testing::Values (
        Case{ "SeenByServers", "masquerade-poisoned", kPair, FLOE_NAT_ANSWER_YES, kSpoilt },
        Case{ "SeenByRelay", "masquerade-poisoned", kRelay, FLOE_NAT_ANSWER_YES, kSpoilt },
        Case{ "SeenByOneTurnServer",
              "masquerade-poisoned",
              { kTurn },
              FLOE_NAT_ANSWER_YES,
              kSpoilt },
        Case{ "AbsentForServers", "masquerade", kPair, FLOE_NAT_ANSWER_NO, kKept },
        Case{ "AbsentForRelay", "masquerade", kRelay, FLOE_NAT_ANSWER_NO, kKept },
        Case{ "AbsentBehindCone", "eim-apdf", kPair, FLOE_NAT_ANSWER_NO, kKept },
        Case{ "AbsentBehindRestrictedCone", "eim-adf", kRelay, FLOE_NAT_ANSWER_NO, kKept },
        Case{ "NotMeasurableWithoutFilter", "eim-eif", kPair, kUnknown,
              "not measured: what comes early comes in" },
        Case{ "NotMeasurableWithoutTranslation", "firewall", kRelay, kUnknown,
              "not measured: nothing is translated" },
        Case{ "NotMeasurableWithRandomPorts", "masquerade-random unsolicited=poison", kRelay,
              kUnknown, kNeedsPorts },
        Case{ "NotMeasurableWhereTheFirstMappingOnlyKeepsItsPort",
              "apdm-preserve unsolicited=poison", kPair, kUnknown, kNeedsPorts },
        Case{ "NotMeasurableByPlainStun",
              "masquerade-poisoned",
              { kStun, kStun },
              kUnknown,
              kNoServer },
        Case{ "NotConcludedFromAServerThatDoesNotKnock",
              "masquerade-poisoned",
              { { true, false, Vice::DropsChange }, kStun },
              kUnknown,
              kNoServer },
        Case{ "NotConcludedFromARelayThatDoesNotKnock",
              "masquerade-poisoned",
              { { false, true, Vice::RelaysNothing }, kStun },
              kUnknown,
              kNoServer }),
    [] (const auto &info) { return std::string (info.param.name); });
