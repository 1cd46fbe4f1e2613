/* SPDX-License-Identifier: MPL-2.0 */
/* Property: a description that parses is written as text that parses and is written as the same,
 * and a copy of it is written so too. */
#include <string.h>

#include "floe-sdp-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FloeSdp) sdp = floe_sdp_parse (text, &error);
  g_autoptr (FloeSdp) again = NULL;
  g_autoptr (FloeSdp) copy = NULL;
  g_autofree char *written = NULL;
  g_autofree char *written_again = NULL;
  g_autofree char *written_copy = NULL;

  if (sdp == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  written = floe_sdp_serialize (sdp);
  /* Bare LF becomes CRLF, so that what was within the bound may exceed it. */
  if (strlen (written) > FLOE_SDP_MAX_SIZE)
    return 0;
  again = floe_sdp_parse (written, NULL);
  g_assert_nonnull (again);
  written_again = floe_sdp_serialize (again);
  g_assert_cmpstr (written, ==, written_again);
  copy = floe_sdp_copy (again);
  written_copy = floe_sdp_serialize (copy);
  g_assert_cmpstr (written, ==, written_copy);
  return 0;
}
