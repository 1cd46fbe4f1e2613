/* SPDX-License-Identifier: MPL-2.0 */
/* A certificate authority for a test, and certificates from it, good and bad. */
#pragma once

#include <gio/gio.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <string>

class TestAuthority
{
public:
  struct Wish
  {
    const char *names = "DNS:localhost,IP:127.0.0.1";
    long begins_s = -3600; /* from now */
    long ends_s = 3600;
  };

  TestAuthority ();
  ~TestAuthority ();
  TestAuthority (const TestAuthority &) = delete;
  TestAuthority &operator= (const TestAuthority &) = delete;

  /* Trusts this authority and no other. */
  GTlsDatabase *database () const
  {
    return database_;
  }
  /* What a server needs: (transfer full). */
  GTlsCertificate *Issue (const Wish &wish) const;
  GTlsCertificate *Issue () const
  {
    return Issue (Wish ());
  }
  /* Certificate and key in one PEM. */
  std::string IssuePem (const Wish &wish) const;
  const std::string &certificate_path () const
  {
    return path_;
  }

private:
  X509 *Sign (EVP_PKEY *key, const char *common_name, const Wish &wish, bool is_authority) const;

  EVP_PKEY *key_;
  X509 *certificate_;
  std::string directory_;
  std::string path_;
  GTlsDatabase *database_;
};
