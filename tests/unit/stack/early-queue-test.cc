/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-early-queue-private.h"

#include "floe-test.h"

class EarlyQueue : public testing::Test
{
protected:
  void SetUp () override
  {
    floe_early_queue_init (&queue_);
  }
  void TearDown () override
  {
    floe_early_queue_clear (&queue_);
  }

  FloeEarlyQueue queue_;
};

TEST_F (EarlyQueue, GivesDatagramsBackInOrderWithTheirPaths)
{
  guint path_id = 0;

  EXPECT_TRUE (floe_early_queue_push (&queue_, 7, (const guint8 *) "one", 3));
  EXPECT_TRUE (floe_early_queue_push (&queue_, 8, (const guint8 *) "two", 3));
  g_autoptr (GBytes) first = floe_early_queue_pop (&queue_, &path_id);
  EXPECT_EQ (path_id, 7u);
  EXPECT_EQ (memcmp (g_bytes_get_data (first, nullptr), "one", 3), 0);
  g_autoptr (GBytes) second = floe_early_queue_pop (&queue_, &path_id);
  EXPECT_EQ (path_id, 8u);
  EXPECT_EQ (memcmp (g_bytes_get_data (second, nullptr), "two", 3), 0);
  EXPECT_EQ (floe_early_queue_pop (&queue_, &path_id), nullptr);
}

TEST_F (EarlyQueue, IsBoundedInNumber)
{
  for (int i = 0; i < FLOE_EARLY_QUEUE_MAX_COUNT; i++)
    EXPECT_TRUE (floe_early_queue_push (&queue_, 1, (const guint8 *) "x", 1));
  EXPECT_FALSE (floe_early_queue_push (&queue_, 1, (const guint8 *) "x", 1));
}

TEST_F (EarlyQueue, IsBoundedInBytesAndTakesAgainWhenEmptied)
{
  std::vector<guint8> large (FLOE_EARLY_QUEUE_MAX_SIZE);
  guint path_id;

  EXPECT_TRUE (floe_early_queue_push (&queue_, 1, large.data (), large.size ()));
  EXPECT_FALSE (floe_early_queue_push (&queue_, 1, (const guint8 *) "x", 1));
  g_bytes_unref (floe_early_queue_pop (&queue_, &path_id));
  EXPECT_TRUE (floe_early_queue_push (&queue_, 1, (const guint8 *) "x", 1));
}
