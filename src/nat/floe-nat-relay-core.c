/* SPDX-License-Identifier: MPL-2.0 */
/* Filtering with an ordinary TURN server (RFC 8656): its relayed address is a second port of its
 * own, and sends where we tell it.
 *
 * One fresh socket has sent to the relay's host, at another port, and another one has not. The
 * relay sends to the mappings of both. If the second hears it the NAT filters nothing, if only the
 * first does it filters addresses, if none does ports as well. The control is the main socket,
 * which has sent to the relayed address itself; what the relay says of that is the mapping toward a
 * second port of one host, too.
 *
 * A server may relay from another address than its own. Then its own is one that the second socket
 * can send to, and the first one tries the relay's address on the server's port: a server with
 * several addresses listens on all of them. Should nobody answer there, a NAT whose mappings do not
 * depend on the endpoint still shows the same mapping to the server itself. */
#include "floe-nat-core-internal-private.h"

#include "floe-random-private.h"
#include "floe-turn-codec-private.h"

#define ALLOCATE_SEND_COUNT 4
/* Seconds: longer than a run. It is given back at the end, when no packet gets lost. */
#define ALLOCATION_LIFETIME_S 60

/* How long sockets that lost a packet are waited for. */
#define PREPARE_US (300 * G_TIME_SPAN_MILLISECOND)

static const guint8 any_id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 0 };

void
floe_nat_relay_allocate (FloeNatCore *self, guint server)
{
  guint8 buffer[128];
  FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                                    FLOE_STUN_METHOD_ALLOCATE, any_id);

  floe_turn_builder_add_transport (&builder, FLOE_TURN_PROTOCOL_UDP);
  floe_turn_builder_add_lifetime (&builder, ALLOCATION_LIFETIME_S);
  /* RFC 8656 section 7.1: without it the relay is of IPv4. */
  if (floe_nat_get_relay_family (&self->servers[server].address, self->servers[server].nat64_bits)
      == FLOE_STUN_FAMILY_IPV6)
    floe_turn_builder_add_family (&builder, FLOE_STUN_REQUESTED_ADDRESS_FAMILY,
                                  FLOE_STUN_FAMILY_IPV6);
  floe_nat_core_ask (self, NAT_PURPOSE_ALLOCATE, server, &builder, ALLOCATE_SEND_COUNT);
}

static void
fail (FloeNatCore *self)
{
  self->relay.state = NAT_RELAY_FAILED;
  floe_nat_core_fault (self, self->relay.server, FLOE_NAT_FAULT_BROKEN_RELAY);
}

/* Opens the first socket toward the relay's host, at another port. */
static void
ask_near (FloeNatCore *self)
{
  const NatRelay *relay = &self->relay;
  const FloeStunAddress *address = &self->servers[relay->server].address;
  FloeStunAddress there = relay->relayed;

  floe_nat_core_bind (self, NAT_PURPOSE_NEAR, relay->server, NAT_SOCKET_NEAR, address, NULL);
  if (floe_stun_address_is_same_host (&there, address))
    return;
  there.port = address->port;
  floe_nat_core_bind (self, NAT_PURPOSE_NEAR, relay->server, NAT_SOCKET_NEAR, &there, NULL);
}

static void
take_near (FloeNatCore *self, const NatPending *pending, const FloeStunMessage *response)
{
  NatRelay *relay = &self->relay;
  FloeStunAddress mapped;

  /* Allocate responses do not tell of it. */
  if (floe_stun_address_equal (&pending->to, &self->servers[pending->server].address))
    floe_nat_mapping_learn_other (self, pending->server, response);
  if (!floe_nat_core_read_mapped (self, pending->server, response, &mapped))
    return;
  if (floe_stun_address_is_same_host (&pending->to, &relay->relayed))
    relay->near_mapped = mapped;
  else
    relay->near_elsewhere = mapped;
}

/* Takes the first relay there is. */
static void
start_relay (FloeNatCore *self, guint server, const FloeStunAddress *relayed,
             const FloeStunAddress *mapped)
{
  NatRelay *relay = &self->relay;
  guint8 buffer[128];
  FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                                    FLOE_STUN_METHOD_CREATE_PERMISSION, any_id);

  *relay = (NatRelay){
    .state = NAT_RELAY_PERMITTING, .server = server, .relayed = *relayed, .permitted = *mapped
  };
  floe_random_bytes (&relay->near_token, sizeof relay->near_token);
  floe_random_bytes (&relay->far_token, sizeof relay->far_token);
  floe_random_bytes (&relay->control_token, sizeof relay->control_token);
  floe_random_bytes (&relay->punch_token, sizeof relay->punch_token);
  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_PEER_ADDRESS, mapped);
  floe_nat_core_ask (self, NAT_PURPOSE_PERMIT, server, &builder, ALLOCATE_SEND_COUNT);
  ask_near (self);
}

static void
take_allocation (FloeNatCore *self, guint server, const FloeStunOutcome *outcome)
{
  FloeStunAddress mapped, relayed;

  if (outcome->result != FLOE_STUN_RESULT_SUCCESS)
    {
      /* It may still tell where it sees us. */
      if (outcome->error_code != 0)
        floe_nat_core_bind (self, NAT_PURPOSE_MAPPING, server, NAT_SOCKET_MAIN,
                            &self->servers[server].address, NULL);
      return;
    }
  self->servers[server].has_allocated = TRUE;
  if (!floe_nat_core_read_mapped (self, server, &outcome->response, &mapped))
    return;
  floe_nat_mapping_observe (self, server, &self->servers[server].address, &mapped);
  if (!floe_turn_message_get_relayed (&outcome->response,
                                      floe_nat_get_relay_family (&self->servers[server].address,
                                                                 self->servers[server].nat64_bits),
                                      &relayed)
      || !floe_nat_core_is_sane (self, server, &relayed))
    {
      floe_nat_core_fault (self, server, FLOE_NAT_FAULT_BROKEN_RELAY);
      return;
    }
  relayed = floe_nat_core_reach (&self->servers[server].address, self->servers[server].nat64_bits,
                                 &relayed);
  if (floe_stun_address_equal (&relayed, &self->servers[server].address))
    floe_nat_core_fault (self, server, FLOE_NAT_FAULT_BROKEN_RELAY);
  else if (self->relay.state == NAT_RELAY_NONE)
    start_relay (self, server, &relayed, &mapped);
}

void
floe_nat_relay_handle (FloeNatCore *self, const NatPending *pending, const FloeStunOutcome *outcome)
{
  NatRelay *relay = &self->relay;
  gboolean is_success = outcome->result == FLOE_STUN_RESULT_SUCCESS;

  switch (pending->purpose)
    {
    case NAT_PURPOSE_ALLOCATE:
      take_allocation (self, pending->server, outcome);
      break;
    case NAT_PURPOSE_PERMIT:
      if (relay->state != NAT_RELAY_PERMITTING)
        break;
      if (is_success)
        {
          relay->state = NAT_RELAY_PUNCHING;
          relay->rounds = (NatRounds){ 0, self->now_us };
        }
      else
        fail (self);
      break;
    case NAT_PURPOSE_NEAR:
      if (is_success)
        take_near (self, pending, &outcome->response);
      break;
    case NAT_PURPOSE_FAR:
      if (is_success)
        floe_nat_core_read_mapped (self, pending->server, &outcome->response, &relay->far_mapped);
      break;
    case NAT_PURPOSE_RELEASE:
    default:
      break;
    }
}

/* RFC 8656 section 11.4: what came to the relayed address, and from where. */
static gboolean
take_data (FloeNatCore *self, const FloeStunAddress *from, const guint8 *data, gsize size)
{
  NatRelay *relay = &self->relay;
  FloeStunMessage message;
  FloeStunAddress peer;
  const guint8 *payload;
  gsize payload_size;

  if (!floe_stun_address_equal (from, &self->servers[relay->server].address)
      || !floe_stun_message_parse (&message, data, size, NULL)
      || message.message_class != FLOE_STUN_INDICATION || message.method != FLOE_STUN_METHOD_DATA
      || !floe_stun_message_get_xor_address (&message, FLOE_STUN_XOR_PEER_ADDRESS, &peer)
      || !floe_turn_message_get_data (&message, &payload, &payload_size))
    return FALSE;
  if (floe_nat_poison_take (self, &peer, payload, payload_size))
    return TRUE;
  if (!floe_nat_core_is_token (&relay->punch_token, payload, payload_size))
    return FALSE;
  if (relay->state == NAT_RELAY_TESTING)
    return TRUE;
  if (!floe_nat_core_is_sane (self, relay->server, &peer))
    {
      fail (self);
      return TRUE;
    }
  relay->main_mapped = peer;
  floe_nat_mapping_observe (self, relay->server, &relay->relayed, &peer);
  relay->state = NAT_RELAY_TESTING;
  relay->prepared_us = self->now_us + PREPARE_US;
  relay->rounds = (NatRounds){ 0, self->now_us };
  return TRUE;
}

gboolean
floe_nat_relay_handle_datagram (FloeNatCore *self, guint socket, const FloeStunAddress *from,
                                const guint8 *data, gsize size)
{
  NatRelay *relay = &self->relay;

  if (relay->state < NAT_RELAY_PERMITTING || relay->state > NAT_RELAY_TESTING)
    return FALSE;
  if (socket == NAT_SOCKET_MAIN && take_data (self, from, data, size))
    return TRUE;
  if (!floe_stun_address_equal (from, &relay->relayed))
    return FALSE;
  if (socket == NAT_SOCKET_NEAR && floe_nat_core_is_token (&relay->near_token, data, size))
    relay->has_near = TRUE;
  else if (socket == NAT_SOCKET_FAR && floe_nat_core_is_token (&relay->far_token, data, size))
    relay->has_far = TRUE;
  else if (socket == NAT_SOCKET_MAIN && floe_nat_core_is_token (&relay->control_token, data, size))
    relay->has_control = TRUE;
  return TRUE;
}

/* Opens the second socket toward @address of a server, if that is not where the relay is, and is
 * known to answer. */
static void
ask_far_at (FloeNatCore *self, guint server, const FloeStunAddress *address)
{
  NatRelay *relay = &self->relay;

  if (relay->has_asked_far || address->size == 0 || !floe_nat_mapping_is_trusted (self, server)
      || floe_stun_address_is_same_host (address, &relay->relayed)
      || floe_nat_mapping_find (self, address) == NULL)
    return;
  relay->has_asked_far = TRUE;
  floe_nat_core_bind (self, NAT_PURPOSE_FAR, server, NAT_SOCKET_FAR, address, NULL);
}

static void
ask_far (FloeNatCore *self)
{
  for (guint i = 0; i < self->report.server_count; i++)
    ask_far_at (self, i, &self->servers[i].address);
  for (guint i = 0; i < self->report.server_count; i++)
    ask_far_at (self, i, &self->servers[i].other);
}

/* Has the relay send @token to one of our mappings. */
static void
send_through (FloeNatCore *self, const FloeStunAddress *mapped, const NatToken *token)
{
  const NatRelay *relay = &self->relay;
  guint8 payload[FLOE_STUN_HEADER_SIZE], buffer[128];
  gsize payload_size = floe_nat_core_build_token (token, payload, sizeof payload);
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
  FloeStunBuilder builder;

  /* There is no permission for another address of ours. */
  if (!floe_stun_address_is_same_host (mapped, &relay->permitted))
    return;
  floe_random_bytes (id, sizeof id);
  builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_INDICATION,
                                    FLOE_STUN_METHOD_SEND, id);
  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_PEER_ADDRESS, mapped);
  floe_turn_builder_add_data (&builder, payload, payload_size);
  floe_nat_core_send (self, NAT_SOCKET_MAIN, &self->servers[relay->server].address, buffer,
                      floe_stun_builder_finish (&builder));
}

static void
send_punch (FloeNatCore *self)
{
  guint8 payload[FLOE_STUN_HEADER_SIZE];
  gsize size = floe_nat_core_build_token (&self->relay.punch_token, payload, sizeof payload);

  floe_nat_core_send (self, NAT_SOCKET_MAIN, &self->relay.relayed, payload, size);
}

/* Right behind the request for a permission: the relay has mostly given it when this comes, which
 * saves a round trip. */
static void
hurry (FloeNatCore *self)
{
  if (self->relay.has_hurried)
    return;
  self->relay.has_hurried = TRUE;
  send_punch (self);
}

static void
punch (FloeNatCore *self)
{
  NatRelay *relay = &self->relay;

  if (floe_nat_core_is_silent (self, &relay->rounds))
    fail (self);
  else if (floe_nat_core_take_round (self, &relay->rounds, relay->server))
    send_punch (self);
}

static gboolean
is_testable (const NatRelay *relay, const FloeStunAddress *mapped)
{
  return floe_stun_address_is_same_host (mapped, &relay->permitted);
}

/* Whether the two sockets may still become ready for the tests. */
static gboolean
is_preparing (const FloeNatCore *self)
{
  gboolean may_ask_far =
      !self->relay.has_asked_far && floe_nat_core_count_pending (self, NAT_PURPOSE_MAPPING) > 0;

  return self->now_us < self->relay.prepared_us
         && (may_ask_far || floe_nat_core_count_pending (self, NAT_PURPOSE_NEAR) > 0
             || floe_nat_core_count_pending (self, NAT_PURPOSE_FAR) > 0);
}

static void
test (FloeNatCore *self)
{
  NatRelay *relay = &self->relay;

  if (relay->rounds.count == 0)
    {
      if (is_preparing (self))
        return;
      if (relay->near_mapped.size == 0
          && self->report.mapping == FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT)
        relay->near_mapped = relay->near_elsewhere;
      relay->tests_near = is_testable (relay, &relay->near_mapped);
      relay->tests_far = is_testable (relay, &relay->far_mapped);
    }
  if (relay->has_far || !floe_nat_core_take_round (self, &relay->rounds, relay->server))
    return;
  if (relay->tests_far)
    send_through (self, &relay->far_mapped, &relay->far_token);
  if (relay->tests_near && !relay->has_near)
    send_through (self, &relay->near_mapped, &relay->near_token);
  if (!relay->has_control)
    send_through (self, &relay->main_mapped, &relay->control_token);
}

void
floe_nat_relay_step (FloeNatCore *self)
{
  NatRelay *relay = &self->relay;

  if (relay->state == NAT_RELAY_NONE || relay->state == NAT_RELAY_FAILED)
    return;
  ask_far (self);
  if (relay->state == NAT_RELAY_PERMITTING)
    hurry (self);
  if (relay->state == NAT_RELAY_PUNCHING)
    punch (self);
  if (relay->state == NAT_RELAY_TESTING)
    test (self);
}

void
floe_nat_relay_release (FloeNatCore *self)
{
  for (guint i = 0; i < self->report.server_count; i++)
    {
      guint8 buffer[64];
      FloeStunBuilder builder;

      if (!self->servers[i].has_allocated)
        continue;
      builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                        FLOE_STUN_METHOD_REFRESH, any_id);
      floe_turn_builder_add_lifetime (&builder, 0);
      floe_nat_core_ask (self, NAT_PURPOSE_RELEASE, i, &builder, 1);
    }
}

static NatFilterVerdict
judge_silence (FloeNatCore *self)
{
  const NatRelay *relay = &self->relay;
  NatFilterVerdict verdict = { .is_over = TRUE };

  if (!relay->has_control || relay->rounds.is_cut
      || !floe_nat_mapping_is_trusted (self, relay->server))
    {
      if (!relay->has_control)
        floe_nat_core_fault (self, relay->server, FLOE_NAT_FAULT_BROKEN_RELAY);
      verdict.evidence = "what the relay sent was lost, or never sent";
    }
  else if (relay->tests_near && !relay->has_near)
    {
      verdict.filtering = FLOE_NAT_BEHAVIOUR_ADDRESS_AND_PORT_DEPENDENT;
      verdict.evidence = "another port of an address that was sent to did not come in";
    }
  else if (relay->has_near && relay->tests_far)
    {
      verdict.filtering = FLOE_NAT_BEHAVIOUR_ADDRESS_DEPENDENT;
      verdict.evidence = "an address that was sent to came in, another one did not";
    }
  else if (relay->has_near)
    verdict.evidence = "another port of an address that was sent to came in, and there is no other";
  else
    verdict.evidence = "too few server addresses to tell how it filters";
  if (verdict.filtering != FLOE_NAT_BEHAVIOUR_UNKNOWN)
    verdict.confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
  return verdict;
}

NatFilterVerdict
floe_nat_relay_judge (FloeNatCore *self)
{
  const NatRelay *relay = &self->relay;

  if (relay->has_far)
    return (NatFilterVerdict){ FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT, FLOE_NAT_CONFIDENCE_HIGH,
                               TRUE, "an address that was never sent to came in" };
  switch (relay->state)
    {
    case NAT_RELAY_NONE:
      return (NatFilterVerdict){ .is_over = floe_nat_core_count_pending (self, NAT_PURPOSE_ALLOCATE)
                                            == 0 };
    case NAT_RELAY_FAILED:
      return (NatFilterVerdict){ .is_over = TRUE, .evidence = "the relay passes nothing on" };
    case NAT_RELAY_TESTING:
      if (floe_nat_core_is_silent (self, &relay->rounds))
        return judge_silence (self);
      break;
    case NAT_RELAY_PERMITTING:
    case NAT_RELAY_PUNCHING:
    default:
      break;
    }
  return (NatFilterVerdict){ .evidence = "still listening" };
}
