/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: what comes out is UTF-8 (with NULs) and at most three times as long; what was UTF-8
 * is the same object; and a second time changes nothing. */
#include "floe-message-text-private.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* As text with NULs in it. */
static gboolean
is_utf8 (GBytes *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  while (size > 0)
    {
      gsize part = strnlen (text, size);

      if (!g_utf8_validate_len (text, part, NULL))
        return FALSE;
      part += part < size;
      text += part;
      size -= part;
    }
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  gboolean was_valid = is_utf8 (bytes);
  g_autoptr (GBytes) text = floe_message_text_make_valid (g_bytes_ref (bytes));
  g_autoptr (GBytes) again = floe_message_text_make_valid (g_bytes_ref (text));

  g_assert_true (is_utf8 (text));
  g_assert_true (text == again);
  g_assert_true ((text == bytes) == was_valid);
  g_assert_cmpuint (g_bytes_get_size (text), <=, 3 * size);
  return 0;
}
