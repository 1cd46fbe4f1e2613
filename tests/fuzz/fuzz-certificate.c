/* SPDX-License-Identifier: MPL-2.0 */
/* A certificate and its key from a file that an application was given.
 *
 * Property: what is taken is written as text that is taken for the same certificate, with the same
 * fingerprint and end; what is not taken has an error.
 *
 * Input: the certificate, and from the first line with "PRIVATE KEY" in it on, the key. */
#include <floe/floe.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_again (FloeCertificate *certificate)
{
  g_autofree char *key = NULL;
  g_autofree char *text = floe_certificate_to_pem (certificate, &key);
  g_autoptr (FloeCertificate) again = floe_certificate_new_from_pem (text, key, NULL);
  g_autofree char *fingerprint = floe_certificate_get_fingerprint (certificate);
  g_autofree char *fingerprint_again = NULL;
  g_autoptr (GDateTime) end = floe_certificate_get_expires (certificate);
  g_autoptr (GDateTime) end_again = NULL;

  g_assert_nonnull (again);
  fingerprint_again = floe_certificate_get_fingerprint (again);
  end_again = floe_certificate_get_expires (again);
  g_assert_true (g_str_has_prefix (fingerprint, "sha-256 "));
  g_assert_cmpstr (fingerprint, ==, fingerprint_again);
  g_assert_true ((end == NULL) == (end_again == NULL));
  g_assert_true (end == NULL || g_date_time_equal (end, end_again));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *certificate_text = NULL;
  g_autoptr (FloeCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  const char *key = strstr (text, "PRIVATE KEY");

  if (key == NULL)
    key = text + strlen (text);
  while (key > text && key[-1] != '\n')
    key--;
  certificate_text = g_strndup (text, (gsize) (key - text));
  certificate = floe_certificate_new_from_pem (certificate_text, key, &error);
  g_assert_true ((certificate == NULL) == (error != NULL));
  if (certificate != NULL)
    check_again (certificate);
  return 0;
}
