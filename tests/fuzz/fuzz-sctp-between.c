/* SPDX-License-Identifier: MPL-2.0 */
/* Two real engines, and a network that does with their packets as the input says, from the first
 * INIT on. Packets that were changed have the right checksum again, as those of a hostile peer do.
 *
 * Properties: a network that only loses, repeats and delays leaves messages whole, in order and
 * single; what comes out fits the MTU and the limit, and is no endless echo; two ends whose packets
 * all arrived are connected.
 *
 * Input: steps, each a byte that says whose packet it is (the highest bit) and what becomes of it,
 * with what that needs. */
#include "floe-crc32c-private.h"
#include "floe-reader-private.h"
#include "floe-sctp-engine-private.h"
#include "floe-sctp-runtime-private.h"

#include <string.h>

#define MTU 1200
#define MAX_MESSAGE 4096
#define MAX_STEPS 128
#define MAX_PACKETS 1024 /* of both ends */
#define PPID_BINARY 53

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct _End End;

struct _End
{
  FloeSctpEngine *engine; /* (owned) */
  End *peer;              /* (unowned) */
  GQueue wire;            /* of GBytes (owned): what it has sent and has not arrived */
  GBytes *last;           /* (owned) (nullable): what arrived last at the other end */
  guint sent_count;
  guint received_count;
  gboolean *is_changed; /* (unowned): a packet of either was */
  guint *total;         /* (unowned): packets of both */
};

static void
on_output (const guint8 *packet, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_assert_cmpuint (size, <=, MTU);
  g_assert_true (floe_sctp_checksum_is_right (packet, size));
  if ((*end->total)++ < MAX_PACKETS)
    g_queue_push_tail (&end->wire, g_bytes_new (packet, size));
}

static void
on_state_changed (FloeSctpState state, gpointer user_data)
{
}

/* Messages are as long as their number says, and full of it. */
static gsize
get_message_size (guint number)
{
  return 1 + (gsize) number * 331 % MAX_MESSAGE;
}

static void
on_message (guint16 stream, guint32 ppid, GBytes *bytes, gpointer user_data)
{
  End *end = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpuint (size, >, 0);
  g_assert_cmpuint (size, <=, MAX_MESSAGE);
  if (!*end->is_changed)
    {
      g_assert_cmpuint (end->received_count, <, end->peer->sent_count);
      g_assert_cmpuint (size, ==, get_message_size (end->received_count));
      g_assert_cmpuint (ppid, ==, PPID_BINARY);
      for (gsize i = 0; i < size; i++)
        g_assert_cmpuint (data[i], ==, (guint8) end->received_count);
    }
  end->received_count++;
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
                                  .send_buffer_size = 64 * 1024,
                                  .receive_buffer_size = 64 * 1024 };

  g_queue_init (&end->wire);
  end->engine = floe_sctp_engine_new (&config, &callbacks, end);
  floe_sctp_engine_connect (end->engine);
}

static void
close_end (End *end)
{
  floe_sctp_engine_free (end->engine);
  g_queue_clear_full (&end->wire, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&end->last, g_bytes_unref);
}

static gboolean
pass_on (End *from)
{
  GBytes *packet = g_queue_pop_head (&from->wire);

  if (packet == NULL)
    return FALSE;
  g_clear_pointer (&from->last, g_bytes_unref);
  from->last = packet;
  floe_sctp_engine_handle_packet (from->peer->engine, g_bytes_get_data (packet, NULL),
                                  g_bytes_get_size (packet));
  return TRUE;
}

static void
send_message (End *end)
{
  const FloeSctpSendInfo info = { 1, PPID_BINARY, FALSE, -1, -1 };
  gsize size = get_message_size (end->sent_count);
  g_autofree guint8 *message = g_malloc (size);

  memset (message, (int) end->sent_count, size);
  end->sent_count += floe_sctp_engine_send (end->engine, &info, message, size) == FLOE_SCTP_SENT;
}

static void
change (End *from, FloeReader *input)
{
  g_autoptr (GBytes) packet = g_queue_pop_head (&from->wire);
  g_autofree guint8 *copy = NULL;
  gsize size;

  if (packet == NULL)
    return;
  size = g_bytes_get_size (packet);
  copy = g_memdup2 (g_bytes_get_data (packet, NULL), size);
  for (guint count = 1 + (guint) floe_reader_uint (input, 1) % 4; count > 0; count--)
    {
      gsize at = (gsize) floe_reader_uint (input, 2) % size;

      copy[at] ^= (guint8) floe_reader_uint (input, 1);
    }
  floe_sctp_checksum_fill (copy, size);
  *from->is_changed = TRUE;
  floe_sctp_engine_handle_packet (from->peer->engine, copy, size);
}

static void
step (End *from, guint what, FloeReader *input)
{
  const guint16 stream = 2;
  GBytes *packet;

  switch (what % 8)
    {
    case 0:
    case 1:
      pass_on (from);
      break;
    case 2:
      send_message (from);
      break;
    case 3: /* once more */
      if (from->last != NULL)
        floe_sctp_engine_handle_packet (from->peer->engine, g_bytes_get_data (from->last, NULL),
                                        g_bytes_get_size (from->last));
      break;
    case 4: /* lost, or late */
      packet = g_queue_pop_head (&from->wire);
      if (packet != NULL && (floe_reader_uint (input, 1) & 1) != 0)
        g_queue_push_tail (&from->wire, packet);
      else
        g_clear_pointer (&packet, g_bytes_unref);
      break;
    case 5:
      floe_sctp_runtime_advance (10 * (guint) floe_reader_uint (input, 1));
      break;
    case 6:
      change (from, input);
      break;
    case 7:
    default:
      floe_sctp_engine_reset_streams (from->engine, &stream, 1);
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FloeReader input = floe_reader_init (data, size);
  gboolean is_changed = FALSE;
  guint total = 0;
  End ends[2] = { { .is_changed = &is_changed, .total = &total },
                  { .is_changed = &is_changed, .total = &total } };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      ends[i].peer = &ends[!i];
      open_end (&ends[i]);
    }
  for (guint i = 0; i < MAX_STEPS && input.size > 0; i++)
    {
      guint what = (guint) floe_reader_uint (&input, 1);

      step (&ends[what >> 7], what, &input);
    }
  while (pass_on (&ends[0]) || pass_on (&ends[1]))
    ;
  if (size == 0)
    for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
      g_assert_cmpint (floe_sctp_engine_get_state (ends[i].engine), ==, FLOE_SCTP_CONNECTED);
  close_end (&ends[0]);
  close_end (&ends[1]);
  floe_sctp_runtime_advance (1000);
  return 0;
}
