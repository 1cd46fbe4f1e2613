/* SPDX-License-Identifier: MPL-2.0 */
#include "options.h"

#include <floe/floe.h>
#include <stdlib.h>
#include <string.h>

#include "host-address.h"

/* Only programs of this machine reach the rendezvous unless the user wants otherwise. */
#define DEFAULT_LISTEN "127.0.0.1:0"
#define MAX_TIMEOUT_S (24 * 60 * 60)

static const char help[] =
    "Usage:\n"
    "  floe send [OPTION…] FILE        offer FILE, and print the address to fetch it from\n"
    "  floe receive [OPTION…] ADDRESS  fetch the file that is offered at ADDRESS\n"
    "\n"
    "\"floe send --help\" and \"floe receive --help\" list the options; floe(1) tells more.\n";

typedef struct
{
  gboolean json;
  gboolean verbose;
  int timeout_s;    /* 0: not given */
  char *listen;     /* (owned) (nullable) */
  char *directory;  /* (owned) (nullable) */
  char **arguments; /* (owned) (nullable) */
} Raw;

void
options_clear (Options *self)
{
  g_clear_pointer (&self->argument, g_free);
  g_clear_pointer (&self->directory, g_free);
  g_clear_object (&self->listen);
}

/* (transfer full): the context for @command, to fill @raw. */
static GOptionContext *
context_new (Command command, Raw *raw)
{
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &raw->json, "Print one JSON object a line, and nothing else",
      NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &raw->timeout_s,
      "Give up when nothing has happened for this long", "SECONDS" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &raw->verbose, "Log to standard error", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->arguments, NULL,
      command == COMMAND_SEND ? "FILE" : "ADDRESS" },
    G_OPTION_ENTRY_NULL
  };
  const GOptionEntry send[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &raw->listen,
      "Let others join here (default: " DEFAULT_LISTEN ", this machine only)", "ADDRESS:PORT" },
    G_OPTION_ENTRY_NULL
  };
  const GOptionEntry receive[] = { { "output", 'o', 0, G_OPTION_ARG_FILENAME, &raw->directory,
                                     "Put the file here (default: the current directory)",
                                     "DIRECTORY" },
                                   G_OPTION_ENTRY_NULL };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, common, NULL);
  g_option_context_add_main_entries (context, command == COMMAND_SEND ? send : receive, NULL);
  g_option_context_set_summary (context, command == COMMAND_SEND
                                             ? "Offers FILE to the one who fetches it."
                                             : "Fetches the file that is offered at ADDRESS.");
  return context;
}

static gboolean
apply_raw (Raw *raw, Options *options, GError **error)
{
  if (raw->timeout_s < 0 || raw->timeout_s > MAX_TIMEOUT_S)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--timeout takes 1 to %d seconds", MAX_TIMEOUT_S);
      return FALSE;
    }
  if (raw->arguments == NULL || g_strv_length (raw->arguments) != 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "give one %s",
                   options->command == COMMAND_SEND ? "file to send" : "address to receive from");
      return FALSE;
    }
  options->listen = host_address_parse (raw->listen != NULL ? raw->listen : DEFAULT_LISTEN, error);
  if (options->listen == NULL)
    return FALSE;
  options->timeout_s = (guint) raw->timeout_s;
  options->argument = g_strdup (raw->arguments[0]);
  options->directory = g_strdup (raw->directory != NULL ? raw->directory : ".");
  return TRUE;
}

static gboolean
parse_command (Options *options, int argc, char **argv, GError **error)
{
  Raw raw = { 0 };
  g_autoptr (GOptionContext) context = context_new (options->command, &raw);
  gboolean is_parsed;

  g_set_prgname (options->command == COMMAND_SEND ? "floe send" : "floe receive");
  is_parsed =
      g_option_context_parse (context, &argc, &argv, error) && apply_raw (&raw, options, error);
  if (raw.verbose)
    g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_free (raw.listen);
  g_free (raw.directory);
  g_strfreev (raw.arguments);
  return is_parsed;
}

gboolean
options_parse (Options *options, int argc, char **argv, GError **error)
{
  const char *word = argc > 1 ? argv[1] : "";

  options->form =
      g_strv_contains ((const char *const *) argv, "--json") ? REPORT_JSON : REPORT_TEXT;
  if (strcmp (word, "--version") == 0)
    {
      g_print ("floe %s\n", FLOE_VERSION_S);
      exit (EXIT_STATUS_OK);
    }
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "help") == 0)
    {
      g_print ("%s", help);
      exit (EXIT_STATUS_OK);
    }
  if (strcmp (word, "send") == 0)
    options->command = COMMAND_SEND;
  else if (strcmp (word, "receive") == 0)
    options->command = COMMAND_RECEIVE;
  else
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "say \"send\" or \"receive\" first");
      return FALSE;
    }
  return parse_command (options, argc - 1, argv + 1, error);
}
