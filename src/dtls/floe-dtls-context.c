/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-dtls-context-private.h"

#include <openssl/err.h>
#include <openssl/srtp.h>

/* RFC 8827 section 6.5: "All implementations MUST support DTLS 1.2 with the
 * TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 cipher suite and the P-256 curve", and forward secrecy is
 * a MUST. The RSA rows are for peers whose certificate is RSA. */
#define CIPHERS                                                                                    \
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                                     \
  "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"                                     \
  "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"

/* P-384 is here because OpenSSL holds the list against certificates too. */
#define GROUPS "X25519:P-256:P-384"

/* The handshake runs over a path whose round trip is known to be short or else unknown: early and
 * then ever rarer, where RFC 6347 section 4.2.4.1 says "an initial timer value of 1 second" and
 * lets profiles choose. */
#define FIRST_RETRANSMIT_US (100 * 1000)
#define MAX_RETRANSMIT_US (4 * 1000 * 1000)

/* OpenSSL fills datagrams up to the MTU, but forgets what AES-GCM adds to the Finished that comes
 * last: an explicit nonce and a tag. */
#define UNCOUNTED_OVERHEAD (8 + 16)

/* A self-signed RSA-8192 certificate takes 3 KiB. */
#define MAX_CERTIFICATES_SIZE (16 * 1024)

/* In place of OpenSSL's check of chains, dates and names: the fingerprint says all (RFC 8827
 * section 6.5). A refusal is sent as the alert bad_certificate. */
static int
verify_peer (X509_STORE_CTX *store, void *user_data)
{
  const SSL *ssl = X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  X509 *certificate = X509_STORE_CTX_get0_cert (store);
  FloeDtlsVerifier *verifier = SSL_get_app_data (ssl);

  if (certificate != NULL && floe_dtls_verifier_check (verifier, certificate))
    {
      X509_STORE_CTX_set_error (store, X509_V_OK);
      return 1;
    }
  X509_STORE_CTX_set_error (store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

static void
on_info (const SSL *ssl, int where, int value)
{
  FloeDtlsVerifier *verifier;

  if (where != SSL_CB_READ_ALERT)
    return;
  verifier = SSL_get_app_data (ssl);
  verifier->peer_alert = value;
}

static guint
next_retransmit_us (SSL *ssl, guint last_us)
{
  return last_us == 0 ? FIRST_RETRANSMIT_US : MIN (2 * last_us, MAX_RETRANSMIT_US);
}

/* RFC 8827 section 6.5: "MUST support DTLS-SRTP"; GStreamer ends a handshake that agrees on no
 * profile, even when there are data channels only. RFC 7714 and RFC 5764 section 4.1.2. */
#define SRTP_PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"

static SSL_CTX *
create_context (void)
{
  SSL_CTX *context = SSL_CTX_new (DTLS_method ());

  if (context == NULL || !SSL_CTX_set_min_proto_version (context, DTLS1_2_VERSION)
      || !SSL_CTX_set_max_proto_version (context, DTLS1_2_VERSION)
      || !SSL_CTX_set_cipher_list (context, CIPHERS) || !SSL_CTX_set1_groups_list (context, GROUPS)
      || SSL_CTX_set_tlsext_use_srtp (context, SRTP_PROFILES) != 0) /* 0 is success here */
    g_error ("OpenSSL does not know DTLS 1.2 with the ciphers of WebRTC: %s",
             ERR_reason_error_string (ERR_peek_last_error ()));
  /* The system's configuration file may ask for more, and then browsers could not connect. */
  SSL_CTX_set_security_level (context, 2);
  SSL_CTX_set_options (context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET
                                    | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list (context, MAX_CERTIFICATES_SIZE);
  SSL_CTX_set_verify (context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  SSL_CTX_set_cert_verify_callback (context, verify_peer, NULL);
  SSL_CTX_set_info_callback (context, on_info);
  return context;
}

/* Making one costs more than all the rest of a connection's set-up, so there is one a process. */
static SSL_CTX *
get_context (void)
{
  static SSL_CTX *context = NULL;

  if (g_once_init_enter (&context))
    g_once_init_leave (&context, create_context ());
  return context;
}

SSL *
floe_dtls_context_new_session (FloeCertificate *certificate, gboolean is_client,
                               FloeDtlsVerifier *verifier, FloeDtlsPort *port)
{
  SSL *ssl = SSL_new (get_context ());
  BIO *bio = floe_dtls_bio_new (port);

  if (ssl == NULL || bio == NULL
      || SSL_use_certificate (ssl, floe_certificate_get_x509 (certificate)) != 1
      || SSL_use_PrivateKey (ssl, floe_certificate_get_private_key (certificate)) != 1)
    {
      BIO_free (bio);
      SSL_free (ssl);
      return NULL;
    }
  SSL_set_bio (ssl, bio, bio);
  SSL_set_app_data (ssl, verifier);
  SSL_set_mtu (ssl, (long) (port->mtu - UNCOUNTED_OVERHEAD));
  DTLS_set_timer_cb (ssl, next_retransmit_us);
  if (is_client)
    SSL_set_connect_state (ssl);
  else
    SSL_set_accept_state (ssl);
  return ssl;
}
