/* SPDX-License-Identifier: MPL-2.0 */
/* Whether packets that come too early spoil a port. A router may take a stranger's packet for its
 * own and remember it as a flow of that port (netfilter, when INPUT accepts). A packet from inside
 * that would have kept the port toward that stranger then gets another one, and the other side,
 * which has been told the first, hears nothing.
 *
 * What measures filtering has knocked already: a server's other address, or a relay, at the mapping
 * of a socket that has never sent there, and several times. When that did not come in, and the
 * control did, the socket now sends to who knocked, which tells where it sees it. Another port than
 * before, where the main socket, which was not knocked at, has kept its own toward the same, is
 * poison. */
#include "floe-nat-core-internal-private.h"

#include "floe-random-private.h"

#define WITNESS_COUNT (FLOE_NAT_PROBER_COUNT + 1)

/* Nothing else waits for this, and so it must not take long. */
#define REOPEN_US (400 * G_TIME_SPAN_MILLISECOND)

static const char still_asking[] = "still asking";

typedef struct
{
  NatReopening *reopening;
  guint server;
  guint socket;             /* that was knocked at */
  FloeStunAddress from;     /* who knocked */
  FloeStunAddress unspoilt; /* the main socket as seen from there; size 0: not seen */
  NatFilterVerdict verdict; /* what came of the knocking */
} Witness;

static Witness
get_prober (FloeNatCore *self, guint index)
{
  NatProber *prober = &self->probers[index];
  Witness witness = { .reopening = &prober->reopening,
                      .server = prober->server,
                      .socket = NAT_SOCKET_FILTER + index,
                      .from = self->servers[prober->server].other,
                      .verdict = floe_nat_change_judge (self, index) };
  const FloeNatObservation *seen = floe_nat_mapping_find (self, &witness.from);

  if (seen != NULL)
    witness.unspoilt = seen->mapped;
  return witness;
}

static Witness
get_relay (FloeNatCore *self)
{
  NatRelay *relay = &self->relay;

  return (Witness){ .reopening = &relay->reopening,
                    .server = relay->server,
                    .socket =
                        relay->tests_far && !relay->has_far ? NAT_SOCKET_FAR : NAT_SOCKET_NEAR,
                    .from = relay->relayed,
                    .unspoilt = relay->main_mapped,
                    .verdict = floe_nat_relay_judge (self) };
}

static Witness
get_witness (FloeNatCore *self, guint index)
{
  return index < FLOE_NAT_PROBER_COUNT ? get_prober (self, index) : get_relay (self);
}

/* What the knocking has to have been, and that the NAT keeps ports otherwise. NULL, or why not. */
static const char *
find_obstacle (const FloeNatCore *self, const Witness *witness)
{
  const NatSocketState *socket = &self->sockets[witness->socket];

  if (self->report.is_translated == FLOE_NAT_ANSWER_NO)
    return "not measured: nothing is translated";
  if (witness->verdict.filtering == FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT)
    return "not measured: what comes early comes in";
  if (!witness->verdict.is_over)
    return still_asking;
  if (witness->verdict.filtering == FLOE_NAT_BEHAVIOUR_UNKNOWN || witness->unspoilt.size == 0
      || !floe_nat_mapping_is_trusted (self, witness->server))
    return "not measured: no server that could knock has";
  if (socket->seen_port == 0 || socket->seen_port != socket->local.port
      || witness->unspoilt.port != self->sockets[NAT_SOCKET_MAIN].local.port)
    return "not measured: it needs a NAT that keeps ports";
  return NULL;
}

static void
reopen (FloeNatCore *self, guint index, const Witness *witness)
{
  NatReopening *reopening = witness->reopening;
  guint8 payload[FLOE_STUN_HEADER_SIZE];
  gsize size;

  if (!reopening->is_started)
    {
      reopening->is_started = TRUE;
      reopening->socket = witness->socket;
      reopening->ends_us = self->now_us + REOPEN_US;
      reopening->rounds = (NatRounds){ 0, self->now_us };
      floe_random_bytes (&reopening->token, sizeof reopening->token);
      if (index < FLOE_NAT_PROBER_COUNT)
        floe_nat_core_bind (self, NAT_PURPOSE_POISON, witness->server, witness->socket,
                            &witness->from, NULL);
    }
  if (index < FLOE_NAT_PROBER_COUNT || reopening->mapped.size > 0
      || !floe_nat_core_take_round (self, &reopening->rounds, witness->server))
    return;
  size = floe_nat_core_build_token (&reopening->token, payload, sizeof payload);
  floe_nat_core_send (self, reopening->socket, &witness->from, payload, size);
}

static gboolean
is_waiting (const FloeNatCore *self, guint index, const NatReopening *reopening)
{
  if (!reopening->is_started || reopening->mapped.size > 0 || self->now_us >= reopening->ends_us)
    return FALSE;
  return index < FLOE_NAT_PROBER_COUNT
             ? floe_nat_core_has_pending (self, NAT_PURPOSE_POISON, self->probers[index].server)
             : !floe_nat_core_is_silent (self, &reopening->rounds);
}

void
floe_nat_poison_handle (FloeNatCore *self, const NatPending *pending,
                        const FloeStunMessage *response)
{
  FloeStunAddress mapped;

  if (response == NULL || !floe_nat_core_read_mapped (self, pending->server, response, &mapped))
    return;
  for (guint i = 0; i < FLOE_NAT_PROBER_COUNT; i++)
    if (pending->socket == NAT_SOCKET_FILTER + i)
      self->probers[i].reopening.mapped = mapped;
}

/* What came to the relay. */
gboolean
floe_nat_poison_take (FloeNatCore *self, const FloeStunAddress *peer, const guint8 *payload,
                      gsize size)
{
  NatRelay *relay = &self->relay;
  NatReopening *reopening = &relay->reopening;

  if (!reopening->is_started || !floe_nat_core_is_token (&reopening->token, payload, size))
    return FALSE;
  if (floe_nat_core_is_sane (self, relay->server, peer))
    reopening->mapped = *peer;
  return TRUE;
}

static FloeNatAnswer
judge (const FloeNatCore *self, const NatReopening *reopening)
{
  if (!reopening->is_started || reopening->mapped.size == 0)
    return FLOE_NAT_ANSWER_UNKNOWN;
  return reopening->mapped.port == self->sockets[reopening->socket].local.port
             ? FLOE_NAT_ANSWER_NO
             : FLOE_NAT_ANSWER_YES;
}

static void
conclude (FloeNatCore *self, const char *obstacle, guint spoilt, guint kept)
{
  FloeNatConfidence confidence =
      spoilt + kept > 1 ? FLOE_NAT_CONFIDENCE_HIGH : FLOE_NAT_CONFIDENCE_MEDIUM;

  self->report.poisoning = FLOE_NAT_ANSWER_UNKNOWN;
  if (spoilt > 0 && kept > 0)
    obstacle = "servers contradict each other";
  else if (spoilt > 0)
    {
      self->report.poisoning = FLOE_NAT_ANSWER_YES;
      obstacle = "a socket that was knocked at gets another port toward who knocked";
    }
  else if (kept > 0)
    {
      self->report.poisoning = FLOE_NAT_ANSWER_NO;
      obstacle = "a socket that was knocked at keeps its port toward who knocked";
    }
  else
    confidence = FLOE_NAT_CONFIDENCE_NONE;
  floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_POISONING, confidence, obstacle);
}

void
floe_nat_poison_step (FloeNatCore *self)
{
  const char *obstacle = "not measured: no server that could knock has answered";
  guint spoilt = 0, kept = 0;

  for (guint i = 0; i < WITNESS_COUNT; i++)
    {
      Witness witness = get_witness (self, i);
      const char *found;

      if (i < FLOE_NAT_PROBER_COUNT ? !self->probers[i].is_started
                                    : self->relay.state == NAT_RELAY_NONE)
        continue;
      found = find_obstacle (self, &witness);
      if (found == NULL)
        reopen (self, i, &witness);
      obstacle = found != NULL                             ? found
                 : is_waiting (self, i, witness.reopening) ? still_asking
                                                           : "too much was lost to tell";
      spoilt += found == NULL && judge (self, witness.reopening) == FLOE_NAT_ANSWER_YES;
      kept += found == NULL && judge (self, witness.reopening) == FLOE_NAT_ANSWER_NO;
    }
  conclude (self, obstacle, spoilt, kept);
}

gboolean
floe_nat_poison_is_over (const FloeNatCore *self)
{
  for (guint i = 0; i < FLOE_NAT_PROBER_COUNT; i++)
    if (is_waiting (self, i, &self->probers[i].reopening))
      return FALSE;
  return !is_waiting (self, FLOE_NAT_PROBER_COUNT, &self->relay.reopening);
}
