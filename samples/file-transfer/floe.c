/* SPDX-License-Identifier: MPL-2.0 */
/* floe: sends files to a person or a browser over an encrypted WebRTC data channel.
 *
 *   floe send photos                                         prints an address
 *   floe receive 'http://192.0.2.7:40123/#000G40R40M30…'     fetches the files from there
 *   floe serve                                               a meeting point for others
 *   floe nat --stun stun:stun.example                        what this network lets through */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "nat.h"
#include "options.h"
#include "receiver.h"
#include "report.h"
#include "sender.h"
#include "serve.h"

/* A standard descriptor that is closed would go to the next socket, and with it what is meant for
 * people, or what was received. What takes its place here can't be read or written. */
static void
fill_standard_descriptors (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) == -1
        && open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
      abort ();
}

static ExitStatus
run (const Options *options, Report *report)
{
  switch (options->command)
    {
    case COMMAND_SEND:
      return sender_run (options, report);
    case COMMAND_RECEIVE:
      return receiver_run (options, report);
    case COMMAND_NAT:
      return nat_run (options, report);
    case COMMAND_SERVE:
    default:
      return serve_run (options, report);
    }
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (Report) report = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_parsed;

  fill_standard_descriptors ();
  setlocale (LC_ALL, "");
  g_set_prgname ("floe");
  g_log_writer_default_set_use_stderr (TRUE);
  /* A reader of our output that left, or a limit on the size of files, is an error to handle and
   * no reason to leave a half-written file behind. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  is_parsed = options_parse (&options, argc, argv, &error);
  if (options.is_answered)
    return EXIT_STATUS_OK;
  report = report_new (options.form);
  if (options.is_verbose)
    report_draw_races (report);
  if (options.to_stdout)
    report_use_stderr (report);
  if (!is_parsed)
    {
      report_error (report, EXIT_STATUS_USAGE, error->message);
      if (options.form == REPORT_TEXT)
        g_printerr ("Try \"%s --help\".\n", g_get_prgname ());
      return EXIT_STATUS_USAGE;
    }
  return exit_status_to_int (run (&options, report));
}
