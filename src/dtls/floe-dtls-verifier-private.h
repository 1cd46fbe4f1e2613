/* SPDX-License-Identifier: MPL-2.0 */
/* Decides whether a peer's certificate is the one that its description promised. OpenSSL asks it
 * in the middle of the handshake, so a wrong certificate ends the handshake with an alert.
 *
 * Layer: dtls. May include: base. Network thread only. */
#pragma once

#include <glib.h>
#include <openssl/x509.h>

#include "floe-fingerprint-codec-private.h"

G_BEGIN_DECLS

typedef struct
{
  GArray *expected;  /* (owned): the FloeFingerprints that count, in the description's order */
  gboolean rejected; /* a certificate came, and did not match */
  int peer_alert;    /* the last alert that the peer sent, as SSL_CB_READ_ALERT gives it; or -1 */
} FloeDtlsVerifier;

/* @fingerprints: (nullable): NULL-terminated. What doesn't parse or is too weak is left out; when
 * nothing is left, no certificate is accepted. */
void floe_dtls_verifier_init (FloeDtlsVerifier *self, const char *const *fingerprints);
void floe_dtls_verifier_clear (FloeDtlsVerifier *self);

/* Whether @certificate matches; remembers when it did not. */
gboolean floe_dtls_verifier_check (FloeDtlsVerifier *self, X509 *certificate);

G_END_DECLS
