/* SPDX-License-Identifier: MPL-2.0 */
/* What several measurements say together. */
#include "floe-nat-core-internal-private.h"

void
floe_nat_conclude_udp (FloeNatCore *self, gboolean is_end)
{
  FloeNatConfidence confidence = FLOE_NAT_CONFIDENCE_NONE;
  const char *evidence;
  guint hosts = 0;

  if (self->has_heard)
    {
      self->report.udp = FLOE_NAT_ANSWER_YES;
      floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_UDP, FLOE_NAT_CONFIDENCE_HIGH,
                               "a server has answered");
      return;
    }
  if (!is_end)
    return;
  for (guint i = 0; i < self->report.server_count; i++)
    {
      gboolean is_new = self->report.servers[i].fault != FLOE_NAT_FAULT_OTHER_FAMILY;

      for (guint j = 0; j < i && is_new; j++)
        is_new =
            !floe_stun_address_is_same_host (&self->servers[i].address, &self->servers[j].address);
      hosts += is_new;
    }
  if (self->sockets[NAT_SOCKET_MAIN].local.size == 0)
    evidence = "no socket could be bound";
  else if (hosts < 2)
    evidence = "no answer, and too few servers to tell a network from a dead server";
  else
    {
      self->report.udp = FLOE_NAT_ANSWER_NO;
      confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
      evidence = "no server address has answered, on its own port or on 443";
    }
  floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_UDP, confidence, evidence);
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
