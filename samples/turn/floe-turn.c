/* SPDX-License-Identifier: MPL-2.0 */
/* floe-turn: sets up a TURN server that can't be abused, and proves it. See docs/turn.md.
 *
 *   floe-turn config --realm relay.example.org --external-ip 203.0.113.5 \
 *       --certificate cert.pem --key key.pem
 *   floe-turn check --config turnserver.conf turn:relay.example.org
 *   floe-turn credentials --config turnserver.conf --for alice */
#include <floe/floe.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "turn-commands.h"

static const char usage[] =
    "Usage: floe-turn COMMAND [OPTION...]\n"
    "\n"
    "  config       write a turnserver.conf for coturn that refuses what it should\n"
    "  check URL    prove that a TURN server relays to nobody it should not\n"
    "  credentials  make a user and a password that end in time\n"
    "\n"
    "\"floe-turn COMMAND --help\" has the options, floe-turn(1) the whole story.\n";

TurnExit
turn_command_fail (const char *command, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("floe-turn: %s\nTry \"floe-turn %s--help\".\n", message, command);
  return TURN_EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    TurnExit (*run) (char **arguments);
  } commands[] = {
    { "config", turn_command_config },
    { "check", turn_command_check },
    { "credentials", turn_command_credentials },
  };

  g_log_writer_default_set_use_stderr (TRUE);
  signal (SIGPIPE, SIG_IGN);
  g_set_prgname ("floe-turn");
  if (argc < 2)
    return (int) turn_command_fail ("", "A command is missing: config, check or credentials");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return (int) commands[i].run (argv + 1);
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    g_print ("%s", usage);
  else if (strcmp (argv[1], "--version") == 0)
    g_print ("floe-turn %s\n", FLOE_VERSION_S);
  else
    return (int) turn_command_fail ("", "There is no command '%s': config, check or credentials",
                                    argv[1]);
  return TURN_EXIT_OK;
}
