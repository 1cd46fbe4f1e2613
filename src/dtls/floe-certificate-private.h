/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of FloeCertificate. Layer: dtls. Any thread: a certificate never changes. */
#pragma once

#include <floe/floe-certificate.h>

#include "floe-fingerprint-codec-private.h"

G_BEGIN_DECLS

/* (transfer none): an X509 and an EVP_PKEY, typed in dtls/ only. */
struct x509_st *floe_certificate_get_x509 (FloeCertificate *self);
struct evp_pkey_st *floe_certificate_get_private_key (FloeCertificate *self);

/* The fingerprint of any certificate. FALSE for an UNUSABLE @hash, or when OpenSSL fails. */
gboolean floe_certificate_digest_x509 (struct x509_st *certificate, FloeFingerprintHash hash,
                                       FloeFingerprint *fingerprint);

G_END_DECLS
