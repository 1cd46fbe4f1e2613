/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-message-text-private.h"

#include <string.h>

/* GLib takes a NUL for an error: the runs between them are looked at one by one. */
static gboolean
is_valid (const char *text, gsize size)
{
  while (size > 0)
    {
      gsize run = strnlen (text, size);

      if (!g_utf8_validate_len (text, run, NULL))
        return FALSE;
      text += run;
      size -= run;
      if (size > 0)
        {
          text++;
          size--;
        }
    }
  return TRUE;
}

static GBytes *
repair (const char *text, gsize size)
{
  GString *result = g_string_sized_new (size);

  while (size > 0)
    {
      gsize run = strnlen (text, size);
      g_autofree char *valid = g_utf8_make_valid (text, (gssize) run);

      g_string_append (result, valid);
      text += run;
      size -= run;
      if (size > 0)
        {
          g_string_append_c (result, '\0');
          text++;
          size--;
        }
    }
  return g_string_free_to_bytes (result);
}

GBytes *
floe_message_text_make_valid (GBytes *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  GBytes *repaired;

  if (is_valid (text, size))
    return bytes;
  repaired = repair (text, size);
  g_bytes_unref (bytes);
  return repaired;
}
