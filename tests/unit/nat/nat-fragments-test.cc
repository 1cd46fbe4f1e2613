/* SPDX-License-Identifier: MPL-2.0 */
/* Whether large datagrams get through: with servers that can tell, and with others. */
#include "nat-world.h"

namespace
{
struct Case
{
  const char *name;
  const char *router;
  std::vector<NatServerSpec> servers;
  FloeNatAnswer fragments;
  const char *evidence; /* part of it */
};

void
PrintTo (const Case &one, std::ostream *out)
{
  *out << one.name;
}

constexpr NatServerSpec
Behaves (Vice vice)
{
  return { true, false, vice };
}

class NatFragments : public testing::TestWithParam<Case>
{
};

constexpr auto kYes = FLOE_NAT_ANSWER_YES;
constexpr auto kNo = FLOE_NAT_ANSWER_NO;
constexpr auto kNotKnown = FLOE_NAT_ANSWER_UNKNOWN;
}

TEST_P (NatFragments, AreToldOfByAServerThatPads)
{
  const Case &one = GetParam ();
  NatWorld world (std::string ("router home ") + one.router + " delay=10ms\n", one.servers, 1);
  const FloeNatFindings &report = world.Run ();
  const FloeNatProof &proof = report.proofs[FLOE_NAT_ASPECT_FRAGMENTS];
  SCOPED_TRACE (world.Describe ());

  EXPECT_EQ (report.fragments, one.fragments);
  EXPECT_EQ (proof.confidence, one.fragments == kYes  ? FLOE_NAT_CONFIDENCE_HIGH
                               : one.fragments == kNo ? FLOE_NAT_CONFIDENCE_MEDIUM
                                                      : FLOE_NAT_CONFIDENCE_NONE);
  EXPECT_THAT (proof.evidence, testing::HasSubstr (one.evidence));
  EXPECT_EQ (report.udp, FLOE_NAT_ANSWER_YES);
}

INSTANTIATE_TEST_SUITE_P (
    Table, NatFragments,
    testing::Values (
        Case{ "Open", "open", { kBehaviour }, kYes, "fits none" },
        Case{ "OpenIpv6",
              "eim-apdf family=ipv6 ipv6=open\ndefault family=ipv6",
              { kBehaviour },
              kYes,
              "fits none" },
        Case{ "Nat", "eim-apdf", { kBehaviour }, kNo, "answers small requests" },
        Case{ "NatThatFiltersNothing", "eim-eif", { kBehaviour }, kNo, "answers small requests" },
        Case{ "Symmetric", "apdm-random", { kBehaviour }, kNo, "answers small requests" },
        Case{ "Firewall", "firewall", { kBehaviour, kStun }, kNo, "answers small requests" },
        Case{ "NoBehaviour", "open", { kStun, kStun }, kNotKnown, "no server that could tell" },
        Case{ "Ignores", "open", { Behaves (Vice::IgnoresPadding) }, kNotKnown, "does not pad" },
        Case{ "Refuses", "open", { Behaves (Vice::RefusesPadding) }, kNotKnown, "does not pad" },
        Case{ "Short", "open", { Behaves (Vice::ShortPadding) }, kNotKnown, "does not pad" },
        Case{ "Vanishes", "open", { Behaves (Vice::Vanishes), kStun }, kNotKnown, "lost" },
        /* What nobody can tell from a network that does it. */
        Case{ "Drops", "open", { Behaves (Vice::DropsPadding) }, kNo, "answers small requests" }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (NatFragmentsTime, IsWhatFilteringTakesAnyway)
{
  NatWorld world ("router home eim-apdf delay=10ms\n", { kBehaviour, kStun }, 1);
  const FloeNatFindings &report = world.Run ();

  EXPECT_LE (report.proofs[FLOE_NAT_ASPECT_FRAGMENTS].after_us,
             report.proofs[FLOE_NAT_ASPECT_FILTERING].after_us + 2 * kMillisecond)
      << world.Describe ();
  EXPECT_LT (report.proofs[FLOE_NAT_ASPECT_FRAGMENTS].after_us, report.elapsed_us);
}
