/* SPDX-License-Identifier: MPL-2.0 */
/* A row of the plan and what became of it: a path, when it is due, and whether it shows life.
 *
 * Layer: ice. Network thread only. Knows nothing of other lanes but to compare itself with one. */
#pragma once

#include "floe-ice-path-private.h"
#include "floe-ice-steps-private.h"
#include "floe-liveness-core-private.h"

G_BEGIN_DECLS

#define FLOE_LANE_HELD G_MAXINT64 /* as a time: not before floe_ice_lane_start() */

typedef struct _FloeIceLane FloeIceLane;

struct _FloeIceLane
{
  FloeIcePath *path;    /* (owned) */
  gint64 start_us;      /* when it is due, or FLOE_LANE_HELD */
  guint preference;     /* the ready lane with the highest one carries data */
  gboolean is_watched;  /* it carries data, or is in reserve: @liveness runs */
  gboolean is_on_trial; /* took over from one that died: nothing says that it is better */
  gboolean is_proven;   /* it has shown life since it was started */
  gboolean is_gone;     /* the address that it was bound to is */
  gint64 received_us;   /* when the peer sent something on it; 0: never */
  gint64 run_us;        /* since when it does so without a pause */
  gint64 closed_us;
  FloeLivenessCore liveness;
  FloeIceTally tally; /* for metrics */

  /* Of relays. A retiring one goes as soon as another carries data. */
  gboolean is_dead; /* its server gives nothing: the agent is of no more use */
  gboolean is_retiring;
  const FloeIceLane *successor; /* (unowned) (nullable): of the same transport */
  gint64 leave_us;              /* when it goes; -1 when not known */
};

/* Takes @path. */
FloeIceLane *floe_ice_lane_new (FloeIcePath *path);
void floe_ice_lane_free (FloeIceLane *self);

/* It stays in reserve until it is started. */
void floe_ice_lane_hold (FloeIceLane *self);
/* Also again, after it was closed. */
void floe_ice_lane_start (FloeIceLane *self, gint64 now_us);
void floe_ice_lane_close (FloeIceLane *self);

/* Data goes over it from now on. @predecessor: how the one that carried before showed life. */
void floe_ice_lane_start_watch (FloeIceLane *self, FloeLivenessState predecessor, gint64 now_us);
/* It is not used, but may be: asked now and then. */
void floe_ice_lane_keep_in_reserve (FloeIceLane *self, gint64 now_us);
/* Asked at once, whether it can be used. */
void floe_ice_lane_ask (FloeIceLane *self, gint64 now_us);
/* Data came that only the peer can have sent. */
void floe_ice_lane_handle_life (FloeIceLane *self, gint64 now_us);
/* A probe was answered. */
void floe_ice_lane_handle_answer (FloeIceLane *self, gint64 now_us, gint64 round_trip_us);
/* The address that it is bound to is gone. */
void floe_ice_lane_end (FloeIceLane *self);

/* Starts the path, gives it up, or looks at the time with it. Returns TRUE when a probe is due. */
gboolean floe_ice_lane_handle_timeout (FloeIceLane *self, gint64 now_us);
gint64 floe_ice_lane_get_deadline (const FloeIceLane *self); /* -1 for none */

/* It shows life, or has not been asked for it. */
gboolean floe_ice_lane_is_alive (const FloeIceLane *self);
/* Not given up, and not only in use because nobody has asked yet after another one died. */
gboolean floe_ice_lane_is_trusted (const FloeIceLane *self);
/* The peer's consent to it has expired: nothing is to be sent there, ever, and it ends. One that
 * never had more than ICE's consent keeps its agent, but carries nothing any more. */
gboolean floe_ice_lane_has_expired (const FloeIceLane *self);
/* It has a pair, and data may go there. */
gboolean floe_ice_lane_is_candidate (const FloeIceLane *self);
/* It was asked, and has not answered yet. */
gboolean floe_ice_lane_owes_answer (const FloeIceLane *self);
/* It was asked because something was to come, and has not answered yet. */
gboolean floe_ice_lane_is_waited_for (const FloeIceLane *self);
/* Likewise, and hardly will. */
gboolean floe_ice_lane_is_mute (const FloeIceLane *self, gint64 now_us);
/* Until when it may be that the peer sends here and knows no other way: not any more, when it has
 * sent elsewhere for a while. @received_us: when it sent something on any path. */
gint64 floe_ice_lane_get_use_end (const FloeIceLane *self, gint64 received_us);
FloeRoute floe_ice_lane_get_route (const FloeIceLane *self);
/* FALSE for equals. @other nullable. */
gboolean floe_ice_lane_is_better (const FloeIceLane *self, const FloeIceLane *other);

gboolean floe_ice_lane_send (FloeIceLane *self, const guint8 *data, gsize size);

G_END_DECLS
