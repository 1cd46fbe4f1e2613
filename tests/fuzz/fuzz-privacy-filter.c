/* SPDX-License-Identifier: MPL-2.0 */
/* Property: at each level no address that it forbids is left, what is left was there, and a second
 * pass changes nothing; as a description, and as a candidate. */
#include "privacy-oracle.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_sdp (const char *text, FloePrivacyLevel level)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *filtered = floe_privacy_filter_sdp (text, level, &error);
  g_autofree char *again = NULL;

  g_assert_true ((filtered == NULL) == (error != NULL));
  if (filtered == NULL)
    return;
  g_assert_cmpstr (oracle_check_sdp (text, filtered, level), ==, NULL);
  again = floe_privacy_filter_sdp (filtered, level, NULL);
  g_assert_cmpstr (again, ==, filtered);
}

static void
check_candidate (const char *text, FloePrivacyLevel level)
{
  g_autofree char *filtered = floe_privacy_filter_candidate (text, level);
  g_autofree char *again =
      filtered != NULL ? floe_privacy_filter_candidate (filtered, level) : NULL;
  g_autofree char *line = NULL;

  g_assert_cmpstr (again, ==, filtered);
  if (filtered == NULL || *filtered == '\0' || level == FLOE_PRIVACY_LEVEL_OPEN)
    return;
  line = g_strconcat (g_str_has_prefix (filtered, "a=") ? "" : "a=", filtered, NULL);
  g_strchomp (line);
  g_assert_cmpstr (oracle_check_line (line, level), ==, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  for (int level = FLOE_PRIVACY_LEVEL_OPEN; level <= FLOE_PRIVACY_LEVEL_RELAY_ONLY; level++)
    {
      check_sdp (text, (FloePrivacyLevel) level);
      check_candidate (text, (FloePrivacyLevel) level);
    }
  return 0;
}
