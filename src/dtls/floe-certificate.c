/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-certificate-private.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <floe/floe-error.h>

#include "floe-random-private.h"

/* webrtc-pc section 4.9: "the expires attribute MUST be set to […] 2592000000 milliseconds" (30
 * days) when the application names none. */
#define LIFETIME_S (30L * 24 * 60 * 60)
/* Peers whose clock is slow must find the certificate valid too. */
#define BACKDATED_S (24L * 60 * 60)
/* RFC 5280 section 4.1.2.2: a serial number is positive and of at most 20 bytes. */
#define SERIAL_SIZE 16
#define NAME_SIZE 8
/* Below this OpenSSL's security level 2 refuses the key in the handshake. */
#define MIN_RSA_BITS 2048

/**
 * FloeCertificate:
 *
 * A certificate with its private key, by which a connection proves to its peer who it is. The peer
 * knows it by the fingerprint in the session description, so it is signed by nobody but itself.
 *
 * Certificates never change, and may be used in several connections and from any thread.
 *
 * Since: 1.0
 */
struct _FloeCertificate
{
  GObject parent_instance;
  X509 *x509;            /* (owned) */
  EVP_PKEY *private_key; /* (owned) */
};

G_DEFINE_FINAL_TYPE (FloeCertificate, floe_certificate, G_TYPE_OBJECT)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)

static const char *
last_openssl_error (void)
{
  const char *reason = ERR_reason_error_string (ERR_peek_last_error ());

  ERR_clear_error ();
  return reason != NULL ? reason : "unknown reason";
}

/* Takes both. */
static FloeCertificate *
certificate_new (X509 *x509, EVP_PKEY *private_key)
{
  FloeCertificate *self = g_object_new (FLOE_TYPE_CERTIFICATE, NULL);

  self->x509 = x509;
  self->private_key = private_key;
  return self;
}

static void
floe_certificate_finalize (GObject *object)
{
  FloeCertificate *self = FLOE_CERTIFICATE (object);

  g_clear_pointer (&self->x509, X509_free);
  g_clear_pointer (&self->private_key, EVP_PKEY_free);
  G_OBJECT_CLASS (floe_certificate_parent_class)->finalize (object);
}

static void
floe_certificate_class_init (FloeCertificateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = floe_certificate_finalize;
}

static void
floe_certificate_init (FloeCertificate *self)
{
}

static gboolean
set_random_serial (X509 *x509)
{
  guint8 bytes[SERIAL_SIZE];
  g_autoptr (BIGNUM) number = NULL;

  floe_random_bytes (bytes, sizeof bytes);
  bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive, and of full length */
  number = BN_bin2bn (bytes, sizeof bytes, NULL);
  return number != NULL && BN_to_ASN1_INTEGER (number, X509_get_serialNumber (x509)) != NULL;
}

/* RFC 8827 section 6.5 wants nothing in a certificate that tells who its user is: a random name. */
static gboolean
set_random_name (X509 *x509)
{
  guint8 bytes[NAME_SIZE];
  char text[2 * NAME_SIZE + 1];
  X509_NAME *name = X509_get_subject_name (x509);

  floe_random_bytes (bytes, sizeof bytes);
  for (gsize i = 0; i < NAME_SIZE; i++)
    g_snprintf (text + 2 * i, 3, "%02x", bytes[i]);
  return X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_ASC, (const guint8 *) text, -1, -1, 0)
         && X509_set_issuer_name (x509, name);
}

static X509 *
sign_certificate (EVP_PKEY *key)
{
  g_autoptr (X509) x509 = X509_new ();

  if (x509 == NULL || !X509_set_version (x509, X509_VERSION_3) || !set_random_serial (x509)
      || !set_random_name (x509)
      || X509_gmtime_adj (X509_getm_notBefore (x509), -BACKDATED_S) == NULL
      || X509_gmtime_adj (X509_getm_notAfter (x509), LIFETIME_S) == NULL
      || !X509_set_pubkey (x509, key) || X509_sign (x509, key, EVP_sha256 ()) == 0)
    return NULL;
  return g_steal_pointer (&x509);
}

/**
 * floe_certificate_generate:
 * @error: return location for a #GError
 *
 * Makes a new certificate with an ECDSA key on the curve P-256, valid for 30 days, with a random
 * name.
 *
 * Fails with %FLOE_ERROR_OPERATION when OpenSSL can't make keys, for want of a provider or of
 * random numbers.
 *
 * webrtc-pc: RTCPeerConnection.generateCertificate()
 *
 * Returns: (transfer full): the certificate
 * Since: 1.0
 */
FloeCertificate *
floe_certificate_generate (GError **error)
{
  g_autoptr (EVP_PKEY) key = NULL;
  g_autoptr (X509) x509 = NULL;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  key = EVP_EC_gen ("P-256");
  if (key != NULL)
    x509 = sign_certificate (key);
  if (x509 == NULL)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                   "OpenSSL could not make a certificate: %s", last_openssl_error ());
      return NULL;
    }
  return certificate_new (g_steal_pointer (&x509), g_steal_pointer (&key));
}

/* Without it OpenSSL asks for the password at the terminal. */
static int
refuse_password (char *buffer, int size, int writing, void *user_data)
{
  return -1;
}

/* DTLS 1.2 peers everywhere know these keys. */
static gboolean
check_key (EVP_PKEY *key, GError **error)
{
  char group[32] = "";

  switch (EVP_PKEY_get_base_id (key))
    {
    case EVP_PKEY_EC:
      EVP_PKEY_get_group_name (key, group, sizeof group, NULL);
      if (g_str_equal (group, "prime256v1") || g_str_equal (group, "secp384r1"))
        return TRUE;
      break;
    case EVP_PKEY_RSA:
      if (EVP_PKEY_get_bits (key) >= MIN_RSA_BITS)
        return TRUE;
      break;
    default:
      break;
    }
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
               "The private key must be ECDSA on P-256 or P-384, or RSA with at least %d bits",
               MIN_RSA_BITS);
  return FALSE;
}

static EVP_PKEY *
read_private_key (const char *pem, GError **error)
{
  g_autoptr (BIO) bio = BIO_new_mem_buf (pem, -1);
  g_autoptr (EVP_PKEY) key = NULL;

  if (bio != NULL)
    key = PEM_read_bio_PrivateKey (bio, NULL, refuse_password, NULL);
  if (key == NULL)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                   "The private key is no PEM text without a password: %s", last_openssl_error ());
      return NULL;
    }
  return check_key (key, error) ? g_steal_pointer (&key) : NULL;
}

static X509 *
read_x509 (const char *pem, GError **error)
{
  g_autoptr (BIO) bio = BIO_new_mem_buf (pem, -1);
  X509 *x509 = NULL;

  if (bio != NULL)
    x509 = PEM_read_bio_X509 (bio, NULL, refuse_password, NULL);
  if (x509 == NULL)
    g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX, "The certificate is no PEM text: %s",
                 last_openssl_error ());
  return x509;
}

/**
 * floe_certificate_new_from_pem:
 * @certificate_pem: an X.509 certificate in PEM
 * @private_key_pem: its private key in PEM (PKCS #8, SEC 1 or PKCS #1), without a password
 * @error: return location for a #GError
 *
 * Makes a certificate of one that was stored, so that an application keeps its identity: ECDSA on
 * P-256 or P-384, or RSA with at least 2048 bits. Of a chain only the first certificate is read.
 *
 * Fails with %FLOE_ERROR_SYNTAX when a text does not parse or the key needs a password, with
 * %FLOE_ERROR_NOT_SUPPORTED for another kind of key, and with %FLOE_ERROR_INVALID_ACCESS when the
 * key is not the certificate's or the certificate has expired.
 *
 * webrtc-pc section 4.9: a stored RTCCertificate
 *
 * Returns: (transfer full): the certificate
 * Since: 1.0
 */
FloeCertificate *
floe_certificate_new_from_pem (const char *certificate_pem, const char *private_key_pem,
                               GError **error)
{
  g_autoptr (X509) x509 = NULL;
  g_autoptr (EVP_PKEY) key = NULL;

  g_return_val_if_fail (certificate_pem != NULL, NULL);
  g_return_val_if_fail (private_key_pem != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  x509 = read_x509 (certificate_pem, error);
  if (x509 == NULL)
    return NULL;
  key = read_private_key (private_key_pem, error);
  if (key == NULL)
    return NULL;
  if (X509_check_private_key (x509, key) != 1)
    {
      ERR_clear_error ();
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                           "The private key is not the one of the certificate");
      return NULL;
    }
  if (X509_cmp_current_time (X509_get0_notAfter (x509)) <= 0)
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
                           "The certificate has expired: make a new one");
      return NULL;
    }
  return certificate_new (g_steal_pointer (&x509), g_steal_pointer (&key));
}

/**
 * floe_certificate_get_fingerprint:
 * @self: a certificate
 *
 * Gets the SHA-256 fingerprint as a session description shows it: "sha-256 AB:CD:…" (RFC 8122
 * section 5). Two people who compare it by voice or on paper know that nobody sits between them.
 *
 * webrtc-pc section 4.9.1: RTCCertificate.getFingerprints()
 *
 * Returns: (transfer full): the fingerprint, 103 characters
 * Since: 1.0
 */
char *
floe_certificate_get_fingerprint (FloeCertificate *self)
{
  FloeFingerprint fingerprint;

  g_return_val_if_fail (FLOE_IS_CERTIFICATE (self), NULL);
  g_return_val_if_fail (self->x509 != NULL, NULL); /* made by nobody here */

  if (!floe_certificate_digest_x509 (self->x509, FLOE_FINGERPRINT_SHA256, &fingerprint))
    g_error ("OpenSSL does not know SHA-256: %s", last_openssl_error ());
  return floe_fingerprint_format (&fingerprint);
}

/**
 * floe_certificate_get_expires:
 * @self: a certificate
 *
 * Gets the moment from which on no connection may be made with the certificate any more.
 *
 * webrtc-pc section 4.9: RTCCertificate.expires
 *
 * Returns: (transfer full) (nullable): the time in UTC, or %NULL when the certificate's own is not
 *   in the years 1 to 9999
 * Since: 1.0
 */
GDateTime *
floe_certificate_get_expires (FloeCertificate *self)
{
  struct tm time;

  g_return_val_if_fail (FLOE_IS_CERTIFICATE (self), NULL);

  if (self->x509 == NULL || !ASN1_TIME_to_tm (X509_get0_notAfter (self->x509), &time))
    {
      ERR_clear_error ();
      return NULL;
    }
  return g_date_time_new_utc (time.tm_year + 1900, time.tm_mon + 1, time.tm_mday, time.tm_hour,
                              time.tm_min, time.tm_sec);
}

/* The memory of @bio, which must be a memory BIO. */
static char *
copy_text (BIO *bio)
{
  char *data = NULL;
  long size = BIO_get_mem_data (bio, &data);

  return g_strndup (data, (gsize) MAX (size, 0));
}

/**
 * floe_certificate_to_pem:
 * @self: a certificate
 * @private_key_pem: (out) (optional) (transfer full): return location for the private key in PEM
 *   (PKCS #8, without a password): whoever reads it can pose as this side
 *
 * Gets what floe_certificate_new_from_pem() reads, to store the identity across runs.
 *
 * Returns: (transfer full): the certificate in PEM
 * Since: 1.0
 */
char *
floe_certificate_to_pem (FloeCertificate *self, char **private_key_pem)
{
  g_autoptr (BIO) certificate = BIO_new (BIO_s_mem ());
  g_autoptr (BIO) key = BIO_new (BIO_s_secmem ()); /* wiped when it is freed */

  g_return_val_if_fail (FLOE_IS_CERTIFICATE (self), NULL);
  g_return_val_if_fail (self->x509 != NULL, NULL); /* made by nobody here */

  if (!PEM_write_bio_X509 (certificate, self->x509)
      || !PEM_write_bio_PKCS8PrivateKey (key, self->private_key, NULL, NULL, 0, NULL, NULL))
    g_error ("OpenSSL could not write a certificate: %s", last_openssl_error ());
  if (private_key_pem != NULL)
    *private_key_pem = copy_text (key);
  return copy_text (certificate);
}

struct x509_st *
floe_certificate_get_x509 (FloeCertificate *self)
{
  return self->x509;
}

struct evp_pkey_st *
floe_certificate_get_private_key (FloeCertificate *self)
{
  return self->private_key;
}

static const EVP_MD *
get_digest (FloeFingerprintHash hash)
{
  switch (hash)
    {
    case FLOE_FINGERPRINT_SHA256:
      return EVP_sha256 ();
    case FLOE_FINGERPRINT_SHA384:
      return EVP_sha384 ();
    case FLOE_FINGERPRINT_SHA512:
      return EVP_sha512 ();
    case FLOE_FINGERPRINT_UNUSABLE:
    default:
      return NULL;
    }
}

gboolean
floe_certificate_digest_x509 (struct x509_st *certificate, FloeFingerprintHash hash,
                              FloeFingerprint *fingerprint)
{
  const EVP_MD *function = get_digest (hash);
  guint size = sizeof fingerprint->digest;

  G_STATIC_ASSERT (FLOE_FINGERPRINT_MAX_DIGEST >= EVP_MAX_MD_SIZE);

  if (function == NULL || !X509_digest (certificate, function, fingerprint->digest, &size))
    return FALSE;
  fingerprint->hash = hash;
  fingerprint->size = size;
  return TRUE;
}
