/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-random-private.h"

#include <errno.h>
#include <sys/random.h>

void
floe_random_bytes (void *buffer, gsize size)
{
  guint8 *next = buffer;

  while (size > 0)
    {
      /* Without flags this blocks only until the kernel's source is seeded, once after boot. */
      gssize got = getrandom (next, size, 0);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        g_error ("The kernel gives no random bytes: %s", g_strerror (errno));
      next += got;
      size -= (gsize) got;
    }
}

guint64
floe_random_uint64 (void)
{
  guint64 value;

  floe_random_bytes (&value, sizeof value);
  return value;
}

guint32
floe_random_uint32 (void)
{
  return (guint32) floe_random_uint64 ();
}

char *
floe_random_ice_string (gsize length)
{
  /* RFC 8839 section 5.4: "ice-char = ALPHA / DIGIT / "+" / "/"": 64 of them, 6 bits each. */
  static const char ice_chars[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *text = g_malloc (length + 1);

  floe_random_bytes (text, length);
  for (gsize i = 0; i < length; i++)
    text[i] = ice_chars[(guint8) text[i] & 63];
  text[length] = '\0';
  return text;
}

gboolean
floe_constant_time_equal (const void *a, gsize a_size, const void *b, gsize b_size)
{
  const volatile guint8 *left = a;
  const volatile guint8 *right = b;
  guint8 difference = 0;

  if (a == NULL || b == NULL || a_size != b_size)
    return FALSE;
  for (gsize i = 0; i < a_size; i++)
    difference |= left[i] ^ right[i];
  return difference == 0;
}
