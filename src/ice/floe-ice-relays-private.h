/* SPDX-License-Identifier: MPL-2.0 */
/* The relay paths of a transport: carries out on its lanes what floe-relay-core decides, measures
 * round trips for it, and replaces a path whose credentials end by one with new ones, before it
 * breaks (decision 12).
 *
 * Layer: ice. Network thread only. Knows nothing of the direct path but that it is a lane. */
#pragma once

#include "floe-ice-lane-private.h"
#include "floe-relay-starts-private.h"

G_BEGIN_DECLS

typedef struct _FloeIceRelays FloeIceRelays;

typedef struct
{
  /* Makes a lane, at the end of the transport's; its index is the path's id. */
  FloeIceLane *(*add_lane) (const FloePathSpec *spec, gboolean is_successor, gpointer user_data);
  /* A server did not answer a probe. */
  void (*failed) (const FloeIceUri *server, guint code, const char *text, gpointer user_data);
  /* Something happened by itself: call update(). */
  void (*changed) (gpointer user_data);
} FloeIceRelaysEvents;

/* @lanes (element-type FloeIceLane): the transport's; it and @shared outlive the relays. */
FloeIceRelays *floe_ice_relays_new (GPtrArray *lanes, FloeIceShared *shared,
                                    const FloeIceRelaysEvents *events, gpointer user_data);
void floe_ice_relays_free (FloeIceRelays *self);

/* @plan (element-type FloePathSpec): its relay rows count. A row with the same server and other
 * credentials than now replaces the path; one that is not in it any more ends as soon as it does
 * not carry data. */
void floe_ice_relays_set_plan (FloeIceRelays *self, GPtrArray *plan);

/* (transfer none): to be filled in; call update() after it. */
FloeRelayStarts *floe_ice_relays_get_starts (FloeIceRelays *self);
void floe_ice_relays_start (FloeIceRelays *self);

/* Whether relays are needed. Those that nobody uses are given back meanwhile, but for rows of the
 * plan that stay warm. */
void floe_ice_relays_set_resting (FloeIceRelays *self, gboolean is_resting);
/* Those that gave nothing get another chance. */
void floe_ice_relays_retry (FloeIceRelays *self);

/* The path has given a candidate. */
void floe_ice_relays_handle_candidate (FloeIceRelays *self, guint path_id);
/* The path has none to give, or lost the one that it had (@is_dead), or is going to. */
void floe_ice_relays_handle_failed (FloeIceRelays *self, guint path_id, gboolean is_dead);

/* Looks at the lanes, whatever has changed, and takes notes only. @carrier (nullable): carries
 * data. */
void floe_ice_relays_update (FloeIceRelays *self, const FloeIceLane *carrier);
/* Begins and ends what is due: from the main loop, for agents end here. */
void floe_ice_relays_handle_timeout (FloeIceRelays *self, const FloeIceLane *carrier);
/* -1 for none. */
gint64 floe_ice_relays_get_deadline (const FloeIceRelays *self, const FloeIceLane *carrier);

/* One relay has given a candidate, or none is going to. */
gboolean floe_ice_relays_is_settled (const FloeIceRelays *self);

G_END_DECLS
