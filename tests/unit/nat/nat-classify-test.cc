/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-classify-core-private.h"

#include "floe-test.h"

namespace
{
FloeStunAddress
At (guint8 host, guint16 port)
{
  return { { 192, 0, 2, host }, FLOE_STUN_IPV4_SIZE, port };
}

/* Server @server at host @host sees us at host 100 (unless said otherwise) and @mapped. */
FloeNatObservation
Seen (guint server, guint8 host, guint16 port, guint16 mapped, guint8 mapped_host = 100)
{
  return { At (host, port), At (mapped_host, mapped), server };
}

struct Mapping
{
  const char *name;
  std::vector<FloeNatObservation> observations;
  bool is_complete;
  FloeNatBehaviour mapping;
  guint outvoted;
};

class ClassifyMapping : public testing::TestWithParam<Mapping>
{
};

struct Ports
{
  const char *name;
  std::vector<guint16> ports;
  FloeNatAllocation allocation;
  guint step;
};

class ClassifyPorts : public testing::TestWithParam<Ports>
{
};
}

TEST_P (ClassifyMapping, IsRight)
{
  const Mapping &c = GetParam ();
  FloeNatMappingVerdict verdict = floe_nat_classify_mapping (
      c.observations.data (), (guint) c.observations.size (), c.is_complete);

  EXPECT_EQ (verdict.mapping, c.mapping) << verdict.evidence;
  EXPECT_EQ (verdict.outvoted, c.outvoted);
  EXPECT_EQ (verdict.confidence == FLOE_NAT_CONFIDENCE_NONE,
             c.mapping == FLOE_NAT_BEHAVIOUR_UNKNOWN);
}

INSTANTIATE_TEST_SUITE_P (
    Table, ClassifyMapping,
    testing::Values (Mapping{ "Nothing", {}, true, FLOE_NAT_BEHAVIOUR_UNKNOWN, 0 },
                     Mapping{ "One", { Seen (0, 1, 1, 7) }, true, FLOE_NAT_BEHAVIOUR_UNKNOWN, 0 },
                     Mapping{ "TwoAgree",
                              { Seen (0, 1, 1, 7), Seen (1, 2, 1, 7) },
                              false,
                              FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT,
                              0 },
                     Mapping{ "TwoPortsOfOneHostAgree",
                              { Seen (0, 1, 1, 7), Seen (0, 1, 2, 7) },
                              true,
                              FLOE_NAT_BEHAVIOUR_UNKNOWN,
                              0 },
                     Mapping{ "TwoPortsOfOneHostDiffer",
                              { Seen (0, 1, 1, 7), Seen (0, 1, 2, 8) },
                              true,
                              FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT,
                              0 },
                     Mapping{ "TwoDifferWhileOthersAreAsked",
                              { Seen (0, 1, 1, 7), Seen (1, 2, 1, 8) },
                              false,
                              FLOE_NAT_BEHAVIOUR_UNKNOWN,
                              0 },
                     Mapping{ "TwoDiffer",
                              { Seen (0, 1, 1, 7), Seen (1, 2, 1, 8) },
                              true,
                              FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT,
                              0 },
                     Mapping{ "OnlyAddressesDiffer",
                              { Seen (0, 1, 1, 7), Seen (0, 1, 2, 7), Seen (1, 2, 1, 8) },
                              true,
                              FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT,
                              0 },
                     Mapping{ "AllDiffer",
                              { Seen (0, 1, 1, 7), Seen (0, 1, 2, 8), Seen (1, 2, 1, 9) },
                              true,
                              FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT,
                              0 },
                     Mapping{ "TwoOutvoteOnePort",
                              { Seen (0, 1, 1, 7), Seen (1, 2, 1, 9), Seen (2, 3, 1, 7) },
                              true,
                              FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT,
                              1 << 1 },
                     Mapping{ "TwoOutvoteOneAddress",
                              { Seen (0, 1, 1, 7), Seen (1, 2, 1, 7, 66), Seen (2, 3, 1, 8) },
                              true,
                              FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT,
                              1 << 1 },
                     Mapping{ "OneAgainstOneAddress",
                              { Seen (0, 1, 1, 7), Seen (1, 2, 1, 7, 66) },
                              true,
                              FLOE_NAT_BEHAVIOUR_UNKNOWN,
                              0 },
                     Mapping{ "OnePartyOfTwoAddressesOutvotesNobody",
                              { Seen (0, 1, 1, 7), Seen (0, 2, 2, 7), Seen (1, 3, 1, 9) },
                              true,
                              FLOE_NAT_BEHAVIOUR_UNKNOWN,
                              0 },
                     Mapping{ "TwoAgainstTwo",
                              { Seen (0, 1, 1, 7), Seen (1, 2, 1, 7), Seen (2, 3, 1, 9),
                                Seen (3, 4, 1, 9) },
                              true,
                              FLOE_NAT_BEHAVIOUR_UNKNOWN,
                              0 }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST_P (ClassifyPorts, AreRight)
{
  const Ports &c = GetParam ();
  FloeNatAllocationVerdict verdict =
      floe_nat_classify_ports (c.ports.data (), (guint) c.ports.size ());

  EXPECT_EQ (verdict.allocation, c.allocation);
  EXPECT_EQ (verdict.step, c.step);
  EXPECT_EQ (verdict.span > 0, c.allocation == FLOE_NAT_ALLOCATION_PORT_BLOCK);
}

INSTANTIATE_TEST_SUITE_P (
    Table, ClassifyPorts,
    testing::Values (
        Ports{ "TooFew", { 1, 2, 3, 4, 5 }, FLOE_NAT_ALLOCATION_UNKNOWN, 0 },
        Ports{ "Contiguous", { 1, 2, 3, 4, 5, 6 }, FLOE_NAT_ALLOCATION_SEQUENTIAL, 1 },
        Ports{ "WithOthersBetween", { 10, 14, 16, 24, 26, 30 }, FLOE_NAT_ALLOCATION_SEQUENTIAL, 2 },
        Ports{ "AroundTheEnd",
               { 65534, 65535, 1024, 1025, 1026, 1027 },
               FLOE_NAT_ALLOCATION_SEQUENTIAL,
               1 },
        Ports{ "Block", { 2100, 2400, 2210, 2077, 2301, 2150 }, FLOE_NAT_ALLOCATION_PORT_BLOCK, 0 },
        Ports{ "Anywhere",
               { 2100, 62400, 30210, 12077, 42301, 50150 },
               FLOE_NAT_ALLOCATION_RANDOM,
               0 }),
    [] (const auto &info) { return std::string (info.param.name); });
