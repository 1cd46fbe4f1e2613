/* SPDX-License-Identifier: MPL-2.0 */
/* floe: sends a file from one machine to another over an encrypted WebRTC data channel.
 *
 *   floe send photos.tar                              prints an address
 *   floe receive 'http://192.0.2.7:40123/#6f2c...'    fetches the file from there */
#include <locale.h>
#include <signal.h>

#include "options.h"
#include "receiver.h"
#include "report.h"
#include "sender.h"

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (Report) report = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_parsed;

  setlocale (LC_ALL, "");
  g_log_writer_default_set_use_stderr (TRUE);
  /* A reader of our output that left, or a limit on the size of files, is an error to handle and
   * no reason to leave a half-written file behind. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  is_parsed = options_parse (&options, argc, argv, &error);
  report = report_new (options.form);
  if (!is_parsed)
    {
      report_error (report, EXIT_STATUS_USAGE, error->message);
      if (options.form == REPORT_TEXT)
        g_printerr ("Try \"floe --help\".\n");
      return EXIT_STATUS_USAGE;
    }
  return options.command == COMMAND_SEND ? (int) sender_run (&options, report)
                                         : (int) receiver_run (&options, report);
}
