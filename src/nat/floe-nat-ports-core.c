/* SPDX-License-Identifier: MPL-2.0 */
/* How the NAT gives out ports, where that can be used, and whether it turns packets round (RFC 4787
 * sections 4.2 and 6). */
#include "floe-nat-core-internal-private.h"

#include "floe-random-private.h"

#define SAMPLE_US (400 * G_TIME_SPAN_MILLISECOND)

static gboolean
is_dependent (const FloeNatCore *self)
{
  return self->report.mapping > FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT;
}

/* The first observation of a server that others agree with. */
static const FloeNatObservation *
find_trusted (const FloeNatCore *self)
{
  for (guint i = 0; i < self->observation_count; i++)
    if (floe_nat_mapping_is_trusted (self, self->observations[i].server))
      return &self->observations[i];
  return NULL;
}

static void
start_hairpin (FloeNatCore *self)
{
  NatHairpin *hairpin = &self->hairpin;
  const FloeNatObservation *seen = find_trusted (self);

  if (hairpin->is_started || seen == NULL
      || self->report.mapping != FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT
      || self->report.is_translated != FLOE_NAT_ANSWER_YES)
    return;
  hairpin->is_started = TRUE;
  hairpin->server = seen->server;
  hairpin->main_mapped = seen->mapped;
  floe_random_bytes (&hairpin->token, sizeof hairpin->token);
  floe_nat_core_bind (self, NAT_PURPOSE_HAIRPIN, seen->server, NAT_SOCKET_HAIRPIN, &seen->to, NULL);
}

/* Both ways: where the NAT filters, the first packet opens for the second. */
static void
step_hairpin (FloeNatCore *self)
{
  NatHairpin *hairpin = &self->hairpin;
  guint8 payload[FLOE_STUN_HEADER_SIZE];
  gsize size = floe_nat_core_build_token (&hairpin->token, payload, sizeof payload);
  const NatServer *server = &self->servers[hairpin->server];
  FloeStunAddress near =
      floe_nat_core_reach (&server->address, server->nat64_bits, &hairpin->mapped);
  FloeStunAddress main =
      floe_nat_core_reach (&server->address, server->nat64_bits, &hairpin->main_mapped);

  if (hairpin->mapped.size == 0 || hairpin->is_heard
      || !floe_nat_core_take_round (self, &hairpin->rounds, hairpin->server))
    return;
  floe_nat_core_send (self, NAT_SOCKET_HAIRPIN, &main, payload, size);
  floe_nat_core_send (self, NAT_SOCKET_MAIN, &near, payload, size);
}

static void
conclude_hairpin (FloeNatCore *self)
{
  const NatHairpin *hairpin = &self->hairpin;
  FloeNatConfidence confidence = FLOE_NAT_CONFIDENCE_NONE;
  const char *evidence = "not measured: it needs endpoint-independent mapping";

  if (hairpin->is_heard)
    {
      self->report.hairpin = FLOE_NAT_ANSWER_YES;
      confidence = FLOE_NAT_CONFIDENCE_HIGH;
      evidence = "a packet to our own external address came back in";
    }
  else if (hairpin->mapped.size > 0 && !hairpin->rounds.is_cut
           && floe_nat_core_is_silent (self, &hairpin->rounds))
    {
      self->report.hairpin = FLOE_NAT_ANSWER_NO;
      confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
      evidence = "no packet to our own external address came back in";
    }
  else if (hairpin->is_started)
    evidence = "still listening";
  else if (self->report.is_translated == FLOE_NAT_ANSWER_NO)
    evidence = "not measured: nothing is translated";
  floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_HAIRPIN, confidence, evidence);
}

static gboolean
is_new_host (const FloeNatCore *self, guint server)
{
  const NatSamples *samples = &self->samples;

  for (guint i = 0; i < samples->server_count; i++)
    if (floe_stun_address_is_same_host (&self->servers[samples->servers[i]].address,
                                        &self->servers[server].address))
      return FALSE;
  return TRUE;
}

/* Which server socket @i asks as the one number @j: they take turns at being the first. */
static guint
get_turn (const NatSamples *samples, guint i, guint j)
{
  return (i + j) % samples->server_count;
}

static void
start_samples (FloeNatCore *self)
{
  NatSamples *samples = &self->samples;
  static const NatBinding once = { .is_once = TRUE };

  if (samples->is_started || !is_dependent (self))
    return;
  samples->is_started = TRUE;
  samples->ends_us = self->now_us + SAMPLE_US;
  for (guint i = 0;
       i < self->report.server_count && samples->server_count < FLOE_NAT_SAMPLE_SERVERS; i++)
    if (floe_nat_mapping_find (self, &self->servers[i].address) != NULL
        && floe_nat_mapping_is_trusted (self, i) && is_new_host (self, i))
      samples->servers[samples->server_count++] = i;
  for (guint i = 0; i < FLOE_NAT_SAMPLE_SOCKETS; i++)
    for (guint j = 0; j < samples->server_count; j++)
      {
        guint server = samples->servers[get_turn (samples, i, j)];

        floe_nat_core_bind (self, NAT_PURPOSE_SAMPLE, server, NAT_SOCKET_SAMPLE + i,
                            &self->servers[server].address, &once);
      }
}

static void
take_sample (FloeNatCore *self, const NatPending *pending, guint16 port)
{
  NatSamples *samples = &self->samples;
  guint socket = pending->socket - NAT_SOCKET_SAMPLE;

  for (guint i = 0; i < samples->server_count; i++)
    if (samples->servers[i] == pending->server)
      samples->ports[socket][i] = port;
}

void
floe_nat_ports_handle (FloeNatCore *self, const NatPending *pending,
                       const FloeStunMessage *response)
{
  FloeStunAddress mapped;

  if (response == NULL || !floe_nat_core_read_mapped (self, pending->server, response, &mapped))
    return;
  if (pending->purpose == NAT_PURPOSE_SAMPLE)
    {
      take_sample (self, pending, mapped.port);
      return;
    }
  self->hairpin.mapped = mapped;
  self->hairpin.rounds = (NatRounds){ 0, self->now_us };
}

gboolean
floe_nat_ports_handle_datagram (FloeNatCore *self, guint socket, const guint8 *data, gsize size)
{
  NatHairpin *hairpin = &self->hairpin;

  if (!hairpin->is_started || (socket != NAT_SOCKET_MAIN && socket != NAT_SOCKET_HAIRPIN)
      || !floe_nat_core_is_token (&hairpin->token, data, size))
    return FALSE;
  hairpin->is_heard = TRUE;
  return TRUE;
}

/* How many of the sockets that a server has seen have kept their port. */
static void
count_kept (const FloeNatCore *self, guint *kept, guint *known)
{
  *kept = *known = 0;
  for (guint i = 0; i < NAT_SOCKET_COUNT; i++)
    {
      const NatSocketState *socket = &self->sockets[i];

      if (socket->seen_port == 0 || socket->local.port == 0)
        continue;
      (*known)++;
      *kept += socket->seen_port == socket->local.port;
    }
}

/* A NAT that keeps ports does so toward whom it meets first, whoever that is. One that keeps none
 * toward a server that was asked first, several times, while it keeps them toward the other one, is
 * none: that server makes them up. */
gboolean
floe_nat_ports_is_impossible (const FloeNatCore *self)
{
  const NatSamples *samples = &self->samples;
  guint kept[FLOE_NAT_SAMPLE_SERVERS] = { 0 }, changed[FLOE_NAT_SAMPLE_SERVERS] = { 0 };

  for (guint i = 0; i < FLOE_NAT_SAMPLE_SOCKETS && samples->server_count > 1; i++)
    {
      guint first = get_turn (samples, i, 0);
      guint16 port = samples->ports[i][first];

      if (port == 0)
        continue;
      if (port == self->sockets[NAT_SOCKET_SAMPLE + i].local.port)
        kept[first]++;
      else
        changed[first]++;
    }
  return (kept[0] >= 2 && kept[1] == 0 && changed[1] >= 2)
         || (kept[1] >= 2 && kept[0] == 0 && changed[0] >= 2);
}

static gboolean
are_samples_over (const FloeNatCore *self)
{
  return self->samples.is_started
         && (self->now_us >= self->samples.ends_us
             || floe_nat_core_count_pending (self, NAT_PURPOSE_SAMPLE) == 0);
}

static void
conclude_samples (FloeNatCore *self)
{
  static const char *const evidence[] = {
    [FLOE_NAT_ALLOCATION_UNKNOWN] = "too few ports were seen",
    [FLOE_NAT_ALLOCATION_PORT_PRESERVING] = "first mappings have the ports of their sockets",
    [FLOE_NAT_ALLOCATION_SEQUENTIAL] = "ports follow each other",
    [FLOE_NAT_ALLOCATION_RANDOM] = "ports are anywhere",
    [FLOE_NAT_ALLOCATION_PORT_BLOCK] = "ports are anywhere in a small range",
  };
  const NatSamples *samples = &self->samples;
  guint16 ports[FLOE_NAT_SAMPLE_SOCKETS * FLOE_NAT_SAMPLE_SERVERS];
  FloeNatAllocationVerdict verdict;
  guint count = 0;

  for (guint i = 0; i < FLOE_NAT_SAMPLE_SOCKETS; i++)
    for (guint j = 0; j < samples->server_count; j++)
      {
        guint16 port = samples->ports[i][get_turn (samples, i, j)];

        if (port != 0)
          ports[count++] = port;
      }
  verdict = floe_nat_classify_ports (ports, count);
  self->report.allocation = verdict.allocation;
  self->report.step = verdict.step;
  self->report.span = verdict.span;
  floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_ALLOCATION,
                           verdict.allocation == FLOE_NAT_ALLOCATION_UNKNOWN
                               ? FLOE_NAT_CONFIDENCE_NONE
                               : FLOE_NAT_CONFIDENCE_MEDIUM,
                           evidence[verdict.allocation]);
}

static void
conclude_allocation (FloeNatCore *self)
{
  guint kept, known;

  count_kept (self, &kept, &known);
  if (self->report.is_translated == FLOE_NAT_ANSWER_NO)
    floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_ALLOCATION, FLOE_NAT_CONFIDENCE_NONE,
                             "not measured: nothing is translated");
  /* Some may have clashed with those of other hosts, or lost their first packet. */
  else if (kept >= 2 && kept * 2 >= known)
    {
      self->report.allocation = FLOE_NAT_ALLOCATION_PORT_PRESERVING;
      floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_ALLOCATION,
                               known >= 4 ? FLOE_NAT_CONFIDENCE_HIGH : FLOE_NAT_CONFIDENCE_MEDIUM,
                               "first mappings have the ports of their sockets");
    }
  /* One of many may be by chance. */
  else if (are_samples_over (self) && (kept >= 2 || (kept == 1 && known < FLOE_NAT_MIN_SAMPLES)))
    floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_ALLOCATION, FLOE_NAT_CONFIDENCE_NONE,
                             "some ports are kept and most are not");
  else if (are_samples_over (self))
    conclude_samples (self);
  else if (known > 0)
    floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_ALLOCATION, FLOE_NAT_CONFIDENCE_NONE,
                             "not measured: it matters when mappings depend on the endpoint");
}

void
floe_nat_ports_step (FloeNatCore *self)
{
  start_hairpin (self);
  step_hairpin (self);
  conclude_hairpin (self);
  start_samples (self);
  conclude_allocation (self);
}

gboolean
floe_nat_ports_is_over (const FloeNatCore *self)
{
  const NatHairpin *hairpin = &self->hairpin;

  if (self->samples.is_started && !are_samples_over (self))
    return FALSE;
  if (!hairpin->is_started || hairpin->is_heard)
    return self->report.mapping != FLOE_NAT_BEHAVIOUR_UNKNOWN
           || floe_nat_core_count_pending (self, NAT_PURPOSE_MAPPING) == 0;
  return hairpin->mapped.size == 0 ? floe_nat_core_count_pending (self, NAT_PURPOSE_HAIRPIN) == 0
                                   : floe_nat_core_is_silent (self, &hairpin->rounds);
}
