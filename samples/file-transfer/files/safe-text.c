/* SPDX-License-Identifier: MPL-2.0 */
#include "safe-text.h"

#include <string.h>

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
safe_file_name (const char *name)
{
  g_autofree char *safe = NULL;
  const char *base = name;

  if (!g_utf8_validate (name, -1, NULL))
    return NULL;
  for (const char *p = name; *p != '\0'; p++)
    if (*p == '/' || *p == '\\')
      base = p + 1;
  if (base[0] == '\0' || strcmp (base, ".") == 0 || strcmp (base, "..") == 0
      || strlen (base) > SAFE_FILE_NAME_MAX)
    return NULL;
  safe = g_strstrip (replace_active (base, G_MAXLONG));
  if (safe[0] == '\0')
    return NULL;
  if (safe[0] == '.')
    safe[0] = '_';
  return g_steal_pointer (&safe);
}

char *
safe_message (const char *text, glong max_characters)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return replace_active (valid, max_characters);
}
