/* SPDX-License-Identifier: MPL-2.0 */
/* From when on relays are begun, by how they are reached, and whether that is needed while a direct
 * path carries data: as the schedule of the transport says. All zero: at once, as ever.
 *
 * Layer: ice. Network thread only. Times are monotonic microseconds given by the caller. */
#pragma once

#include "floe-ice-lane-private.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 start_us;     /* not before; FLOE_LANE_HELD: not as far as is known now */
  gboolean stays_warm; /* one is begun although a direct path carries, and kept */
} FloeRelayStart;

typedef struct
{
  gboolean is_set;
  FloeRelayStart rows[FLOE_RELAY_PROTOCOL_TLS + 1]; /* by FloeRelayProtocol */
  gint64 needed_until_us; /* the direct path starved not long before; 0: never */
} FloeRelayStarts;

/* @carrier (nullable): carries data. To be told whenever it, or its life, may have changed. */
void floe_relay_starts_handle_carrier (FloeRelayStarts *self, const FloeIceLane *carrier,
                                       gint64 now_us);

/* Relays are wanted, whatever carries. */
gboolean floe_relay_starts_is_needed (const FloeRelayStarts *self, gint64 now_us);
/* Whether one more relay of the kind has to wait. */
gboolean floe_relay_starts_is_held (const FloeRelayStarts *self, FloeRelayProtocol protocol,
                                    const FloeIceLane *carrier, gboolean is_any_up, gint64 now_us);
gboolean floe_relay_starts_stays_warm (const FloeRelayStarts *self, FloeRelayProtocol protocol);

/* When one of these will say something else by itself; -1 for never. */
gint64 floe_relay_starts_get_deadline (const FloeRelayStarts *self, const FloeIceLane *carrier,
                                       gint64 now_us);

G_END_DECLS
