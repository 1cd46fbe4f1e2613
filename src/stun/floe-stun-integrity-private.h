/* SPDX-License-Identifier: MPL-2.0 */
/* What proves a STUN message: keys, MESSAGE-INTEGRITY(-SHA256) and the CRC of FINGERPRINT.
 *
 * Layer: stun. May include: base, and OpenSSL for its hashes. Any thread. */
#pragma once

#include "floe-stun-security-codec-private.h"

G_BEGIN_DECLS

#define FLOE_STUN_SHA1_SIZE 20
#define FLOE_STUN_SHA256_SIZE 32
#define FLOE_STUN_SHA256_MIN_SIZE 16
#define FLOE_STUN_USERHASH_SIZE 32

/* Attributes that prove a message. */
typedef enum
{
  FLOE_STUN_PROOF_NONE = 0,
  FLOE_STUN_PROOF_SHA1 = 1 << 0,   /* MESSAGE-INTEGRITY */
  FLOE_STUN_PROOF_SHA256 = 1 << 1, /* MESSAGE-INTEGRITY-SHA256 */
} FloeStunProofs;

typedef struct
{
  guint8 *bytes; /* (owned) */
  gsize size;
} FloeStunKey;

/* RFC 8489 section 9.1.1: the password itself, prepared as OpaqueString (RFC 8265: UTF-8 in form
 * C, every space a U+0020). FALSE with FLOE_ERROR_SYNTAX for text that is not allowed there. */
gboolean floe_stun_key_init_short_term (FloeStunKey *self, const char *password, GError **error);

/* RFC 8489 section 9.2.2: the hash of username ":" realm ":" password, realm and password prepared
 * as OpaqueString. Errors as above, and FLOE_ERROR_NOT_SUPPORTED when OpenSSL has no such hash. */
gboolean floe_stun_key_init_long_term (FloeStunKey *self, FloeStunPasswordAlgorithm algorithm,
                                       const char *username, const char *realm,
                                       const char *password, GError **error);
void floe_stun_key_copy (FloeStunKey *self, const FloeStunKey *other);
/* Wipes it. */
void floe_stun_key_clear (FloeStunKey *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeStunKey, floe_stun_key_clear)

typedef enum
{
  FLOE_STUN_INTEGRITY_MISSING,
  FLOE_STUN_INTEGRITY_WRONG,
  FLOE_STUN_INTEGRITY_RIGHT,
} FloeStunIntegrity;

/* Which attributes that prove a message are there, right or wrong. */
FloeStunProofs floe_stun_message_get_proofs (const FloeStunMessage *message);

/* Checks the strongest attribute that is there: whoever can write the weaker one could leave the
 * stronger out, but not forge it. Takes a time that doesn't depend on where digests differ.
 *
 * RFC 8489 section 14.6: a usage may allow a SHA-256 that is cut to @min_size bytes, 16 to 32;
 * neither ICE nor TURN does, so the first form takes the whole only. */
FloeStunIntegrity floe_stun_message_check_integrity (const FloeStunMessage *message,
                                                     const FloeStunKey *key);
FloeStunIntegrity floe_stun_message_check_truncated_integrity (const FloeStunMessage *message,
                                                               const FloeStunKey *key,
                                                               gsize min_size);

/* Add MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256; when both, in this order, and after them
 * only FINGERPRINT. */
void floe_stun_builder_add_integrity (FloeStunBuilder *builder, const FloeStunKey *key);
void floe_stun_builder_add_integrity_sha256 (FloeStunBuilder *builder, const FloeStunKey *key);
/* @size: 16 to 32 bytes, a multiple of 4. */
void floe_stun_builder_add_truncated_integrity (FloeStunBuilder *builder, const FloeStunKey *key,
                                                gsize size);

/* Prepares @text as OpaqueString: a new string, or NULL with FLOE_ERROR_SYNTAX. */
char *floe_stun_prepare_text (const char *text, GError **error);
/* Wipes and frees. */
void floe_stun_free_secret (char *text);

/* RFC 8489 section 14.4: the hash of @username ":" @realm, both prepared. FALSE with an error as
 * for keys. */
gboolean floe_stun_compute_userhash (const char *username, const char *realm,
                                     guint8 userhash[FLOE_STUN_USERHASH_SIZE], GError **error);

/* The value of FINGERPRINT for the @size bytes before it (RFC 8489 section 14.7). */
guint32 floe_stun_compute_fingerprint (const guint8 *data, gsize size);

G_END_DECLS
