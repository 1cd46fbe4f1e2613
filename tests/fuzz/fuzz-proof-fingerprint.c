/* SPDX-License-Identifier: MPL-2.0 */
/* Property: a fingerprint is read only from a description in which every line that begins with
 * a=fingerprint:, in whatever case, says just that. */
#include "floe-proof.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const char attribute[] = "a=fingerprint:";

/* (transfer full): the one line that may stand there. */
static char *
write_line (const guint8 fingerprint[FLOE_PROOF_FINGERPRINT_SIZE])
{
  GString *line = g_string_new (attribute);

  g_string_append (line, "sha-256");
  for (gsize i = 0; i < FLOE_PROOF_FINGERPRINT_SIZE; i++)
    g_string_append_printf (line, "%c%02x", i == 0 ? ' ' : ':', fingerprint[i]);
  return g_string_free (line, FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *sdp = g_strndup ((const char *) data, size);
  guint8 fingerprint[FLOE_PROOF_FINGERPRINT_SIZE];
  g_autoptr (GError) error = NULL;
  gboolean is_read = floe_proof_read_fingerprint (sdp, fingerprint, &error);
  g_auto (GStrv) lines = g_strsplit_set (sdp, "\r\n", -1);
  g_autofree char *expected = NULL;
  guint count = 0;

  g_assert_true (is_read != g_error_matches (error, FLOE_ERROR, FLOE_ERROR_SYNTAX));
  if (!is_read)
    return 0;
  expected = write_line (fingerprint);
  for (char **line = lines; *line != NULL; line++)
    if (g_ascii_strncasecmp (*line, attribute, strlen (attribute)) == 0)
      {
        g_assert_cmpint (g_ascii_strcasecmp (*line, expected), ==, 0);
        count++;
      }
  g_assert_cmpuint (count, >, 0);
  return 0;
}
