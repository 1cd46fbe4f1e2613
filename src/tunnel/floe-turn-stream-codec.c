/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-turn-stream-codec-private.h"

#include "floe-stun-codec-private.h"
#include "floe-turn-codec-private.h"

#include <string.h>

/* Type, length and magic cookie of a STUN message. */
#define COOKIE_END 8

/* RFC 8489 section 5: the two bits of the class are bits 4 and 8 of the type; an error response
 * has both. */
#define CLASS_BITS 0x0110

/* Copies bytes of the input until @wanted of the message are held, at least. TRUE when they are. */
static gboolean
hold (FloeTurnStream *self, FloeReader *reader, gsize wanted)
{
  gsize missing = wanted > self->held ? wanted - self->held : 0;
  gsize count = MIN (missing, reader->size);

  if (count > 0)
    memcpy (self->frame + self->held, floe_reader_bytes (reader, count), count);
  self->held += count;
  return count == missing;
}

static gboolean
is_channel_data (const FloeTurnStream *self)
{
  return (self->frame[0] & 0xc0) != 0;
}

static gboolean
is_error_response (const FloeTurnStream *self)
{
  guint16 type = (guint16) (self->frame[0] << 8 | self->frame[1]);

  return (type & CLASS_BITS) == CLASS_BITS;
}

static gboolean
has_magic_cookie (const FloeTurnStream *self)
{
  FloeReader reader = floe_reader_init (self->frame + 4, 4);

  return floe_reader_uint (&reader, 4) == FLOE_STUN_MAGIC_COOKIE;
}

/* The rest of the message does not matter. */
static void
skip_rest (FloeTurnStream *self, gsize frame_size)
{
  self->skipped = frame_size - self->held;
  self->held = 0;
  self->wanted = 0;
}

/* Looks at the start of a message as far as it has come. FALSE when it is none. */
static gboolean
begin_frame (FloeTurnStream *self, FloeReader *reader)
{
  gsize frame_size;

  if (!hold (self, reader, FLOE_TURN_CHANNEL_HEADER_SIZE))
    return TRUE;
  if (!floe_turn_stream_get_frame_size (self->frame, self->held, &frame_size))
    return FALSE;
  if (is_channel_data (self))
    {
      /* Nothing is bound before an allocation was answered: "HTTP/1.1" would be ChannelData too. */
      if (!self->has_begun)
        return FALSE;
      skip_rest (self, frame_size);
      return TRUE;
    }
  if (!hold (self, reader, COOKIE_END))
    return TRUE;
  if (!has_magic_cookie (self))
    return FALSE;
  self->has_begun = TRUE;
  if (is_error_response (self) && frame_size <= sizeof self->frame)
    self->wanted = frame_size;
  else
    skip_rest (self, frame_size);
  return TRUE;
}

static void
skip (FloeTurnStream *self, FloeReader *reader)
{
  gsize count = MIN (self->skipped, reader->size);

  floe_reader_bytes (reader, count);
  self->skipped -= count;
}

gboolean
floe_turn_stream_read (FloeTurnStream *self, const guint8 *data, gsize size, gsize *used,
                       FloeTurnStreamResponse *response)
{
  FloeReader reader = floe_reader_init (data, size);
  gboolean is_readable = TRUE;

  *response = (FloeTurnStreamResponse){ NULL, 0 };
  while (reader.size > 0 && is_readable && response->message == NULL)
    {
      if (self->skipped > 0)
        {
          skip (self, &reader);
          continue;
        }
      if (self->wanted == 0)
        is_readable = begin_frame (self, &reader);
      if (self->wanted > 0 && hold (self, &reader, self->wanted))
        {
          *response = (FloeTurnStreamResponse){ self->frame, self->wanted };
          self->held = 0;
          self->wanted = 0;
        }
    }
  *used += size - reader.size;
  return is_readable;
}
