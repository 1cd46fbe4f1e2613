/* SPDX-License-Identifier: MPL-2.0 */
/* Property: what parses is either too weak to use, or is written as a text that parses to the
 * same and matches itself. */
#include "floe-fingerprint-codec-private.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *written = NULL;
  FloeFingerprint parsed = { 0 }, again = { 0 };

  if (!floe_fingerprint_parse (&parsed, text, NULL))
    return 0;
  g_assert_cmpuint (parsed.size, ==, floe_fingerprint_hash_get_size (parsed.hash));
  g_assert_true (floe_fingerprint_matches_any (&parsed, 1, &parsed)
                 == (parsed.hash != FLOE_FINGERPRINT_UNUSABLE));
  if (parsed.hash == FLOE_FINGERPRINT_UNUSABLE)
    return 0;
  written = floe_fingerprint_format (&parsed);
  g_assert_true (floe_fingerprint_parse (&again, written, NULL));
  g_assert_true (floe_fingerprint_matches_any (&parsed, 1, &again));
  g_assert_cmpint (g_ascii_strcasecmp (text, written), ==, 0);
  return 0;
}
