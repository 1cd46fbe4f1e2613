/* SPDX-License-Identifier: MPL-2.0 */
#include "sample-privacy.h"

#include <string.h>

static const char *const names[] = {
  [FLOE_PRIVACY_LEVEL_OPEN] = "open",
  [FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE] = "default-route",
  [FLOE_PRIVACY_LEVEL_OBFUSCATED] = "obfuscated",
  [FLOE_PRIVACY_LEVEL_NO_HOST] = "no-host",
  [FLOE_PRIVACY_LEVEL_RELAY_ONLY] = "relay-only",
};

gboolean
sample_privacy_find (const char *name, FloePrivacyLevel *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      {
        *out = (FloePrivacyLevel) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
sample_privacy_parse (const char *name, FloePrivacyLevel *out, GError **error)
{
  if (sample_privacy_find (name, out))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "takes one of open, default-route, obfuscated, no-host and relay-only, in "
                       "which each hides more than the one before it");
  return FALSE;
}

const char *
sample_privacy_get_name (FloePrivacyLevel level)
{
  return names[level];
}
