/* SPDX-License-Identifier: MPL-2.0 */
/* The mailbox between threads; the thread sanitizer runs this one too. */
#include "floe-mailbox-private.h"
#include "floe-test.h"

#include <atomic>
#include <thread>

struct Letter
{
  FloeLetter parent;
  int sender;
  int number;
};

static std::atomic<int> letters_alive;

static Letter *
NewLetter (int sender, int number)
{
  auto *letter = g_new0 (Letter, 1);

  letter->sender = sender;
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

struct Reader
{
  int expected = 0; /* letters until the reader closes or quits */
  int delivered = 0;
  bool close_at_end = false;
  std::vector<int> next_of_sender;
  bool is_in_order = true;
  FloeMailbox *mailbox = nullptr;
};

static void
Deliver (FloeLetter *letter, gpointer user_data)
{
  auto *reader = static_cast<Reader *> (user_data);
  auto *taken = reinterpret_cast<Letter *> (letter);

  if (reader->next_of_sender[taken->sender]++ != taken->number)
    reader->is_in_order = false;
  reader->delivered++;
  FreeLetter (taken);
  if (reader->close_at_end && reader->delivered == reader->expected)
    floe_mailbox_close (reader->mailbox);
}

static const FloeMailboxFuncs reader_funcs = { Deliver, nullptr, FreeLetter };

class MailboxThreads : public testing::Test
{
protected:
  static constexpr int kSenders = 4;
  static constexpr int kLetters = 5000;

  MailboxThreads ()
  {
    context_ = g_main_context_new ();
    reader_.next_of_sender.resize (kSenders);
  }
  ~MailboxThreads () override
  {
    g_main_context_unref (context_);
    EXPECT_EQ (letters_alive, 0);
  }

  void Open (guint max_batch, gsize max_size)
  {
    reader_.mailbox = floe_mailbox_new (context_, &reader_funcs, &reader_, max_batch, max_size);
  }

  /* Starts the senders, reads in this thread until what is expected has come, and joins them. */
  void Run ()
  {
    std::vector<std::thread> senders;

    for (int sender = 0; sender < kSenders; sender++)
      senders.emplace_back (Send, floe_mailbox_ref (reader_.mailbox), sender);
    while (reader_.delivered < reader_.expected)
      g_main_context_iteration (context_, TRUE);
    for (auto &sender : senders)
      sender.join ();
  }

  static void Send (FloeMailbox *mailbox, int sender)
  {
    for (int i = 0; i < kLetters; i++)
      {
        Letter *letter = NewLetter (sender, i);
        /* Full: as an application does, try again. */
        while (!floe_mailbox_post (mailbox, &letter->parent, 10))
          g_thread_yield ();
      }
    floe_mailbox_unref (mailbox);
  }

  GMainContext *context_;
  Reader reader_;
};

TEST_F (MailboxThreads, KeepTheOrderOfEachAndLoseNothing)
{
  Open (64, 0);
  reader_.expected = kSenders * kLetters;
  Run ();
  EXPECT_TRUE (reader_.is_in_order);
  EXPECT_EQ (reader_.delivered, kSenders * kLetters);
  EXPECT_EQ (floe_mailbox_get_size (reader_.mailbox), 0u);
  floe_mailbox_close (reader_.mailbox);
  floe_mailbox_unref (reader_.mailbox);
}

TEST_F (MailboxThreads, GetThroughAMailboxThatIsOftenFull)
{
  Open (1, 30);
  reader_.expected = kSenders * kLetters;
  Run ();
  EXPECT_TRUE (reader_.is_in_order);
  floe_mailbox_close (reader_.mailbox);
  floe_mailbox_unref (reader_.mailbox);
}

TEST_F (MailboxThreads, MayPostWhileTheReaderClosesAndDropTheLastReference)
{
  Open (64, 0);
  reader_.expected = 500;
  reader_.close_at_end = true;
  /* The senders own references of their own; the last of them frees the closed mailbox. */
  std::thread dropper ([this] { floe_mailbox_unref (floe_mailbox_ref (reader_.mailbox)); });
  dropper.join ();
  Run ();
  EXPECT_TRUE (reader_.is_in_order);
  EXPECT_EQ (reader_.delivered, 500);
  EXPECT_EQ (letters_alive, 0) << "closed: what was posted later is discarded";
  floe_mailbox_unref (reader_.mailbox);
}
