/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-proof.h"

#include <string.h>
#include <sys/random.h>

#define MAC_SIZE 32

static const char fingerprint_attribute[] = "a=fingerprint:";
static const char sha256_name[] = "sha-256 ";

void
floe_proof_generate_nonce (guint8 nonce[FLOE_PROOF_NONCE_SIZE])
{
  if (getrandom (nonce, FLOE_PROOF_NONCE_SIZE, 0) != FLOE_PROOF_NONCE_SIZE)
    g_error ("The kernel gives no random bytes");
}

/* Reads @size bytes of two digits each, between which @separator stands unless it is 0. FALSE when
 * they are not all there; what follows them is not looked at. */
static gboolean
read_digits (const char *text, char separator, guint8 *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    {
      int high, low;
      if (separator != '\0' && i > 0 && *text++ != separator)
        return FALSE;
      high = g_ascii_xdigit_value (text[0]);
      low = high >= 0 ? g_ascii_xdigit_value (text[1]) : -1;
      if (low < 0)
        return FALSE;
      bytes[i] = (guint8) (high << 4 | low);
      text += 2;
    }
  return TRUE;
}

/* (transfer full). */
static char *
write_digits (const guint8 *bytes, gsize size)
{
  GString *digits = g_string_sized_new (2 * size);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (digits, "%02x", bytes[i]);
  return g_string_free (digits, FALSE);
}

gboolean
floe_proof_parse_nonce (const char *digits, guint8 nonce[FLOE_PROOF_NONCE_SIZE])
{
  return strnlen (digits, 2 * FLOE_PROOF_NONCE_SIZE + 1) == 2 * FLOE_PROOF_NONCE_SIZE
         && read_digits (digits, '\0', nonce, FLOE_PROOF_NONCE_SIZE);
}

char *
floe_proof_nonce_to_string (const guint8 nonce[FLOE_PROOF_NONCE_SIZE])
{
  return write_digits (nonce, FLOE_PROOF_NONCE_SIZE);
}

/* Reads the value of a fingerprint attribute (RFC 8122 section 5), a line's end after it. */
static gboolean
read_fingerprint_value (const char *value, guint8 fingerprint[FLOE_PROOF_FINGERPRINT_SIZE])
{
  gsize size = strcspn (value, "\r\n");
  gsize name_size = sizeof sha256_name - 1;

  return size == name_size + FLOE_PROOF_FINGERPRINT_SIZE * 3 - 1
         && g_ascii_strncasecmp (value, sha256_name, name_size) == 0
         && read_digits (value + name_size, ':', fingerprint, FLOE_PROOF_FINGERPRINT_SIZE);
}

gboolean
floe_proof_read_fingerprint (const char *sdp, guint8 fingerprint[FLOE_PROOF_FINGERPRINT_SIZE],
                             GError **error)
{
  gboolean is_found = FALSE, is_unique = TRUE;
  const char *line = sdp;

  while (line != NULL && is_unique)
    {
      guint8 other[FLOE_PROOF_FINGERPRINT_SIZE];
      line += strspn (line, "\r\n");
      /* Attributes are case-sensitive (RFC 8866 section 9); but whoever reads them more liberally
       * must not see a fingerprint that was not looked at here. */
      if (g_ascii_strncasecmp (line, fingerprint_attribute, sizeof fingerprint_attribute - 1) == 0)
        {
          is_unique = read_fingerprint_value (line + sizeof fingerprint_attribute - 1, other)
                      && (!is_found || memcmp (other, fingerprint, sizeof other) == 0);
          memcpy (fingerprint, other, sizeof other);
          is_found = TRUE;
        }
      line = strpbrk (line, "\r\n");
    }
  if (is_found && is_unique)
    return TRUE;
  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                       "The description does not have exactly one SHA-256 fingerprint");
  return FALSE;
}

static void
compute_mac (const guint8 key[FLOE_CODE_KEY_SIZE], FloeProofRole role,
             const FloeProofBinding *binding, guint8 mac[MAC_SIZE])
{
  static const char *const labels[] = {
    [FLOE_PROOF_RECEIVER] = "floe 1 receiver", [FLOE_PROOF_SENDER] = "floe 1 sender"
  };
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, key, FLOE_CODE_KEY_SIZE);
  gsize size = MAC_SIZE;

  g_hmac_update (hmac, (const guchar *) labels[role], (gssize) strlen (labels[role]) + 1);
  g_hmac_update (hmac, binding->offerer_fingerprint, sizeof binding->offerer_fingerprint);
  g_hmac_update (hmac, binding->answerer_fingerprint, sizeof binding->answerer_fingerprint);
  g_hmac_update (hmac, binding->offerer_nonce, sizeof binding->offerer_nonce);
  g_hmac_update (hmac, binding->answerer_nonce, sizeof binding->answerer_nonce);
  g_hmac_get_digest (hmac, mac, &size);
  g_hmac_unref (hmac);
}

char *
floe_proof_make (const guint8 key[FLOE_CODE_KEY_SIZE], FloeProofRole role,
                 const FloeProofBinding *binding)
{
  guint8 mac[MAC_SIZE];

  compute_mac (key, role, binding, mac);
  return write_digits (mac, sizeof mac);
}

gboolean
floe_proof_check (const guint8 key[FLOE_CODE_KEY_SIZE], FloeProofRole role,
                  const FloeProofBinding *binding, const char *mac)
{
  guint8 expected[MAC_SIZE], given[MAC_SIZE];
  guint8 difference = 0;

  if (strnlen (mac, 2 * MAC_SIZE + 1) != 2 * MAC_SIZE
      || !read_digits (mac, '\0', given, sizeof given))
    return FALSE;
  compute_mac (key, role, binding, expected);
  for (gsize i = 0; i < sizeof given; i++)
    difference |= expected[i] ^ given[i];
  explicit_bzero (expected, sizeof expected);
  return difference == 0;
}
