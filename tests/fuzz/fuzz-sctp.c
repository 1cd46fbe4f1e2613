/* SPDX-License-Identifier: MPL-2.0 */
/* Arbitrary chunks into an engine with an established association.
 *
 * The input is a row of packets without their common header, each behind its length in two bytes;
 * the header is the right one, checksum and verification tag included. Properties: what comes out
 * fits the MTU, messages the limit. */
#include <string.h>

#include "floe-crc32c-private.h"
#include "floe-sctp-engine-private.h"
#include "floe-sctp-runtime-private.h"

#define MTU 1200
#define MAX_MESSAGE 65536
#define MAX_PACKET 2048
#define MAX_PACKETS 64
#define HEARTBEAT_SIZE 64

typedef struct
{
  FloeSctpEngine *engine;
  GQueue packets; /* of GBytes (owned) */
} End;

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
on_output (const guint8 *packet, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_assert_cmpuint (size, <=, MTU);
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
  floe_sctp_checksum_fill (packet, FLOE_SCTP_HEADER_SIZE + size);
  floe_sctp_engine_handle_packet (end->engine, packet, FLOE_SCTP_HEADER_SIZE + size);
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
