/* SPDX-License-Identifier: MPL-2.0 */
/* Asks one server one Binding over TCP or TLS, if need be through a proxy: RFC 8489 section 6.2.2.
 *
 * Layer: nat. May include: base, stun, tunnel. Belongs to the thread that runs its context, which
 * has it as its thread-default context. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

typedef struct
{
  const char *host;
  guint16 port;
  gboolean is_tls;
  const FloeStunAddress *base;    /* (unowned): where a direct way begins; without a port */
  GProxyResolver *proxy_resolver; /* (unowned) (nullable) */
  GTlsDatabase *tls_database;     /* (unowned) (nullable) */
  guint timeout_ms;               /* until the answer */
} FloeNatAskConfig;

/* Calls @callback once, from the main loop. */
void floe_nat_ask_async (const FloeNatAskConfig *config, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);

/* TRUE when the server has answered, whatever; @rtt_us then is from when the connection was open.
 * Fails with FLOE_ERROR_TIMEOUT after silence, with FLOE_ERROR_SYNTAX when the answer is none, and
 * as floe_tunnel_connect_finish() does. */
gboolean floe_nat_ask_finish (GAsyncResult *result, gint64 *rtt_us, GError **error);

/* Returns: (transfer none) (nullable): the proxy, "host:port", through which the server was
 * reached, as long as @result lives. */
const char *floe_nat_ask_get_proxy (GAsyncResult *result);

G_END_DECLS
