/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-fingerprint-codec-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-random-private.h"

/* A hash-func is a token of RFC 8866; the longest that anyone registered has 9 characters. */
#define MAX_HASH_NAME 32

static const struct
{
  const char *name;
  gsize size; /* bytes */
} hash_functions[] = {
  [FLOE_FINGERPRINT_UNUSABLE] = { NULL, 0 },
  [FLOE_FINGERPRINT_SHA256] = { "sha-256", 32 },
  [FLOE_FINGERPRINT_SHA384] = { "sha-384", 48 },
  [FLOE_FINGERPRINT_SHA512] = { "sha-512", 64 },
};

gsize
floe_fingerprint_hash_get_size (FloeFingerprintHash hash)
{
  return hash_functions[hash].size;
}

static FloeFingerprintHash
find_hash (const char *name, gsize length)
{
  for (gsize i = FLOE_FINGERPRINT_SHA256; i < G_N_ELEMENTS (hash_functions); i++)
    {
      if (strlen (hash_functions[i].name) == length
          && g_ascii_strncasecmp (hash_functions[i].name, name, length) == 0)
        return (FloeFingerprintHash) i;
    }
  return FLOE_FINGERPRINT_UNUSABLE;
}

static gboolean
is_token (const char *text, gsize length)
{
  if (length == 0 || length > MAX_HASH_NAME)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isgraph (text[i]) || strchr ("\"(),/:;<=>?@[\\]", text[i]) != NULL)
        return FALSE;
    }
  return TRUE;
}

/* RFC 8122 section 5: fingerprint = 2UHEX *(":" 2UHEX). Lower case is read too: some peers write
 * it. Returns the bytes read into @digest, or 0 when the text is not of this form or longer. */
static gsize
read_digest (guint8 digest[static FLOE_FINGERPRINT_MAX_DIGEST], const char *text)
{
  gsize size = 0;

  while (size < FLOE_FINGERPRINT_MAX_DIGEST)
    {
      if (!g_ascii_isxdigit (text[0]) || !g_ascii_isxdigit (text[1]))
        return 0;
      digest[size++] =
          (guint8) (g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]));
      if (text[2] == '\0')
        return size;
      if (text[2] != ':')
        return 0;
      text += 3;
    }
  return 0;
}

gboolean
floe_fingerprint_parse (FloeFingerprint *self, const char *text, GError **error)
{
  const char *space = strchr (text, ' ');
  FloeFingerprint parsed = { 0 };

  if (space == NULL || !is_token (text, (gsize) (space - text)))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                           "A fingerprint must be a hash function, a space and hex digits");
      return FALSE;
    }
  parsed.hash = find_hash (text, (gsize) (space - text));
  parsed.size = read_digest (parsed.digest, space + 1);
  if (parsed.size == 0
      || (parsed.hash != FLOE_FINGERPRINT_UNUSABLE
          && parsed.size != hash_functions[parsed.hash].size))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                           "A fingerprint's digest must be pairs of hex digits separated by "
                           "colons, as many as its hash function makes");
      return FALSE;
    }
  if (parsed.hash == FLOE_FINGERPRINT_UNUSABLE)
    parsed = (FloeFingerprint){ 0 };
  *self = parsed;
  return TRUE;
}

char *
floe_fingerprint_format (const FloeFingerprint *self)
{
  GString *text;

  g_return_val_if_fail (self->hash != FLOE_FINGERPRINT_UNUSABLE, NULL);
  g_return_val_if_fail (self->size == hash_functions[self->hash].size, NULL);

  text = g_string_new (hash_functions[self->hash].name);
  for (gsize i = 0; i < self->size; i++)
    g_string_append_printf (text, "%c%02X", i == 0 ? ' ' : ':', self->digest[i]);
  return g_string_free (text, FALSE);
}

FloeFingerprintHash
floe_fingerprint_get_strongest (const FloeFingerprint *fingerprints, gsize count)
{
  FloeFingerprintHash strongest = FLOE_FINGERPRINT_UNUSABLE;

  for (gsize i = 0; i < count; i++)
    strongest = MAX (strongest, fingerprints[i].hash);
  return strongest;
}

/* RFC 8122 section 5: of the fingerprints made with the chosen hash function, one that matches is
 * enough; those of weaker functions count no more, or whoever finds a collision there wins. */
gboolean
floe_fingerprint_matches_any (const FloeFingerprint *fingerprints, gsize count,
                              const FloeFingerprint *actual)
{
  FloeFingerprintHash strongest = floe_fingerprint_get_strongest (fingerprints, count);
  gboolean matches = FALSE;

  if (strongest == FLOE_FINGERPRINT_UNUSABLE || actual->hash != strongest)
    return FALSE;
  for (gsize i = 0; i < count; i++)
    {
      if (fingerprints[i].hash == strongest)
        matches |= floe_constant_time_equal (fingerprints[i].digest, fingerprints[i].size,
                                             actual->digest, actual->size);
    }
  return matches;
}
