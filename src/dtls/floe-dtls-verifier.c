/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-dtls-verifier-private.h"

#include <openssl/evp.h>

#include "floe-certificate-private.h"
#include "floe-log-private.h"

/* Enough for any certificate roll-over; a bound on what a description makes us keep. */
#define MAX_FINGERPRINTS 32

void
floe_dtls_verifier_init (FloeDtlsVerifier *self, const char *const *fingerprints)
{
  self->expected = g_array_new (FALSE, FALSE, sizeof (FloeFingerprint));
  self->rejected = FALSE;
  self->peer_alert = -1;

  for (gsize i = 0; fingerprints != NULL && fingerprints[i] != NULL; i++)
    {
      FloeFingerprint fingerprint;

      if (self->expected->len == MAX_FINGERPRINTS)
        break;
      if (floe_fingerprint_parse (&fingerprint, fingerprints[i], NULL)
          && fingerprint.hash != FLOE_FINGERPRINT_UNUSABLE)
        g_array_append_val (self->expected, fingerprint);
      else
        floe_debug (FLOE_LOG_DTLS, "Fingerprint %" G_GSIZE_FORMAT " is of no use", i);
    }
}

void
floe_dtls_verifier_clear (FloeDtlsVerifier *self)
{
  g_clear_pointer (&self->expected, g_array_unref);
}

gboolean
floe_dtls_verifier_check (FloeDtlsVerifier *self, X509 *certificate)
{
  const FloeFingerprint *expected = (const FloeFingerprint *) (void *) self->expected->data;
  FloeFingerprint actual;
  FloeFingerprintHash hash = floe_fingerprint_get_strongest (expected, self->expected->len);

  self->rejected = hash == FLOE_FINGERPRINT_UNUSABLE
                   || !floe_certificate_digest_x509 (certificate, hash, &actual)
                   || !floe_fingerprint_matches_any (expected, self->expected->len, &actual);
  return !self->rejected;
}
