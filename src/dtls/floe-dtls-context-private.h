/* SPDX-License-Identifier: MPL-2.0 */
/* How Floe speaks DTLS: the settings of OpenSSL that all connections share.
 *
 * Layer: dtls. May include: base. Any thread. */
#pragma once

#include <openssl/ssl.h>

#include "floe-certificate-private.h"
#include "floe-dtls-bio-private.h"
#include "floe-dtls-verifier-private.h"

G_BEGIN_DECLS

/* Bounds of what OpenSSL and a UDP datagram take, in bytes. */
#define FLOE_DTLS_MIN_MTU 280
#define FLOE_DTLS_MAX_MTU 65507

/* Returns: (transfer full) (nullable): a session that asks @verifier about the peer's certificate
 * and talks through @port; both must outlive it. */
SSL *floe_dtls_context_new_session (FloeCertificate *certificate, gboolean is_client,
                                    FloeDtlsVerifier *verifier, FloeDtlsPort *port);

G_END_DECLS
