/* SPDX-License-Identifier: MPL-2.0 */
/* Data goes on soon when it goes another way: on a shorter one it overtakes what is under way,
 * which looks like loss to the sender, and a longer one needs the window that the sender has. */
#include "floe-sctp-link.h"

struct Move
{
  const char *name;
  double from_ms, to_ms; /* each way */
  gsize least;           /* Mbit/s in the second after the first */
};

class SctpMove : public testing::TestWithParam<Move>
{
};

TEST_P (SctpMove, GoesOnWithinASecond)
{
  SctpLink link;

  link.delay_ms = GetParam ().from_ms;
  link.rate = 12500;
  link.queue_ms = 2 * link.delay_ms;
  link.Run (500);
  ASSERT_EQ (link.a.State (), FLOE_SCTP_CONNECTED);
  link.Transfer (4000);
  link.delay_ms = GetParam ().to_ms;
  link.Transfer (1000);
  EXPECT_GT (link.Transfer (1000) * 8 / 1000000, GetParam ().least);
}

/* On the last the buffer of 1 MB is the limit. */
INSTANTIATE_TEST_SUITE_P (Ways, SctpMove,
                          testing::Values (Move{ "MuchShorter", 60, 5, 80 },
                                           Move{ "Shorter", 20, 5, 80 },
                                           Move{ "Shortest", 20, 1, 80 },
                                           Move{ "Longer", 20, 60, 40 }),
                          [] (const auto &info) { return info.param.name; });
