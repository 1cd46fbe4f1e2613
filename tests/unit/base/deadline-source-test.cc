/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-deadline-source-private.h"
#include "floe-test.h"

class DeadlineSource : public testing::Test
{
protected:
  DeadlineSource ()
  {
    context_ = g_main_context_new ();
    source_ = floe_deadline_source_new (context_, OnDeadline, this);
  }
  ~DeadlineSource () override
  {
    g_source_destroy (source_);
    g_source_unref (source_);
    g_main_context_unref (context_);
  }

  static void OnDeadline (gpointer user_data)
  {
    auto *self = static_cast<DeadlineSource *> (user_data);

    self->fired_++;
    if (self->next_us_ != 0)
      floe_deadline_source_set (self->source_, self->next_us_);
    if (self->destroy_)
      g_source_destroy (self->source_);
  }

  bool Iterate ()
  {
    return g_main_context_iteration (context_, FALSE);
  }

  GMainContext *context_;
  GSource *source_;
  gint64 next_us_ = 0;
  bool destroy_ = false;
  int fired_ = 0;
};

TEST_F (DeadlineSource, IsSilentWithoutADeadline)
{
  EXPECT_FALSE (Iterate ());
  EXPECT_EQ (fired_, 0);
}

TEST_F (DeadlineSource, FiresOnceWhenTheDeadlineHasPassed)
{
  floe_deadline_source_set (source_, g_get_monotonic_time ());
  EXPECT_TRUE (Iterate ());
  EXPECT_FALSE (Iterate ());
  EXPECT_EQ (fired_, 1);
}

TEST_F (DeadlineSource, FiresForADeadlineOfZero)
{
  floe_deadline_source_set (source_, 0);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (fired_, 1);
}

TEST_F (DeadlineSource, DoesNotFireBeforeTheDeadline)
{
  floe_deadline_source_set (source_, g_get_monotonic_time () + G_TIME_SPAN_HOUR);
  EXPECT_FALSE (Iterate ());
  EXPECT_EQ (fired_, 0);
}

TEST_F (DeadlineSource, ForgetsADeadlineThatIsTakenBack)
{
  floe_deadline_source_set (source_, 1);
  floe_deadline_source_set (source_, -1);
  EXPECT_FALSE (Iterate ());
  EXPECT_EQ (fired_, 0);
}

TEST_F (DeadlineSource, TakesTheNextDeadlineFromInsideItsCallback)
{
  next_us_ = 1;
  floe_deadline_source_set (source_, 1);
  EXPECT_TRUE (Iterate ());
  next_us_ = 0;
  EXPECT_TRUE (Iterate ());
  EXPECT_FALSE (Iterate ());
  EXPECT_EQ (fired_, 2);
}

TEST_F (DeadlineSource, MayBeDestroyedFromInsideItsCallback)
{
  destroy_ = true;
  floe_deadline_source_set (source_, 1);
  EXPECT_TRUE (Iterate ());
  floe_deadline_source_set (source_, 1);
  EXPECT_FALSE (Iterate ());
  EXPECT_EQ (fired_, 1);
}
