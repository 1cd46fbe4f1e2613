/* SPDX-License-Identifier: MPL-2.0 */
/* Who makes mappings and knocks at them: a server by RESPONSE-PORT (RFC 5780 section 4.6), a relay
 * (RFC 8656), or, with plain STUN, nobody: then the socket asks again and compares. */
#include "floe-nat-lifetime-internal-private.h"

#include "floe-random-private.h"
#include "floe-stun-behaviour-codec-private.h"
#include "floe-turn-codec-private.h"

#define RESEND_US (500 * G_TIME_SPAN_MILLISECOND)
/* After the last copy. */
#define LAST_WAIT_US (2 * G_TIME_SPAN_SECOND)
/* Seconds: longer than a measurement. */
#define ALLOCATION_LIFETIME_S 600
/* The asker's own mapping must not die: nothing is known of how long it lives but what the others
 * have told, and no NAT is known that takes less than this. RFC 8656 section 9: a permission lasts
 * 300 s. */
#define KEEP_S 12
#define MAX_KEEP_S 200

static const guint8 any_id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 0 };

static gboolean
read_mapped (const FloeNatLifetimeCore *self, guint server, const FloeStunMessage *message,
             FloeStunAddress *mapped)
{
  return floe_stun_message_get_xor_address (message, FLOE_STUN_XOR_MAPPED_ADDRESS, mapped)
         && floe_nat_is_sane (&self->servers[server].address, self->servers[server].nat64_bits,
                              mapped);
}

static void
bind (FloeNatLifetimeCore *self, LifetimePurpose purpose, guint server, guint about, guint socket,
      guint16 response_port)
{
  guint8 buffer[64];
  FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                                    FLOE_STUN_METHOD_BINDING, any_id);
  LifetimePending pending = { .purpose = purpose, .server = server, .socket = about };
  FloeStunRoute from = { about, self->servers[server].address };

  if (response_port != 0)
    floe_stun_builder_add_response_port (&builder, response_port);
  floe_nat_lifetime_ask (self, &pending, socket, &builder, response_port != 0 ? &from : NULL);
}

static void
allocate (FloeNatLifetimeCore *self)
{
  guint8 buffer[128];
  FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                                    FLOE_STUN_METHOD_ALLOCATE, any_id);
  LifetimePending pending = { .purpose = LIFETIME_PURPOSE_ALLOCATE, .server = self->server };

  floe_turn_builder_add_transport (&builder, FLOE_TURN_PROTOCOL_UDP);
  floe_turn_builder_add_lifetime (&builder, ALLOCATION_LIFETIME_S);
  if (floe_nat_get_relay_family (&self->servers[self->server].address,
                                 self->servers[self->server].nat64_bits)
      == FLOE_STUN_FAMILY_IPV6)
    floe_turn_builder_add_family (&builder, FLOE_STUN_REQUESTED_ADDRESS_FAMILY,
                                  FLOE_STUN_FAMILY_IPV6);
  floe_nat_lifetime_ask (self, &pending, LIFETIME_ASKER, &builder, NULL);
}

/* Also keeps the asker's mapping alive. */
static void
permit (FloeNatLifetimeCore *self, LifetimePurpose purpose)
{
  guint8 buffer[128];
  FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                                    FLOE_STUN_METHOD_CREATE_PERMISSION, any_id);
  LifetimePending pending = { .purpose = purpose, .server = self->server };

  self->kept_us = self->now_us;
  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_PEER_ADDRESS,
                                     &self->servers[self->server].mapped);
  floe_nat_lifetime_ask (self, &pending, LIFETIME_ASKER, &builder, NULL);
}

void
floe_nat_witness_release (FloeNatLifetimeCore *self)
{
  guint8 buffer[64];
  FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                                    FLOE_STUN_METHOD_REFRESH, any_id);
  LifetimePending pending = { .purpose = LIFETIME_PURPOSE_RELEASE, .server = self->server };

  if (!self->has_allocated)
    return;
  self->has_allocated = FALSE;
  floe_turn_builder_add_lifetime (&builder, 0);
  floe_nat_lifetime_ask (self, &pending, LIFETIME_ASKER, &builder, NULL);
}

static gboolean
fits (const LifetimeServer *server, LifetimeWitness witness)
{
  switch (witness)
    {
    case LIFETIME_WITNESS_PORT:
      return server->has_other && server->mapped.size > 0;
    case LIFETIME_WITNESS_RELAY:
      return server->credentials != NULL;
    case LIFETIME_WITNESS_AGAIN:
      return server->mapped.size > 0;
    case LIFETIME_WITNESS_NONE:
    default:
      return FALSE;
    }
}

static gboolean
try_witness (FloeNatLifetimeCore *self, LifetimeWitness witness)
{
  if ((self->tried & 1u << witness) != 0)
    return FALSE;
  self->tried |= 1u << witness;
  for (guint i = 0; i < self->server_count; i++)
    {
      if (!fits (&self->servers[i], witness))
        continue;
      self->server = i;
      if (witness == LIFETIME_WITNESS_RELAY)
        {
          allocate (self);
          return TRUE;
        }
      self->witness = witness;
      floe_nat_lifetime_begin (self);
      return TRUE;
    }
  return FALSE;
}

/* Greets all servers first, and then takes the first way that fits of those not tried. */
void
floe_nat_witness_choose (FloeNatLifetimeCore *self)
{
  if ((self->tried & 1u << LIFETIME_WITNESS_NONE) == 0)
    {
      self->tried |= 1u << LIFETIME_WITNESS_NONE;
      for (guint i = 0; i < self->server_count; i++)
        bind (self, LIFETIME_PURPOSE_GREET, i, LIFETIME_ASKER, LIFETIME_ASKER, 0);
      return;
    }
  floe_nat_witness_release (self);
  for (LifetimeWitness i = LIFETIME_WITNESS_PORT; i <= LIFETIME_WITNESS_AGAIN; i++)
    if (try_witness (self, i))
      return;
  floe_nat_lifetime_set_evidence (
      self, FLOE_NAT_CONFIDENCE_NONE,
      "not measured: no server can knock, or tell a new mapping from an old one");
}

static void
handle_greeting (FloeNatLifetimeCore *self, guint index, const FloeStunMessage *response)
{
  LifetimeServer *server = &self->servers[index];
  FloeStunAddress mapped, other;

  if (response != NULL && read_mapped (self, index, response, &mapped))
    {
      server->mapped = mapped;
      server->has_other = floe_stun_message_get_address (response, FLOE_STUN_OTHER_ADDRESS, &other);
    }
  if (!floe_nat_lifetime_is_asking (self))
    floe_nat_witness_choose (self);
}

static void
handle_allocation (FloeNatLifetimeCore *self, const FloeStunMessage *response)
{
  LifetimeServer *server = &self->servers[self->server];
  FloeStunAddress mapped, relayed;

  self->has_allocated = response != NULL;
  if (response != NULL
      && floe_turn_message_get_relayed (
          response, floe_nat_get_relay_family (&server->address, server->nat64_bits), &relayed)
      && floe_nat_is_sane (&server->address, server->nat64_bits, &relayed)
      && read_mapped (self, self->server, response, &mapped))
    {
      self->relayed = floe_nat_core_reach (&server->address, server->nat64_bits, &relayed);
      server->mapped = mapped;
      permit (self, LIFETIME_PURPOSE_PERMIT);
    }
  else
    floe_nat_witness_choose (self);
}

static void
send_to_relay (FloeNatLifetimeCore *self, guint index)
{
  LifetimeSocket *socket = &self->sockets[index];
  guint8 payload[FLOE_STUN_HEADER_SIZE];
  gsize size = floe_nat_core_build_token (&socket->token, payload, sizeof payload);

  floe_nat_lifetime_send (self, index, &self->relayed, payload, size);
}

static void
send_through_relay (FloeNatLifetimeCore *self, guint index)
{
  LifetimeSocket *socket = &self->sockets[index];
  guint8 payload[FLOE_STUN_HEADER_SIZE], buffer[128];
  gsize size = floe_nat_core_build_token (&socket->token, payload, sizeof payload);
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
  FloeStunBuilder builder;

  floe_random_bytes (id, sizeof id);
  builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_INDICATION,
                                    FLOE_STUN_METHOD_SEND, id);
  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_PEER_ADDRESS, &socket->mapped);
  floe_turn_builder_add_data (&builder, payload, size);
  self->kept_us = self->now_us;
  floe_nat_lifetime_send (self, LIFETIME_ASKER, &self->servers[self->server].address, buffer,
                          floe_stun_builder_finish (&builder));
}

/* A copy, and the next one a while later. */
static void
send_copy (FloeNatLifetimeCore *self, guint index)
{
  LifetimeSocket *socket = &self->sockets[index];

  socket->send_count++;
  socket->due_us =
      self->now_us + (socket->send_count < LIFETIME_SEND_COUNT ? RESEND_US : LAST_WAIT_US);
  if (socket->state == LIFETIME_OPENING)
    send_to_relay (self, index);
  else
    send_through_relay (self, index);
}

static void
start_copies (FloeNatLifetimeCore *self, guint index)
{
  LifetimeSocket *socket = &self->sockets[index];

  socket->send_count = 0;
  floe_random_bytes (&socket->token, sizeof socket->token);
  send_copy (self, index);
}

void
floe_nat_witness_open (FloeNatLifetimeCore *self, guint index)
{
  if (self->witness == LIFETIME_WITNESS_RELAY)
    start_copies (self, index);
  else
    bind (self, LIFETIME_PURPOSE_OPEN, self->server, index, index, 0);
}

/* RESPONSE-PORT has no address, and a relay has a permission for one address of ours. */
void
floe_nat_witness_knock (FloeNatLifetimeCore *self, guint index)
{
  const FloeStunAddress *mapped = &self->sockets[index].mapped;

  if (self->witness != LIFETIME_WITNESS_AGAIN
      && !floe_stun_address_is_same_host (mapped, &self->servers[self->server].mapped))
    floe_nat_lifetime_silent (self, index);
  else if (self->witness == LIFETIME_WITNESS_RELAY)
    start_copies (self, index);
  else if (self->witness == LIFETIME_WITNESS_PORT)
    bind (self, LIFETIME_PURPOSE_KNOCK, self->server, index, LIFETIME_ASKER, mapped->port);
  else
    bind (self, LIFETIME_PURPOSE_KNOCK, self->server, index, index, 0);
}

static void
handle_mapping (FloeNatLifetimeCore *self, guint index, const FloeStunMessage *response)
{
  const LifetimeSocket *socket = &self->sockets[index];
  FloeStunAddress mapped;

  if (response == NULL || !read_mapped (self, self->server, response, &mapped))
    floe_nat_lifetime_silent (self, index);
  /* A new mapping would look like the old one. */
  else if (self->witness == LIFETIME_WITNESS_AGAIN && mapped.port == socket->local.port)
    floe_nat_lifetime_silent (self, index);
  else
    floe_nat_lifetime_opened (self, index, &mapped);
}

static void
handle_knock (FloeNatLifetimeCore *self, guint index, const FloeStunMessage *response)
{
  LifetimeSocket *socket = &self->sockets[index];
  gboolean is_again = self->witness == LIFETIME_WITNESS_AGAIN;
  FloeStunAddress mapped;

  if (is_again && (response == NULL || !read_mapped (self, self->server, response, &mapped)))
    /* To ask again is no knock: no answer says nothing. */
    socket->state = LIFETIME_SPENT;
  else if (is_again ? floe_stun_address_equal (&mapped, &socket->mapped) : response != NULL)
    floe_nat_lifetime_heard (self, index);
  else
    floe_nat_lifetime_silent (self, index);
}

void
floe_nat_witness_handle (FloeNatLifetimeCore *self, const LifetimePending *pending,
                         const FloeStunMessage *response)
{
  switch (pending->purpose)
    {
    case LIFETIME_PURPOSE_GREET:
      handle_greeting (self, pending->server, response);
      break;
    case LIFETIME_PURPOSE_ALLOCATE:
      handle_allocation (self, response);
      break;
    case LIFETIME_PURPOSE_PERMIT:
      if (response == NULL)
        {
          floe_nat_witness_choose (self);
          break;
        }
      self->witness = LIFETIME_WITNESS_RELAY;
      floe_nat_lifetime_begin (self);
      break;
    case LIFETIME_PURPOSE_OPEN:
      handle_mapping (self, pending->socket, response);
      break;
    case LIFETIME_PURPOSE_KNOCK:
      handle_knock (self, pending->socket, response);
      break;
    case LIFETIME_PURPOSE_KEEP:
    case LIFETIME_PURPOSE_RELEASE:
    default:
      break;
    }
}

/* RFC 8656 section 11.4: a socket's packet has come to the relay. */
static void
take_data (FloeNatLifetimeCore *self, const guint8 *data, gsize size)
{
  FloeStunMessage message;
  FloeStunAddress peer;
  const guint8 *payload;
  gsize payload_size;

  if (!floe_stun_message_parse (&message, data, size, NULL)
      || message.message_class != FLOE_STUN_INDICATION || message.method != FLOE_STUN_METHOD_DATA
      || !floe_stun_message_get_xor_address (&message, FLOE_STUN_XOR_PEER_ADDRESS, &peer)
      || !floe_nat_is_sane (&self->servers[self->server].address,
                            self->servers[self->server].nat64_bits, &peer)
      || !floe_turn_message_get_data (&message, &payload, &payload_size))
    return;
  for (guint i = LIFETIME_FIRST; i < FLOE_NAT_LIFETIME_MAX_SOCKETS; i++)
    if (floe_nat_core_is_token (&self->sockets[i].token, payload, payload_size))
      floe_nat_lifetime_opened (self, i, &peer);
}

void
floe_nat_witness_handle_datagram (FloeNatLifetimeCore *self, guint index,
                                  const FloeStunAddress *from, const guint8 *data, gsize size)
{
  const LifetimeSocket *socket = &self->sockets[index];

  if (self->witness != LIFETIME_WITNESS_RELAY)
    return;
  if (index == LIFETIME_ASKER)
    {
      if (floe_stun_address_equal (from, &self->servers[self->server].address))
        take_data (self, data, size);
    }
  else if ((socket->state == LIFETIME_PROVING || socket->state == LIFETIME_KNOCKING)
           && floe_stun_address_equal (from, &self->relayed)
           && floe_nat_core_is_token (&socket->token, data, size))
    floe_nat_lifetime_heard (self, index);
}

static gint64
get_keep_deadline (const FloeNatLifetimeCore *self)
{
  guint keep_s = CLAMP (self->result.lived_s * 4 / 5, KEEP_S, MAX_KEEP_S);

  return self->kept_us + keep_s * G_TIME_SPAN_SECOND;
}

static gboolean
is_sending (const FloeNatLifetimeCore *self, const LifetimeSocket *socket)
{
  return self->witness == LIFETIME_WITNESS_RELAY
         && (socket->state == LIFETIME_OPENING || socket->state == LIFETIME_PROVING
             || socket->state == LIFETIME_KNOCKING);
}

void
floe_nat_witness_step (FloeNatLifetimeCore *self)
{
  if (self->witness == LIFETIME_WITNESS_RELAY && self->now_us >= get_keep_deadline (self))
    permit (self, LIFETIME_PURPOSE_KEEP);
  for (guint i = LIFETIME_FIRST; i < FLOE_NAT_LIFETIME_MAX_SOCKETS; i++)
    {
      LifetimeSocket *socket = &self->sockets[i];

      if (!is_sending (self, socket) || self->now_us < socket->due_us)
        continue;
      if (socket->send_count < LIFETIME_SEND_COUNT)
        send_copy (self, i);
      else
        floe_nat_lifetime_silent (self, i);
    }
}

gint64
floe_nat_witness_get_deadline (const FloeNatLifetimeCore *self)
{
  gint64 deadline_us = G_MAXINT64;

  if (self->witness == LIFETIME_WITNESS_RELAY)
    deadline_us = get_keep_deadline (self);
  for (guint i = LIFETIME_FIRST; i < FLOE_NAT_LIFETIME_MAX_SOCKETS; i++)
    if (is_sending (self, &self->sockets[i]) || self->sockets[i].state == LIFETIME_IDLE)
      deadline_us = MIN (deadline_us, self->sockets[i].due_us);
  return deadline_us;
}
