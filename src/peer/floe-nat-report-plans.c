/* SPDX-License-Identifier: MPL-2.0 */
/* What follows from a report for connections. */
#include <floe/floe-nat-discovery.h>

#include "floe-configuration-private.h"
#include "floe-ice-server-private.h"
#include "floe-nat-report-private.h"
#include "floe-strategy-report-private.h"
#include "floe-strategy-table-private.h"

/**
 * floe_nat_report_explain_plans:
 * @self: a report
 * @configuration: (nullable) (transfer none): what connections would be made with, or %NULL for the
 *   defaults
 *
 * Says how connections from here would be tried, for each kind of network that the peer may be on:
 * the strategy, why it is the one, and what begins when; in English, a sentence or two each, for
 * people. May be called in any thread, as long as nobody changes @configuration meanwhile.
 *
 * Returns: (transfer full) (array zero-terminated=1): a text for each kind of network
 * Since: 1.0
 */
char **
floe_nat_report_explain_plans (const FloeNatReport *self, FloeConfiguration *configuration)
{
  g_autoptr (FloeConfiguration) used = NULL;
  g_autoptr (GPtrArray) paths = NULL;
  FloeStrategyConfig config;
  FloeNatSummary summary;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (configuration == NULL || FLOE_IS_CONFIGURATION (configuration), NULL);

  used = configuration != NULL ? g_object_ref (configuration) : floe_configuration_new ();
  config = floe_configuration_get_strategy_config (used, FALSE);
  config.is_offerer = TRUE;
  /* Servers that can't be used are none. */
  paths = floe_ice_servers_to_plan (used->ice_servers,
                                    floe_configuration_get_effective_policy (used), NULL);
  for (guint i = 0; paths != NULL && i < paths->len; i++)
    {
      FloeRelayProtocol protocol = floe_path_spec_get_relay_protocol (g_ptr_array_index (paths, i));

      config.has_relay_udp |= protocol == FLOE_RELAY_PROTOCOL_UDP;
      config.has_relay_tcp |= protocol == FLOE_RELAY_PROTOCOL_TCP;
      config.has_relay_tls |= protocol == FLOE_RELAY_PROTOCOL_TLS;
    }
  summary = floe_strategy_summarize (&self->record->findings, floe_strategy_get_punching (&config));
  return floe_strategy_describe_table (&summary, &config);
}
