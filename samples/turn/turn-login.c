/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-login.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_CONFIG (1024 * 1024)
#define MAX_SECRET_FILE 4096
/* RFC 8489 section 14.3: "less than 509" bytes. */
#define MAX_USER 508

void
turn_login_wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

void
turn_login_clear (TurnLogin *self)
{
  g_clear_pointer (&self->username, g_free);
  g_clear_pointer (&self->password, turn_login_wipe);
}

void
turn_login_from_secret (TurnLogin *self, const char *secret, const char *user, gint64 expires_s)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) secret, strlen (secret));
  guint8 digest[20];
  gsize size = sizeof digest;

  turn_login_clear (self);
  self->username = g_strdup_printf ("%" G_GINT64_FORMAT ":%s", expires_s, user);
  g_hmac_update (hmac, (const guchar *) self->username, -1);
  g_hmac_get_digest (hmac, digest, &size);
  self->password = g_base64_encode (digest, size);
}

/* (transfer full): a text file of at most @max_size bytes; not of a device that never ends. */
static char *
read_text (const char *path, gsize max_size, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  char *text;
  gsize size = 0;

  if (stream == NULL)
    return NULL;
  text = g_malloc0 (max_size + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), text, max_size, &size, NULL, error))
    g_clear_pointer (&text, g_free);
  return text;
}

char *
turn_login_read_secret (const char *path, GError **error)
{
  char *text = read_text (path, MAX_SECRET_FILE, error);

  if (text == NULL)
    return NULL;
  text[strcspn (text, "\r\n")] = '\0';
  if (*text != '\0')
    return text;
  g_free (text);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "there is no secret in %s", path);
  return NULL;
}

/* (nullable): what stands behind "NAME=" in @line, or behind the spaces that coturn takes, too. */
static const char *
value_of (const char *line, const char *name)
{
  gsize length = strlen (name);

  line += strspn (line, " \t");
  if (strncmp (line, name, length) != 0 || strchr ("= \t", line[length]) == NULL
      || line[length] == '\0')
    return NULL;
  return line + length + strspn (line + length, "= \t");
}

static void
take_user (TurnLogin *login, const char *value)
{
  const char *colon = strchr (value, ':');

  /* "0x" begins a key that was made of the password, which we can't sign with. */
  if (login->username != NULL || colon == NULL || colon - value > MAX_USER
      || g_str_has_prefix (colon + 1, "0x"))
    return;
  login->username = g_strndup (value, (gsize) (colon - value));
  login->password = g_strdup (colon + 1);
}

gboolean
turn_login_read_config (const char *path, char **secret, TurnLogin *login, GError **error)
{
  char *text = read_text (path, MAX_CONFIG, error);
  g_auto (GStrv) lines = NULL;

  if (text == NULL)
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  turn_login_wipe (text);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *value = value_of (g_strchomp (lines[i]), "static-auth-secret");
      if (value != NULL && *secret == NULL)
        *secret = g_strdup (value);
      else if ((value = value_of (lines[i], "user")) != NULL)
        take_user (login, value);
    }
  if (*secret != NULL)
    turn_login_clear (login);
  if (*secret != NULL || login->username != NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "there is neither static-auth-secret nor user in %s", path);
  return FALSE;
}
