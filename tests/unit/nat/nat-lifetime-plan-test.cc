/* SPDX-License-Identifier: MPL-2.0 */
/* Which wait tells most next. */
#include <gtest/gtest.h>

#include "floe-test.h"

#include "floe-nat-lifetime-internal-private.h"

namespace
{
struct Case
{
  const char *name;
  guint lived, died;
  std::vector<guint> waits;
  guint left, next;
};

class LifetimePlan : public testing::TestWithParam<Case>
{
};
}

TEST_P (LifetimePlan, IsTheMiddleOfTheWidestGap)
{
  const Case &plan = GetParam ();

  EXPECT_EQ (floe_nat_lifetime_plan (plan.lived, plan.died, plan.waits.data (),
                                     (guint) plan.waits.size (), plan.left),
             plan.next);
}

INSTANTIATE_TEST_SUITE_P (
    Table, LifetimePlan,
    testing::Values (Case{ "BetweenLifeAndDeath", 15, 30, {}, 300, 21 },
                     Case{ "BesideWhatIsUnderWay", 15, 34, { 21 }, 300, 26 },
                     Case{ "NotBelowWhatHasLived", 60, 124, { 15, 30 }, 300, 86 },
                     Case{ "NotAboveWhatHasDied", 60, 124, { 170, 240 }, 300, 86 },
                     Case{ "TheWiderOneOfTwo", 10, 100, { 20 }, 300, 44 },
                     Case{ "NoneWhenTheBoundsAreClose", 25, 32, {}, 300, 0 },
                     Case{ "NoneThatDoesNotEndInTime", 120, 240, {}, 150, 0 },
                     Case{ "BelowTheFirstDeath", 0, 16, {}, 300, 8 },
                     Case{ "NoneAboveTheLongest", 240, 0, {}, 300, 0 },
                     Case{ "NoneWhenTheBoundsAreTheSame", 30, 30, {}, 300, 0 },
                     Case{ "NoneWhenTheyContradictEachOther", 60, 30, {}, 300, 0 }),
    [] (const auto &info) { return std::string (info.param.name); });
