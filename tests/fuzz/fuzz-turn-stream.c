/* SPDX-License-Identifier: MPL-2.0 */
/* Property: a stream gives the same error responses, and ends at the same kind of place, however it
 * is cut into pieces. */
#include "floe-turn-stream-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Reads it in pieces of @piece bytes and writes the responses to @responses, one behind another. */
static gboolean
read_stream (const guint8 *data, gsize size, gsize piece, GByteArray *responses)
{
  g_autofree FloeTurnStream *stream = g_new0 (FloeTurnStream, 1);
  gsize used = 0;

  while (used < size)
    {
      FloeTurnStreamResponse response;
      gsize before = used;

      if (!floe_turn_stream_read (stream, data + used, MIN (piece, size - used), &used, &response))
        return FALSE;
      g_assert_cmpuint (used, >, before);
      g_assert_cmpuint (response.size, <=, FLOE_TURN_STREAM_MAX_RESPONSE);
      if (response.message != NULL)
        g_byte_array_append (responses, response.message, (guint) response.size);
    }
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  gboolean is_readable = read_stream (data, size, size, whole);

  for (gsize piece = 1; piece <= 23; piece += 11)
    {
      g_autoptr (GByteArray) pieces = g_byte_array_new ();

      g_assert_cmpint (read_stream (data, size, piece, pieces), ==, is_readable);
      g_assert_cmpmem (pieces->data, pieces->len, whole->data, whole->len);
    }
  return 0;
}
