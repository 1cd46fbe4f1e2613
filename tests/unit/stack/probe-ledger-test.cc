/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-probe-ledger-private.h"

#include "floe-test.h"

TEST (ProbeLedger, NamesThePathThatANonceWentOutOn)
{
  FloeProbeLedger ledger = {};
  guint path_id = 0;
  gint64 sent_us = 0;

  floe_probe_ledger_add (&ledger, 1001, 3, 10 * 3);
  floe_probe_ledger_add (&ledger, 1002, 4, 10 * 4);
  ASSERT_TRUE (floe_probe_ledger_take (&ledger, 1002, &path_id, &sent_us));
  EXPECT_EQ (path_id, 4u);
  EXPECT_EQ (sent_us, 40);
  ASSERT_TRUE (floe_probe_ledger_take (&ledger, 1001, &path_id, &sent_us));
  EXPECT_EQ (path_id, 3u);
  EXPECT_EQ (sent_us, 30);
}

TEST (ProbeLedger, TakesAnAnswerOnce)
{
  FloeProbeLedger ledger = {};
  guint path_id;
  gint64 sent_us;

  floe_probe_ledger_add (&ledger, 5, 1, 10 * 1);
  EXPECT_TRUE (floe_probe_ledger_take (&ledger, 5, &path_id, &sent_us));
  EXPECT_FALSE (floe_probe_ledger_take (&ledger, 5, &path_id, &sent_us));
}

TEST (ProbeLedger, KnowsNothingThatNeverWentOut)
{
  FloeProbeLedger ledger = {};
  guint path_id;
  gint64 sent_us;

  EXPECT_FALSE (floe_probe_ledger_take (&ledger, 5, &path_id, &sent_us));
  EXPECT_FALSE (floe_probe_ledger_take (&ledger, 0, &path_id, &sent_us)) << "0 marks a free place";
}

TEST (ProbeLedger, ForgetsTheOldestWhenFull)
{
  FloeProbeLedger ledger = {};
  guint path_id;
  gint64 sent_us;

  for (guint i = 0; i <= FLOE_PROBE_LEDGER_SIZE; i++)
    floe_probe_ledger_add (&ledger, 100 + i, i, 10 * i);
  EXPECT_FALSE (floe_probe_ledger_take (&ledger, 100, &path_id, &sent_us));
  EXPECT_TRUE (floe_probe_ledger_take (&ledger, 101, &path_id, &sent_us));
}
