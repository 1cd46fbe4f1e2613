/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of the transport share: floe-ice-transport.c has what comes in,
 * floe-ice-transport-life.c what is known of the paths' life and of the host's network,
 * floe-ice-transport-update.c the conclusions.
 *
 * Layer: ice. Network thread only. */
#pragma once

#include "floe-gather-core-private.h"
#include "floe-ice-event-private.h"
#include "floe-ice-relays-private.h"
#include "floe-ice-rise-private.h"
#include "floe-ice-state-core-private.h"
#include "floe-ice-transport-private.h"

G_BEGIN_DECLS

/* What was told, of moves from one path to another and of gathering. */
typedef struct
{
  FloeIceEvent *last;        /* (owned) (nullable): what was told of the pair */
  FloePathReason reason;     /* of the next one that is told */
  gint64 start_us;           /* of gathering */
  gint64 look_us;            /* when to look at the host's addresses again; -1 for not */
  gboolean is_told_gathered; /* and no candidate was told after that */
} FloeIceMoves;

struct _FloeIceTransport
{
  gatomicrefcount ref_count;
  const FloeIceTransportEvents *events;
  gpointer user_data;
  FloeIceShared shared;
  FloeIceRemote remote;
  char **interfaces; /* (owned) (nullable) */
  gboolean include_loopback;
  GPtrArray *lanes;      /* (owned) (element-type FloeIceLane) */
  FloeIceLane *carrier;  /* (unowned) (nullable): of @lanes */
  FloeIceRelays *relays; /* (owned): until closed */
  FloeIceRise *rise;     /* (owned): until closed */
  FloeIceStateCore core;
  FloeGatherCore gather;
  GQueue queue; /* (element-type FloeIceEvent) */
  FloeIceMoves moves;
  GSource *flush_source;    /* (owned) (nullable): while @queue has something */
  GSource *deadline_source; /* (owned) (nullable): until closed */
  GCancellable *prefixes;   /* (owned) (nullable): while NAT64's are looked up */
  gboolean has_started;
  gboolean is_closed;
};

/* floe-ice-transport.c */
/* Takes @event; it is told from the main loop. */
void floe_ice_transport_push (FloeIceTransport *self, FloeIceEvent *event);
/* Not started yet. */
FloeIceLane *floe_ice_transport_add_lane (FloeIceTransport *self, const FloePathSpec *spec,
                                          gboolean is_successor);

/* floe-ice-transport-update.c */
/* Draws the conclusions from whatever has changed. Takes notes only: paths are begun and ended from
 * the timer. */
void floe_ice_transport_update (FloeIceTransport *self);
FloeIceFacts floe_ice_transport_collect_facts (const FloeIceTransport *self);

/* floe-ice-transport-life.c */
void floe_ice_transport_look_at_addresses (FloeIceTransport *self);

static inline FloeIceLane *
floe_ice_transport_get_lane (const FloeIceTransport *self, guint index)
{
  return g_ptr_array_index (self->lanes, index);
}

G_END_DECLS
