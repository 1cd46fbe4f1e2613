/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of FloeConfiguration. Layer: peer. */
#pragma once

#include <floe/floe-configuration.h>

G_BEGIN_DECLS

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
  gboolean ice_tcp;
  guint max_channels;
  guint64 max_message_size;
  guint ice_failed_timeout_ms;
  GProxyResolver *proxy_resolver; /* (owned) (nullable) */
  GTlsDatabase *tls_database;     /* (owned) (nullable) */
};

/* (transfer none): the configuration's certificate, made now when there is none yet. */
FloeCertificate *floe_configuration_ensure_certificate (FloeConfiguration *self, GError **error);

G_END_DECLS
