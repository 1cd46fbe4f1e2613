/* SPDX-License-Identifier: MPL-2.0 */
/* A way to one TURN server for who can only speak TCP to a loopback address: libnice. It listens
 * on 127.0.0.1, where it is an HTTP proxy with a user name and a password of its own, and carries
 * the one connection that comes to the server: over TCP or TLS, directly or through the proxies
 * that a GProxyResolver names (HTTP CONNECT, SOCKS). The target of the client's CONNECT does not
 * count; names are resolved here, or by the proxy.
 *
 * The connection to the server is begun at once, so that it is open when the client comes.
 *
 * Events are called from the context's main loop, never inside a call to the tunnel; inside an
 * event the tunnel may be freed.
 *
 * Layer: tunnel. May include: base, stun. Network thread only. Knows nothing of libnice or TURN,
 * but that messages of the server are framed as RFC 8656 section 12.5 frames them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FloeTunnel FloeTunnel;

/* Copied by floe_tunnel_new(). */
typedef struct
{
  const char *host; /* name or literal */
  guint16 port;
  gboolean is_tls;
  const char *identity;           /* (nullable): whom the certificate has to name, if not @host */
  GProxyResolver *proxy_resolver; /* (unowned) (nullable): the desktop's */
  GTlsDatabase *tls_database;     /* (unowned) (nullable): the system's */
  GSocketAddress *local_address;  /* (unowned) (nullable): any; of a direct way */
  GSocketAddress *other_local;    /* (unowned) (nullable): of the other family, tried after it */
  guint timeout_ms;               /* until the way is open; 0 for 10,000 */
} FloeTunnelConfig;

typedef struct
{
  /* The way is open, and the server's certificate is good. Once. @elapsed_us since the start. */
  void (*opened) (gint64 elapsed_us, gpointer user_data);
  /* It could not be opened, or broke. Once, and then nothing comes any more. @error is for people
   * and names the cause: name, refusal, silence, certificate, proxy. A client that goes is none:
   * then the tunnel just ends. */
  void (*failed) (const GError *error, gpointer user_data);
  /* A whole STUN error response is on its way to the client. Larger ones than 2 KiB are not told.
   */
  void (*error_response) (const guint8 *message, gsize size, gpointer user_data);
} FloeTunnelEvents;

/* @events is static, with all members. The thread that runs @context has it as its thread-default
 * context, as GIO wants it. Fails with FLOE_ERROR_OPERATION when nothing can be listened on. */
FloeTunnel *floe_tunnel_new (GMainContext *context, const FloeTunnelConfig *config,
                             const FloeTunnelEvents *events, gpointer user_data, GError **error);

/* Where the client finds the proxy, and what it says to be let in. */
guint16 floe_tunnel_get_port (const FloeTunnel *self);
const char *floe_tunnel_get_username (const FloeTunnel *self);
const char *floe_tunnel_get_password (const FloeTunnel *self);

/* No event comes after this. What the client has sent, and sends until it closes, is flushed in the
 * background, for a second at most, so that an allocation can be given back. */
void floe_tunnel_free (FloeTunnel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeTunnel, floe_tunnel_free)

G_END_DECLS
