/* SPDX-License-Identifier: MPL-2.0 */
/* Whether something on the way rewrites what passes, as gateways for old protocols do: it looks for
 * addresses that it translates, in all that it passes on.
 *
 * RFC 8489 section 14.2 is why nothing else suffers from that: servers tell an address as it is and
 * once more in a way that is not recognized. Here both are compared. */
#include "floe-nat-core-internal-private.h"

void
floe_nat_rewrite_note (FloeNatCore *self, const NatPending *pending,
                       const FloeStunMessage *response)
{
  NatRewriting *rewriting = &self->rewriting;
  const FloeStunAddress *local = &self->sockets[pending->socket].local;
  guint server = 1u << pending->server;
  FloeStunAddress clear, hidden;
  gboolean has_both =
      floe_stun_message_get_address (response, FLOE_STUN_MAPPED_ADDRESS, &clear)
      && floe_stun_message_get_xor_address (response, FLOE_STUN_XOR_MAPPED_ADDRESS, &hidden);
  gboolean differs = has_both && !floe_stun_address_equal (&clear, &hidden);

  if (rewriting->is_repaired || differs)
    rewriting->spoilt |= server;
  else if (has_both)
    rewriting->intact |= server;
  if (differs && floe_stun_address_equal (&clear, local))
    rewriting->shows_local = TRUE;
}

void
floe_nat_rewrite_conclude (FloeNatCore *self)
{
  const NatRewriting *rewriting = &self->rewriting;
  FloeNatConfidence confidence = FLOE_NAT_CONFIDENCE_NONE;
  FloeNatAnswer answer = FLOE_NAT_ANSWER_UNKNOWN;
  const char *evidence = "not measured: no server tells our address in clear";

  if (rewriting->shows_local)
    {
      answer = FLOE_NAT_ANSWER_YES;
      confidence = FLOE_NAT_CONFIDENCE_HIGH;
      evidence = "a server's answer has our inside address where it wrote the outside one";
    }
  else if (rewriting->spoilt != 0 && rewriting->intact == 0)
    {
      answer = FLOE_NAT_ANSWER_YES;
      /* Of one server it may be the server. */
      confidence = (rewriting->spoilt & (rewriting->spoilt - 1)) != 0 ? FLOE_NAT_CONFIDENCE_MEDIUM
                                                                      : FLOE_NAT_CONFIDENCE_LOW;
      evidence = "what servers send comes changed";
    }
  else if (rewriting->spoilt != 0)
    evidence = "what one server sends comes changed, but not what another one does";
  else if (self->report.is_translated == FLOE_NAT_ANSWER_NO)
    evidence = "not measured: nothing is translated";
  else if (rewriting->intact != 0 && self->report.is_translated == FLOE_NAT_ANSWER_YES)
    {
      answer = FLOE_NAT_ANSWER_NO;
      confidence = FLOE_NAT_CONFIDENCE_MEDIUM;
      evidence = "our outside address comes unchanged in servers' answers";
    }
  self->report.rewriting = answer;
  floe_nat_core_set_proof (self, FLOE_NAT_ASPECT_REWRITING, confidence, evidence);
}
