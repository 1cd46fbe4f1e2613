/* SPDX-License-Identifier: MPL-2.0 */
/* The value of an SDP fingerprint attribute (RFC 8122 section 5), and which of several counts.
 *
 * Knows nothing of certificates: digests come in as bytes.
 *
 * Layer: dtls. GLib only. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In rising strength. */
typedef enum
{
  FLOE_FINGERPRINT_UNUSABLE, /* well formed, but md5, sha-1, sha-224 or a function unknown to us */
  FLOE_FINGERPRINT_SHA256,
  FLOE_FINGERPRINT_SHA384,
  FLOE_FINGERPRINT_SHA512,
} FloeFingerprintHash;

#define FLOE_FINGERPRINT_MAX_DIGEST 64 /* bytes, of SHA-512 */

typedef struct
{
  FloeFingerprintHash hash;
  gsize size; /* bytes of @digest; 0 when unusable */
  guint8 digest[FLOE_FINGERPRINT_MAX_DIGEST];
} FloeFingerprint;

/* Bytes of a digest of @hash; 0 for UNUSABLE. */
gsize floe_fingerprint_hash_get_size (FloeFingerprintHash hash);

/* Reads "hash-func SP XX:XX…", in upper or lower case. FALSE with FLOE_ERROR_SYNTAX when @text is
 * no fingerprint at all; a weak or unknown hash function parses, as UNUSABLE. */
gboolean floe_fingerprint_parse (FloeFingerprint *self, const char *text, GError **error);

/* Returns: (transfer full): the text, with the digest in upper case. Not for UNUSABLE ones. */
char *floe_fingerprint_format (const FloeFingerprint *self);

/* The strongest hash function among @count fingerprints; UNUSABLE when none counts. */
FloeFingerprintHash floe_fingerprint_get_strongest (const FloeFingerprint *fingerprints,
                                                    gsize count);

/* Whether @actual, made with the strongest function, equals one of @fingerprints. Takes a time
 * that doesn't depend on where the digests differ. */
gboolean floe_fingerprint_matches_any (const FloeFingerprint *fingerprints, gsize count,
                                       const FloeFingerprint *actual);

G_END_DECLS
