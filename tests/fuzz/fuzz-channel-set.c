/* SPDX-License-Identifier: MPL-2.0 */
/* What a hostile peer says over an association that is up, against the channels on it: messages of
 * every kind on every stream, and resets, in every order.
 *
 * Properties: a channel is told of before anything of it, is opened and closed at most once, and
 * nothing comes of it after its end; labels and text are UTF-8; there are never more channels than
 * streams; and nothing is left when the association is gone.
 *
 * Input: steps, each a byte that says what, and a stream; messages have a size in two bytes. */
#include "floe-channel-set-private.h"
#include "fuzz-input.h"
#include "floe-sctp-runtime-private.h"

#define MTU 1200
#define MAX_CHANNELS 16
#define MAX_STEPS 256
#define MAX_KEYS 512

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  FloeSctpEngine *engine; /* (owned) */
  GQueue wire;            /* of GBytes (owned) */
} End;

typedef struct
{
  FloeChannelSet *set; /* (owned) */
  gboolean is_known[MAX_KEYS], is_open[MAX_KEYS], is_closed[MAX_KEYS];
  gsize waiting[MAX_KEYS]; /* bytes that were delivered and not consumed */
  guint32 last_key;        /* of ours */
  guint open_count;
} World;

static void
on_incoming (guint32 key, const FloeChannelInfo *info, gpointer user_data)
{
  World *world = user_data;

  g_assert_cmpuint (key % 2, ==, 0);
  g_assert_cmpuint (key, <, MAX_KEYS);
  g_assert_false (world->is_known[key]);
  g_assert_true (g_utf8_validate (info->label, -1, NULL));
  g_assert_true (g_utf8_validate (info->protocol, -1, NULL));
  g_assert_false (info->max_retransmits >= 0 && info->max_packet_life_time >= 0);
  g_assert_cmpint (info->id, <, MAX_CHANNELS);
  world->is_known[key] = TRUE;
  world->waiting[key] = floe_channel_info_get_cost (info);
}

static void
on_opened (guint32 key, guint16 id, gpointer user_data)
{
  World *world = user_data;

  g_assert_true (world->is_known[key] && !world->is_open[key] && !world->is_closed[key]);
  g_assert_cmpuint (id, <, MAX_CHANNELS);
  world->is_open[key] = TRUE;
  g_assert_cmpuint (++world->open_count, <=, MAX_CHANNELS);
}

static void
on_message (guint32 key, gboolean is_text, GBytes *bytes, gpointer user_data)
{
  World *world = user_data;
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  g_assert_true (world->is_known[key] && !world->is_closed[key]);
  if (is_text && size > 0)
    g_assert_true (g_utf8_validate_len (text, size, NULL) || memchr (text, 0, size) != NULL);
  world->waiting[key] += size + FLOE_MESSAGE_OVERHEAD;
  g_bytes_unref (bytes);
}

static void
on_sent (guint32 key, gsize size, gpointer user_data)
{
}

static void
on_closing (guint32 key, gpointer user_data)
{
  const World *world = user_data;

  g_assert_true (world->is_known[key] && !world->is_closed[key]);
}

static void
on_closed (guint32 key, const GError *error, gpointer user_data)
{
  World *world = user_data;

  g_assert_true (world->is_known[key] && !world->is_closed[key]);
  world->is_closed[key] = TRUE;
  world->open_count -= world->is_open[key];
}

static const FloeChannelEvents events = { on_incoming, on_opened,  on_message,
                                          on_sent,     on_closing, on_closed };

static void
on_output (const guint8 *packet, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_queue_push_tail (&end->wire, g_bytes_new (packet, size));
}

static void
ignore_state (FloeSctpState state, gpointer user_data)
{
}

static void
ignore_message (guint16 stream, guint32 ppid, GBytes *bytes, gpointer user_data)
{
  g_bytes_unref (bytes);
}

static void
ignore_incoming_reset (const guint16 *streams, gsize count, gpointer user_data)
{
}

static void
ignore_outgoing_reset (const guint16 *streams, gsize count, gboolean is_done, gpointer user_data)
{
}

static void
ignore_writable (gpointer user_data)
{
}

static void
ignore_heartbeat (guint64 nonce, gpointer user_data)
{
}

static void
open_end (End *end)
{
  static const FloeSctpCallbacks callbacks = {
    on_output,       ignore_state,    ignore_message, ignore_incoming_reset, ignore_outgoing_reset,
    ignore_writable, ignore_heartbeat
  };
  const FloeSctpConfig config = { .local_port = 5000,
                                  .remote_port = 5000,
                                  .max_channels = MAX_CHANNELS,
                                  .mtu = MTU,
                                  .max_message_size = 65536,
                                  .send_buffer_size = 64 * 1024,
                                  .receive_buffer_size = 64 * 1024 };

  g_queue_init (&end->wire);
  end->engine = floe_sctp_engine_new (&config, &callbacks, end);
  floe_sctp_engine_connect (end->engine);
}

static gboolean
carry_one (End *from, End *to)
{
  g_autoptr (GBytes) packet = g_queue_pop_head (&from->wire);

  if (packet == NULL)
    return FALSE;
  floe_sctp_engine_handle_packet (to->engine, g_bytes_get_data (packet, NULL),
                                  g_bytes_get_size (packet));
  return TRUE;
}

static void
open_ours (World *world, guint flags)
{
  FloeChannelInfo info = { .label = (char *) "ours",
                           .protocol = (char *) "",
                           .is_ordered = TRUE,
                           .max_retransmits = -1,
                           .max_packet_life_time = -1,
                           .is_negotiated = (flags & 1) != 0,
                           .id = (flags & 1) != 0 ? (int) (flags >> 1) : -1 };

  if (world->last_key + 2 >= MAX_KEYS)
    return;
  world->last_key += 2;
  world->is_known[world->last_key] = TRUE;
  floe_channel_set_open (world->set, world->last_key, &info);
}

static void
say (World *world, guint16 stream, FloeReader *input)
{
  static const guint32 ppids[] = { 50, 50, 50, 51, 53, 56, 57, 52, 54, 0 };
  guint32 ppid = ppids[floe_reader_uint (input, 1) % G_N_ELEMENTS (ppids)];
  gsize size = fuzz_input_size (input, 2);

  if (size > 0) /* SCTP has no empty messages */
    floe_channel_set_handle_message (world->set, stream, ppid,
                                     g_bytes_new (floe_reader_bytes (input, size), size));
}

static void
step (World *world, FloeReader *input)
{
  guint what = (guint) floe_reader_uint (input, 1);
  guint16 stream = (guint16) floe_reader_uint (input, 1);
  g_autoptr (GBytes) bytes = NULL;

  switch (what % 8)
    {
    case 0:
    case 1:
      say (world, stream, input);
      break;
    case 2:
      floe_channel_set_handle_incoming_reset (world->set, &stream, 1);
      break;
    case 3:
      floe_channel_set_handle_outgoing_reset (world->set, &stream, 1, (what & 8) != 0);
      break;
    case 4:
      open_ours (world, stream);
      break;
    case 5:
      floe_channel_set_close (world->set, stream);
      break;
    case 6:
      bytes = g_bytes_new_static ("what we say", (what & 8) != 0 ? 11 : 0);
      floe_channel_set_send (world->set, stream, (what & 16) != 0, bytes);
      break;
    case 7:
    default:
      floe_channel_set_handle_consumed (world->set, stream, world->waiting[stream]);
      world->waiting[stream] = 0;
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FloeReader input = floe_reader_init (data, size);
  g_autofree World *world = g_new0 (World, 1);
  End ours, theirs;

  open_end (&ours);
  open_end (&theirs);
  while (carry_one (&ours, &theirs) || carry_one (&theirs, &ours))
    ;
  world->last_key = 1;
  world->set = floe_channel_set_new (MAX_CHANNELS, &events, world);
  floe_channel_set_set_role (world->set, FALSE);
  floe_channel_set_set_engine (world->set, ours.engine, NULL);
  for (guint i = 0; i < MAX_STEPS && input.size > 0; i++)
    step (world, &input);
  floe_channel_set_set_engine (world->set, NULL, NULL);
  for (guint key = 0; key < MAX_KEYS; key++)
    g_assert_true (world->is_known[key] == world->is_closed[key]);
  floe_channel_set_free (world->set);
  floe_sctp_engine_free (ours.engine);
  floe_sctp_engine_free (theirs.engine);
  g_queue_clear_full (&ours.wire, (GDestroyNotify) g_bytes_unref);
  g_queue_clear_full (&theirs.wire, (GDestroyNotify) g_bytes_unref);
  floe_sctp_runtime_advance (1000);
  return 0;
}
