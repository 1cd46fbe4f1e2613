/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-pacer-private.h"

#include <string.h>

#include "floe-crc32c-private.h"
#include "floe-reader-private.h"

/* RFC 9260 section 3.2, RFC 8260 section 2, RFC 6525 section 3.1 */
#define CHUNK_HEADER_SIZE 4
#define CHUNK_DATA 0
#define CHUNK_SACK 3
#define CHUNK_I_DATA 64
#define CHUNK_RE_CONFIG 130
/* The window changes with each SACK; asking usrsctp for it takes a microsecond. */
#define ASK_EVERY_US (2 * G_TIME_SPAN_MILLISECOND)

/* Longer ones leave as they are. */
#define MAX_SIZE 1500

/* Of the chunk at @offset, with its padding; 0: there is none. */
static gsize
chunk_size (const guint8 *packet, gsize size, gsize offset)
{
  gsize length;

  if (offset + CHUNK_HEADER_SIZE > size)
    return 0;
  length = (gsize) packet[offset + 2] << 8 | packet[offset + 3];
  if (length < CHUNK_HEADER_SIZE || offset + length > size)
    return 0;
  return MIN ((length + 3) & ~(gsize) 3, size - offset);
}

/* Data, and requests to reset streams: ahead of the data that they are behind of, each would have
 * to wait at the peer (RFC 6525 section 5.2.2), which not every peer does well. */
static gboolean
takes_turns (const guint8 *packet, gsize size)
{
  gsize offset = FLOE_SCTP_HEADER_SIZE;
  gsize length;

  for (; (length = chunk_size (packet, size, offset)) > 0; offset += length)
    if (packet[offset] == CHUNK_DATA || packet[offset] == CHUNK_I_DATA
        || packet[offset] == CHUNK_RE_CONFIG)
      return TRUE;
  return FALSE;
}

/* A SACK in front of data leaves at once, by itself. Returns the size of what is left of @packet,
 * which is written to @rest. */
static gsize
split_sack (const guint8 *packet, gsize size, guint8 *rest, FloeSctpPacerOutput output,
            gpointer user_data)
{
  gsize sack_size = chunk_size (packet, size, FLOE_SCTP_HEADER_SIZE);
  gsize split = FLOE_SCTP_HEADER_SIZE + sack_size;
  guint8 sack[MAX_SIZE];

  memcpy (sack, packet, split);
  floe_sctp_checksum_fill (sack, split);
  memcpy (rest, packet, FLOE_SCTP_HEADER_SIZE);
  memcpy (rest + FLOE_SCTP_HEADER_SIZE, packet + split, size - split);
  size -= sack_size;
  floe_sctp_checksum_fill (rest, size);
  output (sack, split, user_data);
  return size;
}

static void
keep (FloeSctpPacer *self, const guint8 *packet, gsize size, FloeSctpPacerOutput output,
      gpointer user_data)
{
  guint8 rest[MAX_SIZE];

  if (packet[FLOE_SCTP_HEADER_SIZE] == CHUNK_SACK && size <= MAX_SIZE)
    {
      size = split_sack (packet, size, rest, output, user_data);
      packet = rest;
    }
  g_queue_push_tail (&self->waiting, g_bytes_new (packet, size));
}

gboolean
floe_sctp_pacer_needs_path (FloeSctpPacer *self, gint64 now_us)
{
  if (now_us - self->asked_us < ASK_EVERY_US)
    return FALSE;
  self->asked_us = now_us;
  return TRUE;
}

void
floe_sctp_pacer_set_path (FloeSctpPacer *self, gint64 now_us, guint32 window, guint srtt_ms)
{
  floe_sctp_pacer_core_set_path (&self->core, now_us, window, srtt_ms, self->waiting.length > 0);
}

void
floe_sctp_pacer_send (FloeSctpPacer *self, gint64 now_us, const guint8 *packet, gsize size,
                      FloeSctpPacerOutput output, gpointer user_data)
{
  /* What is no data is counted as well when it leaves in its turn: it is little. */
  if ((g_queue_is_empty (&self->waiting) && floe_sctp_pacer_core_take (&self->core, now_us, size))
      || !takes_turns (packet, size))
    output (packet, size, user_data);
  else
    keep (self, packet, size, output, user_data);
}

void
floe_sctp_pacer_release (FloeSctpPacer *self, gint64 now_us, FloeSctpPacerOutput output,
                         gpointer user_data)
{
  GBytes *bytes;

  while ((bytes = g_queue_peek_head (&self->waiting)) != NULL
         && floe_sctp_pacer_core_take (&self->core, now_us, g_bytes_get_size (bytes)))
    {
      g_queue_pop_head (&self->waiting);
      output (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), user_data);
      g_bytes_unref (bytes);
    }
}

gint64
floe_sctp_pacer_get_deadline (const FloeSctpPacer *self)
{
  return self->waiting.length > 0 ? floe_sctp_pacer_core_get_deadline (&self->core) : -1;
}

void
floe_sctp_pacer_clear (FloeSctpPacer *self)
{
  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_bytes_unref);
}
