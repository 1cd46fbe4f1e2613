/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-reset-gate-core-private.h"

#include <string.h>

/* RFC 9260 section 3, RFC 6525 sections 3.1 and 4.1. */
#define HEADER_SIZE 12
#define CHUNK_HEADER_SIZE 4
#define CHUNK_INIT 1
#define CHUNK_INIT_ACK 2
#define CHUNK_SACK 3
#define CHUNK_RE_CONFIG 130
#define INITIAL_TSN_OFFSET 16
#define SACK_TSN_OFFSET 4
#define PARAMETER_OUTGOING_RESET 13
#define LAST_TSN_OFFSET 12

/* A chunk, or a parameter in one: both have a length behind two bytes, and are padded. */
typedef struct
{
  const guint8 *data;
  gsize size;   /* without padding */
  gsize padded; /* with as much of it as there is */
} Item;

static guint
read_uint16 (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

static guint32
read_uint32 (const guint8 *data)
{
  return (guint32) read_uint16 (data) << 16 | read_uint16 (data + 2);
}

/* The item at @data, of which there are @left bytes. */
static gboolean
read_item (const guint8 *data, gsize left, Item *item)
{
  if (left < CHUNK_HEADER_SIZE)
    return FALSE;
  item->data = data;
  item->size = read_uint16 (data + 2);
  item->padded = MIN ((item->size + 3) & ~(gsize) 3, left);
  return item->size >= CHUNK_HEADER_SIZE && item->size <= left;
}

static gboolean
find_chunk (const guint8 *packet, gsize size, guint8 type, Item *chunk)
{
  for (gsize at = HEADER_SIZE; at < size && read_item (packet + at, size - at, chunk);
       at += chunk->padded)
    if (chunk->data[0] == type)
      return TRUE;
  return FALSE;
}

/* RFC 6525 section 4.1: the "Sender's Last Assigned TSN" of an Outgoing SSN Reset Request. */
static gboolean
find_last_tsn (const Item *chunk, guint32 *tsn)
{
  Item parameter;

  for (gsize at = CHUNK_HEADER_SIZE;
       at < chunk->size && read_item (chunk->data + at, chunk->size - at, &parameter);
       at += parameter.padded)
    if (read_uint16 (parameter.data) == PARAMETER_OUTGOING_RESET
        && parameter.size >= LAST_TSN_OFFSET + sizeof *tsn)
      {
        *tsn = read_uint32 (parameter.data + LAST_TSN_OFFSET);
        return TRUE;
      }
  return FALSE;
}

/* The chunk with such a request: an answer to one of ours may stand before it in a chunk of its
 * own.
 */
static gboolean
find_request (const guint8 *packet, gsize size, Item *chunk, guint32 *tsn)
{
  for (gsize at = HEADER_SIZE; at < size && read_item (packet + at, size - at, chunk);
       at += chunk->padded)
    if (chunk->data[0] == CHUNK_RE_CONFIG && find_last_tsn (chunk, tsn))
      return TRUE;
  return FALSE;
}

/* TSNs wrap around (RFC 9260 section 1.6). */
static gboolean
has_arrived (const FloeSctpResetGateCore *self, guint32 tsn)
{
  return !self->has_arrived || (gint32) (tsn - self->arrived_tsn) <= 0;
}

void
floe_sctp_reset_gate_core_clear (FloeSctpResetGateCore *self)
{
  g_clear_pointer (&self->held, g_bytes_unref);
}

void
floe_sctp_reset_gate_core_handle_output (FloeSctpResetGateCore *self, const guint8 *packet,
                                         gsize size)
{
  Item chunk;

  if (!find_chunk (packet, size, CHUNK_SACK, &chunk)
      || chunk.size < SACK_TSN_OFFSET + sizeof self->arrived_tsn)
    return;
  self->arrived_tsn = read_uint32 (chunk.data + SACK_TSN_OFFSET);
  self->has_arrived = TRUE;
}

/* Before anything has arrived: what the peer counts from. */
static void
handle_init (FloeSctpResetGateCore *self, const guint8 *packet, gsize size)
{
  Item chunk;

  if (self->has_arrived
      || (!find_chunk (packet, size, CHUNK_INIT_ACK, &chunk)
          && !find_chunk (packet, size, CHUNK_INIT, &chunk))
      || chunk.size < INITIAL_TSN_OFFSET + sizeof self->arrived_tsn)
    return;
  self->arrived_tsn = read_uint32 (chunk.data + INITIAL_TSN_OFFSET) - 1;
  self->has_arrived = TRUE;
}

static GBytes *
hold (FloeSctpResetGateCore *self, const guint8 *packet, gsize size, const Item *chunk)
{
  gsize before = (gsize) (chunk->data - packet);
  g_autoptr (GByteArray) held = g_byte_array_new ();
  g_autoptr (GByteArray) rest = g_byte_array_new ();

  g_byte_array_append (held, packet, HEADER_SIZE);
  g_byte_array_append (held, chunk->data, (guint) chunk->padded);
  g_clear_pointer (&self->held, g_bytes_unref);
  self->held = g_byte_array_free_to_bytes (g_steal_pointer (&held));

  g_byte_array_append (rest, packet, (guint) before);
  g_byte_array_append (rest, chunk->data + chunk->padded, (guint) (size - before - chunk->padded));
  return g_byte_array_free_to_bytes (g_steal_pointer (&rest));
}

GBytes *
floe_sctp_reset_gate_core_handle_input (FloeSctpResetGateCore *self, const guint8 *packet,
                                        gsize size)
{
  guint32 last_tsn;
  Item chunk;

  handle_init (self, packet, size);
  if (!find_request (packet, size, &chunk, &last_tsn))
    return NULL;
  if (has_arrived (self, last_tsn))
    {
      /* The same one, repeated: a sender has one request under way. */
      g_clear_pointer (&self->held, g_bytes_unref);
      return NULL;
    }
  self->held_tsn = last_tsn;
  return hold (self, packet, size, &chunk);
}

GBytes *
floe_sctp_reset_gate_core_take (FloeSctpResetGateCore *self)
{
  return self->held != NULL && has_arrived (self, self->held_tsn) ? g_steal_pointer (&self->held)
                                                                  : NULL;
}
