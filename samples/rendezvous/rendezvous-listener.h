/* SPDX-License-Identifier: MPL-2.0 */
/* Accepts TCP connections, with TLS or without, within limits that hold before anything is read.
 *
 * Layer: samples. Knows GIO; knows nothing about HTTP. */
#pragma once

#include "rendezvous-limits.h"

G_BEGIN_DECLS

typedef struct _RendezvousListener RendezvousListener;

/* Takes @slot. @io is @socket itself, or TLS over it whose handshake is done. */
typedef void (*RendezvousAccepted) (gpointer user_data, GIOStream *io, GSocket *socket,
                                    RendezvousSlot *slot);

/* (transfer full): listens at @address, or NULL with what the system says. @certificate (nullable):
 * with its key; NULL: no TLS. @limits outlive the listener. @accepted runs from the main loop. */
RendezvousListener *rendezvous_listener_new (GInetSocketAddress *address,
                                             GTlsCertificate *certificate, RendezvousLimits *limits,
                                             RendezvousAccepted accepted, gpointer user_data,
                                             GError **error);

/* (transfer full) (nullable): where it listens. */
GInetSocketAddress *rendezvous_listener_get_address (RendezvousListener *self, GError **error);

/* Stops listening, and ends handshakes. */
void rendezvous_listener_free (RendezvousListener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RendezvousListener, rendezvous_listener_free)

G_END_DECLS
