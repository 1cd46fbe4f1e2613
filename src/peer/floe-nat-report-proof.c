/* SPDX-License-Identifier: MPL-2.0 */
/* How well a report is proven, and how it came to be. */
#include "floe-nat-report-private.h"

/**
 * floe_nat_report_get_confidence:
 * @self: a report
 * @aspect: what to know it of
 *
 * How well what the report says of @aspect is proven. May be called in any thread.
 *
 * Returns: the confidence
 *
 * Since: 1.0
 */
FloeNatConfidence
floe_nat_report_get_confidence (const FloeNatReport *self, FloeNatAspect aspect)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_CONFIDENCE_NONE);
  g_return_val_if_fail (aspect < FLOE_NAT_ASPECT_COUNT, FLOE_NAT_CONFIDENCE_NONE);

  return self->record->findings.proofs[aspect].confidence;
}

/**
 * floe_nat_report_get_evidence:
 * @self: a report
 * @aspect: what to know it of
 *
 * What proves what the report says of @aspect, or why nothing is proven: a few words of English,
 * for people who want to know more. May be called in any thread.
 *
 * Returns: (transfer none) (nullable): the evidence, or %NULL when it was not measured
 *
 * Since: 1.0
 */
const char *
floe_nat_report_get_evidence (const FloeNatReport *self, FloeNatAspect aspect)
{
  const char *evidence;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (aspect < FLOE_NAT_ASPECT_COUNT, NULL);

  evidence = self->record->findings.proofs[aspect].evidence;
  return evidence[0] != '\0' ? evidence : NULL;
}

/**
 * floe_nat_report_get_servers:
 * @self: a report
 *
 * What came of each server of the configuration, in its order. Empty in reports from the cache
 * file. May be called in any thread.
 *
 * Returns: (transfer none) (element-type FloeNatServerReport): the servers; not to be changed
 *
 * Since: 1.0
 */
GPtrArray *
floe_nat_report_get_servers (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->servers;
}

/**
 * floe_nat_report_is_complete:
 * @self: a report
 *
 * Whether all was measured that a run measures; if not, the run was still under way, and what is
 * unknown may become known. May be called in any thread.
 *
 * Returns: %TRUE when the run is over
 *
 * Since: 1.0
 */
gboolean
floe_nat_report_is_complete (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->record->is_complete;
}

/**
 * floe_nat_report_get_duration:
 * @self: a report
 *
 * How long it took, in milliseconds, from when the servers' addresses were known. May be called in
 * any thread.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
floe_nat_report_get_duration (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint) (self->record->findings.elapsed_us / 1000);
}

/**
 * floe_nat_report_get_time:
 * @self: a report
 *
 * When it was measured. A report from the cache is of an earlier time than the run that it
 * answered. May be called in any thread.
 *
 * Returns: microseconds since the beginning of 1970, UTC
 *
 * Since: 1.0
 */
gint64
floe_nat_report_get_time (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->record->time_us;
}

/**
 * floe_nat_report_get_packet_count:
 * @self: a report
 *
 * How many UDP packets were sent for it. May be called in any thread.
 *
 * Returns: the number of packets, at most 60
 *
 * Since: 1.0
 */
guint
floe_nat_report_get_packet_count (const FloeNatReport *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->record->findings.packet_count;
}
