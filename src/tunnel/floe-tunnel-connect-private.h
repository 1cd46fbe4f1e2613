/* SPDX-License-Identifier: MPL-2.0 */
/* Opens a connection to a server over TCP or TLS, through what proxies there are. Also serves to
 * find out whether a server can be reached at all.
 *
 * Layer: tunnel. May include: base. */
#pragma once

#include "floe-tunnel-private.h"

G_BEGIN_DECLS

/* Calls @callback in the thread-default context. Of @config, timeout_ms counts for all of it. TLS
 * is 1.2 or newer; the certificate has to be good for @config->host. */
void floe_tunnel_connect_async (const FloeTunnelConfig *config, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);

/* Returns: (transfer full): TCP_NODELAY is set. Fails with FLOE_ERROR_NETWORK, or
 * FLOE_ERROR_TIMEOUT after silence, in words that name the cause; or with G_IO_ERROR_CANCELLED. */
GIOStream *floe_tunnel_connect_finish (GAsyncResult *result, GError **error);

G_END_DECLS
