/* SPDX-License-Identifier: MPL-2.0 */
#include "transfer-path.h"

#include "file-error.h"
#include "safe-text.h"

#include <string.h>

/* Bytes, with the dot. What is longer is part of a name rather than an extension. */
#define MAX_EXTENSION_SIZE 16

gboolean
transfer_path_is_segment (const char *name)
{
  return name[0] != '\0' && strcmp (name, ".") != 0 && strcmp (name, "..") != 0
         && strchr (name, '/') == NULL && strlen (name) <= TRANSFER_PATH_MAX_SEGMENT_SIZE
         && g_utf8_validate (name, -1, NULL);
}

GStrv
transfer_path_split (const char *path, GError **error)
{
  g_auto (GStrv) segments = NULL;
  guint count;
  gboolean is_good;

  if (strnlen (path, TRANSFER_PATH_MAX_SIZE + 1) > TRANSFER_PATH_MAX_SIZE)
    {
      file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, path, "This path is too long");
      return NULL;
    }
  segments = g_strsplit (path, "/", -1);
  count = g_strv_length (segments);
  if (count > TRANSFER_PATH_MAX_SEGMENTS)
    {
      file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, path,
                           "This path has too many folders");
      return NULL;
    }
  is_good = count > 0;
  for (guint i = 0; i < count; i++)
    is_good = is_good && transfer_path_is_segment (segments[i]);
  if (!is_good)
    {
      file_error_set_rule (error, G_IO_ERROR_INVALID_FILENAME, path,
                           "This path is not allowed in a transfer");
      return NULL;
    }
  return g_steal_pointer (&segments);
}

/* (transfer full): with '_' for active characters and backslashes; slashes stay. */
static char *
replace_active (const char *text)
{
  GString *safe = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      g_string_append_unichar (safe, c == '\\' || safe_text_is_active (c) ? '_' : c);
    }
  return g_string_free (safe, FALSE);
}

char *
transfer_path_make_safe (const char *segment, gboolean is_first)
{
  char *safe = replace_active (segment);

  if (is_first && safe[0] == '.')
    safe[0] = '_';
  return safe;
}

gboolean
transfer_path_is_inside (const char *target, guint folder_count)
{
  g_auto (GStrv) segments = NULL;
  gboolean may_climb = TRUE;

  if (target[0] == '\0' || target[0] == '/'
      || strnlen (target, TRANSFER_PATH_MAX_SIZE + 1) > TRANSFER_PATH_MAX_SIZE
      || !g_utf8_validate (target, -1, NULL))
    return FALSE;
  segments = g_strsplit (target, "/", -1);
  for (char **segment = segments; *segment != NULL; segment++)
    {
      if (strlen (*segment) > TRANSFER_PATH_MAX_SEGMENT_SIZE)
        return FALSE;
      if (strcmp (*segment, "..") != 0)
        may_climb = FALSE;
      else if (!may_climb || folder_count-- == 0)
        return FALSE;
    }
  return TRUE;
}

char *
transfer_path_make_target_safe (const char *target)
{
  return replace_active (target);
}

/* How many bytes at the end of @name are its extension. */
static gsize
get_extension_size (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot == name || dot[1] == '\0' || strlen (dot) > MAX_EXTENSION_SIZE)
    return 0;
  return strlen (dot);
}

char *
transfer_path_number (const char *name, guint number, gboolean has_extension)
{
  gsize size = strlen (name);
  gsize extension_size = has_extension ? get_extension_size (name) : 0;
  const char *extension = name + size - extension_size;
  g_autofree char *suffix = g_strdup_printf (" (%u)%s", number, extension);
  gsize stem_size = size - extension_size;
  gsize suffix_size = strlen (suffix);

  if (stem_size + suffix_size > TRANSFER_PATH_MAX_SEGMENT_SIZE)
    {
      const char *end = name + TRANSFER_PATH_MAX_SEGMENT_SIZE - suffix_size + 1;
      stem_size = (gsize) (g_utf8_find_prev_char (name, end) - name);
    }
  return g_strdup_printf ("%.*s%s", (int) stem_size, name, suffix);
}
