/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-integrity-private.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <floe/floe-error.h>

#include "floe-random-private.h"

/* RFC 8489 section 14.7: "XOR'ed with the 32-bit value 0x5354554e", which is "STUN" */
#define FINGERPRINT_XOR 0x5354554eu
/* The polynomial of ITU V.42, its bits reversed */
#define CRC32_POLYNOMIAL 0xedb88320u

void
floe_stun_free_secret (char *text)
{
  if (text != NULL)
    OPENSSL_cleanse (text, strlen (text));
  g_free (text);
}

typedef char Secret;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Secret, floe_stun_free_secret)

static GString *
map_spaces (const char *text)
{
  GString *mapped = g_string_sized_new (2 * strlen (text));

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (g_unichar_iscntrl (character))
        {
          OPENSSL_cleanse (mapped->str, mapped->len);
          g_string_free (mapped, TRUE);
          return NULL;
        }
      if (g_unichar_type (character) == G_UNICODE_SPACE_SEPARATOR)
        character = ' ';
      g_string_append_unichar (mapped, character);
    }
  return mapped;
}

/* RFC 8265 section 4.2.1: spaces become U+0020, then normalization form C; neither controls nor
 * the empty string are allowed. */
char *
floe_stun_prepare_text (const char *text, GError **error)
{
  GString *mapped = NULL;
  char *prepared = NULL;

  if (*text != '\0' && g_utf8_validate (text, -1, NULL))
    mapped = map_spaces (text);
  if (mapped != NULL)
    {
      prepared = g_utf8_normalize (mapped->str, (gssize) mapped->len, G_NORMALIZE_NFC);
      OPENSSL_cleanse (mapped->str, mapped->len);
      g_string_free (mapped, TRUE);
    }
  if (prepared == NULL)
    g_set_error_literal (
        error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
        "A username, realm or password must be UTF-8 text without control characters, and "
        "not empty");
  return prepared;
}

static void
set_hash_error (GError **error)
{
  g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
                       "This system's OpenSSL refuses the hash function that the server wants");
}

gboolean
floe_stun_key_init_short_term (FloeStunKey *self, const char *password, GError **error)
{
  char *prepared = floe_stun_prepare_text (password, error);

  if (prepared == NULL)
    return FALSE;
  *self = (FloeStunKey){ (guint8 *) prepared, strlen (prepared) };
  return TRUE;
}

gboolean
floe_stun_key_init_long_term (FloeStunKey *self, FloeStunPasswordAlgorithm algorithm,
                              const char *username, const char *realm, const char *password,
                              GError **error)
{
  const EVP_MD *hash = algorithm == FLOE_STUN_PASSWORD_SHA256 ? EVP_sha256 () : EVP_md5 ();
  g_autofree char *opaque_realm = floe_stun_prepare_text (realm, error);
  g_autoptr (Secret) opaque_password = NULL;
  g_autoptr (Secret) joined = NULL;
  guint8 digest[EVP_MAX_MD_SIZE];
  guint size = 0;

  if (opaque_realm == NULL)
    return FALSE;
  opaque_password = floe_stun_prepare_text (password, error);
  if (opaque_password == NULL)
    return FALSE;
  joined = g_strconcat (username, ":", opaque_realm, ":", opaque_password, NULL);
  if (!EVP_Digest (joined, strlen (joined), digest, &size, hash, NULL))
    {
      set_hash_error (error);
      return FALSE;
    }
  *self = (FloeStunKey){ g_memdup2 (digest, size), size };
  OPENSSL_cleanse (digest, sizeof digest);
  return TRUE;
}

gboolean
floe_stun_compute_userhash (const char *username, const char *realm,
                            guint8 userhash[FLOE_STUN_USERHASH_SIZE], GError **error)
{
  g_autofree char *opaque_username = floe_stun_prepare_text (username, error);
  g_autofree char *opaque_realm = NULL;
  g_autofree char *joined = NULL;

  if (opaque_username == NULL)
    return FALSE;
  opaque_realm = floe_stun_prepare_text (realm, error);
  if (opaque_realm == NULL)
    return FALSE;
  joined = g_strconcat (opaque_username, ":", opaque_realm, NULL);
  if (!EVP_Digest (joined, strlen (joined), userhash, NULL, EVP_sha256 (), NULL))
    {
      set_hash_error (error);
      return FALSE;
    }
  return TRUE;
}

void
floe_stun_key_copy (FloeStunKey *self, const FloeStunKey *other)
{
  *self = (FloeStunKey){ g_memdup2 (other->bytes, other->size), other->size };
}

void
floe_stun_key_clear (FloeStunKey *self)
{
  if (self->bytes != NULL)
    OPENSSL_cleanse (self->bytes, self->size);
  g_clear_pointer (&self->bytes, g_free);
  self->size = 0;
}

/* The HMAC over the message up to the attribute at @offset, with a header whose length ends behind
 * that attribute's @value_size bytes: RFC 8489 section 14.5. FALSE when OpenSSL fails. */
static gboolean
compute_hmac (const EVP_MD *hash, const FloeStunKey *key, const guint8 *message, gsize offset,
              gsize value_size, guint8 digest[static EVP_MAX_MD_SIZE])
{
  gsize length = offset + FLOE_STUN_ATTRIBUTE_HEADER_SIZE + value_size - FLOE_STUN_HEADER_SIZE;
  guint8 start[4] = { message[0], message[1], (guint8) (length >> 8), (guint8) length };
  EVP_PKEY *mac_key = EVP_PKEY_new_raw_private_key (EVP_PKEY_HMAC, NULL, key->bytes, key->size);
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  gsize size = EVP_MAX_MD_SIZE;
  gboolean done;

  done = mac_key != NULL && context != NULL
         && EVP_DigestSignInit (context, NULL, hash, NULL, mac_key)
         && EVP_DigestSignUpdate (context, start, sizeof start)
         && EVP_DigestSignUpdate (context, message + sizeof start, offset - sizeof start)
         && EVP_DigestSignFinal (context, digest, &size);
  EVP_MD_CTX_free (context);
  EVP_PKEY_free (mac_key);
  return done && size >= value_size;
}

FloeStunProofs
floe_stun_message_get_proofs (const FloeStunMessage *message)
{
  return (floe_stun_message_has (message, FLOE_STUN_MESSAGE_INTEGRITY) ? FLOE_STUN_PROOF_SHA1 : 0)
         | (floe_stun_message_has (message, FLOE_STUN_MESSAGE_INTEGRITY_SHA256)
                ? FLOE_STUN_PROOF_SHA256
                : 0);
}

FloeStunIntegrity
floe_stun_message_check_integrity (const FloeStunMessage *message, const FloeStunKey *key)
{
  return floe_stun_message_check_truncated_integrity (message, key, FLOE_STUN_SHA256_SIZE);
}

FloeStunIntegrity
floe_stun_message_check_truncated_integrity (const FloeStunMessage *message, const FloeStunKey *key,
                                             gsize min_size)
{
  FloeStunIterator iterator = floe_stun_iterator_init (message);
  FloeStunAttribute attribute, strongest = { 0 };
  gsize offset = 0;
  guint8 digest[EVP_MAX_MD_SIZE];
  gboolean done;

  while (floe_stun_iterator_next (&iterator, &attribute))
    {
      if (attribute.type == FLOE_STUN_MESSAGE_INTEGRITY
          || attribute.type == FLOE_STUN_MESSAGE_INTEGRITY_SHA256)
        {
          strongest = attribute; /* SHA-256 can only come after SHA-1 */
          offset = floe_stun_iterator_get_offset (&iterator, &attribute);
        }
    }
  if (strongest.value == NULL)
    return FLOE_STUN_INTEGRITY_MISSING;
  if (strongest.type == FLOE_STUN_MESSAGE_INTEGRITY_SHA256 && strongest.size < min_size)
    return FLOE_STUN_INTEGRITY_WRONG;
  done = compute_hmac (strongest.type == FLOE_STUN_MESSAGE_INTEGRITY ? EVP_sha1 () : EVP_sha256 (),
                       key, message->data, offset, strongest.size, digest);
  if (done && floe_constant_time_equal (digest, strongest.size, strongest.value, strongest.size))
    return FLOE_STUN_INTEGRITY_RIGHT;
  return FLOE_STUN_INTEGRITY_WRONG;
}

static void
add_hmac (FloeStunBuilder *builder, guint16 type, const EVP_MD *hash, gsize size,
          const FloeStunKey *key)
{
  gsize offset = builder->writer.used;
  guint8 digest[EVP_MAX_MD_SIZE] = { 0 };

  if (!builder->writer.failed && !compute_hmac (hash, key, builder->start, offset, size, digest))
    builder->writer.failed = TRUE;
  floe_stun_builder_add (builder, type, digest, size);
}

void
floe_stun_builder_add_integrity (FloeStunBuilder *builder, const FloeStunKey *key)
{
  add_hmac (builder, FLOE_STUN_MESSAGE_INTEGRITY, EVP_sha1 (), FLOE_STUN_SHA1_SIZE, key);
}

void
floe_stun_builder_add_integrity_sha256 (FloeStunBuilder *builder, const FloeStunKey *key)
{
  add_hmac (builder, FLOE_STUN_MESSAGE_INTEGRITY_SHA256, EVP_sha256 (), FLOE_STUN_SHA256_SIZE, key);
}

void
floe_stun_builder_add_truncated_integrity (FloeStunBuilder *builder, const FloeStunKey *key,
                                           gsize size)
{
  g_assert (size >= FLOE_STUN_SHA256_MIN_SIZE && size <= FLOE_STUN_SHA256_SIZE && size % 4 == 0);
  add_hmac (builder, FLOE_STUN_MESSAGE_INTEGRITY_SHA256, EVP_sha256 (), size, key);
}

/* Bit by bit: STUN messages are few and short. */
guint32
floe_stun_compute_fingerprint (const guint8 *data, gsize size)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? CRC32_POLYNOMIAL : 0);
    }
  return ~crc ^ FINGERPRINT_XOR;
}
