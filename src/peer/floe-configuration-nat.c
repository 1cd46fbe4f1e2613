/* SPDX-License-Identifier: MPL-2.0 */
/* What a configuration says of the NAT that the host is behind. */
#include "floe-configuration-private.h"

#include <string.h>

/**
 * floe_configuration_set_nat_discovery:
 * @self: a configuration
 * @mode: how connections learn of the NAT
 *
 * Sets how connections learn of the NAT that they are behind (#FloeNatDiscovery). With
 * %FLOE_NAT_DISCOVERY_MODE_AUTOMATIC the first connection on a network has the servers asked, once
 * it is made and if there is a STUN server among them, and later connections with this
 * configuration use what it found out for ten minutes. No connection waits for it: what is known
 * when the description is made is told in it (`a=floe-nat`, in words like those of
 * floe_configuration_set_nat_summary(), never an address), what is known later with a candidate.
 * Where %FLOE_ICE_TRANSPORT_POLICY_RELAY or %FLOE_PRIVACY_LEVEL_RELAY_ONLY is set nothing is asked
 * and nothing is told; from %FLOE_PRIVACY_LEVEL_OBFUSCATED on nothing is told.
 *
 * Since: 1.0
 */
void
floe_configuration_set_nat_discovery (FloeConfiguration *self, FloeNatDiscoveryMode mode)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->paths.discovery == mode)
    return;
  self->paths.discovery = mode;
  g_object_notify (G_OBJECT (self), "nat-discovery");
}

/**
 * floe_configuration_get_nat_discovery:
 * @self: a configuration
 *
 * Gets how connections learn of the NAT that they are behind.
 *
 * Returns: the mode
 * Since: 1.0
 */
FloeNatDiscoveryMode
floe_configuration_get_nat_discovery (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_NAT_DISCOVERY_MODE_OFF);

  return self->paths.discovery;
}

/**
 * floe_configuration_set_nat_report:
 * @self: a configuration
 * @report: (nullable) (transfer none): what a #FloeNatDiscovery of the application's own has found
 *   out, or %NULL
 *
 * Sets what is known of the NAT. Connections then ask nobody, whatever
 * #FloeConfiguration:nat-discovery says; the application sees to it that the report is of the
 * network that the host is on.
 *
 * Since: 1.0
 */
void
floe_configuration_set_nat_report (FloeConfiguration *self, FloeNatReport *report)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->paths.report == report)
    return;
  g_clear_pointer (&self->paths.report, floe_nat_report_unref);
  self->paths.report = report != NULL ? floe_nat_report_ref (report) : NULL;
  g_object_notify (G_OBJECT (self), "nat-report");
}

/**
 * floe_configuration_get_nat_report:
 * @self: a configuration
 *
 * Gets what the application has said of the NAT.
 *
 * Returns: (transfer none) (nullable): the report that was set
 * Since: 1.0
 */
FloeNatReport *
floe_configuration_get_nat_report (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  return self->paths.report;
}

/**
 * floe_configuration_set_nat_summary:
 * @self: a configuration
 * @summary: (nullable): what is known of the NAT, in words, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Sets what is known of the NAT, for tests and for hosts whose NAT is known by other means. The
 * words are those that the peer is told: the number 1, then any of `udp-` and `nat-` and `poison-`
 * with yes or no, `map-` with ei, ad, apd or ed, `filter-` with ei, ad or apd, `alloc-` with keep,
 * seq, random or block, `step-` and `pool-` with a number, `sure-` with low, medium or high, and
 * `punch-` with yes or block; such as "1 udp-yes nat-yes map-ei filter-apd sure-high punch-yes".
 * It goes before a report. Nothing is asked then. Punching is offered only as far as
 * #FloeConfiguration:punching allows it, too.
 *
 * Fails with %FLOE_ERROR_SYNTAX when @summary is not of that form, and with
 * %FLOE_ERROR_NOT_SUPPORTED for another number. Nothing is changed then.
 *
 * Returns: %TRUE when it was set
 * Since: 1.0
 */
gboolean
floe_configuration_set_nat_summary (FloeConfiguration *self, const char *summary, GError **error)
{
  FloeNatSummary parsed;

  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FALSE);

  if (summary != NULL
      && !floe_nat_summary_parse (&parsed, summary,
                                  strchr (summary, ' ') != NULL ? FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE
                                                                : FLOE_NAT_SUMMARY_TOKEN,
                                  error))
    return FALSE;
  g_clear_pointer (&self->paths.summary, g_free);
  if (summary != NULL)
    self->paths.summary = g_memdup2 (&parsed, sizeof parsed);
  g_object_notify (G_OBJECT (self), "nat-summary");
  return TRUE;
}

/**
 * floe_configuration_get_nat_summary:
 * @self: a configuration
 *
 * Gets what was set with floe_configuration_set_nat_summary().
 *
 * Returns: (transfer full) (nullable): the words
 * Since: 1.0
 */
char *
floe_configuration_get_nat_summary (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  if (self->paths.summary == NULL)
    return NULL;
  return floe_nat_summary_serialize (self->paths.summary, FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE);
}
