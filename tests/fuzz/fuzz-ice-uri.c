/* SPDX-License-Identifier: MPL-2.0 */
/* Property: whatever parses serialises to text that parses to the same value. */
#include <string.h>

#include "floe-ice-uri-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *serialized = NULL;
  g_autoptr (GError) error = NULL;
  FloeIceUri uri;
  FloeIceUri again;

  if (!floe_ice_uri_parse (&uri, text, &error))
    {
      g_assert_nonnull (error);
      return 0;
    }
  serialized = floe_ice_uri_serialize (&uri);
  g_assert_true (floe_ice_uri_parse (&again, serialized, NULL));
  g_assert_cmpint (again.scheme, ==, uri.scheme);
  g_assert_cmpstr (again.host, ==, uri.host);
  g_assert_cmpuint (again.port, ==, uri.port);
  g_assert_cmpint (again.protocol, ==, uri.protocol);
  return 0;
}
