/* SPDX-License-Identifier: MPL-2.0 */
/* A turnserver.conf that floe-turn reads the secret or a user of, and a file with a secret.
 *
 * Properties: there is either a secret, or a user with a password, or an error; each stands in the
 * file, on one line; a configuration with more lines behind it says the same. */
#include "turn-login.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A file in memory; the path leads to it while the descriptor is open. */
static int
make_file (const guint8 *data, gsize size, const char *tail, char path[32])
{
  int fd = memfd_create ("configuration", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  g_assert_cmpint (write (fd, tail, strlen (tail)), ==, (gssize) strlen (tail));
  g_snprintf (path, 32, "/dev/fd/%d", fd);
  return fd;
}

static void
check_value (const char *value, const guint8 *data, gsize size)
{
  /* A carriage return by itself ends no line. */
  g_assert_null (strchr (value, '\n'));
  g_assert_true (*value == '\0' || memmem (data, size, value, strlen (value)) != NULL);
}

static void
check_secret_file (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  char path[32];
  int fd = make_file (data, size, "", path);
  char *secret = turn_login_read_secret (path, &error);

  g_assert_true ((secret == NULL) == (error != NULL));
  if (secret != NULL)
    check_value (secret, data, size);
  if (secret != NULL)
    turn_login_wipe (secret);
  close (fd);
}

static gboolean
read_config (const guint8 *data, gsize size, const char *tail, char **secret, TurnLogin *login)
{
  g_autoptr (GError) error = NULL;
  char path[32];
  int fd = make_file (data, size, tail, path);
  gboolean is_read = turn_login_read_config (path, secret, login, &error);

  g_assert_true (is_read == (error == NULL));
  g_assert_true (is_read == (*secret != NULL || login->username != NULL));
  g_assert_false (*secret != NULL && login->username != NULL);
  g_assert_true ((login->username == NULL) == (login->password == NULL));
  close (fd);
  return is_read;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (TurnLogin) login = { 0 };
  g_auto (TurnLogin) again = { 0 };
  g_autofree char *secret = NULL;
  g_autofree char *secret_again = NULL;

  check_secret_file (data, size);
  if (!read_config (data, size, "", &secret, &login))
    return 0;
  if (secret != NULL)
    check_value (secret, data, size);
  else
    {
      check_value (login.username, data, size);
      check_value (login.password, data, size);
    }
  /* A NUL ends what is read. */
  if (memchr (data, '\0', size) == NULL
      && read_config (data, size, "\n# the end\n", &secret_again, &again))
    {
      g_assert_cmpstr (secret, ==, secret_again);
      g_assert_cmpstr (login.username, ==, again.username);
      g_assert_cmpstr (login.password, ==, again.password);
    }
  return 0;
}
