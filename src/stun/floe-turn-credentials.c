/* SPDX-License-Identifier: MPL-2.0 */
#include <floe/floe-turn-credentials.h>

#include <string.h>

#include <openssl/crypto.h>

#include <floe/floe-error.h>

#include "floe-stun-attributes-private.h"
#include "floe-turn-rest-private.h"

/**
 * FloeTurnCredentials:
 *
 * A user name and password for a TURN server that end at a set time. They are made of a secret that
 * the server shares, so that a service can hand them out without an account for each user
 * (coturn's `use-auth-secret`, draft-uberti-behave-turn-rest). Immutable; may be shared between
 * threads.
 *
 * Since: 1.0
 */
struct _FloeTurnCredentials
{
  char *username; /* (owned) */
  char *password; /* (owned) */
  gint64 expiry_s;
};

G_DEFINE_BOXED_TYPE (FloeTurnCredentials, floe_turn_credentials, floe_turn_credentials_ref,
                     floe_turn_credentials_unref)

static void
clear_credentials (gpointer data)
{
  FloeTurnCredentials *self = data;

  g_free (self->username);
  if (self->password != NULL)
    OPENSSL_cleanse (self->password, strlen (self->password));
  g_free (self->password);
}

/* RFC 8489 section 14.3 bounds the whole user name; 20 characters are the number's. */
static gboolean
check_arguments (const char *secret, const char *user, guint lifetime, GError **error)
{
  if (*secret == '\0')
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                         "The TURN server's secret is empty: take static-auth-secret from its "
                         "configuration");
  else if (user != NULL
           && (!g_utf8_validate (user, -1, NULL)
               || strlen (user) > FLOE_STUN_MAX_USERNAME_SIZE - 21))
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                         "The user for the TURN credentials must be UTF-8, and short");
  else if (lifetime == 0)
    g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_RANGE,
                         "TURN credentials must live for a second at least");
  else
    return TRUE;
  return FALSE;
}

/**
 * floe_turn_credentials_new:
 * @secret: what the TURN server shares (coturn's `static-auth-secret`)
 * @user: (nullable): a name to tell users apart by in the server's log, at most 487 bytes; it
 *   becomes a part of the user name
 * @lifetime: seconds from now for which the server shall accept them, 1 or more; it must hold until
 *   the connection's end, or they have to be replaced before
 *   (#FloePeerConnection::ice-server-expiring)
 * @error: where an error goes, or %NULL
 *
 * A new user name and password, whose end is counted from this machine's clock. To be called where
 * the secret is, on a server: who has the secret can make credentials for ever.
 *
 * Fails with %FLOE_ERROR_SYNTAX when @secret is empty or @user is too long or not UTF-8, with
 * %FLOE_ERROR_RANGE when @lifetime is 0, and with %FLOE_ERROR_NOT_SUPPORTED when the system's
 * OpenSSL has no SHA-1. May be called in any thread.
 *
 * Returns: (transfer full): the credentials, or %NULL with @error set
 *
 * Since: 1.0
 */
FloeTurnCredentials *
floe_turn_credentials_new (const char *secret, const char *user, guint lifetime, GError **error)
{
  FloeTurnCredentials *self;
  gint64 expiry_s;
  g_autofree char *username = NULL;
  char *password;

  g_return_val_if_fail (secret != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_arguments (secret, user, lifetime, error))
    return NULL;
  expiry_s = g_get_real_time () / G_USEC_PER_SEC + lifetime;
  username = floe_turn_rest_make_username (expiry_s, user);
  password = floe_turn_rest_make_password (secret, username, error);
  if (password == NULL)
    return NULL;
  self = g_atomic_rc_box_new0 (FloeTurnCredentials);
  self->username = g_steal_pointer (&username);
  self->password = password;
  self->expiry_s = expiry_s;
  return self;
}

/**
 * floe_turn_credentials_ref:
 * @self: credentials
 *
 * A further reference to the credentials. May be called in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
FloeTurnCredentials *
floe_turn_credentials_ref (FloeTurnCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * floe_turn_credentials_unref:
 * @self: (transfer full): credentials
 *
 * Gives a reference back; the last one frees @self and wipes its password. May be called in any
 * thread.
 *
 * Since: 1.0
 */
void
floe_turn_credentials_unref (FloeTurnCredentials *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_credentials);
}

/**
 * floe_turn_credentials_get_username:
 * @self: credentials
 *
 * The user name, for floe_ice_server_new(): when it ends, a colon, and the user. May be called in
 * any thread.
 *
 * Returns: (transfer none): the user name
 *
 * Since: 1.0
 */
const char *
floe_turn_credentials_get_username (const FloeTurnCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->username;
}

/**
 * floe_turn_credentials_get_password:
 * @self: credentials
 *
 * The password, for floe_ice_server_new() (W3C's credential). May be called in any thread.
 *
 * Returns: (transfer none): the password
 *
 * Since: 1.0
 */
const char *
floe_turn_credentials_get_password (const FloeTurnCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->password;
}

/**
 * floe_turn_credentials_get_expiry:
 * @self: credentials
 *
 * When they end. May be called in any thread.
 *
 * Returns: seconds of Unix time
 *
 * Since: 1.0
 */
gint64
floe_turn_credentials_get_expiry (const FloeTurnCredentials *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->expiry_s;
}
