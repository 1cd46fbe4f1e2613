/* SPDX-License-Identifier: MPL-2.0 */
/* What proves a STUN message: keys, MESSAGE-INTEGRITY(-SHA256) and the CRC of FINGERPRINT.
 *
 * Layer: stun. May include: base, and OpenSSL for its hashes. Any thread. */
#pragma once

#include "floe-stun-codec-private.h"

G_BEGIN_DECLS

#define FLOE_STUN_SHA1_SIZE 20
#define FLOE_STUN_SHA256_SIZE 32
#define FLOE_STUN_SHA256_MIN_SIZE 16

/* RFC 8489 section 18.5 */
typedef enum
{
  FLOE_STUN_PASSWORD_MD5 = 1,
  FLOE_STUN_PASSWORD_SHA256 = 2,
} FloeStunPasswordAlgorithm;

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
/* Wipes it. */
void floe_stun_key_clear (FloeStunKey *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeStunKey, floe_stun_key_clear)

typedef enum
{
  FLOE_STUN_INTEGRITY_MISSING,
  FLOE_STUN_INTEGRITY_WRONG,
  FLOE_STUN_INTEGRITY_RIGHT,
} FloeStunIntegrity;

/* Checks the strongest attribute that is there: whoever can write the weaker one could leave the
 * stronger out, but not forge it. Takes a time that doesn't depend on where digests differ. */
FloeStunIntegrity floe_stun_message_check_integrity (const FloeStunMessage *message,
                                                     const FloeStunKey *key);

/* Add MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256; when both, in this order, and after them
 * only FINGERPRINT. */
void floe_stun_builder_add_integrity (FloeStunBuilder *builder, const FloeStunKey *key);
void floe_stun_builder_add_integrity_sha256 (FloeStunBuilder *builder, const FloeStunKey *key);

/* The value of FINGERPRINT for the @size bytes before it (RFC 8489 section 14.7). */
guint32 floe_stun_compute_fingerprint (const guint8 *data, gsize size);

G_END_DECLS
