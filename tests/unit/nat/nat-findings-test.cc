/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-findings-private.h"

#include "floe-test.h"

namespace
{
struct Named
{
  FloeNatAnswer udp, is_translated;
  FloeNatBehaviour mapping, filtering;
  const char *name;
};

constexpr auto kYes = FLOE_NAT_ANSWER_YES;
constexpr auto kNo = FLOE_NAT_ANSWER_NO;
constexpr auto kUnknown = FLOE_NAT_BEHAVIOUR_UNKNOWN;
constexpr auto kNone = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
constexpr auto kAddress = FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT;
constexpr auto kBoth = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
}

TEST (NatFindings, HasTheClassicNames)
{
  const Named table[] = {
    { kNo, FLOE_NAT_ANSWER_UNKNOWN, kUnknown, kUnknown, "blocked" },
    { kYes, kNo, kNone, kNone, "open" },
    { kYes, kNo, kNone, kBoth, "port-restricted" },
    { kYes, kYes, kNone, kNone, "full-cone" },
    { kYes, kYes, kNone, kAddress, "restricted" },
    { kYes, kYes, kNone, kBoth, "port-restricted" },
    { kYes, kYes, kNone, kUnknown, "unknown" },
    { kYes, kYes, kAddress, kAddress, "symmetric" },
    { kYes, kYes, kBoth, kUnknown, "symmetric" },
    { kYes, kYes, FLOE_NAT_BEHAVIOUR_ENDPOINT_DEPENDENT, kUnknown, "symmetric" },
    { kYes, kYes, kUnknown, kNone, "unknown" },
    { FLOE_NAT_ANSWER_UNKNOWN, FLOE_NAT_ANSWER_UNKNOWN, kUnknown, kUnknown, "unknown" },
  };

  for (const Named &row : table)
    {
      FloeNatFindings report = {};

      report.udp = row.udp;
      report.is_translated = row.is_translated;
      report.mapping = row.mapping;
      report.filtering = row.filtering;
      EXPECT_STREQ (floe_nat_type_to_string (floe_nat_findings_get_type (&report)), row.name);
    }
}

TEST (NatFindings, IsUnknownWhenItIsZero)
{
  FloeNatFindings report = {};

  EXPECT_EQ (floe_nat_findings_get_type (&report), FLOE_NAT_TYPE_UNKNOWN);
  EXPECT_STREQ (floe_nat_behaviour_to_string (report.mapping), "unknown");
  EXPECT_STREQ (floe_nat_allocation_to_string (report.allocation), "unknown");
}
