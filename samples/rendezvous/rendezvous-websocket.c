/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-websocket.h"

#include <string.h>

/* RFC 6455 section 5.2:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 *     |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
 *     |I|S|S|S|  (4)  |A|     (7)     |             (16/64)           |
 *     |N|V|V|V|       |S|             |   (if payload len==126/127)   |
 *     | |1|2|3|       |K|             |                               |
 *     +-+-+-+-+-------+-+-------------+-------------------------------+ */
#define FLAG_FIN 0x80
#define FLAGS_RSV 0x70
#define OPCODE_BITS 0x0f
#define FLAG_MASKED 0x80
#define LENGTH_BITS 0x7f
#define LENGTH_16 126
#define LENGTH_64 127
#define MASK_SIZE 4
/* RFC 6455 section 5.5: "All control frames MUST have a payload length of 125 bytes or less and
 * MUST NOT be fragmented." */
#define MAX_CONTROL_SIZE 125
#define OPCODE_CONTROL_BIT 0x08

enum
{
  OPCODE_CONTINUATION = 0x0,
  OPCODE_TEXT = 0x1,
  OPCODE_BINARY = 0x2,
  OPCODE_CLOSE = 0x8,
  OPCODE_PING = 0x9,
  OPCODE_PONG = 0xa,
};

typedef struct
{
  gboolean is_last;
  guint8 opcode;
  gsize header_size; /* with the mask */
  gsize size;
} Frame;

struct _RendezvousDecoder
{
  gsize max_size;
  GByteArray *input;   /* (owned): what was pushed and not yet taken */
  gsize taken;         /* of the input, from its beginning */
  GByteArray *message; /* (owned): the fragments so far */
  gboolean in_message;
  gboolean is_delivered; /* the message was handed out and makes room for the next */
  guint16 failure;       /* 0: none */
};

RendezvousDecoder *
rendezvous_decoder_new (gsize max_size)
{
  RendezvousDecoder *self = g_new0 (RendezvousDecoder, 1);

  self->max_size = max_size;
  self->input = g_byte_array_new ();
  self->message = g_byte_array_new ();
  return self;
}

void
rendezvous_decoder_free (RendezvousDecoder *self)
{
  g_byte_array_unref (self->input);
  g_byte_array_unref (self->message);
  g_free (self);
}

void
rendezvous_decoder_push (RendezvousDecoder *self, const guint8 *data, gsize size)
{
  g_byte_array_remove_range (self->input, 0, (guint) self->taken);
  self->taken = 0;
  if (self->failure == 0)
    g_byte_array_append (self->input, data, (guint) size);
}

static gboolean
fail (RendezvousDecoder *self, guint16 code)
{
  self->failure = code;
  return FALSE;
}

/* Fills @frame's sizes; FALSE when more bytes are needed or the frame is none. */
static gboolean
read_length (RendezvousDecoder *self, const guint8 *data, gsize size, Frame *frame)
{
  guint8 length = data[1] & LENGTH_BITS;
  gsize length_size = length == LENGTH_64 ? 8 : length == LENGTH_16 ? 2 : 0;
  guint64 value = length;

  frame->header_size = 2 + length_size + MASK_SIZE;
  if (size < frame->header_size)
    return FALSE;
  if (length_size > 0)
    value = 0;
  for (gsize i = 0; i < length_size; i++)
    value = value << 8 | data[2 + i];
  /* "the minimal number of bytes MUST be used to encode the length" */
  if ((length == LENGTH_16 && value < LENGTH_16) || (length == LENGTH_64 && value <= G_MAXUINT16))
    return fail (self, RENDEZVOUS_CLOSE_PROTOCOL_ERROR);
  if (value > self->max_size)
    return fail (self, RENDEZVOUS_CLOSE_TOO_BIG);
  frame->size = (gsize) value;
  return TRUE;
}

/* Whether a frame of this kind may come now. */
static gboolean
check_opcode (RendezvousDecoder *self, const Frame *frame)
{
  switch (frame->opcode)
    {
    case OPCODE_TEXT:
      return !self->in_message || fail (self, RENDEZVOUS_CLOSE_PROTOCOL_ERROR);
    case OPCODE_CONTINUATION:
      return self->in_message || fail (self, RENDEZVOUS_CLOSE_PROTOCOL_ERROR);
    case OPCODE_BINARY:
      return fail (self, RENDEZVOUS_CLOSE_UNSUPPORTED_DATA);
    case OPCODE_CLOSE:
    case OPCODE_PING:
    case OPCODE_PONG:
      return (frame->is_last && frame->size <= MAX_CONTROL_SIZE)
             || fail (self, RENDEZVOUS_CLOSE_PROTOCOL_ERROR);
    default:
      return fail (self, RENDEZVOUS_CLOSE_PROTOCOL_ERROR);
    }
}

/* Fills @frame when a whole one is there. */
static gboolean
read_frame (RendezvousDecoder *self, const guint8 *data, gsize size, Frame *frame)
{
  if (self->failure != 0 || size < 2)
    return FALSE;
  /* "a server MUST close a connection upon receiving a frame that is not masked" (section 5.1);
   * reserved bits belong to extensions, and there are none. */
  if ((data[0] & FLAGS_RSV) != 0 || (data[1] & FLAG_MASKED) == 0)
    return fail (self, RENDEZVOUS_CLOSE_PROTOCOL_ERROR);
  frame->is_last = (data[0] & FLAG_FIN) != 0;
  frame->opcode = data[0] & OPCODE_BITS;
  if (!read_length (self, data, size, frame) || !check_opcode (self, frame))
    return FALSE;
  if ((frame->opcode & OPCODE_CONTROL_BIT) == 0
      && self->message->len + frame->size > self->max_size)
    return fail (self, RENDEZVOUS_CLOSE_TOO_BIG);
  return size - frame->header_size >= frame->size;
}

static void
unmask (guint8 *payload, gsize size, const guint8 *mask)
{
  for (gsize i = 0; i < size; i++)
    payload[i] ^= mask[i % MASK_SIZE];
}

/* Adds a fragment; tells of the message when it was the last one. */
static RendezvousEvent
take_fragment (RendezvousDecoder *self, const Frame *frame, const guint8 *payload)
{
  g_byte_array_append (self->message, payload, (guint) frame->size);
  self->in_message = !frame->is_last;
  if (!frame->is_last)
    return (RendezvousEvent){ RENDEZVOUS_EVENT_NONE };
  if (!g_utf8_validate_len ((const char *) self->message->data, self->message->len, NULL))
    {
      fail (self, RENDEZVOUS_CLOSE_BAD_DATA);
      return (RendezvousEvent){ RENDEZVOUS_EVENT_FAILURE, .close_code = self->failure };
    }
  self->is_delivered = TRUE;
  return (RendezvousEvent){ RENDEZVOUS_EVENT_TEXT, self->message->data, self->message->len };
}

static RendezvousEvent
take_control (const Frame *frame, const guint8 *payload)
{
  RendezvousEventKind kind = frame->opcode == OPCODE_PING   ? RENDEZVOUS_EVENT_PING
                             : frame->opcode == OPCODE_PONG ? RENDEZVOUS_EVENT_PONG
                                                            : RENDEZVOUS_EVENT_CLOSE;

  return (RendezvousEvent){ kind, payload, frame->size };
}

RendezvousEvent
rendezvous_decoder_pop (RendezvousDecoder *self)
{
  RendezvousEvent event = { RENDEZVOUS_EVENT_NONE };
  Frame frame = { 0 };

  if (self->is_delivered)
    {
      g_byte_array_set_size (self->message, 0);
      self->is_delivered = FALSE;
    }
  while (event.kind == RENDEZVOUS_EVENT_NONE)
    {
      guint8 *data = self->input->data + self->taken;
      guint8 *payload;

      if (!read_frame (self, data, self->input->len - self->taken, &frame))
        break;
      payload = data + frame.header_size;
      unmask (payload, frame.size, payload - MASK_SIZE);
      self->taken += frame.header_size + frame.size;
      if ((frame.opcode & OPCODE_CONTROL_BIT) != 0)
        event = take_control (&frame, payload);
      else
        event = take_fragment (self, &frame, payload);
    }
  if (self->failure != 0)
    event = (RendezvousEvent){ RENDEZVOUS_EVENT_FAILURE, .close_code = self->failure };
  return event;
}

/* (transfer full): section 5.1: "A server MUST NOT mask any frames". */
static GBytes *
encode (guint8 opcode, const guint8 *payload, gsize size)
{
  guint8 header[10] = { FLAG_FIN | opcode };
  gsize length_size = size > G_MAXUINT16 ? 8 : size >= LENGTH_16 ? 2 : 0;
  GByteArray *frame = g_byte_array_sized_new ((guint) (sizeof (header) + size));

  header[1] = length_size == 8 ? LENGTH_64 : length_size == 2 ? LENGTH_16 : (guint8) size;
  for (gsize i = 0; i < length_size; i++)
    header[2 + i] = (guint8) ((guint64) size >> 8 * (length_size - 1 - i));
  g_byte_array_append (frame, header, (guint) (2 + length_size));
  g_byte_array_append (frame, payload, (guint) size);
  return g_byte_array_free_to_bytes (frame);
}

GBytes *
rendezvous_encode_text (const char *text)
{
  return encode (OPCODE_TEXT, (const guint8 *) text, strlen (text));
}

GBytes *
rendezvous_encode_ping (void)
{
  return encode (OPCODE_PING, NULL, 0);
}

GBytes *
rendezvous_encode_pong (const guint8 *data, gsize size)
{
  g_assert (size <= MAX_CONTROL_SIZE);

  return encode (OPCODE_PONG, data, size);
}

GBytes *
rendezvous_encode_close (guint16 code)
{
  guint8 payload[2] = { (guint8) (code >> 8), (guint8) code };

  return encode (OPCODE_CLOSE, payload, sizeof (payload));
}
