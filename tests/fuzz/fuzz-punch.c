/* SPDX-License-Identifier: MPL-2.0 */
/* A stranger on the network against either side of a punch: it sees what is sent, sends it back,
 * changed or not, from where it likes, and makes up the rest; the peer that knows the credentials
 * may come too.
 *
 * Properties: without the peer nothing is found; no more packets than the budget has granted, to no
 * other address than was asked for; the deadline is never in the past; sockets are closed but for
 * the one that was found, and there is one end.
 *
 * Input: a byte of flags, then steps of a byte each with what they need. */
#include "floe-punch-core-private.h"
#include "fuzz-input.h"

#include <string.h>

#define MAX_STEPS 512
#define LAST_SIZE FLOE_PUNCH_MAX_MESSAGE_SIZE

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  FloePunchCore *core;     /* (owned) */
  FloePunchIdentity *peer; /* (owned): knows the credentials */
  FloeReader input;
  gint64 now_us;
  gboolean is_open[FLOE_PROBE_MAX_SOCKETS];
  gboolean has_peer_come;
  gboolean is_found, is_exhausted;
  guint found_socket;
  guint8 last[LAST_SIZE]; /* what was sent last */
  gsize last_size;
  guint last_socket;
  FloeStunAddress last_to;
} World;

static const FloePunchSession ours = { "ours", "our own password, 22 long",
                                       "them", "their password, 22 letters",
                                       TRUE,   1 };
static const FloePunchSession theirs = { "them", "their password, 22 letters",
                                         "ours", "our own password, 22 long",
                                         FALSE,  2 };
/* Of those that a packet may go to: no documentation prefix. */
static const FloeStunAddress target = { { 8, 8, 4, 4 }, FLOE_STUN_IPV4_SIZE, 40000 };
static const FloeStunAddress own = { { 192, 168, 0, 2 }, FLOE_STUN_IPV4_SIZE, 5000 };

static void
note_sent (World *world, const FloePunchOutput *output)
{
  g_assert_true (world->is_open[output->socket]);
  g_assert_cmpuint (output->size, <=, LAST_SIZE);
  g_assert_cmpmem (output->to.bytes, output->to.size, target.bytes, target.size);
  memcpy (world->last, output->data, output->size);
  world->last_size = output->size;
  world->last_socket = output->socket;
  world->last_to = output->to;
}

static void
drain (World *world)
{
  FloePunchOutput output;
  gint64 deadline_us;

  while (floe_punch_core_poll (world->core, &output))
    {
      g_assert_false (world->is_exhausted);
      g_assert_cmpuint (output.socket, <, FLOE_PROBE_MAX_SOCKETS);
      switch (output.type)
        {
        case FLOE_PUNCH_OUTPUT_OPEN:
          world->is_open[output.socket] = TRUE;
          break;
        case FLOE_PUNCH_OUTPUT_CLOSE:
          g_assert_true (world->is_open[output.socket]);
          world->is_open[output.socket] = FALSE;
          break;
        case FLOE_PUNCH_OUTPUT_SEND:
          note_sent (world, &output);
          break;
        case FLOE_PUNCH_OUTPUT_FOUND:
          g_assert_true (world->has_peer_come && !world->is_found);
          world->is_found = TRUE;
          world->found_socket = output.socket;
          break;
        case FLOE_PUNCH_OUTPUT_EXHAUSTED:
        default:
          g_assert_false (world->is_found);
          world->is_exhausted = TRUE;
          break;
        }
    }
  deadline_us = floe_punch_core_get_deadline (world->core);
  g_assert_true (deadline_us == -1 || deadline_us > world->now_us);
}

static guint
take (World *world)
{
  return (guint) floe_reader_uint (&world->input, 1);
}

/* The peer's, or another. */
static FloeStunAddress
take_address (World *world)
{
  FloeStunAddress address = target;
  guint kind = take (world);

  if (kind & 1)
    address.port = (guint16) floe_reader_uint (&world->input, 2);
  if (kind & 2)
    address.bytes[3] ^= (guint8) kind;
  return address;
}

static void
deliver (World *world, const guint8 *data, gsize size)
{
  FloeStunAddress from = take_address (world);
  guint socket = take (world);

  if (socket >= FLOE_PROBE_MAX_SOCKETS || !world->is_open[socket])
    socket = world->last_socket;
  floe_punch_core_handle_datagram (world->core, world->now_us, socket, &from, data, size);
}

static void
send_back (World *world, gboolean is_changed)
{
  guint8 copy[LAST_SIZE];
  gsize size = world->last_size;

  memcpy (copy, world->last, size);
  for (guint count = is_changed ? 1 + take (world) % 4 : 0; count > 0 && size > 0; count--)
    {
      guint at = take (world);

      copy[at % size] ^= (guint8) take (world);
    }
  deliver (world, copy, size);
}

static void
make_up (World *world)
{
  gsize size = fuzz_input_size (&world->input, 1);
  g_autofree guint8 *copy = fuzz_input_copy (&world->input, size);

  deliver (world, copy, size);
}

/* What the true peer says: asks, or answers what we sent last. */
static void
say_as_peer (World *world, gboolean answers)
{
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 7, (guint8) take (world) };
  guint8 buffer[FLOE_PUNCH_MAX_MESSAGE_SIZE];
  FloeStunMessage message;
  gsize size;

  if (!answers)
    size = floe_punch_identity_build_request (world->peer, id, buffer);
  else if (world->last_size > 0
           && floe_stun_message_parse (&message, world->last, world->last_size, NULL)
           && message.message_class == FLOE_STUN_REQUEST)
    size = floe_punch_identity_build_answer (world->peer, &message, &own, buffer);
  else
    return;
  world->has_peer_come = TRUE;
  deliver (world, buffer, size);
}

static void
wait_for_deadline (World *world)
{
  gint64 deadline_us = floe_punch_core_get_deadline (world->core);

  if (deadline_us == -1)
    return;
  world->now_us = deadline_us;
  floe_punch_core_handle_timeout (world->core, world->now_us);
}

static void
step (World *world)
{
  switch (take (world) % 10)
    {
    case 0:
    case 1:
    case 2:
      wait_for_deadline (world);
      break;
    case 3:
    case 4:
      send_back (world, TRUE);
      break;
    case 5:
      send_back (world, FALSE);
      break;
    case 6:
      make_up (world);
      break;
    case 7:
      say_as_peer (world, FALSE);
      break;
    case 8:
      say_as_peer (world, TRUE);
      break;
    case 9:
    default:
      world->now_us += (gint64) take (world) * 10000;
      floe_punch_core_handle_timeout (world->core, world->now_us);
      break;
    }
  drain (world);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree World *world = g_new0 (World, 1);
  const FloeProbePolicy policy = { FALSE, FLOE_PROBE_NETWORK_UNMETERED, 0 };
  g_autoptr (FloeProbeBudgetCore) budget = floe_probe_budget_core_new (&policy);
  FloePunchConfig config = { .seed = 1 };
  FloeProbeRequest request = { .target = target,
                               .named = &target,
                               .named_count = 1,
                               .own = &own,
                               .own_count = 1,
                               .has_consent = TRUE,
                               .pair = "pair",
                               .socket_count = 32 };
  guint flags;

  world->input = floe_reader_init (data, size);
  world->now_us = 1;
  flags = take (world);
  config.role = flags & 1 ? FLOE_PUNCH_ROLE_ONE : FLOE_PUNCH_ROLE_MANY;
  config.is_peer_port_exact = (flags & 2) != 0;
  world->is_open[0] = config.role == FLOE_PUNCH_ROLE_ONE;
  world->peer = floe_punch_identity_new (&theirs, NULL);
  world->core = floe_punch_core_new (&config, &ours, budget, NULL);
  floe_punch_core_start (world->core, world->now_us, &request);
  drain (world);
  for (guint i = 0; i < MAX_STEPS && world->input.size > 0; i++)
    step (world);
  floe_punch_core_stop (world->core, world->now_us);
  drain (world);
  for (guint i = 0; config.role == FLOE_PUNCH_ROLE_MANY && i < FLOE_PROBE_MAX_SOCKETS; i++)
    g_assert_true (!world->is_open[i] || (world->is_found && i == world->found_socket));
  floe_punch_core_free (world->core);
  floe_punch_identity_free (world->peer);
  return 0;
}
