/* SPDX-License-Identifier: MPL-2.0 */
/* What we read in SCTP packets ourselves, beside usrsctp: which kinds of chunks there are, and what
 * to repeat on a path that works.
 *
 * Properties: what is repeated is no longer than what was sent and has something in it that is
 * worth repeating; and data and answers are found just where another walk from chunk to chunk finds
 * them.
 *
 * Input: a byte that says whose packets come first, then packets, each behind its size in two
 * bytes, ours and the peer's in turn. */
#include "floe-packet-kind-private.h"
#include "fuzz-input.h"
#include "floe-sctp-repeat-core-private.h"

#include <string.h>

#define COMMON_HEADER_SIZE 12
#define CHUNK_HEADER_SIZE 4
#define CHUNK_DATA 0
#define CHUNK_HEARTBEAT_ACK 5
#define CHUNK_I_DATA 64
#define CHUNK_FORWARD_TSN 192
#define CHUNK_I_FORWARD_TSN 194
#define MAX_PACKETS 32

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Another reading of RFC 9260 section 3.2, from front to back. */
static gboolean
has_chunk (const guint8 *packet, gsize size, guint type)
{
  FloeReader reader = floe_reader_init (packet, size);

  floe_reader_bytes (&reader, COMMON_HEADER_SIZE);
  while (!reader.failed && reader.size >= CHUNK_HEADER_SIZE)
    {
      guint found = (guint) floe_reader_uint (&reader, 1);
      gsize length;

      floe_reader_uint (&reader, 1);
      length = (gsize) floe_reader_uint (&reader, 2);
      if (length < CHUNK_HEADER_SIZE)
        return FALSE;
      if (found == type)
        return TRUE;
      length = (length + 3) & ~(gsize) 3;
      floe_reader_bytes (&reader, MIN (length - CHUNK_HEADER_SIZE, reader.size));
    }
  return FALSE;
}

static void
check_kinds (const guint8 *packet, gsize size)
{
  g_assert_true (
      floe_packet_has_data (packet, size)
      == (has_chunk (packet, size, CHUNK_DATA) || has_chunk (packet, size, CHUNK_I_DATA)));
  g_assert_true (!floe_packet_is_heartbeat_answer (packet, size)
                 || packet[COMMON_HEADER_SIZE] == CHUNK_HEARTBEAT_ACK);
}

static void
check_kept (const FloeSctpRepeatCore *core, gsize longest)
{
  g_assert_cmpuint (core->size, <=, longest);
  g_assert_cmpuint (core->sack_size, <=, longest);
  if (core->size > 0)
    g_assert_true (floe_packet_has_data (core->packet, core->size)
                   || has_chunk (core->packet, core->size, CHUNK_FORWARD_TSN)
                   || has_chunk (core->packet, core->size, CHUNK_I_FORWARD_TSN));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FloeReader reader = floe_reader_init (data, size);
  gboolean is_ours = (floe_reader_uint (&reader, 1) & 1) == 0;
  g_autofree FloeSctpRepeatCore *core = g_new0 (FloeSctpRepeatCore, 1);
  gsize longest = 0;

  for (guint i = 0; i < MAX_PACKETS && reader.size > 2; i++)
    {
      gsize packet_size = fuzz_input_size (&reader, 2);
      g_autofree guint8 *packet = fuzz_input_copy (&reader, packet_size);

      check_kinds (packet, packet_size);
      if (is_ours)
        {
          floe_sctp_repeat_core_handle_output (core, packet, packet_size);
          longest = MAX (longest, packet_size);
        }
      else if (floe_sctp_repeat_core_handle_input (core, packet, packet_size))
        g_assert_false (core->has_lost);
      check_kept (core, longest);
      if (i % 4 == 3)
        floe_sctp_repeat_core_handle_silence (core);
      is_ours = !is_ours;
    }
  return 0;
}
