/* SPDX-License-Identifier: MPL-2.0 */
/* Arbitrary chunks into an engine with an established association.
 *
 * The input is a row of packets without their common header, each behind its length in two bytes;
 * the header is the right one, checksum and verification tag included, and numbers that count data
 * and requests begin at 0: what the two ends really began at is added. So a chunk is taken for the
 * next one of the peer's, and not thrown away at the door. Properties: what comes out fits the MTU
 * and has the right checksum, messages the limit; and the engine says no more than it may: a
 * bounded number of packets for each that came. */
#include <string.h>

#include "floe-crc32c-private.h"
#include "floe-sctp-engine-private.h"
#include "floe-sctp-runtime-private.h"

#define MTU 1200
#define MAX_MESSAGE 65536
#define MAX_PACKET 2048
#define MAX_PACKETS 64
#define HEARTBEAT_SIZE 64
#define MAX_ANSWERS 64 /* to one packet, with what the window lets out */

/* RFC 9260 section 3.2, RFC 3758 section 3.2, RFC 6525 section 3.1 */
#define CHUNK_DATA 0
#define CHUNK_INIT 1
#define CHUNK_INIT_ACK 2
#define CHUNK_SACK 3
#define CHUNK_RECONFIG 130
#define CHUNK_FORWARD_TSN 192
#define INITIAL_TSN_OFFSET 16
/* RFC 6525 section 4 */
#define PARAMETER_OUTGOING_RESET 13
#define PARAMETER_INCOMING_RESET 14
#define PARAMETER_RESPONSE 16
#define PARAMETER_ADD_OUTGOING 17
#define PARAMETER_ADD_INCOMING 18

typedef struct
{
  FloeSctpEngine *engine;
  GQueue packets;    /* of GBytes (owned) */
  guint32 first_tsn; /* RFC 9260 section 3.3.2: the initial one */
  guint output_count;
} End;

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static guint32
read_number (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static void
on_output (const guint8 *packet, gsize size, gpointer user_data)
{
  End *end = user_data;
  guint type = packet[FLOE_SCTP_HEADER_SIZE];

  g_assert_cmpuint (size, <=, MTU);
  g_assert_true (floe_sctp_checksum_is_right (packet, size));
  if (type == CHUNK_INIT || type == CHUNK_INIT_ACK)
    end->first_tsn = read_number (packet + FLOE_SCTP_HEADER_SIZE + INITIAL_TSN_OFFSET);
  end->output_count++;
  g_queue_push_tail (&end->packets, g_bytes_new (packet, size));
}

static void
on_state_changed (FloeSctpState state, gpointer user_data)
{
}

static void
on_message (guint16 stream, guint32 ppid, GBytes *bytes, gpointer user_data)
{
  g_assert_cmpuint (g_bytes_get_size (bytes), >, 0);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, MAX_MESSAGE);
  g_bytes_unref (bytes);
}

static void
on_incoming_reset (const guint16 *streams, gsize count, gpointer user_data)
{
}

static void
on_outgoing_reset (const guint16 *streams, gsize count, gboolean is_done, gpointer user_data)
{
}

static void
on_writable (gpointer user_data)
{
}

static void
on_heartbeat_answered (guint64 nonce, gpointer user_data)
{
}

static void
open_end (End *end)
{
  static const FloeSctpCallbacks callbacks = {
    on_output,         on_state_changed, on_message,           on_incoming_reset,
    on_outgoing_reset, on_writable,      on_heartbeat_answered
  };
  const FloeSctpConfig config = { .local_port = 5000,
                                  .remote_port = 5000,
                                  .max_channels = 16,
                                  .mtu = MTU,
                                  .max_message_size = MAX_MESSAGE,
                                  .send_buffer_size = 128 * 1024,
                                  .receive_buffer_size = 64 * 1024 };

  g_queue_init (&end->packets);
  end->engine = floe_sctp_engine_new (&config, &callbacks, end);
  floe_sctp_engine_connect (end->engine);
}

static gboolean
carry_one (End *from, End *to)
{
  g_autoptr (GBytes) packet = g_queue_pop_head (&from->packets);

  if (packet == NULL)
    return FALSE;
  floe_sctp_engine_handle_packet (to->engine, g_bytes_get_data (packet, NULL),
                                  g_bytes_get_size (packet));
  return TRUE;
}

static void
close_end (End *end)
{
  floe_sctp_engine_free (end->engine);
  g_queue_clear_full (&end->packets, (GDestroyNotify) g_bytes_unref);
}

/* Adds to the number at @at in @bytes, if it is whole. */
static void
shift (guint8 *bytes, gsize size, gsize at, guint32 by)
{
  guint32 number;

  if (at + sizeof number > size)
    return;
  number = GUINT32_TO_BE (read_number (bytes + at) + by);
  memcpy (bytes + at, &number, sizeof number);
}

static void
shift_parameters (const End *end, const End *peer, guint8 *chunk, gsize size)
{
  for (gsize at = 4; at + 4 <= size;)
    {
      gsize length = (gsize) chunk[at + 2] << 8 | chunk[at + 3];

      switch (chunk[at] << 8 | chunk[at + 1])
        {
        case PARAMETER_OUTGOING_RESET:
          shift (chunk, size, at + 8, end->first_tsn);
          shift (chunk, size, at + 12, peer->first_tsn);
          shift (chunk, size, at + 4, peer->first_tsn);
          break;
        case PARAMETER_INCOMING_RESET:
        case PARAMETER_ADD_OUTGOING:
        case PARAMETER_ADD_INCOMING:
          shift (chunk, size, at + 4, peer->first_tsn);
          break;
        case PARAMETER_RESPONSE:
          shift (chunk, size, at + 4, end->first_tsn);
          break;
        default:
          break;
        }
      at += MAX ((length + 3) & ~(gsize) 3, 4);
    }
}

/* Makes numbers of the input, which begin at 0, those of this association. */
static void
shift_numbers (const End *end, const End *peer, guint8 *chunks, gsize size)
{
  for (gsize at = 0; at + 4 <= size;)
    {
      gsize length = (gsize) chunks[at + 2] << 8 | chunks[at + 3];
      gsize chunk_size = MIN (length, size - at);

      if (chunks[at] == CHUNK_DATA || chunks[at] == CHUNK_FORWARD_TSN)
        shift (chunks + at, chunk_size, 4, peer->first_tsn);
      else if (chunks[at] == CHUNK_SACK)
        shift (chunks + at, chunk_size, 4, end->first_tsn);
      else if (chunks[at] == CHUNK_RECONFIG)
        shift_parameters (end, peer, chunks + at, chunk_size);
      at += MAX ((length + 3) & ~(gsize) 3, 4);
    }
}

/* One packet of the input with the header that @peer gives its own. */
static void
input_chunks (End *end, End *peer, const guint8 *chunks, gsize size)
{
  guint8 packet[MAX_PACKET];
  guint8 heartbeat[HEARTBEAT_SIZE];

  size = MIN (size, sizeof packet - FLOE_SCTP_HEADER_SIZE);
  if (floe_sctp_engine_make_heartbeat (peer->engine, 1, heartbeat, sizeof heartbeat) == 0)
    return;
  memcpy (packet, heartbeat, FLOE_SCTP_HEADER_SIZE);
  memcpy (packet + FLOE_SCTP_HEADER_SIZE, chunks, size);
  shift_numbers (end, peer, packet + FLOE_SCTP_HEADER_SIZE, size);
  floe_sctp_checksum_fill (packet, FLOE_SCTP_HEADER_SIZE + size);
  end->output_count = 0;
  floe_sctp_engine_handle_packet (end->engine, packet, FLOE_SCTP_HEADER_SIZE + size);
  g_assert_cmpuint (end->output_count, <=, MAX_ANSWERS);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 payload[4000];
  const FloeSctpSendInfo info = { 1, 53, FALSE, -1, -1 };
  const guint16 stream = 2;
  End end, peer;

  open_end (&end);
  open_end (&peer);
  while (carry_one (&end, &peer) || carry_one (&peer, &end))
    ;
  /* Something is outstanding for SACKs and answers to be about. */
  floe_sctp_engine_send (end.engine, &info, payload, sizeof payload);
  floe_sctp_engine_reset_streams (end.engine, &stream, 1);
  for (guint i = 0; i < MAX_PACKETS && size > 2; i++)
    {
      gsize length = MIN ((gsize) (data[0] << 8 | data[1]), size - 2);

      input_chunks (&end, &peer, data + 2, length);
      data += 2 + length;
      size -= 2 + length;
      floe_sctp_runtime_advance (10);
    }
  close_end (&end);
  close_end (&peer);
  floe_sctp_runtime_advance (1000);
  return 0;
}
