/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of FloeCertificate. Layer: dtls. */
#pragma once

#include <floe/floe-certificate.h>

G_BEGIN_DECLS

/* (transfer none): an X509 and an EVP_PKEY, typed in dtls/ only. */
struct x509_st *floe_certificate_get_x509 (FloeCertificate *self);
struct evp_pkey_st *floe_certificate_get_private_key (FloeCertificate *self);

G_END_DECLS
