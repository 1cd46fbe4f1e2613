/* SPDX-License-Identifier: MPL-2.0 */
/* Servers that know the password and are hostile all the same, against NAT discovery and the
 * measurement of lifetimes: each byte of the input decides what becomes of a packet that was sent.
 * Properties: no more packets, sockets and time than promised; the deadline is never in the past;
 * nothing is sent from a socket that is not open; all is closed when it is done, and done comes
 * last. What a report claims has a confidence, and no mapping has lived longer than was waited. */
#include "floe-nat-lifetime-core-private.h"
#include "floe-turn-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define SERVER_COUNT 4
#define SENT_COUNT 64
#define MAX_STEPS 4096
#define USERNAME "user"
#define REALM "here"
#define NONCE "nonce"
#define PASSWORD "7h3 p4ssw0rd"

typedef struct
{
  guint socket;
  FloeStunAddress to;
  guint8 data[512];
  gsize size;
} Sent;

typedef struct
{
  FloeReader input;
  const FloeStunAddress *base;    /* (unowned) */
  FloeNatCore *core;              /* (nullable): or the other one */
  FloeNatLifetimeCore *lifetimes; /* (nullable) */
  guint max_sockets, max_packets;
  gint64 started_us, max_us, now_us;
  guint open; /* bits of sockets */
  guint packet_count;
  gboolean is_done;
  Sent queue[SENT_COUNT];
  guint head, count;
  guint8 last[512]; /* the answer that was given last */
  gsize last_size;
} World;

static const FloeStunAddress base_v4 = { { 192, 168, 0, 2 }, FLOE_STUN_IPV4_SIZE, 0 };
static const FloeStunAddress base_v6 = { { 0x20, 0x01, 0x0d, 0xb8, 2 }, FLOE_STUN_IPV6_SIZE, 0 };
static const FloeStunAddress home = { { 203, 0, 113, 1 }, FLOE_STUN_IPV4_SIZE, 0 };

/* As servers know themselves, and behind NAT64 as they are reached. */
static FloeStunAddress
get_server (const World *world, guint index)
{
  guint8 last = (guint8) (10 + index);
  FloeStunAddress server = { { 198, 51, 100, last }, FLOE_STUN_IPV4_SIZE, 3478 };
  FloeStunAddress reached = { { 0x00, 0x64, 0xff, 0x9b, [12] = 198, 51, 100, last },
                              FLOE_STUN_IPV6_SIZE,
                              3478 };

  return world->base->size == FLOE_STUN_IPV6_SIZE ? reached : server;
}

static guint
take (World *world)
{
  return (guint) floe_reader_uint (&world->input, 1);
}

static guint16
get_local_port (guint socket)
{
  return (guint16) (40000 + socket);
}

static gboolean
poll (World *world, FloeNatOutput *output)
{
  return world->core != NULL ? floe_nat_core_poll (world->core, output)
                             : floe_nat_lifetime_core_poll (world->lifetimes, output);
}

static gint64
get_deadline (World *world)
{
  return world->core != NULL ? floe_nat_core_get_deadline (world->core)
                             : floe_nat_lifetime_core_get_deadline (world->lifetimes);
}

static void
open_socket (World *world, guint socket)
{
  FloeStunAddress local = *world->base;

  g_assert_false (world->open & 1u << socket);
  world->open |= 1u << socket;
  local.port = get_local_port (socket);
  if (world->core != NULL)
    floe_nat_core_set_local (world->core, socket, &local);
  else
    floe_nat_lifetime_core_set_local (world->lifetimes, socket, &local);
}

static void
note_sent (World *world, const FloeNatOutput *output)
{
  Sent *sent = &world->queue[(world->head + world->count) % SENT_COUNT];

  g_assert_true (world->open & 1u << output->socket);
  g_assert_cmpuint (output->size, <=, sizeof sent->data);
  g_assert_cmpuint (++world->packet_count, <=, world->max_packets);
  if (world->count == SENT_COUNT)
    return;
  world->count++;
  sent->socket = output->socket;
  sent->to = output->to;
  sent->size = output->size;
  memcpy (sent->data, output->data, output->size);
}

static void
drain (World *world)
{
  FloeNatOutput output;

  while (poll (world, &output))
    {
      g_assert_false (world->is_done);
      g_assert_cmpuint (output.socket, <, world->max_sockets);
      switch (output.type)
        {
        case FLOE_NAT_OUTPUT_OPEN:
          open_socket (world, output.socket);
          break;
        case FLOE_NAT_OUTPUT_SEND:
          note_sent (world, &output);
          break;
        case FLOE_NAT_OUTPUT_CLOSE:
          g_assert_true (world->open & 1u << output.socket);
          world->open &= ~(1u << output.socket);
          break;
        case FLOE_NAT_OUTPUT_DONE:
          world->is_done = TRUE;
          g_assert_cmpuint (world->open, ==, 0);
          break;
        case FLOE_NAT_OUTPUT_CHANGED:
        default:
          break;
        }
    }
  g_assert_true (world->is_done ? get_deadline (world) == -1
                                : get_deadline (world) > world->now_us);
}

static void
deliver (World *world, guint socket, const FloeStunAddress *from, const guint8 *data, gsize size)
{
  if (world->core != NULL)
    floe_nat_core_handle_datagram (world->core, world->now_us, socket, from, data, size);
  else
    floe_nat_lifetime_core_handle_datagram (world->lifetimes, world->now_us, socket, from, data,
                                            size);
  drain (world);
}

/* One that a NAT may have given, or one that the input makes up. */
static FloeStunAddress
take_address (World *world, guint socket)
{
  FloeStunAddress address = home;
  guint kind = take (world);

  address.port = get_local_port (socket);
  if (kind & 1)
    address.port = (guint16) (address.port + (kind >> 4));
  if (kind & 2)
    address = get_server (world, kind >> 4);
  if (kind & 4)
    address.bytes[0] = (guint8) take (world);
  if (kind & 8)
    address.port = (guint16) floe_reader_uint (&world->input, 2);
  return address;
}

static void
add_proof (FloeStunBuilder *builder, const FloeStunMessage *request)
{
  g_auto (FloeStunKey) key = { 0 };

  if (floe_stun_message_get_proofs (request) == FLOE_STUN_PROOF_NONE
      || !floe_stun_key_init_long_term (&key, FLOE_STUN_PASSWORD_MD5, USERNAME, REALM, PASSWORD,
                                        NULL))
    return;
  floe_stun_builder_add_integrity (builder, &key);
}

static void
add_error (World *world, FloeStunBuilder *builder)
{
  static const guint codes[] = { 401, 438, 300, 400, 403, 420, 437, 441, 486, 500, 508 };
  guint code = codes[take (world) % G_N_ELEMENTS (codes)];

  floe_stun_builder_add_error (builder, code, "");
  floe_stun_builder_add_text (builder, FLOE_STUN_REALM, REALM);
  floe_stun_builder_add_text (builder, FLOE_STUN_NONCE, NONCE);
}

static void
add_success (World *world, FloeStunBuilder *builder, const Sent *sent)
{
  guint flags = take (world);
  FloeStunAddress address = take_address (world, sent->socket);

  if ((flags & 1) == 0)
    floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_MAPPED_ADDRESS, &address);
  if (flags & 2)
    floe_stun_builder_add_address (builder, FLOE_STUN_MAPPED_ADDRESS, &address);
  if (flags & 4)
    {
      address = take_address (world, sent->socket);
      floe_stun_builder_add_address (builder, FLOE_STUN_OTHER_ADDRESS, &address);
    }
  if (flags & 8)
    {
      address = take_address (world, sent->socket);
      floe_stun_builder_add_xor_address (builder, FLOE_STUN_XOR_RELAYED_ADDRESS, &address);
      floe_turn_builder_add_lifetime (builder, 600);
    }
}

static void
answer (World *world, const Sent *sent, const FloeStunMessage *request, gboolean is_error)
{
  FloeStunBuilder builder = floe_stun_builder_init (world->last, sizeof world->last,
                                                    is_error ? FLOE_STUN_ERROR : FLOE_STUN_SUCCESS,
                                                    request->method, request->transaction_id);
  guint where = take (world);
  FloeStunAddress from = where & 1 ? take_address (world, sent->socket) : sent->to;
  guint socket = where & 2 ? take (world) % world->max_sockets : sent->socket;

  if (is_error)
    add_error (world, &builder);
  else
    add_success (world, &builder, sent);
  if ((where & 4) == 0)
    add_proof (&builder, request);
  world->last_size = floe_stun_builder_finish (&builder);
  deliver (world, socket, &from, world->last, world->last_size);
}

/* What a relay does: a packet that came to it, told to the first socket. */
static void
tell_data (World *world, const Sent *sent)
{
  guint8 buffer[1024];
  static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 1 };
  FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_INDICATION,
                                                    FLOE_STUN_METHOD_DATA, id);
  FloeStunAddress peer = take_address (world, sent->socket);
  FloeStunAddress server = get_server (world, take (world) % SERVER_COUNT);

  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_PEER_ADDRESS, &peer);
  floe_turn_builder_add_data (&builder, sent->data, sent->size);
  deliver (world, 0, &server, buffer, floe_stun_builder_finish (&builder));
}

/* And one that it was asked to send. */
static void
pass_on (World *world, const FloeStunMessage *message)
{
  FloeStunAddress from = take_address (world, 0);
  guint socket = take (world) % world->max_sockets;
  const guint8 *data;
  gsize size;

  if (floe_turn_message_get_data (message, &data, &size))
    deliver (world, socket, &from, data, size);
}

static void
send_bytes (World *world, const Sent *sent)
{
  gsize size = take (world) % 64;
  const guint8 *bytes = floe_reader_bytes (&world->input, size);

  if (bytes != NULL)
    deliver (world, sent->socket, &sent->to, bytes, size);
}

static void
repeat (World *world, const Sent *sent)
{
  guint at = take (world), bits = take (world);

  if (world->last_size == 0)
    return;
  world->last[at % world->last_size] ^= (guint8) bits;
  deliver (world, sent->socket, &sent->to, world->last, world->last_size);
}

static void
tell_unreachable (World *world, const Sent *sent)
{
  if (world->core != NULL)
    floe_nat_core_handle_unreachable (world->core, world->now_us, sent->socket, &sent->to);
  else
    floe_nat_lifetime_core_handle_unreachable (world->lifetimes, world->now_us, sent->socket,
                                               &sent->to);
  drain (world);
}

static void
decide (World *world, const Sent *sent)
{
  FloeStunMessage message;

  g_assert_true (floe_stun_message_parse (&message, sent->data, sent->size, NULL));
  switch (take (world) % 8)
    {
    case 1:
    case 2:
      if (message.message_class == FLOE_STUN_REQUEST)
        answer (world, sent, &message, FALSE);
      else if (message.method == FLOE_STUN_METHOD_SEND)
        pass_on (world, &message);
      else
        tell_data (world, sent);
      break;
    case 3:
      if (message.message_class == FLOE_STUN_REQUEST)
        answer (world, sent, &message, TRUE);
      break;
    case 4:
      tell_data (world, sent);
      break;
    case 5:
      send_bytes (world, sent);
      break;
    case 6:
      repeat (world, sent);
      break;
    case 7:
      tell_unreachable (world, sent);
      break;
    case 0:
    default:
      break; /* lost */
    }
}

static void
wait_for_deadline (World *world)
{
  world->now_us = get_deadline (world);
  if (world->core != NULL)
    floe_nat_core_handle_timeout (world->core, world->now_us);
  else
    floe_nat_lifetime_core_handle_timeout (world->lifetimes, world->now_us);
  drain (world);
}

static void
run (World *world)
{
  for (guint steps = 0; !world->is_done; steps++)
    {
      g_assert_cmpuint (steps, <, MAX_STEPS);
      if (world->count > 0)
        {
          Sent sent = world->queue[world->head];

          world->head = (world->head + 1) % SENT_COUNT;
          world->count--;
          decide (world, &sent);
        }
      else
        wait_for_deadline (world);
    }
  g_assert_cmpint (world->now_us - world->started_us, <=, world->max_us);
}

static void
make_servers (World *world, FloeNatServer *servers, FloeStunCredentials *credentials)
{
  guint kinds = take (world);

  for (guint i = 0; i < SERVER_COUNT; i++)
    servers[i] = (FloeNatServer){ get_server (world, i), kinds & 1u << i ? credentials : NULL, 0 };
}

static void
discover (World *world, const FloeNatServer *servers)
{
  const FloeNatFindings *findings;

  world->max_sockets = FLOE_NAT_MAX_SOCKETS;
  world->max_packets = FLOE_NAT_MAX_PACKETS;
  world->max_us = FLOE_NAT_MAX_TIME_US;
  world->core = floe_nat_core_new (world->base, servers, SERVER_COUNT);
  floe_nat_core_start (world->core, world->now_us);
  drain (world);
  run (world);
  findings = floe_nat_core_get_findings (world->core);
  g_assert_true (findings->mapping == FLOE_NAT_BEHAVIOUR_UNKNOWN
                 || findings->proofs[FLOE_NAT_ASPECT_MAPPING].confidence > 0);
  g_assert_true (findings->filtering == FLOE_NAT_BEHAVIOUR_UNKNOWN
                 || findings->proofs[FLOE_NAT_ASPECT_FILTERING].confidence > 0);
  g_assert_true (findings->poisoning == FLOE_NAT_ANSWER_UNKNOWN
                 || findings->proofs[FLOE_NAT_ASPECT_POISONING].confidence > 0);
  g_assert_cmpuint (findings->external_count, <=, FLOE_NAT_MAX_EXTERNALS);
  floe_nat_core_free (world->core);
}

static void
measure (World *world, const FloeNatServer *servers)
{
  const FloeNatLifetime *result;

  world->max_sockets = FLOE_NAT_LIFETIME_MAX_SOCKETS;
  world->max_packets = FLOE_NAT_LIFETIME_MAX_PACKETS;
  world->max_us = FLOE_NAT_LIFETIME_MAX_TIME_US;
  world->lifetimes = floe_nat_lifetime_core_new (world->base, servers, SERVER_COUNT);
  floe_nat_lifetime_core_start (world->lifetimes, world->now_us);
  drain (world);
  run (world);
  result = floe_nat_lifetime_core_get_result (world->lifetimes);
  g_assert_cmpint (result->lived_s * G_TIME_SPAN_SECOND, <=, world->now_us - world->started_us);
  g_assert_true (result->died_s == 0 || result->died_s > result->lived_s);
  floe_nat_lifetime_core_free (world->lifetimes);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  World world = { .input = floe_reader_init (data, size), .started_us = 1, .now_us = 1 };
  FloeStunCredentials *credentials = floe_stun_credentials_new_long_term (USERNAME, PASSWORD, NULL);
  FloeNatServer servers[SERVER_COUNT];
  guint kind = take (&world);

  world.base = kind & 2 ? &base_v6 : &base_v4;
  make_servers (&world, servers, credentials);
  if (kind & 1)
    measure (&world, servers);
  else
    discover (&world, servers);
  floe_stun_credentials_unref (credentials);
  return 0;
}
