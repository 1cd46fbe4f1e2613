/* SPDX-License-Identifier: MPL-2.0 */
/* A rendezvous: rooms in which two peers meet, and the page for those who come with a browser
 * (docs/protocol.md section 2). It reads nothing of what they say, but bounds it.
 *
 * Its HTTP and WebSocket are its own (rendezvous-websocket.h says why).
 *
 * Layer: samples. Knows GIO; knows nothing about peer connections. */
#pragma once

#include <gio/gio.h>

#include "floe-signaling.h"

G_BEGIN_DECLS

#define FLOE_TYPE_RENDEZVOUS (floe_rendezvous_get_type ())
G_DECLARE_FINAL_TYPE (FloeRendezvous, floe_rendezvous, FLOE, RENDEZVOUS, GObject)

typedef struct
{
  const char *room;             /* (nullable): the only one there is; NULL: any */
  GPtrArray *ice_servers;       /* (nullable): of FloeIceServer, for all who join */
  FloePrivacyLevel privacy;     /* that all who join are asked to keep to, at least */
  GTlsCertificate *certificate; /* (nullable): with its key; NULL: plain HTTP */
  const char *const *hosts;     /* (nullable): names it goes by, besides numeric addresses,
                                   localhost and the machine's name */
  gboolean logs_addresses;      /* also say who comes and goes, by g_message() */
} FloeRendezvousOptions;

/* (transfer full): copies what it keeps of @options. */
FloeRendezvous *floe_rendezvous_new (const FloeRendezvousOptions *options);

/* (transfer full): listens at @address, where port 0 takes a free one, and returns the address that
 * it listens at, or NULL with what the system says. [::] takes IPv4 as well. Once. */
GInetSocketAddress *floe_rendezvous_listen (FloeRendezvous *self, GInetSocketAddress *address,
                                            GError **error);

/* (transfer full): a seat for this process, without a socket. ::welcome or ::error follow. */
FloeSignaling *floe_rendezvous_join (FloeRendezvous *self, const char *room, gboolean opens);

/* Lets everybody go and stops listening; a seat gets ::error, with FLOE_ERROR_NETWORK. Idempotent.
 */
void floe_rendezvous_close (FloeRendezvous *self);

G_END_DECLS
