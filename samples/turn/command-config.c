/* SPDX-License-Identifier: MPL-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "turn-commands.h"
#include "turn-config.h"
#include "turn-login.h"

#define DEFAULT_OUTPUT "turnserver.conf"
#define MAX_ANSWER 1024

/* As typed; owned, and NULL when not given. */
typedef struct
{
  char **addresses;
  char **users;
  char *secret_file;
  char *certificate;
  char *key;
  char *relay_ports;
  char *output;
  gboolean forces;
} Raw;

static void
raw_clear (Raw *raw)
{
  g_strfreev (raw->addresses);
  g_strfreev (raw->users);
  g_free (raw->secret_file);
  g_free (raw->certificate);
  g_free (raw->key);
  g_free (raw->relay_ports);
  g_free (raw->output);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

static gboolean
parse (Raw *raw, TurnConfig *config, char ***arguments, GError **error)
{
  GOptionEntry entries[] = {
    { "realm", 0, 0, G_OPTION_ARG_STRING, &config->realm, "A domain of yours", "NAME" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &config->host, "What clients connect to, if not the realm",
      "NAME" },
    { "external-ip", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->addresses,
      "The server's address, and behind a NAT its own (may be repeated)", "PUBLIC[/PRIVATE]" },
    { "port", 0, 0, G_OPTION_ARG_INT, &config->port, "For UDP and TCP (3478)", "PORT" },
    { "tls-port", 0, 0, G_OPTION_ARG_INT, &config->tls_port, "For TLS (5349)", "PORT" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &raw->certificate, "The chain, in PEM", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &raw->key, "The certificate's key, in PEM", "FILE" },
    { "no-tls", 0, 0, G_OPTION_ARG_NONE, &config->has_no_tls, "Do without turns:", NULL },
    { "user", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->users,
      "A fixed user instead of a secret (may be repeated)", "NAME[:PASSWORD]" },
    { "secret-file", 0, 0, G_OPTION_ARG_FILENAME, &raw->secret_file,
      "The secret, instead of a new one", "FILE" },
    { "relay-ports", 0, 0, G_OPTION_ARG_STRING, &raw->relay_ports, "For relays (49152-65535)",
      "MIN-MAX" },
    { "user-quota", 0, 0, G_OPTION_ARG_INT, &config->user_quota, "Relays of a user (12)", "N" },
    { "total-quota", 0, 0, G_OPTION_ARG_INT, &config->total_quota, "Relays of all (1200)", "N" },
    { "max-bps", 0, 0, G_OPTION_ARG_INT64, &config->max_bps,
      "Bytes a second of a relay (3000000; 0: no limit)", "N" },
    { "tcp-relay", 0, 0, G_OPTION_ARG_NONE, &config->wants_tcp_relay,
      "Let users open TCP connections from the server", NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &raw->output,
      "Where to (turnserver.conf; - for standard output)", "FILE" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &raw->forces, "Replace the file if it is there", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- write a turnserver.conf");

  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse_strv (context, arguments, error);
}

static gboolean
take_relay_ports (TurnConfig *config, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 2);
  guint64 min, max;

  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXUINT16, &min, NULL)
      || !g_ascii_string_to_unsigned (parts[1], 10, 1, G_MAXUINT16, &max, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "'%s' is no range of ports: write 49152-65535", text);
      return FALSE;
    }
  config->min_port = (int) min;
  config->max_port = (int) max;
  return TRUE;
}

static gboolean
take_raw (TurnConfig *config, const Raw *raw, GError **error)
{
  for (guint i = 0; raw->addresses != NULL && raw->addresses[i] != NULL; i++)
    if (!turn_config_add_address (config, raw->addresses[i], error))
      return FALSE;
  for (guint i = 0; raw->users != NULL && raw->users[i] != NULL; i++)
    turn_config_add_user (config, raw->users[i]);
  if (raw->secret_file != NULL)
    {
      if (config->users->len > 0)
        {
          g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                               "--user and --secret-file exclude each other: coturn takes one");
          return FALSE;
        }
      turn_login_wipe (config->secret);
      config->secret = turn_login_read_secret (raw->secret_file, error);
      if (config->secret == NULL)
        return FALSE;
    }
  if (raw->certificate != NULL)
    config->certificate = g_canonicalize_filename (raw->certificate, NULL);
  if (raw->key != NULL)
    config->key = g_canonicalize_filename (raw->key, NULL);
  return raw->relay_ports == NULL || take_relay_ports (config, raw->relay_ports, error);
}

/* (transfer full) (nullable): the person's answer. */
static char *
ask (const char *question)
{
  char line[MAX_ANSWER];

  g_printerr ("%s: ", question);
  if (fgets (line, sizeof line, stdin) == NULL)
    return NULL;
  return g_strdup (g_strstrip (line));
}

/* Asks a person for what can't be guessed. */
static gboolean
ask_for_missing (TurnConfig *config, GError **error)
{
  if (!isatty (STDIN_FILENO) || !isatty (STDERR_FILENO))
    return TRUE;
  if (config->realm == NULL)
    config->realm = ask ("The server's name, as in relay.example.org");
  if (config->addresses->len == 0)
    {
      g_autofree char *address = ask ("Its public address, or PUBLIC/PRIVATE behind a NAT");
      if (address != NULL && *address != '\0' && !turn_config_add_address (config, address, error))
        return FALSE;
    }
  if (!config->has_no_tls && config->certificate == NULL)
    {
      g_autofree char *path = ask ("The file with its certificate, or nothing to do without TLS");
      config->has_no_tls = path == NULL || *path == '\0';
      if (!config->has_no_tls)
        config->certificate = g_canonicalize_filename (path, NULL);
    }
  if (!config->has_no_tls && config->key == NULL)
    {
      g_autofree char *path = ask ("The file with the certificate's key");
      config->key = path != NULL && *path != '\0' ? g_canonicalize_filename (path, NULL) : NULL;
    }
  return TRUE;
}

static gboolean
set_errno_error (GError **error, const char *path)
{
  int code = errno;

  if (code == EEXIST)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s is there: --force replaces it", path);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path,
                 g_strerror (code));
  return FALSE;
}

static gboolean
write_all (int fd, const char *text)
{
  gsize left = strlen (text);

  while (left > 0)
    {
      gssize count = write (fd, text, left);
      if (count < 0 && errno != EINTR)
        return FALSE;
      text += MAX (count, 0);
      left -= (gsize) MAX (count, 0);
    }
  return fsync (fd) == 0;
}

/* Whole or not at all, and at no time readable for others. */
static gboolean
write_file (const char *path, const char *text, gboolean forces, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  gboolean is_written;

  if (fd < 0)
    return set_errno_error (error, path);
  is_written = write_all (fd, text);
  if (close (fd) != 0
      || !is_written
      /* A link is refused where something is, a renaming replaces it. */
      || (forces ? g_rename (temporary, path) : link (temporary, path)) != 0)
    {
      set_errno_error (error, path);
      g_unlink (temporary);
      return FALSE;
    }
  if (!forces)
    g_unlink (temporary);
  return TRUE;
}

static TurnExit
write_config (const TurnConfig *config, const Raw *raw)
{
  const char *path = raw->output != NULL ? raw->output : DEFAULT_OUTPUT;
  gboolean is_stdout = strcmp (path, "-") == 0;
  g_autofree char *text = turn_config_to_text (config);
  g_autofree char *next = turn_config_describe_next (config, is_stdout ? NULL : path);
  g_autoptr (GError) error = NULL;

  if (is_stdout)
    {
      if (fputs (text, stdout) < 0 || fflush (stdout) != 0)
        return TURN_EXIT_OPEN;
      g_printerr ("%s", next);
      return TURN_EXIT_OK;
    }
  if (!write_file (path, text, raw->forces, &error))
    {
      g_printerr ("floe-turn: %s\n", error->message);
      return TURN_EXIT_OPEN;
    }
  g_print ("%s is written; only you can read it.\n\n%s", path, next);
  return TURN_EXIT_OK;
}

TurnExit
turn_command_config (char **arguments)
{
  g_auto (TurnConfig) config = { 0 };
  g_auto (Raw) raw = { 0 };
  g_auto (GStrv) rest = g_strdupv (arguments);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;

  turn_config_init (&config);
  if (!parse (&raw, &config, &rest, &error) || !take_raw (&config, &raw, &error)
      || (rest[1] == NULL && !ask_for_missing (&config, &error)))
    return turn_command_fail ("config ", "%s", error->message);
  if (rest[1] != NULL)
    return turn_command_fail ("config ", "'%s' is one word too many", rest[1]);
  problems = turn_config_check (&config);
  for (guint i = 0; i < problems->len; i++)
    g_printerr ("floe-turn: %s\n", (const char *) g_ptr_array_index (problems, i));
  return problems->len > 0 ? TURN_EXIT_USAGE : write_config (&config, &raw);
}
