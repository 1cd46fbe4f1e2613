/* SPDX-License-Identifier: MPL-2.0 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "turn-check.h"
#include "turn-commands.h"
#include "turn-login.h"

#define DEFAULT_SECONDS 20
#define MAX_SECONDS 600
#define MAX_LISTENERS 64
/* Credentials for the check end soon after it. */
#define LIFETIME_S 600
#define USER "floe-turn-check"
/* RFC 8489 section 14.3: "less than 509" bytes. */
#define MAX_USER 508

/* As typed; owned, and NULL when not given. */
typedef struct
{
  char *user;
  char *password;
  char *password_file;
  char *secret_file;
  char *config;
  char *authority;
  char **also;
  char **listeners;
  int seconds;
  gboolean allows_tcp_relay;
  gboolean json;
  gboolean verbose;
} Raw;

static void
raw_clear (Raw *raw)
{
  g_free (raw->user);
  turn_login_wipe (raw->password);
  g_free (raw->password_file);
  g_free (raw->secret_file);
  g_free (raw->config);
  g_free (raw->authority);
  g_strfreev (raw->also);
  g_strfreev (raw->listeners);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

static gboolean
parse (Raw *raw, char ***arguments, GError **error)
{
  GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &raw->config,
      "A turnserver.conf with the secret or a user", "FILE" },
    { "secret-file", 0, 0, G_OPTION_ARG_FILENAME, &raw->secret_file, "The secret", "FILE" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &raw->user, "A user", "NAME" },
    { "password", 0, 0, G_OPTION_ARG_STRING, &raw->password,
      "The user's password; better in FLOE_TURN_PASSWORD", "TEXT" },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &raw->password_file, "The user's password",
      "FILE" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &raw->authority,
      "Trust these certificates, not the system's", "FILE" },
    { "also", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->also,
      "An address that must be refused, too (may be repeated)", "ADDRESS" },
    { "listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->listeners,
      "An own address that no packet must reach (may be repeated)", "ADDRESS" },
    { "allow-tcp-relay", 0, 0, G_OPTION_ARG_NONE, &raw->allows_tcp_relay,
      "The server is meant to open TCP connections", NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &raw->seconds, "At most so long (20)", "SECONDS" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &raw->json, "Print one JSON object", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &raw->verbose, "Tell what is good, too", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("URL - prove that a TURN server relays to nobody it should not");

  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse_strv (context, arguments, error);
}

static gboolean
find_password (const Raw *raw, TurnLogin *login, GError **error)
{
  const char *from_environment = g_getenv ("FLOE_TURN_PASSWORD");

  login->username = g_strdup (raw->user);
  if (raw->password_file != NULL)
    login->password = turn_login_read_secret (raw->password_file, error);
  else
    login->password = g_strdup (raw->password != NULL ? raw->password : from_environment);
  if (login->password == NULL && (error == NULL || *error == NULL))
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "The password is missing: set FLOE_TURN_PASSWORD or --password-file");
  return login->password != NULL;
}

static gboolean
find_login (const Raw *raw, TurnLogin *login, GError **error)
{
  g_autofree char *secret = NULL;
  gint64 expires_s = g_get_real_time () / G_USEC_PER_SEC + LIFETIME_S;

  if ((raw->user != NULL) + (raw->config != NULL) + (raw->secret_file != NULL) != 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "Say who you are to the server with one of --config, --secret-file and "
                           "--user");
      return FALSE;
    }
  if (raw->user != NULL && strlen (raw->user) > MAX_USER)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "The user has at most %d bytes",
                   MAX_USER);
      return FALSE;
    }
  if (raw->user != NULL)
    return find_password (raw, login, error);
  if (raw->config != NULL && !turn_login_read_config (raw->config, &secret, login, error))
    return FALSE;
  if (raw->secret_file != NULL
      && (secret = turn_login_read_secret (raw->secret_file, error)) == NULL)
    return FALSE;
  if (secret != NULL)
    turn_login_from_secret (login, secret, USER, expires_s);
  return TRUE;
}

static gboolean
are_addresses (char **texts, guint max, GError **error)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      TurnAddress address;
      if (i >= max || !turn_address_parse (&address, texts[i]))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       i >= max ? "%s is one address too many" : "'%s' is no address", texts[i]);
          return FALSE;
        }
    }
  return TRUE;
}

static GTlsDatabase *
open_authority (const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);

  return g_tls_file_database_new (absolute, error);
}

static gboolean is_json;

/* Looking up a name can't be given a time limit, and a server may feed a handshake byte by byte. */
static void
on_alarm (int number)
{
  static const char json[] = "{\"verdict\":\"unknown\",\"error\":\"the time is up\"}\n";
  static const char text[] = "floe-turn: the time is up, and the server could not be checked\n";
  gssize ignored = is_json ? write (STDOUT_FILENO, json, sizeof json - 1)
                           : write (STDERR_FILENO, text, sizeof text - 1);

  (void) ignored;
  _exit (TURN_EXIT_UNKNOWN);
}

static TurnExit
run_check (const TurnCheckOptions *options, const Raw *raw)
{
  g_autoptr (TurnReport) report = NULL;
  g_autofree char *text = NULL;

  is_json = raw->json;
  signal (SIGALRM, on_alarm);
  /* The check minds its time itself, but for what blocks. */
  alarm ((guint) raw->seconds + 2);
  report = turn_check_run (options);
  alarm (0);
  text = raw->json ? turn_report_to_json (report) : turn_report_to_text (report, raw->verbose);
  g_print (raw->json ? "%s\n" : "%s", text);
  switch (turn_report_get_verdict (report))
    {
    case TURN_VERDICT_OK:
      return TURN_EXIT_OK;
    case TURN_VERDICT_OPEN:
      return TURN_EXIT_OPEN;
    default:
      return TURN_EXIT_UNKNOWN;
    }
}

TurnExit
turn_command_check (char **arguments)
{
  g_auto (Raw) raw = { .seconds = DEFAULT_SECONDS };
  g_auto (TurnLogin) login = { 0 };
  g_auto (TurnUrl) url = { 0 };
  g_auto (GStrv) rest = g_strdupv (arguments);
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse (&raw, &rest, &error))
    return turn_command_fail ("check ", "%s", error->message);
  if (g_strv_length (rest) != 2)
    return turn_command_fail ("check ", "One server is wanted, as in turn:relay.example.org");
  if (raw.seconds < 1 || raw.seconds > MAX_SECONDS)
    return turn_command_fail ("check ", "--timeout is 1 to %d seconds", MAX_SECONDS);
  if (!turn_url_parse (&url, rest[1], &error) || !find_login (&raw, &login, &error)
      || !are_addresses (raw.also, MAX_LISTENERS, &error)
      || !are_addresses (raw.listeners, MAX_LISTENERS, &error)
      || (raw.authority != NULL && (database = open_authority (raw.authority, &error)) == NULL))
    return turn_command_fail ("check ", "%s", error->message);

  TurnCheckOptions options = { .url = rest[1],
                               .server = url,
                               .username = login.username,
                               .password = login.password,
                               .database = database,
                               .also = raw.also,
                               .listeners = raw.listeners,
                               .wants_tcp_relay = raw.allows_tcp_relay,
                               .until_us = g_get_monotonic_time () + raw.seconds * G_USEC_PER_SEC };
  return run_check (&options, &raw);
}
