/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-strategy-report-private.h"

/* The lesser one of what the class depends on; an axis that is unknown is told as that. */
static FloeNatConfidence
get_confidence (const FloeNatFindings *findings)
{
  FloeNatConfidence mapping = findings->proofs[FLOE_NAT_ASPECT_MAPPING].confidence;
  FloeNatConfidence filtering = findings->proofs[FLOE_NAT_ASPECT_FILTERING].confidence;

  if (findings->udp == FLOE_NAT_ANSWER_NO)
    return findings->proofs[FLOE_NAT_ASPECT_UDP].confidence;
  if (findings->mapping == FLOE_NAT_BEHAVIOUR_UNKNOWN)
    return FLOE_NAT_CONFIDENCE_NONE;
  if (findings->filtering == FLOE_NAT_BEHAVIOUR_UNKNOWN)
    return mapping;
  return MIN (mapping, filtering);
}

FloeNatSummary
floe_strategy_summarize (const FloeNatFindings *findings, FloePunching punching)
{
  FloeNatSummary summary = {
    .udp = findings->udp,
    .is_translated = findings->is_translated,
    .mapping = findings->mapping,
    .filtering = findings->filtering,
    .allocation = findings->allocation,
    .poisoning = findings->poisoning,
    .confidence = get_confidence (findings),
    .punching = punching,
  };

  if (findings->allocation == FLOE_NAT_ALLOCATION_SEQUENTIAL)
    summary.step = findings->step;
  if (findings->allocation == FLOE_NAT_ALLOCATION_PORT_BLOCK)
    summary.pool = findings->span;
  return summary;
}
