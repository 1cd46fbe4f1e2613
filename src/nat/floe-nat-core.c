/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-core-internal-private.h"

#define MAX_REQUESTS 96
/* Kept back to give relays free. */
#define RESERVED_PACKETS 2
#define TRY_443_US (400 * G_TIME_SPAN_MILLISECOND)
/* Of DNS and HTTP/3. */
#define DNS_PORT 53
#define WEB_PORT 443

FloeNatCore *
floe_nat_core_new (const FloeStunAddress *base, const FloeNatServer *servers, guint count)
{
  FloeNatCore *self = g_new0 (FloeNatCore, 1);

  self->client = floe_stun_client_core_new (MAX_REQUESTS);
  self->pending = g_array_new (FALSE, TRUE, sizeof (NatPending));
  self->started_us = -1;
  self->report.base = *base;
  self->report.base.port = 0;
  self->report.server_count = MIN (count, FLOE_NAT_MAX_SERVERS);
  for (guint i = 0; i < self->report.server_count; i++)
    {
      self->servers[i].address = servers[i].address;
      self->servers[i].nat64_bits = floe_nat_get_nat64_bits (&servers[i]);
      if (servers[i].credentials != NULL)
        self->servers[i].credentials = floe_stun_credentials_fork (servers[i].credentials);
      self->report.servers[i] =
          (FloeNatServerFinding){ servers[i].address, FLOE_NAT_FAULT_SILENT, -1 };
    }
  return self;
}

void
floe_nat_core_free (FloeNatCore *self)
{
  floe_stun_client_core_free (self->client);
  g_array_unref (self->pending);
  floe_nat_outputs_clear (&self->outputs);
  for (guint i = 0; i < self->report.server_count; i++)
    g_clear_pointer (&self->servers[i].credentials, floe_stun_credentials_unref);
  g_free (self);
}

static void
send_within (FloeNatCore *self, guint limit, guint socket, const FloeStunAddress *to,
             const guint8 *data, gsize size)
{
  if (self->report.packet_count >= limit)
    {
      self->was_cut = TRUE;
      return;
    }
  self->report.packet_count++;
  if (!self->sockets[socket].is_open)
    {
      self->sockets[socket].is_open = TRUE;
      floe_nat_outputs_push (&self->outputs, FLOE_NAT_OUTPUT_OPEN, socket);
    }
  floe_nat_outputs_push_send (&self->outputs, socket, to, data, size);
}

void
floe_nat_core_send (FloeNatCore *self, guint socket, const FloeStunAddress *to, const guint8 *data,
                    gsize size)
{
  send_within (self, FLOE_NAT_MAX_PACKETS - RESERVED_PACKETS, socket, to, data, size);
}

void
floe_nat_core_set_proof (FloeNatCore *self, FloeNatAspect aspect, FloeNatConfidence confidence,
                         const char *evidence)
{
  FloeNatProof *proof = &self->report.proofs[aspect];

  if (proof->confidence == confidence && g_strcmp0 (proof->evidence, evidence) == 0)
    return;
  proof->confidence = confidence;
  proof->after_us = self->now_us - self->started_us;
  g_strlcpy (proof->evidence, evidence, sizeof proof->evidence);
  floe_nat_outputs_push (&self->outputs, FLOE_NAT_OUTPUT_CHANGED, 0);
}

static void
dispatch (FloeNatCore *self, const NatPending *pending, const FloeStunOutcome *outcome)
{
  const FloeStunMessage *response =
      outcome->result == FLOE_STUN_RESULT_SUCCESS ? &outcome->response : NULL;

  switch (pending->purpose)
    {
    case NAT_PURPOSE_MAPPING:
      floe_nat_mapping_handle (self, pending, response);
      break;
    case NAT_PURPOSE_ALLOCATE:
    case NAT_PURPOSE_PERMIT:
    case NAT_PURPOSE_RELEASE:
    case NAT_PURPOSE_NEAR:
    case NAT_PURPOSE_FAR:
      floe_nat_relay_handle (self, pending, outcome);
      break;
    case NAT_PURPOSE_FILTER_OPEN:
    case NAT_PURPOSE_FILTER_BOTH:
    case NAT_PURPOSE_FILTER_PORT:
    case NAT_PURPOSE_CONTROL_BOTH:
    case NAT_PURPOSE_CONTROL_PORT:
      floe_nat_change_handle (self, pending, response);
      break;
    case NAT_PURPOSE_POISON:
      floe_nat_poison_handle (self, pending, response);
      break;
    case NAT_PURPOSE_HAIRPIN:
    case NAT_PURPOSE_SAMPLE:
    default:
      floe_nat_ports_handle (self, pending, response);
    }
}

/* A NAT that keeps ports does so for the first destination only, and nobody knows which that was
 * when packets got lost: so what was kept counts more than what was not. */
static void
note_port (FloeNatCore *self, const NatPending *pending, const FloeStunMessage *response)
{
  NatSocketState *socket = &self->sockets[pending->socket];
  FloeStunAddress mapped;

  if (floe_stun_message_get_xor_address (response, FLOE_STUN_XOR_MAPPED_ADDRESS, &mapped)
      && (socket->seen_port == 0 || mapped.port == socket->local.port))
    socket->seen_port = mapped.port;
}

/* A request that was sent more than once tells a bound only. */
static void
note_rtt (NatServer *server, const FloeStunOutcome *outcome)
{
  gint64 rtt_us = outcome->rtt_us >= 0 ? outcome->rtt_us : outcome->elapsed_us;

  server->rtt_bound_us = server->rtt_bound_us > 0 ? MIN (server->rtt_bound_us, rtt_us) : rtt_us;
}

/* Of what each server has to do, not of what is tried with some. */
static gboolean
is_refusal (const NatPending *pending, const FloeStunOutcome *outcome)
{
  return (pending->purpose == NAT_PURPOSE_MAPPING || pending->purpose == NAT_PURPOSE_ALLOCATE)
         && (outcome->result == FLOE_STUN_RESULT_ERROR
             || outcome->result == FLOE_STUN_RESULT_REFUSED
             || outcome->result == FLOE_STUN_RESULT_UNUSABLE);
}

/* A server that answers elsewhere only is silent where it should not be. */
static void
note_answer (FloeNatCore *self, const NatPending *pending, const FloeStunOutcome *outcome)
{
  FloeNatServerFinding *finding = &self->report.servers[pending->server];
  NatServer *server = &self->servers[pending->server];
  gboolean is_own = floe_stun_address_equal (&pending->to, &server->address);

  self->has_heard = TRUE;
  if (pending->to.port != DNS_PORT && pending->to.port != WEB_PORT)
    self->has_heard_freely = TRUE;
  if (finding->fault == FLOE_NAT_FAULT_SILENT && !is_own)
    {
      server->is_on_443 = TRUE;
      return;
    }
  if (finding->fault == FLOE_NAT_FAULT_SILENT)
    finding->fault = FLOE_NAT_FAULT_NONE;
  if (finding->rtt_us < 0)
    finding->rtt_us = outcome->rtt_us;
  note_rtt (server, outcome);
}

static void
handle_outcome (FloeNatCore *self, const FloeStunOutcome *outcome)
{
  NatPending pending = { 0 };

  for (guint i = 0; i < self->pending->len && pending.id == 0; i++)
    if (g_array_index (self->pending, NatPending, i).id == outcome->id)
      {
        pending = g_array_index (self->pending, NatPending, i);
        g_array_remove_index (self->pending, i);
      }
  if (pending.id == 0)
    return;
  if (outcome->result == FLOE_STUN_RESULT_SUCCESS || outcome->error_code != 0)
    note_answer (self, &pending, outcome);
  if (outcome->result == FLOE_STUN_RESULT_SUCCESS)
    {
      note_port (self, &pending, &outcome->response);
      floe_nat_rewrite_note (self, &pending, &outcome->response);
    }
  else if (outcome->result == FLOE_STUN_RESULT_UNREACHABLE)
    self->servers[pending.server].is_refused = TRUE;
  else if (is_refusal (&pending, outcome))
    floe_nat_core_fault (self, pending.server, FLOE_NAT_FAULT_REFUSED);
  else if (outcome->result == FLOE_STUN_RESULT_BROKEN)
    floe_nat_core_fault (self, pending.server, FLOE_NAT_FAULT_MALFORMED);
  dispatch (self, &pending, outcome);
}

static gboolean
is_release (const FloeNatCore *self, guint64 id)
{
  for (guint i = 0; i < self->pending->len; i++)
    if (g_array_index (self->pending, NatPending, i).id == id)
      return g_array_index (self->pending, NatPending, i).purpose == NAT_PURPOSE_RELEASE;
  return FALSE;
}

static void
drain_client (FloeNatCore *self)
{
  FloeStunOutput output;

  while (floe_stun_client_core_poll (self->client, &output))
    if (output.type == FLOE_STUN_OUTPUT_DONE)
      handle_outcome (self, output.outcome);
    else
      send_within (self,
                   is_release (self, output.id) ? FLOE_NAT_MAX_PACKETS
                                                : FLOE_NAT_MAX_PACKETS - RESERVED_PACKETS,
                   output.to.local, &output.to.remote, output.data, output.size);
}

/* Nobody answers, or only from ports such as this one: some networks let only a few ports out. */
static void
try_443 (FloeNatCore *self)
{
  gboolean may_wait =
      self->now_us < self->started_us + TRY_443_US && floe_nat_core_is_asking (self);

  if (self->has_heard_freely || self->has_tried_443 || may_wait)
    return;
  self->has_tried_443 = TRUE;
  for (guint i = 0; i < self->report.server_count; i++)
    {
      FloeStunAddress to = self->servers[i].address;

      if (to.port == WEB_PORT || self->report.servers[i].fault != FLOE_NAT_FAULT_SILENT)
        continue;
      to.port = WEB_PORT;
      floe_nat_core_bind (self, NAT_PURPOSE_MAPPING, i, NAT_SOCKET_MAIN, &to, NULL);
    }
}

/* Whether what is silent now may still speak. */
static gboolean
is_worth_waiting (const FloeNatCore *self)
{
  gboolean is_patient =
      !self->has_heard_freely || self->now_us < self->started_us + FLOE_NAT_PATIENCE_US;

  return is_patient && floe_nat_core_is_asking (self);
}

static gboolean
is_settled (const FloeNatCore *self)
{
  if (!self->has_heard)
    return self->has_tried_443 && !floe_nat_core_is_asking (self);
  if (!floe_nat_ports_is_over (self) || !floe_nat_poison_is_over (self)
      || !floe_nat_relay_judge ((FloeNatCore *) self).is_over)
    return FALSE;
  for (guint i = 0; i < FLOE_NAT_PROBER_COUNT; i++)
    if (!floe_nat_change_judge ((FloeNatCore *) self, i).is_over)
      return FALSE;
  return !is_worth_waiting (self);
}

static void
finish (FloeNatCore *self)
{
  floe_nat_relay_release (self);
  drain_client (self);
  floe_nat_conclude_udp (self, TRUE);
  self->report.elapsed_us = self->now_us - self->started_us;
  self->is_done = TRUE;
  for (guint i = 0; i < NAT_SOCKET_COUNT; i++)
    if (self->sockets[i].is_open)
      floe_nat_outputs_push (&self->outputs, FLOE_NAT_OUTPUT_CLOSE, i);
  floe_nat_outputs_push (&self->outputs, FLOE_NAT_OUTPUT_DONE, 0);
}

/* Does all that is due, as often as one thing makes another due. */
static void
step (FloeNatCore *self)
{
  if (self->is_done)
    return;
  drain_client (self);
  try_443 (self);
  floe_nat_relay_step (self);
  floe_nat_change_step (self);
  floe_nat_mapping_conclude (self);
  floe_nat_rewrite_conclude (self);
  floe_nat_ports_step (self);
  floe_nat_poison_step (self);
  drain_client (self);
  floe_nat_conclude_udp (self, FALSE);
  floe_nat_conclude_filtering (self);
  if (is_settled (self) || self->now_us >= self->started_us + FLOE_NAT_MAX_TIME_US)
    finish (self);
}

void
floe_nat_core_start (FloeNatCore *self, gint64 now_us)
{
  g_return_if_fail (self->started_us < 0);
  self->now_us = self->started_us = now_us;
  floe_nat_mapping_start (self);
  step (self);
}

void
floe_nat_core_set_local (FloeNatCore *self, guint socket, const FloeStunAddress *local)
{
  g_return_if_fail (socket < NAT_SOCKET_COUNT);
  self->sockets[socket].local = *local;
}

void
floe_nat_core_handle_datagram (FloeNatCore *self, gint64 now_us, guint socket,
                               const FloeStunAddress *from, const guint8 *data, gsize size)
{
  FloeStunRoute route = { socket, *from };
  NatDatagram datagram;

  g_return_if_fail (socket < NAT_SOCKET_COUNT);
  if (self->started_us < 0 || self->is_done)
    return;
  self->now_us = now_us;
  floe_nat_datagram_init (&datagram, data, size);
  self->rewriting.is_repaired = datagram.data != data;
  if (!floe_stun_client_core_handle_datagram (self->client, now_us, &route, datagram.data,
                                              datagram.size)
      && !floe_nat_relay_handle_datagram (self, socket, from, datagram.data, datagram.size))
    floe_nat_ports_handle_datagram (self, socket, datagram.data, datagram.size);
  step (self);
  self->rewriting.is_repaired = FALSE;
}

void
floe_nat_core_note_host (FloeNatCore *self, const FloeStunAddress *remote)
{
  for (guint i = 0; i < self->report.server_count; i++)
    if (floe_stun_address_is_same_host (&self->servers[i].address, remote))
      self->servers[i].is_there = TRUE;
}

void
floe_nat_core_handle_unreachable (FloeNatCore *self, gint64 now_us, guint socket,
                                  const FloeStunAddress *remote)
{
  FloeStunRoute route = { socket, *remote };

  if (self->started_us < 0 || self->is_done)
    return;
  self->now_us = now_us;
  floe_stun_client_core_handle_unreachable (self->client, now_us, &route);
  step (self);
}

void
floe_nat_core_handle_timeout (FloeNatCore *self, gint64 now_us)
{
  if (self->started_us < 0 || self->is_done)
    return;
  self->now_us = now_us;
  floe_stun_client_core_handle_timeout (self->client, now_us);
  step (self);
}

static void
consider (const FloeNatCore *self, gint64 *deadline_us, gint64 at_us)
{
  if (at_us > self->now_us)
    *deadline_us = MIN (*deadline_us, at_us);
}

gint64
floe_nat_core_get_deadline (const FloeNatCore *self)
{
  gint64 deadline_us = self->started_us + FLOE_NAT_MAX_TIME_US;
  gint64 client_us = floe_stun_client_core_get_deadline (self->client);

  if (self->started_us < 0 || self->is_done)
    return -1;
  if (client_us >= 0)
    deadline_us = MIN (deadline_us, client_us);
  consider (self, &deadline_us, self->started_us + TRY_443_US);
  consider (self, &deadline_us, self->started_us + FLOE_NAT_PATIENCE_US);
  for (guint i = 0; i < FLOE_NAT_PROBER_COUNT; i++)
    {
      consider (self, &deadline_us, self->probers[i].rounds.next_us);
      consider (self, &deadline_us, self->probers[i].reopening.ends_us);
    }
  consider (self, &deadline_us, self->relay.rounds.next_us);
  consider (self, &deadline_us, self->relay.reopening.rounds.next_us);
  consider (self, &deadline_us, self->relay.reopening.ends_us);
  consider (self, &deadline_us, self->relay.prepared_us);
  consider (self, &deadline_us, self->hairpin.rounds.next_us);
  consider (self, &deadline_us, self->samples.ends_us);
  return deadline_us;
}

gboolean
floe_nat_core_poll (FloeNatCore *self, FloeNatOutput *output)
{
  return floe_nat_outputs_poll (&self->outputs, output);
}

const FloeNatFindings *
floe_nat_core_get_findings (const FloeNatCore *self)
{
  return &self->report;
}
