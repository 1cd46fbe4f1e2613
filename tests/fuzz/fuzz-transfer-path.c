/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: a path that is accepted has only segments that are names in a folder, which stay
 * names without anything active when they are made safe and numbered; a link target that is
 * accepted never leads above its topmost folder. The input is a depth in one byte, and a path or
 * target. */
#include "transfer-path.h"

#include "safe-text.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A segment as it may stand on a disk. */
static void
check_segment (const char *segment)
{
  g_assert_true (transfer_path_is_segment (segment));
  g_assert_cmpstr (segment, !=, "");
  g_assert_cmpstr (segment, !=, ".");
  g_assert_cmpstr (segment, !=, "..");
  g_assert_null (strpbrk (segment, "/\\"));
  g_assert_cmpuint (strlen (segment), <=, TRANSFER_PATH_MAX_SEGMENT_SIZE);
  for (const char *p = segment; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (safe_text_is_active (g_utf8_get_char (p)));
}

static void
check_path (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) segments = transfer_path_split (path, &error);

  g_assert_true ((segments == NULL)
                 == g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME));
  if (segments == NULL)
    return;
  g_assert_cmpuint (g_strv_length (segments), >, 0);
  g_assert_cmpuint (g_strv_length (segments), <=, TRANSFER_PATH_MAX_SEGMENTS);
  for (guint i = 0; segments[i] != NULL; i++)
    {
      g_autofree char *safe = transfer_path_make_safe (segments[i], i == 0);
      g_autofree char *again = transfer_path_make_safe (safe, i == 0);
      g_autofree char *numbered = transfer_path_number (safe, 7, TRUE);
      check_segment (safe);
      check_segment (numbered);
      g_assert_cmpstr (safe, ==, again);
      g_assert_true (i > 0 || safe[0] != '.');
      g_assert_cmpstr (numbered, !=, safe);
    }
}

/* Walks from a folder at @depth beneath the topmost one, as the system would. */
static void
check_target (const char *target, guint depth)
{
  g_autofree char *safe = NULL;
  g_auto (GStrv) steps = NULL;
  gint64 height = depth;

  if (!transfer_path_is_inside (target, depth))
    return;
  safe = transfer_path_make_target_safe (target);
  g_assert_true (transfer_path_is_inside (safe, depth));
  g_assert_false (g_path_is_absolute (safe));
  steps = g_strsplit (safe, "/", -1);
  for (char **step = steps; *step != NULL; step++)
    {
      if (strcmp (*step, "..") == 0)
        height--;
      else if (**step != '\0' && strcmp (*step, ".") != 0)
        height++;
      g_assert_cmpint (height, >=, 0);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = NULL;

  if (size == 0)
    return 0;
  text = g_strndup ((const char *) data + 1, size - 1);
  check_path (text);
  check_target (text, data[0] % TRANSFER_PATH_MAX_SEGMENTS);
  return 0;
}
