/* SPDX-License-Identifier: MPL-2.0 */
/* FloeSignaling in the process of the rendezvous: a member like any other, without a socket.
 *
 * Layer: samples. */
#pragma once

#include "floe-signaling.h"
#include "rendezvous-room.h"

G_BEGIN_DECLS

#define RENDEZVOUS_TYPE_SEAT (rendezvous_seat_get_type ())
G_DECLARE_FINAL_TYPE (RendezvousSeat, rendezvous_seat, RENDEZVOUS, SEAT, GObject)

/* (transfer full): joins @room; @ice_servers of FloeIceServer. Whoever owns @rooms calls
 * dismiss() before they go. */
RendezvousSeat *rendezvous_seat_new (RendezvousRooms *rooms, const char *room, gboolean opens,
                                     GPtrArray *ice_servers);

/* The rendezvous ends: ::error follows. Idempotent. */
void rendezvous_seat_dismiss (RendezvousSeat *self);

G_END_DECLS
