/* SPDX-License-Identifier: MPL-2.0 */
/* What several measurements say together. */
#include "floe-nat-core-internal-private.h"

/* Those who could have been asked. */
typedef struct
{
  guint count;          /* of different ones */
  gboolean any_there;   /* a host has said itself that nothing listens there */
  gboolean all_refused; /* by ICMP, whoever sent that */
} Hosts;

static Hosts
count_hosts (const FloeNatCore *self)
{
  Hosts hosts = { .all_refused = TRUE };

  for (guint i = 0; i < self->report.server_count; i++)
    {
      const NatServer *server = &self->servers[i];
      gboolean is_new = TRUE;

      if (self->report.servers[i].fault == FLOE_NAT_FAULT_OTHER_FAMILY)
        continue;
      for (guint j = 0; j < i && is_new; j++)
        is_new = !floe_stun_address_is_same_host (&server->address, &self->servers[j].address);
      hosts.count += is_new;
      hosts.any_there = hosts.any_there || server->is_there;
      hosts.all_refused = hosts.all_refused && server->is_refused;
    }
  return hosts;
}

/* Only what the same server does on both ports tells a network from a server. */
static FloeNatAnswer
judge_limit (const FloeNatCore *self, gboolean is_end)
{
  if (self->has_heard_freely)
    return FLOE_NAT_ANSWER_NO;
  for (guint i = 0; i < self->report.server_count && is_end; i++)
    if (self->servers[i].is_on_443 && !self->servers[i].is_there)
      return FLOE_NAT_ANSWER_YES;
  return FLOE_NAT_ANSWER_UNKNOWN;
}

static void
conclude_without_answer (FloeNatCore *self)
{
  FloeNatConfidence confidence = FLOE_NAT_CONFIDENCE_NONE;
  Hosts hosts = count_hosts (self);
  const char *evidence;

  if (self->sockets[NAT_SOCKET_MAIN].local.size == 0)
    evidence = "no socket could be bound";
  else if (hosts.any_there)
    evidence = "nothing listens where a server should be, as its host says itself";
  else if (hosts.count < 2)
    evidence = "no answer, and too few servers to tell a network from a dead server";
  else
    {
      self->report.udp = FLOE_NAT_ANSWER_NO;
      confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
      evidence = hosts.all_refused ? "the network has refused to pass on what was sent to servers"
                                   : "no server address has answered, on its own port or on 443";
    }
  floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_UDP, confidence, evidence);
}

void
floe_nat_conclude_udp (FloeNatCore *self, gboolean is_end)
{
  if (!self->has_heard)
    {
      if (is_end)
        conclude_without_answer (self);
      return;
    }
  self->report.udp = FLOE_NAT_ANSWER_YES;
  self->report.udp_limited = judge_limit (self, is_end);
  if (self->report.udp_limited == FLOE_NAT_ANSWER_YES)
    floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_UDP, FLOE_NAT_CONFIDENCE_LOW,
                             "a server answers on port 443, but not on its own port");
  else
    floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_UDP, FLOE_NAT_CONFIDENCE_HIGH,
                             "a server has answered");
}

void
floe_nat_conclude_filtering (FloeNatCore *self)
{
  FloeNatFindings *report = &self->report;
  NatFilterVerdict best = { .evidence = "not measured: no server that could tell has answered" };
  guint agreeing = 0;

  for (guint i = 0; i <= FLOE_NAT_PROBER_COUNT; i++)
    {
      NatFilterVerdict verdict =
          i < FLOE_NAT_PROBER_COUNT ? floe_nat_change_judge (self, i) : floe_nat_relay_judge (self);

      if (verdict.filtering == FLOE_NAT_BEHAVIOUR_UNKNOWN)
        {
          if (best.filtering == FLOE_NAT_BEHAVIOUR_UNKNOWN && verdict.evidence != NULL)
            best = verdict;
          continue;
        }
      agreeing = verdict.filtering == best.filtering ? agreeing + 1 : agreeing;
      /* What came in proves more than what did not: the more permissive one is right. */
      if (best.filtering == FLOE_NAT_BEHAVIOUR_UNKNOWN || verdict.filtering < best.filtering)
        {
          best = verdict;
          agreeing = 1;
        }
    }
  report->filtering = best.filtering;
  floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_FILTERING,
                           agreeing >= 2 ? FLOE_NAT_CONFIDENCE_HIGH : best.confidence,
                           best.evidence);
}
