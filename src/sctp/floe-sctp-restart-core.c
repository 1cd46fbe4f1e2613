/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-restart-core-private.h"

#include <string.h>

#include "floe-crc32c-private.h"
#include "floe-reader-private.h"

/* RFC 9260 section 3.2 */
#define CHUNK_HEADER_SIZE 4
#define CHUNK_SACK 3

/* RFC 9260 section 3.3.4:
 *
 *   |   Type = 3    |  Chunk  Flags |         Chunk Length          |
 *   |                      Cumulative TSN Ack                       |
 *   |                            a_rwnd                             |
 *   |  Number of Gap Ack Blocks     |  Number of Duplicate TSNs     |
 *   |       Gap Ack Block #1 Start  |        Gap Ack Block #1 End   |
 *   ...                                                             |
 */
#define SACK_SIZE 16
#define LENGTH_OFFSET 2
#define GAP_COUNT_OFFSET 12

/* It ends before it begins. */
static const guint8 no_gap[FLOE_SCTP_RESTART_GROWTH] = { 0, 1, 0, 0 };

typedef struct
{
  gsize offset; /* in the packet */
  gsize length; /* as it is in the chunk */
  guint32 tsn;
} Sack;

/* The first chunk that is a SACK, if there is nothing in it but what the long way needs. */
static gboolean
find_sack (const guint8 *packet, gsize size, Sack *out)
{
  FloeReader reader = floe_reader_init (packet, size);

  floe_reader_bytes (&reader, FLOE_SCTP_HEADER_SIZE);
  while (!reader.failed && reader.size >= SACK_SIZE)
    {
      gsize offset = size - reader.size;
      guint type = floe_reader_uint (&reader, 1);
      gsize length;

      floe_reader_bytes (&reader, 1);
      length = floe_reader_uint (&reader, 2);
      if (length < CHUNK_HEADER_SIZE)
        return FALSE;
      if (type == CHUNK_SACK)
        {
          *out = (Sack){ offset, length, floe_reader_uint (&reader, 4) };
          floe_reader_bytes (&reader, 4);
          /* With gap blocks it takes the long way anyway. */
          return length >= SACK_SIZE && offset + length <= size
                 && floe_reader_uint (&reader, 2) == 0;
        }
      floe_reader_bytes (&reader, ((length + 3) & ~(gsize) 3) - CHUNK_HEADER_SIZE);
    }
  return FALSE;
}

static gsize
insert_gap (const guint8 *packet, gsize size, const Sack *sack, guint8 *out)
{
  gsize blocks = sack->offset + SACK_SIZE;
  gsize length = sack->length + FLOE_SCTP_RESTART_GROWTH;

  memcpy (out, packet, blocks);
  memcpy (out + blocks, no_gap, sizeof no_gap);
  memcpy (out + blocks + sizeof no_gap, packet + blocks, size - blocks);
  out[sack->offset + LENGTH_OFFSET] = (guint8) (length >> 8);
  out[sack->offset + LENGTH_OFFSET + 1] = (guint8) length;
  out[sack->offset + GAP_COUNT_OFFSET + 1] = 1;
  return size + FLOE_SCTP_RESTART_GROWTH;
}

gsize
floe_sctp_restart_core_handle_input (FloeSctpRestartCore *self, gint64 now_us, const guint8 *packet,
                                     gsize size, guint8 *out)
{
  gboolean is_first = self->restarted_us == 0;
  Sack sack;

  if (size > FLOE_SCTP_RESTART_MAX_SIZE
      || (!is_first && now_us - self->restarted_us < FLOE_SCTP_RESTART_INTERVAL_US)
      || !find_sack (packet, size, &sack) || (!is_first && sack.tsn == self->tsn))
    return 0;
  self->restarted_us = now_us;
  self->tsn = sack.tsn;
  return insert_gap (packet, size, &sack, out);
}
