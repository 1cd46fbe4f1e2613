/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-repeat-core-private.h"

#include "floe-crc32c-private.h"
#include "floe-reader-private.h"

#define CHUNK_HEADER_SIZE 4

/* RFC 9260 section 3.2, RFC 8260 section 2, RFC 3758 section 3.2 */
#define CHUNK_DATA 0
#define CHUNK_SACK 3
#define CHUNK_I_DATA 64
#define CHUNK_FORWARD_TSN 192
#define CHUNK_I_FORWARD_TSN 194

typedef struct
{
  guint type;
  guint32 number;      /* the first 32 bits after the header: a TSN in all chunks above */
  const guint8 *start; /* (unowned) */
  gsize size;          /* with its padding */
} Chunk;

static gboolean
next_chunk (FloeReader *reader, Chunk *out)
{
  FloeReader body;
  gsize length, padding;

  if (reader->failed || reader->size == 0)
    return FALSE;
  out->start = reader->data;
  out->type = floe_reader_uint (reader, 1);
  floe_reader_bytes (reader, 1);
  length = floe_reader_uint (reader, 2);
  if (reader->failed || length < CHUNK_HEADER_SIZE)
    return FALSE;
  body = floe_reader_init (reader->data, MIN (length - CHUNK_HEADER_SIZE, reader->size));
  out->number = floe_reader_uint (&body, 4);
  floe_reader_bytes (reader, length - CHUNK_HEADER_SIZE);
  /* RFC 9260 section 3.2: the padding of the last chunk may be missing in practice. */
  padding = MIN (-length & 3, reader->size);
  floe_reader_bytes (reader, padding);
  out->size = length + padding;
  return !reader->failed;
}

static FloeReader
skip_header (const guint8 *packet, gsize size)
{
  FloeReader reader = floe_reader_init (packet, size);

  floe_reader_bytes (&reader, FLOE_SCTP_HEADER_SIZE);
  return reader;
}

/* RFC 1982: TSNs wrap around. */
static gboolean
is_before (guint32 a, guint32 b)
{
  return (gint32) (a - b) < 0;
}

static gboolean
is_forward (const Chunk *chunk)
{
  return chunk->type == CHUNK_FORWARD_TSN || chunk->type == CHUNK_I_FORWARD_TSN;
}

static gboolean
is_worth_repeating (const Chunk *chunk)
{
  return chunk->type == CHUNK_DATA || chunk->type == CHUNK_I_DATA || is_forward (chunk);
}

/* Whether the packet whose first chunk of interest is @chunk replaces what is kept. FORWARD TSN
 * always does: what it has given up must not be repeated, and it is answered as well. */
static gboolean
is_wanted (const FloeSctpRepeatCore *self, const Chunk *chunk)
{
  return self->size == 0 || is_forward (chunk) || !is_before (self->tsn, chunk->number);
}

/* A SACK beside the data would be an old one by then: only what is worth it is kept. */
static void
keep (FloeSctpRepeatCore *self, const guint8 *packet, gsize size, guint32 tsn)
{
  FloeReader reader = skip_header (packet, size);
  FloeWriter writer = floe_writer_init (self->packet, sizeof self->packet);
  Chunk chunk;

  floe_writer_bytes (&writer, packet, FLOE_SCTP_HEADER_SIZE);
  while (next_chunk (&reader, &chunk))
    if (is_worth_repeating (&chunk))
      floe_writer_bytes (&writer, chunk.start, chunk.size);
  self->tsn = tsn;
  self->size = writer.used;
}

static void
keep_sack (FloeSctpRepeatCore *self, const guint8 *packet, const Chunk *chunk)
{
  FloeWriter writer = floe_writer_init (self->sack, sizeof self->sack);

  floe_writer_bytes (&writer, packet, FLOE_SCTP_HEADER_SIZE);
  floe_writer_bytes (&writer, chunk->start, chunk->size);
  self->sack_size = writer.used;
}

void
floe_sctp_repeat_core_handle_output (FloeSctpRepeatCore *self, const guint8 *packet, gsize size)
{
  FloeReader reader = skip_header (packet, size);
  gboolean is_seen = FALSE;
  Chunk chunk;

  if (size > FLOE_SCTP_REPEAT_MAX_SIZE)
    return;
  while (next_chunk (&reader, &chunk))
    {
      if (chunk.type == CHUNK_SACK)
        keep_sack (self, packet, &chunk);
      if (!is_worth_repeating (&chunk))
        continue;
      if (self->size == 0 || is_before (self->last_tsn, chunk.number))
        self->last_tsn = chunk.number;
      if (!is_seen && is_wanted (self, &chunk))
        keep (self, packet, size, chunk.number);
      is_seen = TRUE;
    }
}

void
floe_sctp_repeat_core_handle_silence (FloeSctpRepeatCore *self)
{
  self->has_lost = self->size > 0;
  self->lost_tsn = self->last_tsn;
}

gboolean
floe_sctp_repeat_core_handle_input (FloeSctpRepeatCore *self, const guint8 *packet, gsize size)
{
  FloeReader reader = skip_header (packet, size);
  gboolean is_recovered = FALSE;
  Chunk chunk;

  while ((self->size > 0 || self->has_lost) && next_chunk (&reader, &chunk))
    {
      if (chunk.type != CHUNK_SACK)
        continue;
      if (!is_before (chunk.number, self->tsn))
        self->size = 0;
      if (!self->has_lost || is_before (chunk.number, self->lost_tsn))
        continue;
      self->has_lost = FALSE;
      is_recovered = TRUE;
    }
  return is_recovered;
}
