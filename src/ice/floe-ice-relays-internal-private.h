/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of FloeIceRelays share: floe-ice-relays-plan.c has the servers that come and go,
 * floe-ice-relays.c what becomes of their relays.
 *
 * Layer: ice. Network thread only. */
#pragma once

#include "floe-ice-relays-private.h"
#include "floe-relay-core-private.h"

G_BEGIN_DECLS

struct _FloeIceRelays
{
  GPtrArray *lanes;      /* (unowned) (element-type FloeIceLane) */
  FloeIceShared *shared; /* (unowned) */
  const FloeIceRelaysEvents *events;
  gpointer user_data;
  FloeRelayCore core;
  GPtrArray *probes; /* (owned) (element-type Probe): under way */
  gint64 start_us;   /* when the plan lets relays begin; -1: not gathering yet */
  FloeRelayStarts starts;
  gboolean may_rest;   /* nobody needs relays, but for what the starts say */
  gint64 succeeded_us; /* when mute ones were last replaced */
  gint64 pause_us;     /* not again before it is over */
};

static inline FloeIceLane *
floe_ice_relays_get_lane (const FloeIceRelays *self, guint path_id)
{
  return g_ptr_array_index (self->lanes, path_id);
}

/* floe-ice-relays-plan.c */
/* The same server, or the same with new credentials, by another agent that takes over. NULL when
 * there have been too many. */
FloeIceLane *floe_ice_relays_succeed (FloeIceRelays *self, FloeIceLane *lane,
                                      const FloePathSpec *spec, gint64 now_us);

/* floe-ice-relays.c */
void floe_ice_relays_close_lane (FloeIceRelays *self, FloeIceLane *lane);
/* Begins and ends what the core wants. */
void floe_ice_relays_carry_out (FloeIceRelays *self, gint64 now_us);

G_END_DECLS
