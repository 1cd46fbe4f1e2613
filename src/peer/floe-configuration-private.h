/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of FloeConfiguration. Layer: peer. */
#pragma once

#include <floe/floe-configuration.h>

#include "floe-privacy-rules-private.h"
#include "floe-way-memory-private.h"

G_BEGIN_DECLS

#define FLOE_STRATEGY_OWN_START (-1) /* as relay_start_ms: the strategy's own */

/* How hard paths are to be looked for. */
typedef struct
{
  FloeStrategy strategy;
  FloeNatDiscoveryMode discovery;
  FloeNatReport *report;   /* (owned) (nullable): the application's own */
  FloeNatSummary *summary; /* (owned) (nullable): likewise, in words */
  FloeNatReport *known;    /* (owned) (nullable): what a connection has found out last */
  FloeWayMemory *memory;   /* (owned): what has worked last, by network */
  FloePunching punching;
  int relay_start_ms;  /* or FLOE_STRATEGY_OWN_START */
  guint relay_warm_ms; /* G_MAXUINT: for as long as the connection lasts */
  gboolean trickle;    /* candidates are exchanged as they come */
  guint max_sockets;   /* 0: the strategy's own; and so for the two that follow */
  guint max_probes;
  guint max_probe_rate;
} FloeConfigurationPaths;

struct _FloeConfiguration
{
  GObject parent_instance;
  GPtrArray *ice_servers;                /* (owned) (element-type FloeIceServer) */
  FloeServerDirectory *server_directory; /* (owned) (nullable) */
  guint gather_timeout_ms;               /* 0: none */
  FloeIceTransportPolicy ice_transport_policy;
  FloeCertificate *certificate; /* (owned) (nullable) */
  guint16 min_port;
  guint16 max_port;
  char **interfaces; /* (owned) (nullable) */
  gboolean include_loopback;
  FloePrivacyLevel privacy;
  gboolean ice_tcp;
  guint max_channels;
  guint64 max_message_size;
  guint ice_failed_timeout_ms;    /* 0: Floe's own times */
  GProxyResolver *proxy_resolver; /* (owned) (nullable) */
  GTlsDatabase *tls_database;     /* (owned) (nullable) */
  FloeConfigurationPaths paths;
};

/* (transfer none): the configuration's certificate, made now when there is none yet. */
FloeCertificate *floe_configuration_ensure_certificate (FloeConfiguration *self, GError **error);

/* floe-configuration-privacy.c */
/* What the privacy level and the transport policy say together. */
FloePrivacyRules floe_configuration_get_privacy_rules (const FloeConfiguration *self);
/* %FLOE_ICE_TRANSPORT_POLICY_RELAY when either of them wants that. */
FloeIceTransportPolicy floe_configuration_get_effective_policy (const FloeConfiguration *self);

/* floe-configuration-paths.c */
#define FLOE_CONFIGURATION_FIRST_PATHS_PROP 100

void floe_configuration_install_paths (GObjectClass *object_class);
void floe_configuration_init_paths (FloeConfiguration *self);
void floe_configuration_clear_paths (FloeConfiguration *self);
void floe_configuration_copy_paths (FloeConfiguration *self, const FloeConfiguration *other);
gboolean floe_configuration_has_same_paths (const FloeConfiguration *self,
                                            const FloeConfiguration *other);
/* FALSE when there is no such property. */
gboolean floe_configuration_get_paths_property (FloeConfiguration *self, guint prop_id,
                                                GValue *value);
gboolean floe_configuration_set_paths_property (FloeConfiguration *self, guint prop_id,
                                                const GValue *value);
/* floe-configuration-memory.c; @network (nullable): a key of the NAT cache */
FloeStrategyMemory floe_configuration_recall_way (const FloeConfiguration *self,
                                                  const char *network);
void floe_configuration_remember_way (FloeConfiguration *self, const char *network,
                                      FloeStrategyMemory way);
/* What strategy is told; which relays there are is not in it. */
FloeStrategyConfig floe_configuration_get_strategy_config (const FloeConfiguration *self,
                                                           gboolean is_metered);

G_END_DECLS
