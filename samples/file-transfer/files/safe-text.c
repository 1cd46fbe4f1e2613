/* SPDX-License-Identifier: MPL-2.0 */
#include "safe-text.h"

gboolean
safe_text_is_active (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return FALSE;
    }
}

/* (transfer full): valid UTF-8 with active characters replaced. */
static char *
replace_active (const char *text, glong max_characters)
{
  GString *safe = g_string_new (NULL);

  for (const char *p = text; *p != '\0' && max_characters > 0; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      g_string_append_unichar (safe, safe_text_is_active (c) ? '_' : c);
      max_characters--;
    }
  return g_string_free (safe, FALSE);
}

char *
safe_message (const char *text, glong max_characters)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return replace_active (valid, max_characters);
}
