/* SPDX-License-Identifier: MPL-2.0 */
/* Says in words for people why a connection could not be made, by how far it came.
 *
 * Layer: tunnel. May include: base. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What was being done. */
typedef enum
{
  FLOE_TUNNEL_PHASE_LOOKUP,     /* which proxies there are */
  FLOE_TUNNEL_PHASE_RESOLVING,  /* names */
  FLOE_TUNNEL_PHASE_CONNECTING, /* to the proxy, or the server where there is none */
  FLOE_TUNNEL_PHASE_PROXY,      /* the proxy was asked for the server */
  FLOE_TUNNEL_PHASE_TLS,        /* with the server */
} FloeTunnelPhase;

typedef struct
{
  FloeTunnelPhase phase;
  const char *server;  /* (unowned): "host:port" */
  const char *proxy;   /* (unowned) (nullable): "host:port" of the proxy; NULL for none */
  GTlsConnection *tls; /* (unowned) (nullable): when it came so far */
  GInetAddress *local; /* (unowned) (nullable): where it was to begin; not told to anybody */
} FloeTunnelSituation;

/* Returns: (transfer full): in the domain FLOE_ERROR, FLOE_ERROR_TIMEOUT or FLOE_ERROR_NETWORK. */
GError *floe_tunnel_error_new (const FloeTunnelSituation *situation, const GError *cause);

/* Returns: (transfer full): FLOE_ERROR_TIMEOUT after @timeout_ms of silence. */
GError *floe_tunnel_error_new_silence (const FloeTunnelSituation *situation, guint timeout_ms);

/* Returns: (transfer full): "host:port", with brackets around an IPv6 address. */
char *floe_tunnel_format_target (const char *host, int port);

G_END_DECLS
