/* SPDX-License-Identifier: MPL-2.0 */
/* Opens a connection to a server over TCP or TLS, through what proxies there are. Also serves to
 * find out whether a server can be reached at all.
 *
 * Layer: tunnel. May include: base. */
#pragma once

#include "floe-tunnel-private.h"

G_BEGIN_DECLS

/* Calls @callback in the thread-default context. Of @config, timeout_ms counts for all of it. TLS
 * is 1.2 or newer; the certificate has to be good for @config->host.
 *
 * The resolver is asked for proxies to https://host:port, whether TLS is spoken or not: that is the
 * proxy that lets CONNECT through. What it names is tried in order. The certificate of an https://
 * proxy is checked against the system's authorities, always. */
void floe_tunnel_connect_async (const FloeTunnelConfig *config, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);

/* Returns: (transfer full): its streams are pollable; TCP_NODELAY is set. Fails with
 * FLOE_ERROR_NETWORK, with FLOE_ERROR_TIMEOUT after silence, or with FLOE_ERROR_NOT_SUPPORTED where
 * GIO has no TLS, in words that name the cause; or with G_IO_ERROR_CANCELLED. */
GIOStream *floe_tunnel_connect_finish (GAsyncResult *result, GError **error);

/* Returns: (transfer none) (nullable): through which proxy that went, "host:port", as long as
 * @result lives; NULL when there was none. */
const char *floe_tunnel_connect_get_proxy (GAsyncResult *result);

G_END_DECLS
