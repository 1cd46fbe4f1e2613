/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of the transport share: floe-ice-transport.c has what comes in,
 * floe-ice-transport-life.c what is known of the paths' life, floe-ice-transport-addresses.c what
 * of the host's network, floe-ice-transport-update.c the conclusions, floe-ice-transport-outbox.c
 * what is told, floe-ice-transport-end.c how it ends.
 *
 * Layer: ice. Network thread only. */
#pragma once

#include "floe-gather-core-private.h"
#include "floe-ice-event-private.h"
#include "floe-ice-names-private.h"
#include "floe-ice-relays-private.h"
#include "floe-ice-rise-private.h"
#include "floe-ice-state-core-private.h"
#include "floe-ice-transport-private.h"

G_BEGIN_DECLS

/* RFC 7675 section 5.1: "Consent expires after 30 seconds." */
#define FLOE_ICE_CONSENT_US (30 * G_TIME_SPAN_SECOND)

/* What was told, of moves from one path to another and of gathering. */
typedef struct
{
  FloeIceEvent *last;        /* (owned) (nullable): what was told of the pair */
  FloePathReason reason;     /* of the next one that is told */
  gint64 start_us;           /* of gathering */
  gint64 silent_us;          /* since when the carrier was known to be silent; 0 for not */
  gint64 look_us;            /* when to look at the host's addresses again; -1 for not */
  gboolean is_told_resumed;  /* since the carrier is another one */
  gboolean is_told_gathered; /* and no candidate was told after that */
  guint run_count;           /* of paths that were begun */
  guint carried_run;         /* told last to carry; 0: none */
  gint64 counted_us;         /* when counters were told */
} FloeIceMoves;

/* What the schedule says, and what it holds back. */
typedef struct
{
  FloeIceSchedule schedule;
  gboolean is_set;
  gint64 both_us; /* since when both descriptions are there; -1 */
  gint64 met_us;  /* since when the peer is known to have them, too; -1 */
  GQueue held;    /* (element-type FloeIceEvent): candidates that are not told yet */
} FloeIceTiming;

/* What is to be told, and under which names. */
typedef struct
{
  GQueue queue;          /* (element-type FloeIceEvent) */
  GSource *flush_source; /* (owned) (nullable): while @queue has something */
  FloeIceNames *names;   /* (owned): until all has failed, or closed */
} FloeIceOutbox;

/* What may be bound to. */
typedef struct
{
  char **names; /* (owned) (nullable): of interfaces, or addresses; NULL: all */
  gboolean include_loopback;
} FloeIceInterfaces;

struct _FloeIceTransport
{
  gatomicrefcount ref_count;
  const FloeIceTransportEvents *events;
  gpointer user_data;
  FloeIceShared shared;
  FloeIceRemote remote;
  FloeIceInterfaces interfaces;
  GPtrArray *lanes;      /* (owned) (element-type FloeIceLane) */
  FloeIceLane *carrier;  /* (unowned) (nullable): of @lanes */
  FloeIceRelays *relays; /* (owned): until all has failed, or closed */
  FloeIceRise *rise;     /* (owned): likewise */
  FloeIceStateCore core;
  FloeGatherCore gather;
  FloeIceOutbox outbox;
  FloeIceMoves moves;
  FloeIceTiming timing;
  GSource *deadline_source; /* (owned) (nullable): until all has failed, or closed */
  GCancellable *prefixes;   /* (owned) (nullable): while NAT64's are looked up */
  gboolean has_started;
  gboolean is_closed;
};

/* floe-ice-transport-outbox.c */
/* (transfer full) @names */
void floe_ice_transport_init_outbox (FloeIceTransport *self, FloeIceNames *names);
/* Takes @event; it is told from the main loop, without addresses that nobody shall see. */
void floe_ice_transport_push (FloeIceTransport *self, FloeIceEvent *event);
/* Tells what has queued up now. The handlers may close the transport and drop their reference. */
void floe_ice_transport_flush (FloeIceTransport *self);
void floe_ice_transport_clear_outbox (FloeIceTransport *self);

/* floe-ice-transport.c */
/* Not started yet. */
FloeIceLane *floe_ice_transport_add_lane (FloeIceTransport *self, const FloePathSpec *spec,
                                          gboolean is_successor);

/* floe-ice-transport-schedule.c */
/* Begins nothing: says when what is due. */
void floe_ice_transport_apply_schedule (FloeIceTransport *self, gint64 now_us);
gint64 floe_ice_transport_get_schedule_deadline (const FloeIceTransport *self, gint64 now_us);
/* Takes @event, which tells of a candidate, and tells it when that may be. */
void floe_ice_transport_tell_candidate (FloeIceTransport *self, FloeIceEvent *event);
/* Not before that data may go there; 0: at any time. */
gint64 floe_ice_transport_get_carry_us (const FloeIceTransport *self, const FloeIceLane *lane);
void floe_ice_transport_clear_schedule (FloeIceTransport *self);

/* floe-ice-transport-update.c */
/* Draws the conclusions from whatever has changed. Takes notes only: paths are begun and ended from
 * the timer. */
void floe_ice_transport_update (FloeIceTransport *self);
FloeIceFacts floe_ice_transport_collect_facts (const FloeIceTransport *self);

/* floe-ice-steps.c */
/* Tells what has become of the paths. Call it before what follows from that is told. */
void floe_ice_transport_note_steps (FloeIceTransport *self, gint64 now_us);

/* floe-ice-transport-life.c */
void floe_ice_transport_end_expired (FloeIceTransport *self);

/* floe-ice-transport-addresses.c */
/* (transfer full) (element-type FloeLocalAddress): what may be bound to now. */
GArray *floe_ice_transport_select_addresses (const FloeIceTransport *self);
void floe_ice_transport_look_at_addresses (FloeIceTransport *self);

/* floe-ice-transport-end.c */
/* Nothing is begun any more: all has failed, or the transport is closed. */
gboolean floe_ice_transport_is_over (const FloeIceTransport *self);
/* The peer is known to have both descriptions. */
void floe_ice_transport_note_meeting (FloeIceTransport *self, gint64 now_us);
/* The peer has told of one more candidate. */
void floe_ice_transport_note_candidate (FloeIceTransport *self, gint64 now_us);
void floe_ice_transport_tell_state (FloeIceTransport *self);
/* When all has failed: ends all there is but the record of it, and tells of it. To be called from
 * the timer, since nobody ends a path from inside its events. */
void floe_ice_transport_end_failed (FloeIceTransport *self, gint64 now_us);

static inline FloeIceLane *
floe_ice_transport_get_lane (const FloeIceTransport *self, guint index)
{
  return (FloeIceLane *) g_ptr_array_index (self->lanes, index);
}

G_END_DECLS
