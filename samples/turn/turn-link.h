/* SPDX-License-Identifier: MPL-2.0 */
/* A way to a TURN server: UDP, TCP or TLS, one whole message at a time. Calls block until their
 * time is up, which suits a program that has nothing else to do.
 *
 * Layer: samples. Knows GLib and GIO only. */
#pragma once

#include "turn-url.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _TurnLink TurnLink;

/* Up to eight addresses of the host, in the order to try them. (transfer full) (element-type
 * GSocketAddress) */
GPtrArray *turn_link_resolve (const TurnUrl *url, GError **error);

/* (transfer full): a connection to @address by @transport. @database: (nullable): whom to trust,
 * else whom the system trusts. A certificate that is no good is accepted, and told. */
TurnLink *turn_link_open (const TurnUrl *url, TurnTransport transport, GSocketAddress *address,
                          GTlsDatabase *database, GError **error);

void turn_link_close (TurnLink *self);

gboolean turn_link_send (TurnLink *self, const guint8 *data, gsize size, GError **error);

/* (transfer full) (nullable): the next message or channel data. NULL without an error when none
 * came until @until_us, in monotonic time. */
GBytes *turn_link_receive (TurnLink *self, gint64 until_us, GError **error);

gboolean turn_link_is_stream (const TurnLink *self);

/* What is wrong with the server's certificate: 0 without TLS, too. */
GTlsCertificateFlags turn_link_get_tls_errors (const TurnLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TurnLink, turn_link_close)

G_END_DECLS
