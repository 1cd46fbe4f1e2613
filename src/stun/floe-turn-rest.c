/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-turn-rest-private.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <floe/floe-error.h>

char *
floe_turn_rest_make_username (gint64 expiry_s, const char *user)
{
  return user != NULL && *user != '\0' ? g_strdup_printf ("%" G_GINT64_FORMAT ":%s", expiry_s, user)
                                       : g_strdup_printf ("%" G_GINT64_FORMAT, expiry_s);
}

char *
floe_turn_rest_make_password (const char *secret, const char *username, GError **error)
{
  guint8 digest[EVP_MAX_MD_SIZE];
  guint size = 0;
  char *password;

  if (HMAC (EVP_sha1 (), secret, (int) strlen (secret), (const guint8 *) username,
            strlen (username), digest, &size)
      == NULL)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
                           "This system's OpenSSL refuses SHA-1, which the TURN server wants");
      return NULL;
    }
  password = g_base64_encode (digest, size);
  OPENSSL_cleanse (digest, sizeof digest);
  return password;
}

gint64
floe_turn_rest_get_expiry (const char *username)
{
  gsize digits = strspn (username, "0123456789");
  g_autofree char *number = g_strndup (username, digits);
  gint64 expiry_s;

  if ((username[digits] != ':' && username[digits] != '\0')
      || !g_ascii_string_to_signed (number, 10, 0, G_MAXINT64, &expiry_s, NULL))
    return -1;
  return expiry_s;
}
