/* SPDX-License-Identifier: MPL-2.0 */
/* Whether datagrams that are larger than a packet get through, which takes fragments (RFC 4787
 * section 10). A server of RFC 5780 answers a request that has PADDING with as much of its own
 * (section 7.6), so that one answer proves both directions.
 *
 * A lost fragment is a lost datagram: silence says something only after many copies, where nothing
 * else was lost, and where a small request on the same way is answered after the last. Three copies
 * would leave two wrong answers in a thousand where one packet in twenty is lost each way. */
#include "floe-nat-core-internal-private.h"

#define COPY_COUNT 5
/* Of one round each, and of what a relay needs before. */
#define HAIRPIN_PACKETS 2
#define PROBER_PACKETS 2
#define RELAY_PACKETS 3
#define SETUP_PACKETS 4
/* Bytes of PADDING: with the least that is around it, more than an Ethernet frame carries of either
 * family. Answers with less prove one direction only. */
#define MIN_ANSWER_PADDING (1500 - 20 - 8 - FLOE_STUN_HEADER_SIZE)

static gboolean
is_padded (const FloeStunMessage *response)
{
  FloeStunAttribute padding;

  return floe_stun_message_find (response, FLOE_STUN_PADDING, &padding)
         && padding.size >= MIN_ANSWER_PADDING;
}

void
floe_nat_fragments_handle (FloeNatCore *self, const NatPending *pending,
                           const FloeStunOutcome *outcome)
{
  NatFragments *fragments = &self->fragments;
  gboolean is_success = outcome->result == FLOE_STUN_RESULT_SUCCESS;

  if (pending->purpose == NAT_PURPOSE_FRAGMENTS_CONTROL)
    fragments->has_control = is_success;
  else if (is_success && is_padded (&outcome->response))
    fragments->is_heard = TRUE;
  else if (outcome->result != FLOE_STUN_RESULT_TIMED_OUT
           && outcome->result != FLOE_STUN_RESULT_UNREACHABLE)
    fragments->is_denied = TRUE;
}

static gboolean
is_silent (const FloeNatCore *self)
{
  return self->fragments.count == COPY_COUNT && self->now_us >= self->fragments.next_us;
}

static guint
count_left (const NatRounds *rounds, guint packets)
{
  return (FLOE_NAT_ROUND_COUNT - rounds->count) * packets;
}

/* What those may still need that everything else depends on. */
static guint
count_reserved (const FloeNatCore *self)
{
  gboolean may_relay = self->relay.state != NAT_RELAY_FAILED && !self->relay.has_near;
  gboolean may_hairpin =
      self->report.is_translated != FLOE_NAT_ANSWER_NO && !self->hairpin.is_heard;
  guint count = may_hairpin ? count_left (&self->hairpin.rounds, HAIRPIN_PACKETS) : 0;

  for (guint i = 0; i < FLOE_NAT_PROBER_COUNT; i++)
    if (self->probers[i].is_started && !self->probers[i].has_both)
      count += count_left (&self->probers[i].rounds, PROBER_PACKETS);
  for (guint i = 0; i < self->report.server_count && may_relay; i++)
    if (self->servers[i].credentials != NULL)
      return count + count_left (&self->relay.rounds, RELAY_PACKETS) + SETUP_PACKETS;
  return count;
}

static gboolean
may_ask (const FloeNatCore *self)
{
  return floe_nat_core_may_spend (self, count_reserved (self));
}

/* Nothing waits for packets that may never be free. */
gboolean
floe_nat_fragments_is_over (const FloeNatCore *self)
{
  const NatFragments *fragments = &self->fragments;

  if (!fragments->is_started || fragments->is_heard || fragments->is_denied)
    return TRUE;
  return fragments->count < COPY_COUNT ? !may_ask (self) : is_silent (self);
}

/* Only servers of RFC 5780 pad, and only those have another address. */
static void
start (FloeNatCore *self)
{
  for (guint i = 0; i < self->report.server_count && !self->fragments.is_started; i++)
    if (self->servers[i].other.size > 0 && self->servers[i].rtt_bound_us > 0)
      self->fragments = (NatFragments){ .is_started = TRUE, .server = i, .next_us = self->now_us };
}

static void
ask (FloeNatCore *self)
{
  static const NatBinding padded = { .is_once = TRUE, .padding = FLOE_NAT_PADDING_SIZE };
  static const NatBinding small = { .is_once = TRUE };
  NatFragments *fragments = &self->fragments;
  const FloeStunAddress *to = &self->servers[fragments->server].address;

  if (!fragments->is_started || floe_nat_fragments_is_over (self) || fragments->count == COPY_COUNT
      || self->now_us < fragments->next_us)
    return;
  floe_nat_core_bind (self, NAT_PURPOSE_FRAGMENTS, fragments->server, NAT_SOCKET_MAIN, to, &padded);
  fragments->count++;
  if (fragments->count < COPY_COUNT)
    fragments->next_us = self->now_us + floe_nat_core_get_rto (self, fragments->server) / 2;
  else
    {
      fragments->next_us = self->now_us + floe_nat_core_get_silence (self, fragments->server);
      floe_nat_core_bind (self, NAT_PURPOSE_FRAGMENTS_CONTROL, fragments->server, NAT_SOCKET_MAIN,
                          to, &small);
    }
}

static void
conclude (FloeNatCore *self)
{
  const NatFragments *fragments = &self->fragments;
  FloeNatConfidence confidence = FLOE_NAT_CONFIDENCE_NONE;
  FloeNatAnswer answer = FLOE_NAT_ANSWER_UNKNOWN;
  const char *evidence = "too much was lost to tell";

  if (!fragments->is_started)
    evidence = "not measured: no server that could tell has answered";
  else if (fragments->is_heard)
    {
      answer = FLOE_NAT_ANSWER_YES;
      confidence = FLOE_NAT_CONFIDENCE_HIGH;
      evidence =
          "a server has answered a request that fits no packet with an answer that fits none";
    }
  else if (fragments->is_denied)
    evidence = "not measured: the server does not pad its answers";
  else if (fragments->count < COPY_COUNT && !may_ask (self))
    evidence = "not measured: other things were more important";
  else if (!is_silent (self))
    evidence = "still asking";
  else if (fragments->has_control && !self->has_lost && !self->was_cut
           && floe_nat_mapping_is_trusted (self, fragments->server))
    {
      answer = FLOE_NAT_ANSWER_NO;
      confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
      evidence = "a server answers small requests, and none that fits no packet";
    }
  self->report.fragments = answer;
  floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_FRAGMENTS, confidence, evidence);
}

void
floe_nat_fragments_step (FloeNatCore *self)
{
  start (self);
  ask (self);
  conclude (self);
}
