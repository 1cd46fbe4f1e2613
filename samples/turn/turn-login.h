/* SPDX-License-Identifier: MPL-2.0 */
/* Who one is to a TURN server, from what a person has: a name and a password, a secret, or the
 * server's configuration.
 *
 * Layer: samples. Knows GLib only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *username; /* (owned) (nullable) */
  char *password; /* (owned) (nullable) */
} TurnLogin;

/* Of a user that @secret vouches for until @expires_s, in seconds since 1970, as coturn's
 * use-auth-secret wants it: draft-uberti-behave-turn-rest-00 section 2.2. */
void turn_login_from_secret (TurnLogin *self, const char *secret, const char *user,
                             gint64 expires_s);

/* (transfer full): the first line of the file at @path, at most 4 KiB. */
char *turn_login_read_secret (const char *path, GError **error);

/* The secret in the turnserver.conf at @path, or its first user with a password in clear. Only one
 * of @secret and @login is set. */
gboolean turn_login_read_config (const char *path, char **secret, TurnLogin *login, GError **error);

/* Wipes the password. */
void turn_login_clear (TurnLogin *self);

/* Wipes and frees @text. */
void turn_login_wipe (char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TurnLogin, turn_login_clear)

G_END_DECLS
