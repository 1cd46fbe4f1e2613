/* SPDX-License-Identifier: MPL-2.0 */
/* What floe does only where its output is a terminal: QR codes and a line that moves. */
#include <floe-test.h>
#include <gmock/gmock.h>

#include <clocale>
#include <cstdio>
#include <pty.h>
#include <thread>
#include <unistd.h>

extern "C"
{
#include "report.h"
}

namespace
{

using testing::HasSubstr;
using testing::Not;

const char code[] = "000G40R40M30E209185GR38E1W";
const char url[] = "http://192.0.2.7:8081/#000G40R40M30E209185GR38E1W";
/* The half blocks of Unicode all begin like this. */
const char block[] = "\xe2\x96";

/* What @use shows on a terminal of @columns. */
template <typename Use>
std::string
Show (unsigned short columns, Use use)
{
  struct winsize size = {};
  int master = -1, terminal = -1, output, error;
  std::string shown;

  size.ws_col = columns;
  size.ws_row = 50;
  EXPECT_EQ (openpty (&master, &terminal, nullptr, nullptr, &size), 0);
  fflush (stdout);
  fflush (stderr);
  output = dup (STDOUT_FILENO);
  error = dup (STDERR_FILENO);
  dup2 (terminal, STDOUT_FILENO);
  dup2 (terminal, STDERR_FILENO);
  close (terminal);
  std::thread reader ([&] {
    char c;
    while (read (master, &c, 1) == 1)
      shown.push_back (c);
  });
  use ();
  fflush (stdout);
  fflush (stderr);
  dup2 (output, STDOUT_FILENO);
  dup2 (error, STDERR_FILENO);
  close (output);
  close (error);
  reader.join (); /* nobody has the terminal any more */
  close (master);
  return shown;
}

std::string
ShowReady (unsigned short columns)
{
  return Show (columns, [] {
    g_autoptr (Report) report = report_new (REPORT_TEXT);
    report_ready (report, url, code, nullptr, TRUE);
  });
}

class TerminalTest : public testing::Test
{
protected:
  TerminalTest ()
  {
    setlocale (LC_ALL, "C.UTF-8");
    g_setenv ("TERM", "xterm", TRUE);
    g_unsetenv ("NO_COLOR");
    g_unsetenv ("CHARSET");
  }
};

TEST_F (TerminalTest, ShowsAQrCodeInColoursOfItsOwn)
{
  const std::string shown = ShowReady (80);

  EXPECT_THAT (shown, HasSubstr (block));
  EXPECT_THAT (shown, HasSubstr ("\033[38;5;231m\033[48;5;16m"));
  EXPECT_THAT (shown, HasSubstr (url));
}

TEST_F (TerminalTest, ShowsNoColoursWhenToldNotTo)
{
  g_setenv ("NO_COLOR", "", TRUE);
  EXPECT_THAT (ShowReady (80), HasSubstr ("\033["));
  g_setenv ("NO_COLOR", "1", TRUE);
  EXPECT_THAT (ShowReady (80), testing::AllOf (HasSubstr (block), Not (HasSubstr ("\033["))));
}

TEST_F (TerminalTest, ShowsNoQrCodeWhereItWouldNotBeOne)
{
  EXPECT_THAT (ShowReady (30), Not (HasSubstr (block)));
  g_setenv ("TERM", "dumb", TRUE);
  EXPECT_THAT (ShowReady (80), Not (HasSubstr (block)));
  g_setenv ("TERM", "xterm", TRUE);
  setlocale (LC_ALL, "C");
  EXPECT_THAT (ShowReady (80), Not (HasSubstr (block)));
}

TEST_F (TerminalTest, MovesOneLineThatFitsAndWipesItForASentence)
{
  const std::string shown = Show (30, [] {
    g_autoptr (Report) report = report_new (REPORT_TEXT);
    report_progress (report, 1000, 4000);
    report_progress (report, 2000, 4000);
    report_file_done (report, "x", 4000, "abc");
  });

  EXPECT_EQ (shown, "\r\033[K 25 %  1.0 kB of 4.0 kB"
                    "\r\033[K"
                        + shown.substr (shown.find (" 50 %"),
                                        shown.find ("\r\033[Kx,") - shown.find (" 50 %"))
                        + "\r\033[Kx, 4.0 kB\r\n");
  EXPECT_LT (shown.find ("\r\033[Kx,") - shown.find (" 50 %"), 30U);
}

} // namespace
