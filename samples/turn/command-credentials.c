/* SPDX-License-Identifier: MPL-2.0 */
#include <string.h>

#include "sample-json.h"
#include "turn-commands.h"
#include "turn-login.h"

#define DEFAULT_LIFETIME_S (24 * 60 * 60)
#define MAX_LIFETIME_S (366 * 24 * 60 * 60)
#define MAX_USER 128

/* As typed; owned, and NULL when not given. */
typedef struct
{
  char *config;
  char *secret_file;
  char *user;
  int lifetime_s;
  gboolean json;
} Raw;

static void
raw_clear (Raw *raw)
{
  g_free (raw->config);
  g_free (raw->secret_file);
  g_free (raw->user);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

static gboolean
parse (Raw *raw, char ***arguments, GError **error)
{
  GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &raw->config, "A turnserver.conf with the secret",
      "FILE" },
    { "secret-file", 0, 0, G_OPTION_ARG_FILENAME, &raw->secret_file, "The secret", "FILE" },
    { "for", 0, 0, G_OPTION_ARG_STRING, &raw->user, "Whom they are for, which the quota counts by",
      "NAME" },
    { "lifetime", 0, 0, G_OPTION_ARG_INT, &raw->lifetime_s, "How long they are good (86400)",
      "SECONDS" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &raw->json, "Print one JSON object", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("- make a user and a password that end in time");

  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse_strv (context, arguments, error);
}

/* (transfer full) (nullable) */
static char *
find_secret (const Raw *raw, GError **error)
{
  g_auto (TurnLogin) login = { 0 };
  char *secret = NULL;

  if ((raw->config != NULL) == (raw->secret_file != NULL))
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "The secret is missing: one of --config and --secret-file");
  else if (raw->secret_file != NULL)
    secret = turn_login_read_secret (raw->secret_file, error);
  else if (turn_login_read_config (raw->config, &secret, &login, error) && secret == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "%s has users and no secret: take their passwords", raw->config);
  return secret;
}

static void
print_login (const TurnLogin *login, gint64 expires_s, gboolean json)
{
  if (json)
    {
      JsonObject *object = json_object_new ();
      g_autofree char *line = NULL;
      json_object_set_string_member (object, "username", login->username);
      json_object_set_string_member (object, "credential", login->password);
      json_object_set_int_member (object, "expires", expires_s);
      line = sample_json_take_line (object);
      g_print ("%s\n", line);
    }
  else
    g_print ("user:     %s\npassword: %s\n", login->username, login->password);
}

TurnExit
turn_command_credentials (char **arguments)
{
  g_auto (Raw) raw = { .lifetime_s = DEFAULT_LIFETIME_S };
  g_auto (TurnLogin) login = { 0 };
  g_auto (GStrv) rest = g_strdupv (arguments);
  g_autoptr (GError) error = NULL;
  char *secret;
  gint64 expires_s;

  if (!parse (&raw, &rest, &error))
    return turn_command_fail ("credentials ", "%s", error->message);
  if (rest[1] != NULL)
    return turn_command_fail ("credentials ", "'%s' is one word too many", rest[1]);
  if (raw.lifetime_s < 1 || raw.lifetime_s > MAX_LIFETIME_S)
    return turn_command_fail ("credentials ", "--lifetime is 1 to %d seconds", MAX_LIFETIME_S);
  if (raw.user == NULL || *raw.user == '\0' || strlen (raw.user) > MAX_USER
      || strchr (raw.user, ':') != NULL)
    return turn_command_fail ("credentials ", "--for is a name without colons, of at most %d bytes",
                              MAX_USER);
  secret = find_secret (&raw, &error);
  if (secret == NULL)
    return turn_command_fail ("credentials ", "%s", error->message);
  expires_s = g_get_real_time () / G_USEC_PER_SEC + raw.lifetime_s;
  turn_login_from_secret (&login, secret, raw.user, expires_s);
  turn_login_wipe (secret);
  print_login (&login, expires_s, raw.json);
  return TURN_EXIT_OK;
}
