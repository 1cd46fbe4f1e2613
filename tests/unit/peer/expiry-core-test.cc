/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-expiry-core-private.h"
G_END_DECLS

#define S G_TIME_SPAN_SECOND

static const gint64 now_s = 1790000000;

struct Due
{
  gint64 expiry_s, due_us;
};

class ExpiryCoreDue : public testing::TestWithParam<Due>
{
};

TEST_P (ExpiryCoreDue, IsAsDocumented)
{
  EXPECT_EQ (floe_expiry_core_get_due_us (GetParam ().expiry_s, now_s * S), GetParam ().due_us);
}

INSTANTIATE_TEST_SUITE_P (Expiry, ExpiryCoreDue,
                          testing::Values (Due{ -1, -1 }, Due{ 0, -1 }, Due{ now_s - 1, -1 },
                                           Due{ now_s, -1 }, Due{ now_s + 10, (now_s + 8) * S },
                                           Due{ now_s + 300, (now_s + 240) * S },
                                           Due{ now_s + 3600, (now_s + 3540) * S },
                                           Due{ G_MAXINT64, -1 }, Due{ G_MAXINT64 / S, -1 }));

TEST (ExpiryCore, TellsSoonAfterTheMachineHasSlept)
{
  gint64 due_us = floe_expiry_core_get_due_us (now_s + 3600, now_s * S);
  gint64 wait_us = floe_expiry_core_get_wait_us (due_us, now_s * S);

  EXPECT_EQ (wait_us, FLOE_EXPIRY_LOOK_US);
  /* Two hours of sleep, of which the timer knows nothing. */
  EXPECT_EQ (floe_expiry_core_get_wait_us (due_us, now_s * S + wait_us + 7200 * S), 0);
}

TEST (ExpiryCore, WaitsLongerWhenTheClockIsSetBack)
{
  gint64 due_us = floe_expiry_core_get_due_us (now_s + 10, now_s * S);

  EXPECT_EQ (floe_expiry_core_get_wait_us (due_us, now_s * S), 8 * S);
  EXPECT_EQ (floe_expiry_core_get_wait_us (due_us, (now_s - 5) * S), 13 * S);
}
