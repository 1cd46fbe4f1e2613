/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-random.h"

#include <sys/random.h>

void
turn_random_fill (guint8 *bytes, gsize size)
{
  /* getrandom(2): as many as this come at once, once the kernel has any. */
  g_return_if_fail (size <= 256);
  while (getrandom (bytes, size, 0) != (gssize) size)
    ;
}

char *
turn_random_hex (gsize size)
{
  GString *text = g_string_new (NULL);
  guint8 bytes[256];

  g_return_val_if_fail (size <= sizeof bytes, NULL);
  turn_random_fill (bytes, size);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}
