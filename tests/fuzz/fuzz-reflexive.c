/* SPDX-License-Identifier: MPL-2.0 */
/* Hostile STUN servers, and strangers, against the gathering of reflexive candidates and the
 * repeating of checks, which read what comes to the same sockets.
 *
 * Properties: no more candidates than a base may have mappings, each with an address and a
 * priority; every server has one failure at most; the deadline is never in the past; and what is
 * sent goes to servers, or to the peer's address, only.
 *
 * Input: a byte of flags, then steps of a byte each with what they need. */
#include "floe-reflexive-core-private.h"
#include "floe-repeat-core-private.h"
#include "fuzz-input.h"

#include <string.h>

#define BASE_COUNT 2
#define SERVER_COUNT 3
#define MAX_STEPS 256
#define LAST_SIZE 512

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  FloeReflexiveCore *core; /* (owned) */
  FloeRepeatCore *repeats; /* (owned) */
  FloeReader input;
  gint64 now_us;
  guint8 last[LAST_SIZE]; /* the request that was sent last */
  gsize last_size;
  guint last_base;
  FloeStunAddress last_to;
  guint candidate_count;
  guint failures[SERVER_COUNT];
  guint check_count;
} World;

static const FloeStunAddress remote = { { 203, 0, 113, 9 }, FLOE_STUN_IPV4_SIZE, 9000 };

static guint
take (World *world)
{
  return (guint) floe_reader_uint (&world->input, 1);
}

static FloeStunAddress
get_server (guint index)
{
  return (FloeStunAddress){ { 192, 0, 2, (guint8) (10 + index) }, FLOE_STUN_IPV4_SIZE, 3478 };
}

static gboolean
is_server (const FloeStunAddress *address)
{
  for (guint i = 0; i < SERVER_COUNT; i++)
    {
      FloeStunAddress server = get_server (i);

      if (floe_stun_address_equal (&server, address))
        return TRUE;
    }
  return FALSE;
}

static void
note_sent (World *world, guint base, const FloeStunAddress *to, const guint8 *data, gsize size)
{
  g_assert_cmpuint (base, <, BASE_COUNT);
  g_assert_cmpuint (size, <=, LAST_SIZE);
  memcpy (world->last, data, size);
  world->last_size = size;
  world->last_base = base;
  world->last_to = *to;
}

static void
check_candidate (World *world, const FloeReflexiveOutput *output)
{
  const FloeCandidate *candidate = output->candidate;

  g_assert_cmpuint (output->server, <, SERVER_COUNT);
  g_assert_cmpuint (++world->candidate_count, <=, BASE_COUNT * FLOE_REFLEXIVE_MAX_MAPPINGS);
  g_assert_cmpint (candidate->type, ==, FLOE_ICE_CANDIDATE_TYPE_SRFLX);
  g_assert_true (g_hostname_is_ip_address (candidate->address));
  g_assert_cmpuint (candidate->priority, >, 0);
  g_assert_cmpuint (candidate->port, >, 0);
  g_assert_true (floe_reflexive_core_find (world->core, candidate->address, candidate->port)
                 != NULL);
}

static void
drain (World *world)
{
  FloeReflexiveOutput output;
  FloeRepeatOutput check;
  gint64 deadline_us;

  while (floe_reflexive_core_poll (world->core, &output))
    {
      if (output.type == FLOE_REFLEXIVE_OUTPUT_SEND)
        {
          g_assert_true (is_server (&output.to));
          note_sent (world, output.base, &output.to, output.data, output.size);
        }
      else if (output.type == FLOE_REFLEXIVE_OUTPUT_CANDIDATE)
        check_candidate (world, &output);
      else
        g_assert_cmpuint (++world->failures[output.server], ==, 1);
    }
  while (floe_repeat_core_poll (world->repeats, world->now_us, &check))
    {
      g_assert_true (floe_stun_address_equal (&check.to, &remote));
      g_assert_cmpuint (++world->check_count, <=, BASE_COUNT * FLOE_REPEAT_MAX_COUNT);
      note_sent (world, check.base, &check.to, check.data, check.size);
    }
  deadline_us = floe_reflexive_core_get_deadline (world->core);
  g_assert_true (deadline_us == -1 || deadline_us > world->now_us);
}

static void
deliver (World *world, const guint8 *data, gsize size)
{
  FloeStunAddress from = world->last_to;
  guint where = take (world);
  guint base = where & 1 ? take (world) % BASE_COUNT : world->last_base;

  if (where & 2)
    from = get_server (where >> 4);
  if (where & 4)
    from = remote;
  floe_reflexive_core_handle_datagram (world->core, world->now_us, base, &from, data, size);
  floe_repeat_core_handle_answer (world->repeats, base, &from, data, size);
}

/* A response to the last request, of attributes that the input says. */
static void
respond (World *world, gboolean is_error)
{
  gsize size = fuzz_input_size (&world->input, 1) & ~(gsize) 3;
  g_autofree guint8 *wire = g_malloc0 (FLOE_STUN_HEADER_SIZE + size);

  if (world->last_size < FLOE_STUN_HEADER_SIZE)
    return;
  memcpy (wire, world->last, FLOE_STUN_HEADER_SIZE);
  wire[0] |= 0x01;
  wire[1] |= is_error ? 0x10 : 0;
  wire[2] = 0;
  wire[3] = (guint8) size;
  if (size > 0)
    memcpy (wire + FLOE_STUN_HEADER_SIZE, floe_reader_bytes (&world->input, size), size);
  deliver (world, wire, FLOE_STUN_HEADER_SIZE + size);
}

/* One that is well formed. */
static void
map (World *world)
{
  guint8 buffer[128];
  guint kind = take (world);
  FloeStunAddress mapped = { { 198, 51, 100, (guint8) kind }, FLOE_STUN_IPV4_SIZE, 0 };
  FloeStunBuilder builder;

  mapped.port = (guint16) floe_reader_uint (&world->input, 2);
  if (kind & 1)
    mapped.bytes[0] = (guint8) take (world);
  builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_SUCCESS,
                                    FLOE_STUN_METHOD_BINDING, world->last + 8);
  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &mapped);
  deliver (world, buffer, floe_stun_builder_finish (&builder));
}

static void
make_up (World *world)
{
  gsize size = fuzz_input_size (&world->input, 1);
  g_autofree guint8 *copy = fuzz_input_copy (&world->input, size);

  deliver (world, copy, size);
}

static void
advance (World *world, gint64 now_us)
{
  world->now_us = now_us;
  floe_reflexive_core_handle_timeout (world->core, now_us);
}

static void
step (World *world)
{
  FloeStunAddress server;
  gint64 deadline_us;
  guint what = take (world);

  switch (what % 8)
    {
    case 0:
    case 1:
      deadline_us = floe_reflexive_core_get_deadline (world->core);
      if (deadline_us != -1)
        advance (world, deadline_us);
      break;
    case 2:
      advance (world, world->now_us + (gint64) take (world) * 10000);
      break;
    case 3:
      respond (world, (what & 8) != 0);
      break;
    case 4:
      map (world);
      break;
    case 5:
      make_up (world);
      break;
    case 6:
      floe_reflexive_core_handle_unreachable (world->core, world->now_us, world->last_base,
                                              &world->last_to);
      floe_repeat_core_handle_unreachable (world->repeats, world->last_base, &world->last_to);
      break;
    case 7:
    default:
      server = get_server (what >> 4);
      floe_reflexive_core_handle_unreachable (world->core, world->now_us, what & 1, &server);
      break;
    }
  drain (world);
}

static void
add_bases (World *world)
{
  for (guint i = 0; i < BASE_COUNT; i++)
    {
      FloeReflexiveBase base = { .address = { { 192, 168, (guint8) i, 2 }, 4, 5000 } };
      FloeRepeatBase repeated = { .address = base.address, .priority = 1 + i };

      base.tag[0] = repeated.tag[0] = (guint8) (1 + i);
      g_snprintf (base.host.address, sizeof base.host.address, "192.168.%u.2", i);
      base.host.port = 5000;
      base.host.component = 1;
      base.host.priority = (120u << 24) | ((8192 + i) << 8) | 255;
      g_assert_true (floe_reflexive_core_add_base (world->core, world->now_us, &base));
      g_assert_true (floe_repeat_core_add_base (world->repeats, &repeated));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  World world = { .input = floe_reader_init (data, size), .now_us = 1 };
  const FloeRepeatIdentity identity = { "ours", "them", "their password, 22 letters", TRUE };
  FloeCheckBudget budget = { 0 };
  guint flags = take (&world);

  world.core = floe_reflexive_core_new (world.now_us, 1, SERVER_COUNT);
  world.repeats = floe_repeat_core_new (&identity, &budget);
  add_bases (&world);
  for (guint i = 0; i < SERVER_COUNT; i++)
    {
      FloeStunAddress server = get_server (i);

      if ((flags & 1u << i) == 0)
        floe_reflexive_core_add_address (world.core, world.now_us, i, &server);
      floe_reflexive_core_end_lookup (world.core, i, (flags & 1u << i) == 0);
    }
  floe_reflexive_core_end_bases (world.core);
  floe_repeat_core_add_remote (world.repeats, world.now_us, &remote);
  drain (&world);
  for (guint i = 0; i < MAX_STEPS && world.input.size > 0; i++)
    step (&world);
  floe_reflexive_core_free (world.core);
  floe_repeat_core_free (world.repeats);
  return 0;
}
