/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-core-internal-private.h"

#include "floe-stun-behaviour-codec-private.h"

void
floe_nat_mapping_start (FloeNatCore *self)
{
  for (guint i = 0; i < self->report.server_count; i++)
    {
      const NatServer *server = &self->servers[i];

      if (server->address.size != self->report.base.size || server->address.port == 0)
        self->report.servers[i].fault = FLOE_NAT_FAULT_OTHER_FAMILY;
      else if (server->credentials != NULL)
        floe_nat_relay_allocate (self, i);
      else
        floe_nat_core_bind (self, NAT_PURPOSE_MAPPING, i, NAT_SOCKET_MAIN, &server->address, NULL);
    }
}

const FloeNatObservation *
floe_nat_mapping_find (const FloeNatCore *self, const FloeStunAddress *to)
{
  for (guint i = 0; i < self->observation_count; i++)
    if (floe_stun_address_equal (&self->observations[i].to, to))
      return &self->observations[i];
  return NULL;
}

void
floe_nat_mapping_observe (FloeNatCore *self, guint server, const FloeStunAddress *to,
                          const FloeStunAddress *mapped)
{
  if (self->observation_count < FLOE_NAT_MAX_OBSERVATIONS
      && floe_nat_mapping_find (self, to) == NULL)
    self->observations[self->observation_count++] = (FloeNatObservation){ *to, *mapped, server };
}

/* Whether what a server says is as the others say. */
gboolean
floe_nat_mapping_is_trusted (const FloeNatCore *self, guint server)
{
  switch (self->report.servers[server].fault)
    {
    case FLOE_NAT_FAULT_NONE:
    case FLOE_NAT_FAULT_REFUSED: /* it may still have answered something else */
    case FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS:
    case FLOE_NAT_FAULT_BROKEN_RELAY:
    case FLOE_NAT_FAULT_SILENT: /* on its own port, but perhaps not on 443 */
      return TRUE;
    case FLOE_NAT_FAULT_OTHER_FAMILY:
    case FLOE_NAT_FAULT_MALFORMED:
    case FLOE_NAT_FAULT_PRIVATE_ADDRESS:
    case FLOE_NAT_FAULT_OUTVOTED:
    default:
      return FALSE;
    }
}

/* RFC 5780 section 4.1: a server that can be used has another address and another port. */
void
floe_nat_mapping_learn_other (FloeNatCore *self, guint index, const FloeStunMessage *response)
{
  NatServer *server = &self->servers[index];
  FloeStunAddress other;

  if (!floe_stun_message_get_address (response, FLOE_STUN_OTHER_ADDRESS, &other))
    return;
  other = floe_nat_core_reach (&server->address, server->nat64_bits, &other);
  if (floe_stun_address_is_same_host (&other, &server->address))
    server->names_itself = TRUE;
  else if (!floe_nat_core_is_sane (self, index, &other) || other.port == server->address.port)
    floe_nat_mapping_fault_other (self, index);
  else
    server->other = other;
}

void
floe_nat_mapping_fault_other (FloeNatCore *self, guint index)
{
  if (self->servers[index].credentials == NULL)
    floe_nat_core_fault (self, index, FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS);
}

/* Whether the server is the second address of another one. */
static gboolean
is_other_of_one (const FloeNatCore *self, guint index)
{
  for (guint i = 0; i < self->report.server_count; i++)
    if (i != index
        && floe_stun_address_is_same_host (&self->servers[i].other, &self->servers[index].address))
      return TRUE;
  return FALSE;
}

/* A server's second address that tells of none but itself, as coturn's does, is no loss to who
 * knows both. Which of them answers first does not matter. */
static void
judge_others (FloeNatCore *self)
{
  for (guint i = 0; i < self->report.server_count; i++)
    {
      FloeNatFault *fault = &self->report.servers[i].fault;

      if (!self->servers[i].names_itself)
        continue;
      if (!is_other_of_one (self, i))
        floe_nat_mapping_fault_other (self, i);
      else if (*fault == FLOE_NAT_FAULT_WRONG_OTHER_ADDRESS)
        *fault = FLOE_NAT_FAULT_NONE;
    }
}

void
floe_nat_mapping_handle (FloeNatCore *self, const NatPending *pending,
                         const FloeStunMessage *response)
{
  FloeStunAddress mapped;

  if (response == NULL || !floe_nat_core_read_mapped (self, pending->server, response, &mapped))
    return;
  floe_nat_mapping_observe (self, pending->server, &pending->to, &mapped);
  if (floe_stun_address_equal (&pending->to, &self->servers[pending->server].address))
    floe_nat_mapping_learn_other (self, pending->server, response);
}

static void
judge_translation (FloeNatCore *self)
{
  FloeStunAddress local = self->sockets[NAT_SOCKET_MAIN].local;
  guint same = 0, different = 0;

  for (guint i = 0; i < self->observation_count; i++)
    {
      if (!floe_nat_mapping_is_trusted (self, self->observations[i].server))
        continue;
      if (floe_stun_address_equal (&self->observations[i].mapped, &local))
        same++;
      else
        different++;
    }
  if (same + different > 0 && local.size > 0)
    self->report.is_translated = different > 0 ? FLOE_NAT_ANSWER_YES : FLOE_NAT_ANSWER_NO;
}

/* An address in 100.64/10 (RFC 6598) is a carrier's to give, and ports in blocks are a carrier's
 * way to give them (RFC 7422). Anything else would need the address of the router's other side. */
static void
judge_carrier (FloeNatCore *self)
{
  FloeNatFindings *report = &self->report;

  if (floe_stun_address_get_scope (&report->base) == FLOE_STUN_SCOPE_SHARED
      || report->allocation == FLOE_NAT_ALLOCATION_PORT_BLOCK)
    {
      report->carrier = FLOE_NAT_ANSWER_YES;
      floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_CARRIER, FLOE_NAT_CONFIDENCE_MEDIUM,
                               report->allocation == FLOE_NAT_ALLOCATION_PORT_BLOCK
                                   ? "ports come from one block, as carriers give them"
                                   : "our address is from 100.64.0.0/10, a carrier's");
    }
  else if (report->is_translated == FLOE_NAT_ANSWER_NO)
    {
      report->carrier = FLOE_NAT_ANSWER_NO;
      floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_CARRIER, FLOE_NAT_CONFIDENCE_HIGH,
                               "servers see our own address");
    }
  else
    floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_CARRIER, FLOE_NAT_CONFIDENCE_NONE,
                             "nothing tells one NAT from two");
}

static int
compare_externals (gconstpointer a, gconstpointer b)
{
  return (int) ((const FloeNatExternal *) b)->server_count
         - (int) ((const FloeNatExternal *) a)->server_count;
}

static void
list_externals (FloeNatCore *self)
{
  FloeNatFindings *report = &self->report;
  guint servers[FLOE_NAT_MAX_EXTERNALS] = { 0 }; /* bits */

  report->external_count = 0;
  for (guint i = 0; i < self->observation_count; i++)
    {
      const FloeNatObservation *seen = &self->observations[i];
      guint at = 0;

      if (!floe_nat_mapping_is_trusted (self, seen->server))
        continue;
      while (at < report->external_count
             && !floe_stun_address_is_same_host (&report->externals[at].address, &seen->mapped))
        at++;
      if (at == FLOE_NAT_MAX_EXTERNALS)
        continue;
      report->external_count = MAX (report->external_count, at + 1);
      servers[at] |= 1u << seen->server;
      report->externals[at].address = seen->mapped;
      report->externals[at].address.port = 0;
      report->externals[at].server_count = (guint) __builtin_popcount (servers[at]);
    }
  qsort (report->externals, report->external_count, sizeof *report->externals, compare_externals);
}

void
floe_nat_mapping_conclude (FloeNatCore *self)
{
  gboolean is_complete =
      !floe_nat_core_is_asking (self) || self->now_us >= self->started_us + FLOE_NAT_PATIENCE_US;
  FloeNatMappingVerdict verdict =
      floe_nat_classify_mapping (self->observations, self->observation_count, is_complete);

  if (verdict.mapping > FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT
      && floe_nat_ports_is_impossible (self))
    verdict = (FloeNatMappingVerdict){
      .outvoted = verdict.outvoted,
      .evidence = "one of two servers never sees a port that is kept, as the other one does",
    };
  for (guint i = 0; i < self->report.server_count; i++)
    if ((verdict.outvoted & 1u << i) != 0)
      self->report.servers[i].fault = FLOE_NAT_FAULT_OUTVOTED;
    else if (self->report.servers[i].fault == FLOE_NAT_FAULT_OUTVOTED)
      self->report.servers[i].fault = FLOE_NAT_FAULT_NONE;
  judge_others (self);
  self->report.mapping = verdict.mapping;
  floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_MAPPING, verdict.confidence, verdict.evidence);
  judge_translation (self);
  list_externals (self);
  judge_carrier (self);
}

/* Asks what servers of RFC 5780 have besides: section 4.3, tests II and III. */
void
floe_nat_mapping_step (FloeNatCore *self)
{
  for (guint i = 0; i < FLOE_NAT_PROBER_COUNT; i++)
    {
      NatProber *prober = &self->probers[i];
      const NatServer *server = &self->servers[prober->server];
      FloeStunAddress port = server->address;

      if (!prober->is_started || prober->has_asked_mapping)
        continue;
      prober->has_asked_mapping = TRUE;
      port.port = server->other.port;
      floe_nat_core_bind (self, NAT_PURPOSE_MAPPING, prober->server, NAT_SOCKET_MAIN, &port, NULL);
      floe_nat_core_bind (self, NAT_PURPOSE_MAPPING, prober->server, NAT_SOCKET_MAIN,
                          &server->other, NULL);
    }
}
