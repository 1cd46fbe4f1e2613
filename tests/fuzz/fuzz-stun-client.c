/* SPDX-License-Identifier: MPL-2.0 */
/* A hostile server that sees every request and answers as the input says, but does not know the
 * password. Properties: nothing it sends is taken for authentic, nor a success for the answer to a
 * request with proof; a request is sent a bounded number of times and has one outcome; the deadline
 * is never in the past, and everything comes to an end. */
#include "floe-stun-client-core-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_REQUESTS 4
#define MAX_STEPS 64

typedef struct
{
  FloeReader input;
  FloeStunClientCore *client;
  FloeStunCredentials *credentials;
  gint64 now_us;
  guint8 last[4096]; /* the request that was sent last */
  gsize last_size;
  gboolean had_proof; /* the request that a response was just given to */
  guint started;
  guint sent;
  guint done;
  guint8 ids[MAX_REQUESTS + 1][FLOE_STUN_TRANSACTION_ID_SIZE]; /* by request: the last one's */
  guint transactions[MAX_REQUESTS + 1];
} World;

static const FloeStunRoute server = { 1, { { 192, 0, 2, 1 }, FLOE_STUN_IPV4_SIZE, 3478 } };

static gboolean
has_proof (const guint8 *data, gsize size)
{
  FloeStunMessage message;

  g_assert_true (floe_stun_message_parse (&message, data, size, NULL));
  return floe_stun_message_get_proofs (&message) != FLOE_STUN_PROOF_NONE;
}

static void
note_sent (World *world, const FloeStunOutput *output)
{
  const guint8 *id = output->data + FLOE_STUN_HEADER_SIZE - FLOE_STUN_TRANSACTION_ID_SIZE;

  world->sent++;
  g_assert_cmpuint (output->size, <=, sizeof world->last);
  memcpy (world->last, output->data, output->size);
  world->last_size = output->size;
  if (memcmp (world->ids[output->id], id, FLOE_STUN_TRANSACTION_ID_SIZE) != 0)
    world->transactions[output->id]++;
  memcpy (world->ids[output->id], id, FLOE_STUN_TRANSACTION_ID_SIZE);
  g_assert_cmpuint (world->transactions[output->id], <=, FLOE_STUN_MAX_TRANSACTIONS);
}

static void
drain (World *world)
{
  FloeStunOutput output;
  gint64 deadline_us;

  while (floe_stun_client_core_poll (world->client, &output))
    {
      if (output.type == FLOE_STUN_OUTPUT_DONE)
        {
          world->done++;
          g_assert_false (output.outcome->is_authentic);
          g_assert_false (world->had_proof && output.outcome->result == FLOE_STUN_RESULT_SUCCESS);
          continue;
        }
      note_sent (world, &output);
    }
  g_assert_cmpuint (world->sent, <=,
                    world->started * FLOE_STUN_MAX_TRANSACTIONS * FLOE_STUN_MAX_SEND_COUNT);
  g_assert_cmpuint (world->done, <=, world->started);
  deadline_us = floe_stun_client_core_get_deadline (world->client);
  g_assert_true (deadline_us == -1 || deadline_us > world->now_us);
}

static void
ask (World *world)
{
  guint flags = (guint) floe_reader_uint (&world->input, 1);
  static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 0 };
  guint8 buffer[64];
  FloeStunBuilder builder =
      floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST, flags & 7, id);
  FloeStunRequest request = { .data = buffer,
                              .to = server,
                              .is_reliable = (flags & 8) != 0,
                              .credentials = flags & 16 ? world->credentials : NULL,
                              .timing = { .rto_us = (flags & 32) * 1000,
                                          .give_up_us = (flags & 64) * 100000 } };

  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_PEER_ADDRESS, &server.remote);
  request.size = floe_stun_builder_finish (&builder);
  if (floe_stun_client_core_start (world->client, world->now_us, &request, NULL) != 0)
    world->started++;
}

/* Sends @body, whose size is a multiple of 4, as the response to the last request. */
static void
respond (World *world, gboolean is_error, const guint8 *body, gsize size)
{
  g_autofree guint8 *wire = g_malloc (FLOE_STUN_HEADER_SIZE + size);

  if (world->last_size == 0)
    return;
  memcpy (wire, world->last, FLOE_STUN_HEADER_SIZE);
  wire[0] |= 0x01;
  wire[1] |= is_error ? 0x10 : 0;
  wire[2] = (guint8) (size >> 8);
  wire[3] = (guint8) size;
  if (size > 0)
    memcpy (wire + FLOE_STUN_HEADER_SIZE, body, size);
  world->had_proof = has_proof (world->last, world->last_size);
  floe_stun_client_core_handle_datagram (world->client, world->now_us, &server, wire,
                                         FLOE_STUN_HEADER_SIZE + size);
  drain (world);
  world->had_proof = FALSE;
}

static void
respond_with_bytes (World *world)
{
  gboolean is_error = (gboolean) floe_reader_uint (&world->input, 1) & 1;
  gsize size = (gsize) floe_reader_uint (&world->input, 1) & ~3u;
  const guint8 *body = floe_reader_bytes (&world->input, size);

  if (body != NULL)
    respond (world, is_error, body, size);
}

/* A 401 or 438 that is well formed, with texts of the input. */
static void
challenge (World *world)
{
  guint flags = (guint) floe_reader_uint (&world->input, 1);
  const guint8 *text = floe_reader_bytes (&world->input, 8);
  static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 0 };
  guint8 buffer[256];
  FloeStunBuilder builder =
      floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_ERROR, FLOE_STUN_METHOD_BINDING, id);
  const guint16 algorithms[] = { FLOE_STUN_PASSWORD_SHA256, FLOE_STUN_PASSWORD_MD5 };

  if (text == NULL)
    return;
  floe_stun_builder_add_error (&builder, flags & 1 ? 401 : 438, "");
  floe_stun_builder_add (&builder, FLOE_STUN_REALM, text, 4);
  if (flags & 2)
    floe_stun_builder_add (&builder, FLOE_STUN_NONCE, "obMatJos2AAAD", 13);
  floe_stun_builder_add (&builder, FLOE_STUN_NONCE, text + 4, 4);
  if (flags & 4)
    floe_stun_builder_add_algorithms (&builder, algorithms, flags & 8 ? 2 : 1);
  respond (world, TRUE, buffer + FLOE_STUN_HEADER_SIZE,
           floe_stun_builder_finish (&builder) - FLOE_STUN_HEADER_SIZE);
}

static void
wait_for_deadline (World *world)
{
  gint64 deadline_us = floe_stun_client_core_get_deadline (world->client);

  if (deadline_us == -1)
    return;
  world->now_us = deadline_us;
  floe_stun_client_core_handle_timeout (world->client, world->now_us);
}

static void
step (World *world)
{
  switch (floe_reader_uint (&world->input, 1) % 6)
    {
    case 0:
      if (world->started < MAX_REQUESTS)
        ask (world);
      break;
    case 1:
      wait_for_deadline (world);
      break;
    case 2:
      world->now_us += (gint64) floe_reader_uint (&world->input, 1) * 10000;
      floe_stun_client_core_handle_timeout (world->client, world->now_us);
      break;
    case 3:
      respond_with_bytes (world);
      break;
    case 4:
      challenge (world);
      break;
    default:
      floe_stun_client_core_handle_unreachable (world->client, world->now_us, &server);
    }
  drain (world);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  World world = { .input = floe_reader_init (data, size), .now_us = 1 };

  world.client = floe_stun_client_core_new (MAX_REQUESTS);
  world.credentials = floe_stun_credentials_new_long_term ("user", "7h3 p4ssw0rd", NULL);
  for (guint i = 0; i < MAX_STEPS && world.input.size > 0; i++)
    step (&world);
  for (guint i = 0; floe_stun_client_core_get_deadline (world.client) != -1; i++)
    {
      g_assert_cmpuint (i, <, 2 * MAX_REQUESTS * FLOE_STUN_MAX_SEND_COUNT);
      wait_for_deadline (&world);
      drain (&world);
    }
  g_assert_cmpuint (world.done, ==, world.started);
  floe_stun_client_core_free (world.client);
  floe_stun_credentials_unref (world.credentials);
  return 0;
}
