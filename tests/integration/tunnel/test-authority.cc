/* SPDX-License-Identifier: MPL-2.0 */
#include "test-authority.h"

#include <glib/gstdio.h>
#include <openssl/pem.h>

static void
AddExtension (X509 *certificate, int nid, const char *value)
{
  X509V3_CTX context;

  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid (nullptr, &context, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

static std::string
TakeBio (BIO *bio)
{
  char *data;
  long size = BIO_get_mem_data (bio, &data);
  std::string text (data, (gsize) size);

  BIO_free (bio);
  return text;
}

static std::string
CertificatePem (X509 *certificate)
{
  BIO *bio = BIO_new (BIO_s_mem ());

  PEM_write_bio_X509 (bio, certificate);
  return TakeBio (bio);
}

static std::string
KeyPem (EVP_PKEY *key)
{
  BIO *bio = BIO_new (BIO_s_mem ());

  PEM_write_bio_PrivateKey (bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return TakeBio (bio);
}

X509 *
TestAuthority::Sign (EVP_PKEY *key, const char *common_name, const Wish &wish,
                     bool is_authority) const
{
  static long serial = 1000;
  X509 *certificate = X509_new ();
  X509_NAME *name = X509_get_subject_name (certificate);
  std::string unique = std::string (common_name) + " " + std::to_string (serial);

  X509_set_version (certificate, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), serial++);
  X509_gmtime_adj (X509_getm_notBefore (certificate), wish.begins_s);
  X509_gmtime_adj (X509_getm_notAfter (certificate), wish.ends_s);
  X509_set_pubkey (certificate, key);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_ASC, (const guchar *) unique.c_str (), -1, -1,
                              0);
  X509_set_issuer_name (certificate, is_authority ? name : X509_get_subject_name (certificate_));
  AddExtension (certificate, NID_basic_constraints, is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (is_authority)
    AddExtension (certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  else
    AddExtension (certificate, NID_subject_alt_name, wish.names);
  X509_sign (certificate, key_, EVP_sha256 ());
  return certificate;
}

TestAuthority::TestAuthority ()
{
  char *directory = g_dir_make_tmp ("floe-authority-XXXXXX", nullptr);
  GError *error = nullptr;

  directory_ = directory;
  g_free (directory);
  path_ = directory_ + "/ca.pem";
  key_ = EVP_EC_gen ("P-256");
  certificate_ = Sign (key_, "Test authority", { "", -86400, 86400 }, true);
  g_file_set_contents (path_.c_str (), CertificatePem (certificate_).c_str (), -1, &error);
  g_assert_no_error (error);
  database_ = g_tls_file_database_new (path_.c_str (), &error);
  g_assert_no_error (error);
}

TestAuthority::~TestAuthority ()
{
  g_object_unref (database_);
  g_unlink (path_.c_str ());
  g_rmdir (directory_.c_str ());
  X509_free (certificate_);
  EVP_PKEY_free (key_);
}

std::string
TestAuthority::IssuePem (const Wish &wish) const
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *certificate = Sign (key, "Test server", wish, false);
  std::string pem = CertificatePem (certificate) + KeyPem (key);

  X509_free (certificate);
  EVP_PKEY_free (key);
  return pem;
}

GTlsCertificate *
TestAuthority::Issue (const Wish &wish) const
{
  GError *error = nullptr;
  GTlsCertificate *certificate =
      g_tls_certificate_new_from_pem (IssuePem (wish).c_str (), -1, &error);

  g_assert_no_error (error);
  return certificate;
}
