/* SPDX-License-Identifier: MPL-2.0 */
#include "qr-code.h"

#include <qrencode.h>

/* ISO/IEC 18004 section 6.3.8: four modules on every side. */
#define QUIET_ZONE 4

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QRcode, QRcode_free)

/* Those of the quiet zone are light. */
static gboolean
is_dark (const QRcode *code, int x, int y)
{
  x -= QUIET_ZONE;
  y -= QUIET_ZONE;
  return x >= 0 && y >= 0 && x < code->width && y < code->width
         && (code->data[y * code->width + x] & 1) != 0;
}

/* Blocks are drawn in the foreground colour, which stands for light modules. */
static const char *
get_cell (gboolean upper_is_dark, gboolean lower_is_dark)
{
  if (upper_is_dark)
    return lower_is_dark ? " " : "\u2584";
  return lower_is_dark ? "\u2580" : "\u2588";
}

char *
qr_code_draw (const char *text, gboolean has_colors, guint columns)
{
  g_autoptr (QRcode) code = QRcode_encodeString (text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
  GString *picture;
  int size;

  if (code == NULL)
    return NULL;
  size = code->width + 2 * QUIET_ZONE;
  if ((guint) size > columns)
    return NULL;
  picture = g_string_new (NULL);
  for (int y = 0; y < size; y += 2)
    {
      /* Bright white on the black of the palette's cube, which themes leave alone. */
      g_string_append (picture, has_colors ? "\033[38;5;231m\033[48;5;16m" : "");
      for (int x = 0; x < size; x++)
        g_string_append (picture,
                         get_cell (is_dark (code, x, y), y + 1 < size && is_dark (code, x, y + 1)));
      g_string_append (picture, has_colors ? "\033[0m\n" : "\n");
    }
  return g_string_free (picture, FALSE);
}
