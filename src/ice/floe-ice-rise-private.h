/* SPDX-License-Identifier: MPL-2.0 */
/* The direct paths of a transport after those of the plan: carries out on its lanes what
 * floe-rise-core decides. A try is a lane with a new agent on new sockets, for libnice does not
 * check again what has failed once; it ends when nothing came of it, and so do paths that nobody
 * uses any more.
 *
 * Layer: ice. Network thread only. */
#pragma once

#include "floe-ice-lane-private.h"

G_BEGIN_DECLS

typedef struct _FloeIceRise FloeIceRise;

typedef struct
{
  /* Makes a lane, at the end of the transport's; its index is the path's id. */
  FloeIceLane *(*add_lane) (const FloePathSpec *spec, gboolean is_successor, gpointer user_data);
  /* A try has begun: what it gathers is to be told. */
  void (*begun) (gpointer user_data);
  /* Relays are needed, or not any more. */
  void (*relays) (gboolean are_needed, gpointer user_data);
} FloeIceRiseEvents;

/* @lanes (element-type FloeIceLane): the transport's; it and @shared outlive this. @direct
 * (nullable): the plan's row for a direct path, copied. @warm_ms: G_MAXUINT for ever. */
FloeIceRise *floe_ice_rise_new (GPtrArray *lanes, FloeIceShared *shared, const FloePathSpec *direct,
                                guint warm_ms, const FloeIceRiseEvents *events, gpointer user_data);
void floe_ice_rise_free (FloeIceRise *self);

/* For tries from now on; (nullable) (element-type FloeIceUri): copied. */
void floe_ice_rise_set_stun_servers (FloeIceRise *self, const GArray *servers);

/* When the plan's direct paths begin; again when that changes. */
void floe_ice_rise_start (FloeIceRise *self, gint64 at_us);

void floe_ice_rise_handle_remote_candidate (FloeIceRise *self);
/* Both descriptions are there. */
void floe_ice_rise_handle_meeting (FloeIceRise *self);
void floe_ice_rise_handle_network_change (FloeIceRise *self);

/* Called before @lane is begun: one over TCP stays in reserve when UDP carries. */
void floe_ice_rise_skip (FloeIceRise *self, FloeIceLane *lane, const FloeIceLane *carrier);

/* Whether data may move from @carrier to @lane, both of which work. If it has to be asked first
 * that begins here. */
gboolean floe_ice_rise_allows (FloeIceRise *self, FloeIceLane *lane, const FloeIceLane *carrier);

/* Looks at the lanes, whatever has changed, and takes notes only. */
void floe_ice_rise_update (FloeIceRise *self, const FloeIceLane *carrier);
/* Begins and ends what is due: from the main loop, for agents end here. */
void floe_ice_rise_handle_timeout (FloeIceRise *self, const FloeIceLane *carrier);
/* -1 for none. */
gint64 floe_ice_rise_get_deadline (const FloeIceRise *self, const FloeIceLane *carrier);

G_END_DECLS
