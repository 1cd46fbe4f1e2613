/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <gio/gio.h>

#include <floe/floe-configuration.h>
#include <floe/floe-nat-report.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_NAT_DISCOVERY (floe_nat_discovery_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeNatDiscovery, floe_nat_discovery, FLOE, NAT_DISCOVERY, GObject)

FLOE_AVAILABLE_IN_1_0
FloeNatDiscovery *floe_nat_discovery_new (FloeConfiguration *configuration);

FLOE_AVAILABLE_IN_1_0
FloeConfiguration *floe_nat_discovery_get_configuration (FloeNatDiscovery *self);

FLOE_AVAILABLE_IN_1_0
void floe_nat_discovery_set_cache_file (FloeNatDiscovery *self, GFile *file);

FLOE_AVAILABLE_IN_1_0
GFile *floe_nat_discovery_get_cache_file (FloeNatDiscovery *self);

FLOE_AVAILABLE_IN_1_0
void floe_nat_discovery_set_background (FloeNatDiscovery *self, gboolean background);

FLOE_AVAILABLE_IN_1_0
gboolean floe_nat_discovery_get_background (FloeNatDiscovery *self);

FLOE_AVAILABLE_IN_1_0
void floe_nat_discovery_run_async (FloeNatDiscovery *self, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);

FLOE_AVAILABLE_IN_1_0
GPtrArray *floe_nat_discovery_run_finish (FloeNatDiscovery *self, GAsyncResult *result,
                                          GError **error);

FLOE_AVAILABLE_IN_1_0
GPtrArray *floe_nat_discovery_get_reports (FloeNatDiscovery *self);

FLOE_AVAILABLE_IN_1_0
char **floe_nat_report_explain_plans (const FloeNatReport *self, FloeConfiguration *configuration);

FLOE_AVAILABLE_IN_1_0
void floe_nat_discovery_close (FloeNatDiscovery *self);

G_END_DECLS
