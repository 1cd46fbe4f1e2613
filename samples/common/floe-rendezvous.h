/* SPDX-License-Identifier: MPL-2.0 */
/* A rendezvous with one room: two WebSockets that know the room's token, and what one says the
 * other hears. It reads nothing of that, but bounds it.
 *
 * Both hear {"type":"joined"} when the second is there, and one hears {"type":"gone"} when the
 * other leaves. A third is refused, also after that.
 *
 * Layer: samples. Knows libsoup; knows nothing about peer connections. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FLOE_TYPE_RENDEZVOUS (floe_rendezvous_get_type ())
G_DECLARE_FINAL_TYPE (FloeRendezvous, floe_rendezvous, FLOE, RENDEZVOUS, GObject)

/* (transfer full): for those who know @token. */
FloeRendezvous *floe_rendezvous_new (const char *token);

/* (transfer full): listens at @address, where port 0 takes a free one, and returns the address that
 * it listens at, or NULL with what the system says. Once. */
GInetSocketAddress *floe_rendezvous_listen (FloeRendezvous *self, GInetSocketAddress *address,
                                            GError **error);

/* Lets everybody go and stops listening. Idempotent. */
void floe_rendezvous_close (FloeRendezvous *self);

G_END_DECLS
