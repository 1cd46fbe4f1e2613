/* SPDX-License-Identifier: MPL-2.0 */
/* What all that measures is made of: requests, packets that are to be recognized, and rounds. */
#include "floe-nat-core-internal-private.h"

#include <string.h>

#include "floe-nat64-codec-private.h"
#include "floe-stun-behaviour-codec-private.h"

/* RFC 8489 section 6.2.1, in a hurry: sent at 0, 100, 300 and 700 ms. */
#define REQUEST_RTO_US (100 * G_TIME_SPAN_MILLISECOND)
#define MAX_REQUEST_RTO_US (250 * G_TIME_SPAN_MILLISECOND)
#define REQUEST_SEND_COUNT 4
#define REQUEST_LAST_WAIT 5
/* For one that is sent once: RTO to wait, so that a slow answer still counts. */
#define ONCE_LAST_WAIT 9
/* After the last copy: half as long again as an answer takes, and then some. */
#define SILENCE_MARGIN_US (100 * G_TIME_SPAN_MILLISECOND)
#define MAX_SILENCE_US (800 * G_TIME_SPAN_MILLISECOND)
/* What must be left to begin a round, with those that others begin at the same time. */
#define ROUND_PACKETS 8
/* Bytes, with the attribute's header. */
#define FINGERPRINT_SIZE 8
#define DEFAULT_RTT_US (100 * G_TIME_SPAN_MILLISECOND)

/* The first fault stays, but for silence, which ends. */
void
floe_nat_core_fault (FloeNatCore *self, guint server, FloeNatFault fault)
{
  FloeNatFault *known = &self->report.servers[server].fault;

  if (*known == FLOE_NAT_FAULT_NONE || *known == FLOE_NAT_FAULT_SILENT)
    *known = fault;
}

guint
floe_nat_get_nat64_bits (const FloeNatServer *server)
{
  if (server->address.size != FLOE_STUN_IPV6_SIZE)
    return 0;
  /* RFC 6052 section 2.1: one prefix needs no configuration. */
  return server->nat64_bits != 0 ? server->nat64_bits
                                 : floe_nat64_find_bits (NULL, server->address.bytes);
}

FloeStunAddress
floe_nat_core_reach (const FloeStunAddress *server, guint nat64_bits,
                     const FloeStunAddress *address)
{
  FloeStunAddress reached = { .size = FLOE_STUN_IPV6_SIZE, .port = address->port };
  FloeNat64Prefix prefix;

  if (address->size != FLOE_STUN_IPV4_SIZE
      || !floe_nat64_prefix_set (&prefix, server->bytes, nat64_bits))
    return *address;
  floe_nat64_prefix_embed (&prefix, address->bytes, reached.bytes);
  return reached;
}

FloeStunFamily
floe_nat_get_relay_family (const FloeStunAddress *server, guint nat64_bits)
{
  return nat64_bits != 0 ? FLOE_STUN_FAMILY_IPV4 : floe_stun_address_get_family (server);
}

gboolean
floe_nat_is_sane (const FloeStunAddress *server, guint nat64_bits, const FloeStunAddress *address)
{
  gboolean is_fitting =
      address->size == server->size || (address->size == FLOE_STUN_IPV4_SIZE && nat64_bits != 0);

  return is_fitting && address->port != 0
         && floe_stun_address_get_scope (address) >= floe_stun_address_get_scope (server);
}

gboolean
floe_nat_core_is_sane (const FloeNatCore *self, guint server, const FloeStunAddress *address)
{
  return floe_nat_is_sane (&self->servers[server].address, self->servers[server].nat64_bits,
                           address);
}

/* Where the server sees us. RFC 8489 section 14.2: XOR-MAPPED-ADDRESS, as some NATs rewrite the
 * plain one, which only servers of before 2008 need. */
gboolean
floe_nat_core_read_mapped (FloeNatCore *self, guint server, const FloeStunMessage *message,
                           FloeStunAddress *mapped)
{
  if (!floe_stun_message_get_xor_address (message, FLOE_STUN_XOR_MAPPED_ADDRESS, mapped)
      && !floe_stun_message_get_address (message, FLOE_STUN_MAPPED_ADDRESS, mapped))
    {
      floe_nat_core_fault (self, server, FLOE_NAT_FAULT_MALFORMED);
      return FALSE;
    }
  if (!floe_nat_core_is_sane (self, server, mapped))
    {
      floe_nat_core_fault (self, server, FLOE_NAT_FAULT_PRIVATE_ADDRESS);
      return FALSE;
    }
  return TRUE;
}

/* With a server that is far away the first timeout is known to be too short. */
static gint64
get_rto (const FloeNatCore *self, guint server)
{
  gint64 rtt_us = self->servers[server].rtt_bound_us;

  return CLAMP (rtt_us + rtt_us / 4, REQUEST_RTO_US, MAX_REQUEST_RTO_US);
}

static void
start_request (FloeNatCore *self, const NatPending *what, const FloeStunRequest *request)
{
  NatPending pending = *what;

  pending.id = floe_stun_client_core_start (self->client, self->now_us, request, NULL);
  if (pending.id != 0)
    g_array_append_val (self->pending, pending);
  else
    self->was_cut = TRUE;
}

void
floe_nat_core_bind (FloeNatCore *self, NatPurpose purpose, guint server, guint socket,
                    const FloeStunAddress *to, const NatBinding *binding)
{
  static const NatBinding plain = { 0 };
  static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 0 };
  guint8 buffer[64];
  FloeStunBuilder builder = floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST,
                                                    FLOE_STUN_METHOD_BINDING, id);
  NatPending pending = { .purpose = purpose, .server = server, .socket = socket, .to = *to };
  FloeStunRequest request = { .data = buffer, .to = { socket, *to } };

  if (binding == NULL)
    binding = &plain;
  if (binding->changes_address || binding->changes_port)
    floe_stun_builder_add_change_request (&builder, binding->changes_address,
                                          binding->changes_port);
  if (binding->response_port != 0)
    floe_stun_builder_add_response_port (&builder, binding->response_port);
  request.size = floe_stun_builder_finish (&builder);
  request.from = (FloeStunRoute){ socket, binding->from };
  request.timing = (FloeStunTiming){
    .rto_us = get_rto (self, server),
    .send_count = binding->is_once ? 1 : REQUEST_SEND_COUNT,
    .last_wait = binding->is_once ? ONCE_LAST_WAIT : REQUEST_LAST_WAIT,
  };
  start_request (self, &pending, &request);
}

/* A request to a TURN server, with credentials, from the main socket. */
void
floe_nat_core_ask (FloeNatCore *self, NatPurpose purpose, guint server,
                   const FloeStunBuilder *builder, guint send_count)
{
  const NatServer *asked = &self->servers[server];
  NatPending pending = { .purpose = purpose, .server = server, .to = asked->address };
  FloeStunRequest request = {
    .data = builder->start,
    .size = floe_stun_builder_finish (builder),
    .to = { NAT_SOCKET_MAIN, asked->address },
    .credentials = asked->credentials,
    .timing = { .rto_us = get_rto (self, server),
                .send_count = send_count,
                .last_wait = REQUEST_LAST_WAIT },
  };

  start_request (self, &pending, &request);
}

guint
floe_nat_core_count_pending (const FloeNatCore *self, NatPurpose purpose)
{
  guint count = 0;

  for (guint i = 0; i < self->pending->len; i++)
    count += g_array_index (self->pending, NatPending, i).purpose == purpose;
  return count;
}

gboolean
floe_nat_core_is_asking (const FloeNatCore *self)
{
  return floe_nat_core_count_pending (self, NAT_PURPOSE_MAPPING)
             + floe_nat_core_count_pending (self, NAT_PURPOSE_ALLOCATE)
         > 0;
}

gboolean
floe_nat_core_has_pending (const FloeNatCore *self, NatPurpose purpose, guint server)
{
  for (guint i = 0; i < self->pending->len; i++)
    {
      const NatPending *pending = &g_array_index (self->pending, NatPending, i);

      if (pending->purpose == purpose && pending->server == server)
        return TRUE;
    }
  return FALSE;
}

gsize
floe_nat_core_build_token (const NatToken *token, guint8 *buffer, gsize size)
{
  FloeStunBuilder builder = floe_stun_builder_init (buffer, size, FLOE_STUN_INDICATION,
                                                    FLOE_STUN_METHOD_BINDING, token->id);

  return floe_stun_builder_finish (&builder);
}

gboolean
floe_nat_core_is_token (const NatToken *token, const guint8 *data, gsize size)
{
  FloeStunMessage message;

  return floe_stun_message_parse (&message, data, size, NULL)
         && message.message_class == FLOE_STUN_INDICATION
         && memcmp (message.transaction_id, token->id, sizeof token->id) == 0;
}

void
floe_nat_datagram_init (NatDatagram *self, const guint8 *data, gsize size)
{
  static const guint8 header[] = { FLOE_STUN_FINGERPRINT >> 8, FLOE_STUN_FINGERPRINT & 0xff, 0, 4 };
  gsize rest = size - FINGERPRINT_SIZE;
  FloeStunMessage message;

  self->data = data;
  self->size = size;
  if (size < FLOE_STUN_HEADER_SIZE + FINGERPRINT_SIZE || size > sizeof self->repaired
      || memcmp (data + rest, header, sizeof header) != 0
      || floe_stun_message_parse (&message, data, size, NULL))
    return;
  memcpy (self->repaired, data, rest);
  self->repaired[2] = (guint8) ((rest - FLOE_STUN_HEADER_SIZE) >> 8);
  self->repaired[3] = (guint8) (rest - FLOE_STUN_HEADER_SIZE);
  self->data = self->repaired;
  self->size = rest;
}

gboolean
floe_nat_core_take_round (FloeNatCore *self, NatRounds *rounds, guint server)
{
  gint64 rtt_us = self->servers[server].rtt_bound_us;

  if (rtt_us == 0)
    rtt_us = DEFAULT_RTT_US;
  if (rounds->count >= FLOE_NAT_ROUND_COUNT || self->now_us < rounds->next_us)
    return FALSE;
  if (self->was_cut || self->report.packet_count + ROUND_PACKETS > FLOE_NAT_MAX_PACKETS)
    {
      *rounds = (NatRounds){ FLOE_NAT_ROUND_COUNT, self->now_us, TRUE };
      return FALSE;
    }
  rounds->count++;
  rounds->next_us = self->now_us
                    + (rounds->count < FLOE_NAT_ROUND_COUNT
                           ? FLOE_NAT_ROUND_US
                           : MIN (rtt_us + rtt_us / 2 + SILENCE_MARGIN_US, MAX_SILENCE_US));
  return TRUE;
}

gboolean
floe_nat_core_is_silent (const FloeNatCore *self, const NatRounds *rounds)
{
  return rounds->count == FLOE_NAT_ROUND_COUNT && self->now_us >= rounds->next_us;
}
