/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-certificate-private.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <floe/floe-error.h>

#include "floe-test.h"

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

struct Pem
{
  std::string certificate, key;
};

/* A self-signed certificate that ends @lifetime_s from now. Takes @key. */
Pem
MakePem (EVP_PKEY *key, long lifetime_s, const char *password = nullptr)
{
  X509 *x509 = X509_new ();
  BIO *certificate_bio = BIO_new (BIO_s_mem ());
  BIO *key_bio = BIO_new (BIO_s_mem ());

  X509_gmtime_adj (X509_getm_notBefore (x509), -7200);
  X509_gmtime_adj (X509_getm_notAfter (x509), lifetime_s);
  X509_set_pubkey (x509, key);
  X509_sign (x509, key, EVP_sha256 ());
  PEM_write_bio_X509 (certificate_bio, x509);
  PEM_write_bio_PrivateKey (key_bio, key, password != nullptr ? EVP_aes_128_cbc () : nullptr,
                            nullptr, 0, nullptr, const_cast<char *> (password));
  X509_free (x509);
  EVP_PKEY_free (key);
  return { TakeBio (certificate_bio), TakeBio (key_bio) };
}

FloeCertificate *
Load (const Pem &pem, GError **error)
{
  return floe_certificate_new_from_pem (pem.certificate.c_str (), pem.key.c_str (), error);
}
}

TEST (Certificate, IsNewEachTime)
{
  g_autoptr (FloeCertificate) a = floe_certificate_generate (nullptr);
  g_autoptr (FloeCertificate) b = floe_certificate_generate (nullptr);
  X509 *x = floe_certificate_get_x509 (a), *y = floe_certificate_get_x509 (b);
  EXPECT_NE (TakeString (floe_certificate_get_fingerprint (a)),
             TakeString (floe_certificate_get_fingerprint (b)));
  EXPECT_NE (ASN1_INTEGER_cmp (X509_get0_serialNumber (x), X509_get0_serialNumber (y)), 0);
  EXPECT_NE (X509_NAME_cmp (X509_get_subject_name (x), X509_get_subject_name (y)), 0);
}

TEST (Certificate, IsEcdsaOnP256AndSignedByItself)
{
  g_autoptr (FloeCertificate) certificate = floe_certificate_generate (nullptr);
  X509 *x509 = floe_certificate_get_x509 (certificate);
  EVP_PKEY *key = floe_certificate_get_private_key (certificate);
  char group[32];
  EVP_PKEY_get_group_name (key, group, sizeof group, nullptr);
  EXPECT_STREQ (group, "prime256v1");
  EXPECT_EQ (X509_verify (x509, key), 1);
  EXPECT_EQ (X509_NAME_cmp (X509_get_subject_name (x509), X509_get_issuer_name (x509)), 0);
}

TEST (Certificate, IsValidFromYesterdayFor30Days)
{
  g_autoptr (FloeCertificate) certificate = floe_certificate_generate (nullptr);
  g_autoptr (GDateTime) expires = floe_certificate_get_expires (certificate);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  EXPECT_NEAR ((double) g_date_time_difference (expires, now), 30.0 * G_TIME_SPAN_DAY,
               5.0 * G_TIME_SPAN_SECOND);
  int days = 0, seconds = 0;
  ASN1_TIME_diff (&days, &seconds, X509_get0_notBefore (floe_certificate_get_x509 (certificate)),
                  nullptr);
  EXPECT_EQ (days, 1);
}

TEST (Certificate, FingerprintIsTheSha256OfItsDer)
{
  g_autoptr (FloeCertificate) certificate = floe_certificate_generate (nullptr);
  guint8 *der = nullptr;
  int size = i2d_X509 (floe_certificate_get_x509 (certificate), &der);
  g_autofree char *hex = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der, size);
  std::string expected = "sha-256 ";
  for (int i = 0; i < 64; i++)
    expected += std::string (i > 0 && i % 2 == 0 ? ":" : "") + g_ascii_toupper (hex[i]);
  EXPECT_EQ (TakeString (floe_certificate_get_fingerprint (certificate)), expected);
  OPENSSL_free (der);
}

TEST (Certificate, ComesBackFromItsPem)
{
  g_autoptr (FloeCertificate) certificate = floe_certificate_generate (nullptr);
  char *key = nullptr;
  std::string pem = TakeString (floe_certificate_to_pem (certificate, &key));
  std::string key_pem = TakeString (key);
  EXPECT_EQ (pem, TakeString (floe_certificate_to_pem (certificate, nullptr)));
  ErrorHolder error;
  g_autoptr (FloeCertificate) again = Load ({ pem, key_pem }, error);
  ASSERT_NE (again, nullptr) << error.message ();
  EXPECT_EQ (TakeString (floe_certificate_get_fingerprint (again)),
             TakeString (floe_certificate_get_fingerprint (certificate)));
}

TEST (Certificate, MayBeRsa)
{
  ErrorHolder error;
  g_autoptr (FloeCertificate) certificate = Load (MakePem (EVP_RSA_gen (2048), 3600), error);
  EXPECT_NE (certificate, nullptr) << error.message ();
}

struct BadPem
{
  const char *name;
  Pem (*make) ();
  int code;
};

class CertificateRejects : public testing::TestWithParam<BadPem>
{
};

TEST_P (CertificateRejects, WithTheErrorThatFits)
{
  ErrorHolder error;
  EXPECT_EQ (Load (GetParam ().make (), error), nullptr);
  EXPECT_TRUE (error.Is (FLOE_ERROR, GetParam ().code)) << error.message ();
}

static Pem
Good ()
{
  return MakePem (EVP_EC_gen ("P-256"), 3600);
}

INSTANTIATE_TEST_SUITE_P (
    Pems, CertificateRejects,
    testing::Values (BadPem{ "Empty",
                             [] {
                               return Pem{ "", "" };
                             },
                             FLOE_ERROR_SYNTAX },
                     BadPem{ "NoCertificate",
                             [] {
                               return Pem{ Good ().key, Good ().key };
                             },
                             FLOE_ERROR_SYNTAX },
                     BadPem{ "NoKey",
                             [] {
                               return Pem{ Good ().certificate, "nothing" };
                             },
                             FLOE_ERROR_SYNTAX },
                     BadPem{ "Truncated",
                             [] {
                               return Pem{ Good ().certificate.substr (0, 200), Good ().key };
                             },
                             FLOE_ERROR_SYNTAX },
                     BadPem{ "KeyWithPassword",
                             [] { return MakePem (EVP_EC_gen ("P-256"), 3600, "secret"); },
                             FLOE_ERROR_SYNTAX },
                     BadPem{ "AnothersKey",
                             [] {
                               return Pem{ Good ().certificate, Good ().key };
                             },
                             FLOE_ERROR_INVALID_ACCESS },
                     BadPem{ "Expired", [] { return MakePem (EVP_EC_gen ("P-256"), -60); },
                             FLOE_ERROR_INVALID_ACCESS },
                     BadPem{ "RsaTooSmall", [] { return MakePem (EVP_RSA_gen (1024), 3600); },
                             FLOE_ERROR_NOT_SUPPORTED },
                     BadPem{ "OtherCurve", [] { return MakePem (EVP_EC_gen ("secp256k1"), 3600); },
                             FLOE_ERROR_NOT_SUPPORTED }),
    [] (const auto &info) { return std::string (info.param.name); });
