/* SPDX-License-Identifier: MPL-2.0 */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "host-address.h"
#include "options-check.h"
#include "options-environment.h"
#include "options-table.h"

static const char help[] =
    "Usage:\n"
    "  floe send [OPTION...] PATH...      offer files and folders, and print where to fetch them\n"
    "  floe receive [OPTION...] URL       fetch what is offered at URL\n"
    "  floe receive [OPTION...] --server URL CODE\n"
    "                                    fetch what is offered at a server under CODE\n"
    "  floe receive [OPTION...]           print where a browser can bring files\n"
    "  floe serve [OPTION...]             run a server where the others can meet\n"
    "  floe nat [OPTION...]               tell how well others are reached from this network\n"
    "  floe --help | --version\n"
    "\n"
    "\"floe send --help\" and so on list the options; floe(1) tells more.\n";

static const char *const command_names[] = {
  [COMMAND_SEND] = "send",
  [COMMAND_RECEIVE] = "receive",
  [COMMAND_SERVE] = "serve",
  [COMMAND_NAT] = "nat",
};

void
options_clear (Options *self)
{
  floe_room_address_clear (&self->address);
  g_clear_object (&self->listen);
  g_clear_object (&self->certificate);
  g_clear_object (&self->trust);
  g_clear_pointer (&self->hosts, g_strfreev);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_object (&self->turn_trust);
  g_clear_object (&self->turn_proxy);
  g_clear_pointer (&self->paths, g_strfreev);
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->nat.interfaces, g_strfreev);
  g_clear_object (&self->nat.proxy);
}

void
options_get_own_address (const Options *self, GInetSocketAddress *bound, FloeRoomAddress *out)
{
  host_address_for_others (bound, out);
  if (self->certificate != NULL)
    {
      g_free (out->scheme);
      out->scheme = g_strdup ("https");
    }
  if (self->hosts != NULL)
    {
      g_free (out->host);
      out->host = g_strdup (self->hosts[0]);
    }
}

static void
hide (char *text)
{
  memset (text, '*', strlen (text));
}

/* Whatever of @argument could be a secret: the code behind the address, or all of it. */
static void
hide_invitation (char *argument)
{
  char *fragment = strchr (argument, '#');

  if (strcmp (argument, "-") != 0)
    hide (fragment != NULL ? fragment + 1 : argument);
}

/* The user's part of a URI. */
static void
hide_user (char *uri)
{
  char *begin = strstr (uri, "://"), *end = begin != NULL ? strrchr (begin, '@') : NULL;

  for (char *p = begin != NULL ? begin + 3 : uri; end != NULL && p < end; p++)
    *p = '*';
}

/* (nullable): the value of the option @name that argument *@i is, which may be in the next one. */
static char *
find_value (const char *name, int argc, char **argv, int *i)
{
  gsize size = strlen (name);

  if (strcmp (argv[*i], name) == 0 && *i + 1 < argc)
    return argv[++*i];
  return strncmp (argv[*i], name, size) == 0 && argv[*i][size] == '=' ? argv[*i] + size + 1 : NULL;
}

/* Others see the command line of a process, in ps for one. */
static void
hide_secrets (Command command, int argc, char **argv, char **arguments)
{
  for (int i = 1; i < argc; i++)
    {
      char *value;
      if ((value = find_value ("--turn-password", argc, argv, &i)) != NULL)
        hide (value);
      else if ((value = find_value ("--proxy", argc, argv, &i)) != NULL)
        hide_user (value);
      else if (command == COMMAND_RECEIVE && arguments != NULL
               && g_strv_contains ((const char *const *) arguments, argv[i]))
        hide_invitation (argv[i]);
    }
}

static const char version[] = "floe " FLOE_VERSION_S "\n";

/* Prints what was asked for instead of a transfer. */
static gboolean
answer (Options *options, const char *text)
{
  g_print ("%s", text);
  options->is_answered = TRUE;
  return TRUE;
}

static gboolean
apply_raw (RawOptions *raw, GOptionContext *context, Options *options, GError **error)
{
  if (raw->help)
    {
      g_autofree char *text = options_table_get_help (context);
      return answer (options, text);
    }
  if (raw->version)
    return answer (options, version);
  if (raw->verbose && options->command != COMMAND_NAT)
    g_setenv ("G_MESSAGES_DEBUG", G_LOG_DOMAIN, FALSE);
  options->is_verbose = raw->verbose;
  options->form = raw->json ? REPORT_JSON : REPORT_TEXT;
  options_environment_apply (options->command, raw);
  if (!options_check_files (raw, options, error))
    return FALSE;
  if (options->command == COMMAND_NAT)
    return options_check_connection (raw, options, error)
           && options_check_nat (raw, options, error);
  return options_check_room (raw, options, error) && options_check_connection (raw, options, error);
}

static gboolean
parse_command (Options *options, int argc, char **argv, GError **error)
{
  g_auto (RawOptions) raw = { 0 };
  g_autoptr (GOptionContext) context = options_table_new (options->command, &raw);
  g_autofree char *name = g_strconcat ("floe ", command_names[options->command], NULL);
  g_autofree char **rest = g_memdup2 (argv, sizeof (char *) * ((gsize) argc + 1));
  int n_rest = argc;
  gboolean is_parsed;

  g_set_prgname (name);
  is_parsed = g_option_context_parse (context, &n_rest, &rest, error);
  hide_secrets (options->command, argc, argv, raw.arguments);
  return is_parsed && apply_raw (&raw, context, options, error);
}

/* Errors in the other options are reported as the user wants to have them, too. */
static ReportForm
find_form (int argc, char **argv)
{
  for (int i = 1; i < argc && strcmp (argv[i], "--") != 0; i++)
    if (strcmp (argv[i], "--json") == 0)
      return REPORT_JSON;
  return REPORT_TEXT;
}

gboolean
options_parse (Options *options, int argc, char **argv, GError **error)
{
  const char *word = argc > 1 ? argv[1] : "";

  options->form = find_form (argc, argv);
  if (strcmp (word, "--version") == 0)
    return answer (options, version);
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "help") == 0)
    return answer (options, help);
  for (guint i = 0; i < G_N_ELEMENTS (command_names); i++)
    if (strcmp (word, command_names[i]) == 0)
      {
        options->command = (Command) i;
        return parse_command (options, argc - 1, argv + 1, error);
      }
  if (word[0] != '\0' && word[0] != '-')
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 "There is no command %s, but send, receive, serve and nat", word);
  else
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         "Say what to do first: send, receive, serve or nat");
  return FALSE;
}
