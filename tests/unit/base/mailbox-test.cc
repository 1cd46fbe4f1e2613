/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-mailbox-private.h"
#include "floe-test.h"

#include <functional>

struct Letter
{
  FloeLetter parent;
  int number;
};

static int letters_alive;

static Letter *
NewLetter (int number)
{
  auto *letter = g_new0 (Letter, 1);

  letter->number = number;
  letters_alive++;
  return letter;
}

static void
FreeLetter (gpointer letter)
{
  letters_alive--;
  g_free (letter);
}

class Mailbox : public testing::Test
{
protected:
  Mailbox ()
  {
    context_ = g_main_context_new ();
  }
  ~Mailbox () override
  {
    if (mailbox_ != nullptr)
      {
        floe_mailbox_close (mailbox_);
        floe_mailbox_unref (mailbox_);
      }
    g_main_context_unref (context_);
    EXPECT_EQ (letters_alive, 0);
  }

  void Open (guint max_batch = 0, gsize max_size = 0)
  {
    static const FloeMailboxFuncs funcs = { Deliver, BatchDone, FreeLetter };

    mailbox_ = floe_mailbox_new (context_, &funcs, this, max_batch, max_size);
  }

  static void Deliver (FloeLetter *letter, gpointer user_data)
  {
    auto *self = static_cast<Mailbox *> (user_data);
    int number = reinterpret_cast<Letter *> (letter)->number;

    FreeLetter (letter);
    self->delivered_.push_back (number);
    if (self->on_letter_)
      self->on_letter_ (number);
  }

  static void BatchDone (gpointer user_data)
  {
    static_cast<Mailbox *> (user_data)->batches_++;
  }

  void Post (int number, gsize size = 1)
  {
    EXPECT_TRUE (floe_mailbox_post (mailbox_, &NewLetter (number)->parent, size));
  }

  bool IsRefused (gsize size)
  {
    Letter *letter = NewLetter (-1);
    bool is_refused = !floe_mailbox_post (mailbox_, &letter->parent, size);

    if (is_refused)
      FreeLetter (letter);
    return is_refused;
  }

  /* One dispatch; false when the mailbox was not ready. */
  bool Iterate ()
  {
    return g_main_context_iteration (context_, FALSE);
  }

  std::vector<int> Range (int first, int end)
  {
    std::vector<int> numbers;

    for (int i = first; i < end; i++)
      numbers.push_back (i);
    return numbers;
  }

  GMainContext *context_;
  FloeMailbox *mailbox_ = nullptr;
  std::function<void (int)> on_letter_;
  std::vector<int> delivered_;
  int batches_ = 0;
};

TEST_F (Mailbox, DeliversInTheOrderOfPostingWithOneWakeUp)
{
  Open ();
  for (int i = 0; i < 1000; i++)
    Post (i);
  EXPECT_TRUE (delivered_.empty ());
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (delivered_, Range (0, 1000));
  EXPECT_EQ (batches_, 1);
  EXPECT_FALSE (Iterate ()) << "one wake-up was enough";
}

TEST_F (Mailbox, SleepsUntilSomethingIsPosted)
{
  Open ();
  EXPECT_FALSE (Iterate ());
  Post (1);
  EXPECT_TRUE (Iterate ());
  EXPECT_FALSE (Iterate ());
  Post (2);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (batches_, 2);
}

TEST_F (Mailbox, DeliversAtMostABatchADispatch)
{
  Open (64);
  for (int i = 0; i < 150; i++)
    Post (i);
  for (size_t expected : { 64, 128, 150 })
    {
      EXPECT_TRUE (Iterate ());
      EXPECT_EQ (delivered_.size (), expected);
    }
  EXPECT_FALSE (Iterate ());
  EXPECT_EQ (delivered_, Range (0, 150));
  EXPECT_EQ (batches_, 3);
}

TEST_F (Mailbox, PutsWhatIsPostedMeanwhileBehindWhatIsLeftOfABatch)
{
  Open (2);
  for (int i = 0; i < 3; i++)
    Post (i);
  EXPECT_TRUE (Iterate ());
  Post (3);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (delivered_, Range (0, 4));
}

/* The reader's list and the batch end together, and the wake-up of what was posted in between was
 * used by the dispatch that could not take it any more. */
TEST_F (Mailbox, ForgetsNothingWhenABatchEndsWithTheListThatItTook)
{
  Open (2);
  for (int i = 0; i < 4; i++)
    Post (i);
  EXPECT_TRUE (Iterate ());
  Post (4);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (delivered_, Range (0, 4));
  EXPECT_TRUE (Iterate ()) << "a letter waits and nobody will wake the reader";
  EXPECT_EQ (delivered_, Range (0, 5));
  EXPECT_FALSE (Iterate ());
}

TEST_F (Mailbox, DeliversWhatItsReaderPostsWhileItReads)
{
  Open ();
  on_letter_ = [this] (int number) {
    if (number < 3)
      Post (number + 1);
  };
  Post (0);
  while (Iterate ())
    ;
  EXPECT_EQ (delivered_, Range (0, 4));
}

TEST_F (Mailbox, GivesOtherSourcesATurnThoughItsReaderPostsForEver)
{
  Open (64);
  on_letter_ = [this] (int number) { Post (number + 1); };
  Post (0);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (delivered_.size (), 64u);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (delivered_.size (), 128u);
}

TEST_F (Mailbox, KeepsTheOrderInANestedLoop)
{
  Open (1);
  on_letter_ = [this] (int number) {
    if (number == 0)
      {
        Post (2);
        EXPECT_TRUE (Iterate ()) << "a nested loop gets its letters";
      }
  };
  Post (0);
  Post (1);
  while (Iterate ())
    ;
  EXPECT_EQ (delivered_, Range (0, 3));
}

/* A handler that runs a dialogue must not hold up what came with the fact that it handles. */
TEST_F (Mailbox, DeliversTheRestOfABatchInANestedLoop)
{
  Open ();
  on_letter_ = [this] (int number) {
    for (int i = 0; number == 0 && i < 3; i++)
      g_main_context_iteration (context_, FALSE);
    if (number == 0)
      {
        EXPECT_EQ (delivered_, Range (0, 3));
      }
  };
  for (int i = 0; i < 3; i++)
    Post (i);
  g_main_context_iteration (context_, FALSE);
  EXPECT_EQ (delivered_, Range (0, 3));
  EXPECT_FALSE (g_main_context_iteration (context_, FALSE));
}

TEST_F (Mailbox, CountsTheBytesThatAreUndelivered)
{
  Open (1);
  Post (0, 100);
  Post (1, 20);
  EXPECT_EQ (floe_mailbox_get_size (mailbox_), 120u);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (floe_mailbox_get_size (mailbox_), 20u);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (floe_mailbox_get_size (mailbox_), 0u);
}

TEST_F (Mailbox, RefusesWhatWouldBreakTheBoundAndTakesItWhenThereIsRoom)
{
  Open (0, 100);
  Post (0, 100);
  EXPECT_TRUE (IsRefused (1));
  EXPECT_FALSE (IsRefused (0)) << "a letter without a size has room";
  EXPECT_EQ (floe_mailbox_get_size (mailbox_), 100u);
  EXPECT_TRUE (Iterate ());
  EXPECT_FALSE (IsRefused (1));
}

TEST_F (Mailbox, RefusesASizeThatWouldWrapAround)
{
  Open (0, 100);
  Post (0, 50);
  EXPECT_TRUE (IsRefused (G_MAXSIZE));
  EXPECT_TRUE (IsRefused (G_MAXSIZE - 49));
}

TEST_F (Mailbox, NeverRefusesWhatMustGetThrough)
{
  Open (0, 100);
  Post (0, 100);
  floe_mailbox_post_always (mailbox_, &NewLetter (1)->parent, 1000);
  EXPECT_EQ (floe_mailbox_get_size (mailbox_), 1100u);
  EXPECT_TRUE (IsRefused (1)) << "and the bound holds for the others";
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (delivered_, Range (0, 2));
}

TEST_F (Mailbox, DiscardsOnCloseAndDeliversNothingAnyMore)
{
  Open (2);
  for (int i = 0; i < 4; i++)
    Post (i);
  EXPECT_TRUE (Iterate ());
  Post (4);
  floe_mailbox_close (mailbox_);
  EXPECT_EQ (letters_alive, 0);
  EXPECT_EQ (floe_mailbox_get_size (mailbox_), 0u);
  EXPECT_FALSE (Iterate ());
  EXPECT_EQ (delivered_, Range (0, 2));
}

TEST_F (Mailbox, TakesAndDiscardsWhatComesAfterClose)
{
  Open (0, 1);
  floe_mailbox_close (mailbox_);
  floe_mailbox_close (mailbox_);
  Post (0, 1000);
  floe_mailbox_post_always (mailbox_, &NewLetter (1)->parent, 1);
  EXPECT_EQ (letters_alive, 0);
  EXPECT_FALSE (Iterate ());
  EXPECT_TRUE (delivered_.empty ());
}

TEST_F (Mailbox, MayBeClosedWhileItDelivers)
{
  Open ();
  on_letter_ = [this] (int number) {
    if (number == 1)
      floe_mailbox_close (mailbox_);
  };
  for (int i = 0; i < 4; i++)
    Post (i);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (delivered_, Range (0, 2));
  EXPECT_EQ (batches_, 0) << "closed: no callback any more";
  EXPECT_EQ (letters_alive, 0);
}

TEST_F (Mailbox, MayLoseItsLastReferenceWhileItDelivers)
{
  Open ();
  on_letter_ = [this] (int) {
    floe_mailbox_close (mailbox_);
    g_clear_pointer (&mailbox_, floe_mailbox_unref);
  };
  Post (0);
  Post (1);
  EXPECT_TRUE (Iterate ());
  EXPECT_EQ (delivered_, Range (0, 1));
  EXPECT_EQ (letters_alive, 0);
}

TEST_F (Mailbox, DiscardsWhatIsLeftWithItsLastReference)
{
  Open ();
  Post (0);
  g_clear_pointer (&mailbox_, floe_mailbox_unref);
  EXPECT_EQ (letters_alive, 0);
  EXPECT_FALSE (Iterate ());
}
