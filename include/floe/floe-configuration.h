/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <gio/gio.h>

#include <floe/floe-certificate.h>
#include <floe/floe-enums.h>
#include <floe/floe-ice-server.h>
#include <floe/floe-nat-report.h>
#include <floe/floe-server-directory.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_CONFIGURATION (floe_configuration_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeConfiguration, floe_configuration, FLOE, CONFIGURATION, GObject)

FLOE_AVAILABLE_IN_1_0
FloeConfiguration *floe_configuration_new (void);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_add_ice_server (FloeConfiguration *self, FloeIceServer *server);

FLOE_AVAILABLE_IN_1_0
gboolean floe_configuration_add_ice_server_url (FloeConfiguration *self, const char *url,
                                                const char *username, const char *credential,
                                                GError **error);

FLOE_AVAILABLE_IN_1_0
GPtrArray *floe_configuration_get_ice_servers (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_server_directory (FloeConfiguration *self,
                                              FloeServerDirectory *directory);

FLOE_AVAILABLE_IN_1_0
FloeServerDirectory *floe_configuration_get_server_directory (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_gather_timeout (FloeConfiguration *self, guint timeout_ms);

FLOE_AVAILABLE_IN_1_0
guint floe_configuration_get_gather_timeout (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_ice_transport_policy (FloeConfiguration *self,
                                                  FloeIceTransportPolicy policy);

FLOE_AVAILABLE_IN_1_0
FloeIceTransportPolicy floe_configuration_get_ice_transport_policy (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_certificate (FloeConfiguration *self, FloeCertificate *certificate);

FLOE_AVAILABLE_IN_1_0
FloeCertificate *floe_configuration_get_certificate (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_configuration_set_port_range (FloeConfiguration *self, guint16 min_port,
                                            guint16 max_port, GError **error);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_get_port_range (FloeConfiguration *self, guint16 *min_port,
                                        guint16 *max_port);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_interfaces (FloeConfiguration *self, const char *const *interfaces);

FLOE_AVAILABLE_IN_1_0
const char *const *floe_configuration_get_interfaces (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_include_loopback (FloeConfiguration *self, gboolean include_loopback);

FLOE_AVAILABLE_IN_1_0
gboolean floe_configuration_get_include_loopback (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_ice_tcp (FloeConfiguration *self, gboolean ice_tcp);

FLOE_AVAILABLE_IN_1_0
gboolean floe_configuration_get_ice_tcp (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_max_channels (FloeConfiguration *self, guint max_channels);

FLOE_AVAILABLE_IN_1_0
guint floe_configuration_get_max_channels (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_max_message_size (FloeConfiguration *self, guint64 max_message_size);

FLOE_AVAILABLE_IN_1_0
guint64 floe_configuration_get_max_message_size (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_ice_failed_timeout (FloeConfiguration *self, guint timeout_ms);

FLOE_AVAILABLE_IN_1_0
guint floe_configuration_get_ice_failed_timeout (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_proxy_resolver (FloeConfiguration *self, GProxyResolver *resolver);

FLOE_AVAILABLE_IN_1_0
GProxyResolver *floe_configuration_get_proxy_resolver (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_tls_database (FloeConfiguration *self, GTlsDatabase *database);

FLOE_AVAILABLE_IN_1_0
GTlsDatabase *floe_configuration_get_tls_database (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_strategy (FloeConfiguration *self, FloeStrategy strategy);

FLOE_AVAILABLE_IN_1_0
FloeStrategy floe_configuration_get_strategy (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_nat_discovery (FloeConfiguration *self, FloeNatDiscoveryMode mode);

FLOE_AVAILABLE_IN_1_0
FloeNatDiscoveryMode floe_configuration_get_nat_discovery (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_nat_report (FloeConfiguration *self, FloeNatReport *report);

FLOE_AVAILABLE_IN_1_0
FloeNatReport *floe_configuration_get_nat_report (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_configuration_set_nat_summary (FloeConfiguration *self, const char *summary,
                                             GError **error);

FLOE_AVAILABLE_IN_1_0
char *floe_configuration_get_nat_summary (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_punching (FloeConfiguration *self, FloePunching punching);

FLOE_AVAILABLE_IN_1_0
FloePunching floe_configuration_get_punching (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_punch_limits (FloeConfiguration *self, guint max_sockets,
                                          guint max_probes, guint max_rate);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_get_punch_limits (FloeConfiguration *self, guint *max_sockets,
                                          guint *max_probes, guint *max_rate);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_relay_start (FloeConfiguration *self, int delay_ms);

FLOE_AVAILABLE_IN_1_0
int floe_configuration_get_relay_start (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_relay_warm (FloeConfiguration *self, guint time_ms);

FLOE_AVAILABLE_IN_1_0
guint floe_configuration_get_relay_warm (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_strategy_memory (FloeConfiguration *self, const char *memory);

FLOE_AVAILABLE_IN_1_0
char *floe_configuration_get_strategy_memory (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_trickle (FloeConfiguration *self, gboolean trickle);

FLOE_AVAILABLE_IN_1_0
gboolean floe_configuration_get_trickle (FloeConfiguration *self);

FLOE_AVAILABLE_IN_1_0
void floe_configuration_set_privacy_level (FloeConfiguration *self, FloePrivacyLevel level);

FLOE_AVAILABLE_IN_1_0
FloePrivacyLevel floe_configuration_get_privacy_level (FloeConfiguration *self);

G_END_DECLS
