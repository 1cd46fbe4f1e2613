/* SPDX-License-Identifier: MPL-2.0 */
/* Makes TLS connections of GIO's without holding up the thread that wants them. A connection of
 * GnuTLS's that is made reads all of the system's certificate authorities: 30 ms of work, and 120
 * ms the first time, in which no packet would be answered.
 *
 * Layer: tunnel. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Has the system's authorities read in the background, so that a connection that is made later need
 * not wait for that. May be called often; does nothing where GIO has no TLS. */
void floe_tunnel_tls_prepare (void);

/* Makes a client's connection over @base, for a server whose certificate names @identity and is
 * signed by one of @database, NULL for the system's. Nothing is sent: the handshake is the caller's
 * to begin. Calls @callback in the thread-default context. */
void floe_tunnel_tls_new_async (GIOStream *base, GSocketConnectable *identity,
                                GTlsDatabase *database, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);

/* Returns: (transfer full): NULL with an error of GIO's. */
GTlsConnection *floe_tunnel_tls_new_finish (GAsyncResult *result, GError **error);

G_END_DECLS
