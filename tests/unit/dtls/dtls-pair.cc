/* SPDX-License-Identifier: MPL-2.0 */
#include "dtls-pair.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "fake-clock.h"

namespace
{
std::string
TakeBio (BIO *bio)
{
  char *data = nullptr;
  long size = BIO_get_mem_data (bio, &data);
  std::string text (data, size);
  BIO_free (bio);
  return text;
}

/* Takes @key. */
FloeCertificate *
Import (EVP_PKEY *key)
{
  X509 *x509 = X509_new ();
  BIO *certificate_bio = BIO_new (BIO_s_mem ());
  BIO *key_bio = BIO_new (BIO_s_mem ());

  ASN1_INTEGER_set (X509_get_serialNumber (x509), 1);
  X509_gmtime_adj (X509_getm_notBefore (x509), 0);
  X509_gmtime_adj (X509_getm_notAfter (x509), 3600);
  X509_set_pubkey (x509, key);
  X509_sign (x509, key, EVP_sha256 ());
  PEM_write_bio_X509 (certificate_bio, x509);
  PEM_write_bio_PrivateKey (key_bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free (x509);
  EVP_PKEY_free (key);
  return floe_certificate_new_from_pem (TakeBio (certificate_bio).c_str (),
                                        TakeBio (key_bio).c_str (), nullptr);
}

void
OnOutput (const guint8 *data, gsize size, gpointer user_data)
{
  auto *side = static_cast<Side *> (user_data);
  side->out.emplace_back (data, data + size);
  if (side->on_output)
    side->on_output ();
}

void
OnReceived (const guint8 *data, gsize size, gpointer user_data)
{
  auto *side = static_cast<Side *> (user_data);
  side->received.emplace_back (data, data + size);
  if (side->on_received)
    side->on_received ();
}

void
OnStateChanged (FloeDtlsState state, const GError *error, gpointer user_data)
{
  auto *side = static_cast<Side *> (user_data);
  side->states.push_back (state);
  EXPECT_EQ (error != nullptr, state == FLOE_DTLS_FAILED);
  if (error != nullptr)
    {
      EXPECT_EQ (error->domain, FLOE_ERROR);
      side->error_code = error->code;
      side->error_message = error->message;
    }
  if (side->on_state)
    side->on_state ();
}

const FloeDtlsCallbacks callbacks = { OnOutput, OnReceived, OnStateChanged };
}

FloeCertificate *
EcdsaCertificate ()
{
  static FloeCertificate *certificate = floe_certificate_generate (nullptr);
  return certificate;
}

FloeCertificate *
OtherEcdsaCertificate ()
{
  static FloeCertificate *certificate = floe_certificate_generate (nullptr);
  return certificate;
}

FloeCertificate *
RsaCertificate ()
{
  static FloeCertificate *certificate = Import (EVP_RSA_gen (2048));
  return certificate;
}

FloeCertificate *
P384Certificate ()
{
  static FloeCertificate *certificate = Import (EVP_EC_gen ("P-384"));
  return certificate;
}

std::string
Fingerprint (FloeCertificate *certificate, FloeFingerprintHash hash)
{
  FloeFingerprint fingerprint;
  EXPECT_TRUE (
      floe_certificate_digest_x509 (floe_certificate_get_x509 (certificate), hash, &fingerprint));
  return TakeString (floe_fingerprint_format (&fingerprint));
}

std::string
Flip (std::string fingerprint)
{
  fingerprint.back () = fingerprint.back () == '0' ? '1' : '0';
  return fingerprint;
}

Side::Side (FloeCertificate *certificate, bool is_client,
            const std::vector<std::string> &fingerprints, gsize mtu)
{
  std::vector<const char *> texts;
  for (const std::string &fingerprint : fingerprints)
    texts.push_back (fingerprint.c_str ());
  texts.push_back (nullptr);
  engine = floe_dtls_engine_new (certificate, is_client, texts.data (), mtu, &callbacks, this);
}

Pair::Pair (FloeCertificate *client_certificate, FloeCertificate *server_certificate, gsize mtu)
    : client (client_certificate, true, { Fingerprint (server_certificate) }, mtu),
      server (server_certificate, false, { Fingerprint (client_certificate) }, mtu)
{
}

Pair::Pair (const std::vector<std::string> &client_expects,
            const std::vector<std::string> &server_expects)
    : client (EcdsaCertificate (), true, client_expects),
      server (OtherEcdsaCertificate (), false, server_expects)
{
}

void
Pair::Run ()
{
  while (!client.out.empty () || !server.out.empty ())
    {
      for (const Bytes &datagram : client.Take ())
        {
          largest = std::max (largest, datagram.size ());
          server.Handle (datagram);
        }
      for (const Bytes &datagram : server.Take ())
        {
          largest = std::max (largest, datagram.size ());
          client.Handle (datagram);
        }
    }
}

void
Pair::NextTimeout ()
{
  for (Side *side : { &client, &server })
    ASSERT_TRUE (side->State () != FLOE_DTLS_CONNECTING
                 || floe_dtls_engine_get_deadline (side->engine) >= fake_clock::NowUs ());
  gint64 a = floe_dtls_engine_get_deadline (client.engine);
  gint64 b = floe_dtls_engine_get_deadline (server.engine);
  if (a == -1 && b == -1)
    return;
  bool is_client = b == -1 || (a != -1 && a <= b);
  fake_clock::AdvanceTo (is_client ? a : b);
  floe_dtls_engine_handle_timeout (is_client ? client.engine : server.engine);
}
