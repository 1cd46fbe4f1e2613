/* SPDX-License-Identifier: MPL-2.0 */
/* How much of a rendezvous one address may have: connections, TLS handshakes and joins.
 *
 * An address is an IPv4 address, or the first 64 bits of an IPv6 address: whoever has one of those
 * has them all. The table of addresses is bounded.
 *
 * Layer: samples. Pure: no socket, and time is an argument, in monotonic microseconds. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RENDEZVOUS_MAX_CONNECTIONS_PER_ADDRESS 64
#define RENDEZVOUS_MAX_HANDSHAKES_PER_ADDRESS 40
/* So many joins at once, and then one an interval. */
#define RENDEZVOUS_JOIN_BURST 64
#define RENDEZVOUS_JOIN_INTERVAL_US (G_TIME_SPAN_SECOND / 4)

typedef struct _RendezvousLimits RendezvousLimits;
/* What one connection has of them. */
typedef struct _RendezvousSlot RendezvousSlot;

/* (transfer full): at most @max_connections and @max_handshakes in all. */
RendezvousLimits *rendezvous_limits_new (guint max_connections, guint max_handshakes);

/* All slots must have been freed before. */
void rendezvous_limits_free (RendezvousLimits *self);

/* How many addresses are known; for tests. */
guint rendezvous_limits_get_address_count (const RendezvousLimits *self);

/* (transfer full) (nullable): a slot for a connection from @address, or NULL at a limit. */
RendezvousSlot *rendezvous_limits_take (RendezvousLimits *self, GInetAddress *address,
                                        gint64 now_us);

void rendezvous_slot_free (RendezvousSlot *self);

/* Whether one more TLS handshake may begin; it counts until end_handshake() or free(). */
gboolean rendezvous_slot_begin_handshake (RendezvousSlot *self);

void rendezvous_slot_end_handshake (RendezvousSlot *self);

/* Whether the address may join once more, which then counts. */
gboolean rendezvous_slot_take_join (RendezvousSlot *self, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RendezvousLimits, rendezvous_limits_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RendezvousSlot, rendezvous_slot_free)

G_END_DECLS
