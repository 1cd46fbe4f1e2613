/* SPDX-License-Identifier: MPL-2.0 */
/* Every kind of NAT, with every kind of server, with and without loss: conclusive as often as it
 * has to be, and never wrong. FLOE_NAT_SEEDS says how many seeds, 20 unless it is set. */
#include "nat-kinds.h"

namespace
{
struct Servers
{
  const char *name;
  std::vector<NatServerSpec> servers;
  bool tells_filtering;
  guint loss;       /* percent */
  guint needed;     /* percent of runs */
  guint delay = 10; /* ms each way, and 10 more to the servers */
};

void
PrintTo (const Servers &setup, std::ostream *out)
{
  *out << setup.name;
}

guint
SeedCount ()
{
  const char *text = g_getenv ("FLOE_NAT_SEEDS");

  return text != nullptr ? (guint) g_ascii_strtoull (text, nullptr, 10) : 20;
}

class NatKinds : public testing::TestWithParam<Servers>
{
protected:
  void ExpectNothingWrong (const Kind &kind, const FloeNatFindings &report)
  {
    FloeNatType type = floe_nat_findings_get_type (&report);

    EXPECT_EQ (report.udp, FLOE_NAT_ANSWER_YES);
    EXPECT_TRUE (report.mapping == kUnknown || IsRightMapping (report.mapping, kind.mapping))
        << floe_nat_behaviour_to_string (report.mapping);
    EXPECT_TRUE (report.filtering == kUnknown || report.filtering == kind.filtering)
        << floe_nat_behaviour_to_string (report.filtering);
    EXPECT_TRUE (report.allocation == FLOE_NAT_ALLOCATION_UNKNOWN
                 || report.allocation == kind.allocation)
        << floe_nat_allocation_to_string (report.allocation);
    EXPECT_TRUE (type == FLOE_NAT_TYPE_UNKNOWN || type == kind.type)
        << floe_nat_type_to_string (type);
    EXPECT_NE (report.hairpin, kind.has_hairpin ? FLOE_NAT_ANSWER_NO : FLOE_NAT_ANSWER_YES);
    EXPECT_NE (report.poisoning, IsPoisoned (kind) ? FLOE_NAT_ANSWER_NO : FLOE_NAT_ANSWER_YES);
    EXPECT_EQ (report.external_count, 1u);
    EXPECT_TRUE (report.filtering == kUnknown || GetParam ().tells_filtering);
  }

  bool IsConclusive (const FloeNatFindings &report)
  {
    bool is_whole = report.mapping != kEndpoint || !GetParam ().tells_filtering;

    return report.mapping != kUnknown && is_whole
           && (report.filtering != kUnknown || !GetParam ().tells_filtering);
  }

  void ExpectAllIsKnownInTime (const Kind &kind, const FloeNatFindings &report)
  {
    EXPECT_LE (report.proofs[FLOE_NAT_ASPECT_MAPPING].after_us, 500 * kMillisecond);
    EXPECT_EQ (report.allocation, kind.allocation);
    EXPECT_TRUE (report.hairpin == FLOE_NAT_ANSWER_YES || !kind.has_hairpin);
    if (IsPoisoned (kind) && GetParam ().tells_filtering)
      {
        EXPECT_EQ (report.poisoning, FLOE_NAT_ANSWER_YES);
      }
  }
};
}

TEST_P (NatKinds, AreToldAndNeverWrongly)
{
  const Servers &setup = GetParam ();
  guint runs = 0, conclusive = 0, packets = 0;
  gint64 elapsed_us = 0;

  for (const Kind &kind : kKinds)
    for (guint64 seed = 1; seed <= SeedCount (); seed++)
      {
        NatWorld world (WorldOf (kind, setup.delay, setup.loss), setup.servers, seed);
        const FloeNatFindings &report = world.Run ();
        SCOPED_TRACE (kind.name + std::string (" ") + std::to_string (seed) + "\n"
                      + world.Describe ());

        ExpectNothingWrong (kind, report);
        if (setup.loss == 0 && setup.delay <= 40)
          ExpectAllIsKnownInTime (kind, report);
        packets = MAX (packets, report.packet_count);
        elapsed_us = MAX (elapsed_us, report.elapsed_us);
        runs++;
        conclusive += IsConclusive (report);
      }
  EXPECT_GE (conclusive * 100, runs * setup.needed) << conclusive << " of " << runs;
  RecordProperty ("packets", (int) packets);
  RecordProperty ("ms", (int) (elapsed_us / kMillisecond));
  RecordProperty ("conclusive", std::to_string (conclusive) + " of " + std::to_string (runs));
}

INSTANTIATE_TEST_SUITE_P (
    Discovery, NatKinds,
    testing::Values (Servers{ "Behaviour", { kBehaviour, kBehaviour }, true, 0, 95 },
                     Servers{ "TurnAndStun", { kTurn, kStun }, true, 0, 95 },
                     Servers{ "Stun", { kStun, kStun, kStun }, false, 0, 95 },
                     Servers{ "All", { kBehaviour, kTurn, kStun, kBehaviour }, true, 0, 95 },
                     Servers{ "OneTurnOfTwoAddresses", { { true, true } }, true, 0, 95 },
                     Servers{ "OneTurnThatRelaysElsewhere",
                              { { true, true, Vice::RelayOnOther } },
                              true,
                              0,
                              95 },
                     Servers{ "OneTurnThatRelaysElsewhereWithLoss",
                              { { true, true, Vice::RelayOnOther } },
                              true,
                              5,
                              70 },
                     Servers{ "BehaviourWithLoss", { kBehaviour, kBehaviour }, true, 5, 80 },
                     Servers{ "TurnAndStunWithLoss", { kTurn, kStun }, true, 5, 80 },
                     Servers{ "StunWithLoss", { kStun, kStun, kStun }, false, 5, 80 },
                     Servers{ "BehaviourFar", { kBehaviour, kBehaviour }, true, 5, 80, 60 },
                     Servers{ "TurnAndStunFar", { kTurn, kStun }, true, 5, 80, 60 },
                     Servers{ "AllFar", { kBehaviour, kTurn, kStun, kBehaviour }, true, 5, 80, 60 },
                     Servers{ "BehaviourVeryFar", { kBehaviour, kBehaviour }, true, 5, 0, 200 },
                     Servers{ "TurnAndStunVeryFar", { kTurn, kStun }, true, 5, 0, 200 }),
    [] (const auto &info) { return std::string (info.param.name); });
