/* SPDX-License-Identifier: MPL-2.0 */
/* Questions at a terminal, with a pseudo terminal in the place of the user's. */
#include <floe-test.h>
#include <gmock/gmock.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern "C"
{
#include "prompt.h"
}

namespace
{

using testing::HasSubstr;
using testing::Not;

constexpr int limit_ms = 10000;

/* Standard input and standard error are a terminal while it lives. */
class PromptTest : public testing::Test
{
protected:
  PromptTest ()
  {
    int terminal;

    fflush (stderr);
    EXPECT_EQ (openpty (&user_, &terminal, nullptr, nullptr, nullptr), 0);
    saved_input_ = dup (STDIN_FILENO);
    saved_error_ = dup (STDERR_FILENO);
    dup2 (terminal, STDIN_FILENO);
    dup2 (terminal, STDERR_FILENO);
    close (terminal);
  }
  ~PromptTest () override
  {
    fflush (stderr);
    dup2 (saved_input_, STDIN_FILENO);
    dup2 (saved_error_, STDERR_FILENO);
    close (saved_input_);
    close (saved_error_);
    if (user_ != -1)
      close (user_);
  }
  void Type (const std::string &text)
  {
    EXPECT_EQ (write (user_, text.data (), text.size ()), static_cast<ssize_t> (text.size ()));
  }
  /* All that was shown up to and with @end. */
  std::string ReadUntil (const std::string &end)
  {
    std::string shown;
    char c;
    struct pollfd waiting = { user_, POLLIN, 0 };

    while (shown.find (end) == std::string::npos && poll (&waiting, 1, limit_ms) == 1
           && read (user_, &c, 1) == 1)
      shown.push_back (c);
    return shown;
  }
  /* What the answer to @typed is. */
  int Ask (const std::string &typed)
  {
    static const char *const choices[] = { "yes", "no", "rename", "replace", nullptr };
    g_autoptr (GMainLoop) loop = g_main_loop_new (nullptr, FALSE);
    struct Answer
    {
      GMainLoop *loop;
      int choice;
    } answer = { loop, -2 };
    g_autoptr (Prompt) prompt = prompt_new (
        "Receive \033[31mit?", choices, 1,
        [] (int choice, gpointer data) {
          auto *to = static_cast<Answer *> (data);
          to->choice = choice;
          g_main_loop_quit (to->loop);
        },
        &answer);
    guint timeout = g_timeout_add_once (
        limit_ms, [] (gpointer data) { g_main_loop_quit (static_cast<GMainLoop *> (data)); }, loop);

    Type (typed);
    g_main_loop_run (loop);
    if (answer.choice != -2)
      g_source_remove (timeout);
    return answer.choice;
  }

  int user_ = -1;

private:
  int saved_input_, saved_error_;
};

TEST_F (PromptTest, IsPossibleAtATerminalOnly)
{
  int input = dup (STDIN_FILENO), nothing = open ("/dev/null", O_RDONLY);

  EXPECT_TRUE (prompt_is_possible ());
  dup2 (nothing, STDIN_FILENO);
  EXPECT_FALSE (prompt_is_possible ());
  dup2 (input, STDIN_FILENO);
  close (input);
  close (nothing);
}

TEST_F (PromptTest, TakesTheFirstLettersOfAChoice)
{
  EXPECT_EQ (Ask ("y\n"), 0);
  EXPECT_EQ (Ask ("YES\n"), 0);
  EXPECT_EQ (Ask ("  no \n"), 1);
  EXPECT_EQ (Ask ("ren\n"), 2);
  EXPECT_EQ (Ask ("\n"), 1);
}

TEST_F (PromptTest, AsksAgainWhenItDoesNotUnderstand)
{
  std::string shown;

  EXPECT_EQ (Ask ("re\nmaybe\nyess\n" + std::string (900, 'y') + "\nrep\n"), 3);
  shown = ReadUntil ("\nrep");
  EXPECT_THAT (shown, HasSubstr ("Receive _[31mit? (yes/NO/rename/replace) "));
}

TEST_F (PromptTest, TakesNothingThatWasTypedBefore)
{
  struct pollfd typed = { STDIN_FILENO, POLLIN, 0 };

  Type ("yes\n");
  EXPECT_EQ (poll (&typed, 1, limit_ms), 1);
  EXPECT_EQ (Ask ("no\n"), 1);
}

TEST_F (PromptTest, EndsWithTheTerminal)
{
  EXPECT_EQ (Ask ("\004"), -1);
}

TEST_F (PromptTest, CanBeGivenUp)
{
  static const char *const choices[] = { "yes", nullptr };

  prompt_free (prompt_new (
      "It?", choices, 0, [] (int, gpointer) { FAIL (); }, nullptr));
  Type ("y\n");
  while (g_main_context_iteration (nullptr, FALSE))
    ;
}

TEST_F (PromptTest, DoesNotShowASecret)
{
  std::string shown;
  std::thread user ([this, &shown] {
    shown = ReadUntil ("Code: ");
    Type (" secret \n");
    shown += ReadUntil ("\n");
  });
  char *secret = prompt_read_secret ("Code: ");

  user.join ();
  EXPECT_EQ (TakeString (secret), "secret");
  EXPECT_EQ (shown, "Code: \r\n");
  /* And shows what comes after it. */
  Type ("seen\n");
  EXPECT_THAT (ReadUntil ("seen"), HasSubstr ("seen"));
}

TEST_F (PromptTest, ShowsWhatIsTypedAgainAfterASignal)
{
  pid_t child = fork ();
  int status = 0;

  if (child == 0)
    {
      prompt_read_secret ("Code: ");
      _exit (0);
    }
  EXPECT_THAT (ReadUntil ("Code: "), HasSubstr ("Code: "));
  kill (child, SIGTERM);
  waitpid (child, &status, 0);
  EXPECT_TRUE (WIFSIGNALED (status) && WTERMSIG (status) == SIGTERM) << status;
  Type ("seen\n");
  EXPECT_THAT (ReadUntil ("seen"), HasSubstr ("seen"));
}

TEST (PromptSecret, IsALineOfAPipe)
{
  int saved = dup (STDIN_FILENO), ends[2];

  ASSERT_EQ (pipe (ends), 0);
  dup2 (ends[0], STDIN_FILENO);
  ASSERT_EQ (write (ends[1], "one\ntwo", 7), 7);
  close (ends[1]);
  EXPECT_EQ (TakeString (prompt_read_secret ("?")), "one");
  EXPECT_EQ (TakeString (prompt_read_secret ("?")), "two");
  EXPECT_EQ (prompt_read_secret ("?"), nullptr);
  dup2 (saved, STDIN_FILENO);
  close (saved);
  close (ends[0]);
}

} // namespace
