/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: frames give the same events in pieces of any size as in one; a message is UTF-8 and
 * no longer than was allowed, a ping can be answered, and nothing comes after a failure. The input
 * is the size of a piece and the longest message, in a byte each, and the frames. */
#include "rendezvous-websocket.h"

#include "floe-signaling-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_CONTROL_SIZE 125

static void
check_event (const RendezvousEvent *event, gsize max_size)
{
  g_autoptr (GBytes) pong = NULL;

  switch (event->kind)
    {
    case RENDEZVOUS_EVENT_TEXT:
      g_assert_cmpuint (event->size, <=, max_size);
      g_assert_true (event->size == 0
                     || g_utf8_validate_len ((const char *) event->data, event->size, NULL));
      break;
    case RENDEZVOUS_EVENT_PING:
      pong = rendezvous_encode_pong (event->data, event->size);
      g_assert_cmpuint (g_bytes_get_size (pong), ==, 2 + event->size);
      break;
    case RENDEZVOUS_EVENT_PONG:
    case RENDEZVOUS_EVENT_CLOSE:
      g_assert_cmpuint (event->size, <=, MAX_CONTROL_SIZE);
      break;
    case RENDEZVOUS_EVENT_FAILURE:
      g_assert_cmpuint (event->close_code, >=, RENDEZVOUS_CLOSE_PROTOCOL_ERROR);
      break;
    case RENDEZVOUS_EVENT_NONE:
      g_assert_not_reached ();
    }
}

/* (transfer full): the events of @data that comes in pieces of @piece_size bytes. */
static GByteArray *
decode (const guint8 *data, gsize size, gsize piece_size, gsize max_size)
{
  g_autoptr (RendezvousDecoder) decoder = rendezvous_decoder_new (max_size);
  GByteArray *trace = g_byte_array_new ();
  gboolean is_failed = FALSE;

  for (gsize i = 0; i < size && !is_failed; i += piece_size)
    {
      RendezvousEvent event;

      rendezvous_decoder_push (decoder, data + i, MIN (piece_size, size - i));
      while (!is_failed && (event = rendezvous_decoder_pop (decoder)).kind != RENDEZVOUS_EVENT_NONE)
        {
          guint32 head[] = { event.kind, (guint32) event.size, event.close_code };

          check_event (&event, max_size);
          g_byte_array_append (trace, (const guint8 *) head, sizeof head);
          g_byte_array_append (trace, event.data, (guint) event.size);
          is_failed = event.kind == RENDEZVOUS_EVENT_FAILURE;
        }
    }
  rendezvous_decoder_push (decoder, data, is_failed ? size : 0);
  g_assert_cmpint (rendezvous_decoder_pop (decoder).kind, ==,
                   is_failed ? RENDEZVOUS_EVENT_FAILURE : RENDEZVOUS_EVENT_NONE);
  return trace;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) whole = NULL;
  g_autoptr (GByteArray) pieces = NULL;
  gsize max_size;

  if (size <= 2)
    return 0;
  /* Small enough to be reached by what a fuzzer makes up, or the real one. */
  max_size = data[1] < G_MAXUINT8 ? data[1] : FLOE_SIGNALING_MAX_SIZE;
  whole = decode (data + 2, size - 2, size, max_size);
  pieces = decode (data + 2, size - 2, 1 + data[0], max_size);
  g_assert_cmpmem (whole->data, whole->len, pieces->data, pieces->len);
  return 0;
}
