/* SPDX-License-Identifier: MPL-2.0 */
#include "options-table.h"

#include <string.h>

static const char *const summaries[] = {
  [COMMAND_SEND] =
      "Offers files and folders, and prints an address: whoever opens it in a browser\n"
      "or gives it to \"floe receive\" fetches them. \"-\" is standard input.",
  [COMMAND_RECEIVE] =
      "Fetches what is offered at URL (quote it for the shell), or with CODE at the\n"
      "rendezvous of --server. \"-\" asks for either without showing it. Without an\n"
      "argument it takes FLOE_CODE from the environment, or else offers an address\n"
      "itself, where a browser can bring files.",
  [COMMAND_SERVE] =
      "Runs a rendezvous with its page for \"floe send --server\" and browsers, until it\n"
      "is interrupted. It sees no file, no file name and no code.",
  [COMMAND_NAT] = "Asks STUN and TURN servers what this network does to connections, and tells\n"
                  "how well others are reached from here, and what can be done about it. One\n"
                  "TURN server and a STUN server on another address find out most."
};

static const char nat_description[] =
    "Environment:\n"
    "  FLOE_TURN_PASSWORD     what --turn-password would say\n"
    "\n"
    "Exit status: 0 UDP works, 1 failed, 2 usage, 3 only TCP or TLS works, 4 nothing does,\n"
    "130 interrupted. floe(1) tells more.\n";

static const char descriptions[] =
    "Environment:\n"
    "  FLOE_CODE              a code or URL for \"floe receive\"\n"
    "  FLOE_TURN_PASSWORD     what --turn-password would say\n"
    "  NO_COLOR               if set, no colours\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 usage, 3 refused by the other side, 4 authentication or\n"
    "integrity, 5 a local file, 6 timed out, 130 interrupted. floe(1) tells more.\n";

static void
wipe_and_free (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

void
raw_options_clear (RawOptions *self)
{
  g_free (self->room.server);
  g_free (self->room.listen);
  g_free (self->room.tls_certificate);
  g_free (self->room.tls_key);
  g_free (self->room.tls_authority);
  g_strfreev (self->room.hosts);
  g_strfreev (self->connection.stun);
  g_strfreev (self->connection.turn);
  g_free (self->connection.turn_user);
  wipe_and_free (self->connection.turn_password);
  wipe_and_free (self->connection.turn_proxy);
  g_free (self->connection.turn_authority);
  g_free (self->connection.port_range);
  g_free (self->connection.privacy);
  g_free (self->files.output);
  g_strfreev (self->nat.interfaces);
  g_free (self->nat.proxy);
  g_strfreev (self->arguments);
  *self = (RawOptions){ 0 };
}

/* (transfer none): the group, to add more to. */
static GOptionGroup *
add_group (GOptionContext *context, const char *name, const char *title,
           const GOptionEntry *entries)
{
  GOptionGroup *group = g_option_group_new (name, title, title, NULL, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
  return group;
}

static void
add_general (GOptionContext *context, Command command, RawOptions *raw)
{
  const char *arguments[] = { [COMMAND_SEND] = "PATH...",
                              [COMMAND_RECEIVE] = "[URL|CODE|-]",
                              [COMMAND_SERVE] = NULL,
                              [COMMAND_NAT] = NULL };
  const GOptionEntry timeout[] = { { "timeout", 0, 0, G_OPTION_ARG_INT, &raw->timeout_s,
                                     "Give up when nothing has happened for this long", "SECONDS" },
                                   G_OPTION_ENTRY_NULL };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &raw->json,
      "Print one JSON object a line, and nothing else, on standard output", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &raw->verbose,
      command == COMMAND_NAT ? "Also tell how each thing is known"
                             : "Tell on standard error what the library does",
      NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &raw->help, "Print this and exit", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &raw->version, "Print the version and exit", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->arguments, NULL,
      arguments[command] },
    G_OPTION_ENTRY_NULL
  };

  if (command == COMMAND_SEND || command == COMMAND_RECEIVE)
    g_option_context_add_main_entries (context, timeout, NULL);
  g_option_context_add_main_entries (context, entries, NULL);
}

static void
add_files (GOptionContext *context, RawFiles *raw)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &raw->output,
      "Put the files here (default: the current directory)", "DIRECTORY" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &raw->accepts, "Accept what is offered without asking",
      NULL },
    { "overwrite", 0, 0, G_OPTION_ARG_NONE, &raw->overwrites,
      "Replace files that exist, and merge folders", NULL },
    { "rename", 0, 0, G_OPTION_ARG_NONE, &raw->renames,
      "Give what comes another name when there is one like it", NULL },
    { "skip", 0, 0, G_OPTION_ARG_NONE, &raw->skips, "Leave files that exist as they are", NULL },
    { "stdout", 0, 0, G_OPTION_ARG_NONE, &raw->to_stdout,
      "Write the one file that is offered to standard output", NULL },
    G_OPTION_ENTRY_NULL
  };

  add_group (context, "files", "Files:", entries);
}

static void
add_server (GOptionContext *context, RawRoom *raw)
{
  const GOptionEntry entries[] = { { "server", 0, 0, G_OPTION_ARG_STRING, &raw->server,
                                     "Meet at a running \"floe serve\", not at one of our own",
                                     "URL" },
                                   { "tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &raw->tls_authority,
                                     "Also trust this certificate authority for https", "FILE" },
                                   G_OPTION_ENTRY_NULL };

  add_group (context, "server", "A rendezvous elsewhere:", entries);
}

static void
add_rendezvous (GOptionContext *context, Command command, RawRoom *raw)
{
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &raw->listen,
      command == COMMAND_SERVE ? "Listen here (default: port 8080 of all addresses)"
                               : "Listen here (default: a free port of all addresses)",
      "ADDRESS[:PORT]" },
    { "host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->hosts,
      "A name that others know this machine by (repeatable)", "NAME" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &raw->tls_certificate,
      "Speak https with this certificate, in PEM form", "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &raw->tls_key, "The certificate's private key",
      "FILE" },
    G_OPTION_ENTRY_NULL
  };
  const GOptionEntry serve[] = { { "log-addresses", 0, 0, G_OPTION_ARG_NONE, &raw->logs_addresses,
                                   "Also log who comes and goes", NULL },
                                 G_OPTION_ENTRY_NULL };
  GOptionGroup *group;

  group = add_group (
      context, "rendezvous",
      command == COMMAND_SERVE ? "The rendezvous:" : "A rendezvous of our own:", entries);
  if (command == COMMAND_SERVE)
    g_option_group_add_entries (group, serve);
}

static void
add_connection (GOptionContext *context, Command command, RawConnection *raw)
{
  const GOptionEntry servers[] = {
    { "stun", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->stun,
      "Ask this server how we look from outside (repeatable)", "URI" },
    { "turn", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->turn,
      "Use this server as a relay where need be (repeatable)", "URI" },
    { "turn-user", 0, 0, G_OPTION_ARG_STRING, &raw->turn_user, "User name for --turn", "NAME" },
    { "turn-password", 0, 0, G_OPTION_ARG_STRING, &raw->turn_password,
      "Password for --turn; better in FLOE_TURN_PASSWORD", "PASSWORD" },
    G_OPTION_ENTRY_NULL
  };
  const GOptionEntry own[] = { { "turn-ca", 0, 0, G_OPTION_ARG_FILENAME, &raw->turn_authority,
                                 "Trust this certificate authority, and no other, for turns:",
                                 "FILE" },
                               { "proxy", 0, 0, G_OPTION_ARG_STRING, &raw->turn_proxy,
                                 "Reach TURN over TCP and TLS through this proxy", "URI" },
                               { "port-range", 0, 0, G_OPTION_ARG_STRING, &raw->port_range,
                                 "Use only these ports for the connection", "A-B" },
                               G_OPTION_ENTRY_NULL };
  const GOptionEntry hiding[] = {
    { "privacy", 0, 0, G_OPTION_ARG_STRING, &raw->privacy,
      "Show at most: open, default-route, obfuscated, no-host or relay-only", "LEVEL" },
    { "relay-only", 0, 0, G_OPTION_ARG_NONE, &raw->relay_only,
      "Connect through relays only, as with --privacy relay-only", NULL },
    G_OPTION_ENTRY_NULL
  };
  const char *titles[] = { [COMMAND_SEND] = "The connection:",
                           [COMMAND_RECEIVE] = "The connection:",
                           [COMMAND_SERVE] = "What those who meet are told to use:",
                           [COMMAND_NAT] = "The servers to ask:" };
  GOptionGroup *group = add_group (context, "connection", titles[command], servers);

  if (command == COMMAND_SEND || command == COMMAND_RECEIVE)
    g_option_group_add_entries (group, own);
  if (command != COMMAND_NAT)
    g_option_group_add_entries (group, hiding);
}

static void
add_nat (GOptionContext *context, RawOptions *raw)
{
  const GOptionEntry entries[] = {
    { "interface", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->nat.interfaces,
      "Look from this interface or address only (repeatable)", "NAME" },
    { "explain", 0, 0, G_OPTION_ARG_NONE, &raw->nat.explains,
      "Also say how connections are tried from here", NULL },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &raw->nat.proxy,
      "Reach servers over TCP and TLS through this proxy", "URI" },
    { "tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &raw->room.tls_authority,
      "Trust these certificate authorities for turns:", "FILE" },
    { "port-range", 0, 0, G_OPTION_ARG_STRING, &raw->connection.port_range,
      "Use only these UDP ports, as connections will", "A-B" },
    G_OPTION_ENTRY_NULL
  };

  add_group (context, "nat", "The way to them:", entries);
}

GOptionContext *
options_table_new (Command command, RawOptions *raw)
{
  GOptionContext *context = g_option_context_new (NULL);

  raw->timeout_s = TIMEOUT_NOT_GIVEN;
  g_option_context_set_help_enabled (context, FALSE); /* it would hide all groups but one */
  g_option_context_set_summary (context, summaries[command]);
  g_option_context_set_description (context,
                                    command == COMMAND_NAT ? nat_description : descriptions);
  add_general (context, command, raw);
  if (command == COMMAND_RECEIVE)
    add_files (context, &raw->files);
  if (command == COMMAND_SEND || command == COMMAND_RECEIVE)
    add_server (context, &raw->room);
  if (command != COMMAND_NAT)
    add_rendezvous (context, command, &raw->room);
  add_connection (context, command, &raw->connection);
  if (command == COMMAND_NAT)
    add_nat (context, raw);
  return context;
}

char *
options_table_get_help (GOptionContext *context)
{
  return g_option_context_get_help (context, FALSE, NULL);
}
