/* SPDX-License-Identifier: MPL-2.0 */
/* When better paths are tried, which of two is better, and how long the worse one is kept, without
 * any I/O (decision 23).
 *
 *   what carries            what is done
 *   a relay, or nothing     a try for a better path: 2, 5, 10, 20, 40, then each 60 s after the one
 *   that lives              before, give or take a fifth; and at once when the network changes,
 * when the peer tells of new candidates, or when the path that carries falls silent. 64 in an hour
 * at most. the best kind           nothing is tried; relays are kept warm for some seconds, and
 * then given back
 *
 * A path that falls silent within 30 s after it took over is not moved up to again for 2, 5, 10,
 * ... seconds; one that stays longer ends the row.
 *
 * Contract: tell what happens, poll until FALSE, then wait for news or the deadline. All times are
 * monotonic microseconds given by the caller. Knows nothing of agents, candidates and relays.
 *
 * Layer: ice. GLib only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FLOE_RISE_MAX_TRIES_AN_HOUR 64
#define FLOE_RISE_MAX_ALIVE 2 /* tries at the same time */

/* The better, the earlier. */
typedef enum
{
  FLOE_ROUTE_DIRECT,
  /* No server sees or pays for it, and its way is the shorter one; but what is lost holds up all
   * that comes after it, so UDP goes on being tried. */
  FLOE_ROUTE_DIRECT_TCP,
  FLOE_ROUTE_RELAY_UDP,
  FLOE_ROUTE_RELAY_TCP,
  FLOE_ROUTE_RELAY_TLS,
  FLOE_ROUTE_NONE,
} FloeRouteKind;

/* Two routes that both work. */
typedef struct
{
  FloeRouteKind kind;
  guint preference;     /* among those of a kind: the higher the better */
  gint64 round_trip_us; /* 0: not measured */
} FloeRoute;

typedef enum
{
  FLOE_RISE_OUTPUT_NONE,
  FLOE_RISE_OUTPUT_TRY,        /* look for a better path */
  FLOE_RISE_OUTPUT_USE_RELAYS, /* relays are wanted (again) */
  FLOE_RISE_OUTPUT_REST_RELAYS /* none is needed any more */
} FloeRiseOutputType;

typedef struct
{
  FloeRiseOutputType type;
  /* Of TRY: what was there is dead or leads nowhere, so the new one goes before all that is known.
   */
  gboolean is_rescue;
} FloeRiseOutput;

typedef struct
{
  FloeRouteKind best; /* what can be had at all: DIRECT, or RELAY_UDP */
  gint64 warm_us;     /* how long relays stay after moving up; G_MAXINT64 for as long as it lasts */
  guint32 random_state; /* for the jitter; any */
  FloeRouteKind carrier;
  gboolean is_silent;    /* the carrier shows no life */
  gboolean is_in_doubt;  /* it owes an answer: what else there is may be needed soon */
  gint64 took_over_us;   /* when @carrier became what it is */
  gint64 start_us;       /* of the last try, or when the paths of the plan began */
  gint64 next_us;        /* -1: no try is due */
  guint pause_index;     /* of the pause before it */
  guint alive_count;     /* tries that go on */
  guint fall_count;      /* in a row */
  gint64 distrust_us;    /* no moving up before */
  gint64 warm_until_us;  /* -1 */
  gboolean is_rescue;    /* of the next try */
  gboolean has_met;      /* both descriptions are there */
  gboolean wants_relays; /* as told by poll() */
  gboolean needs_relays;
  gint64 tries[FLOE_RISE_MAX_TRIES_AN_HOUR]; /* when; the oldest is at @try_index */
  guint try_index;
} FloeRiseCore;

void floe_rise_core_init (FloeRiseCore *self, FloeRouteKind best, gint64 warm_us,
                          guint32 random_state);

/* The paths of the plan have begun: that counts as a first try. */
void floe_rise_core_start (FloeRiseCore *self, gint64 now_us);

/* Both descriptions are there: the paths of the plan are checked now. When nothing carries some
 * seconds later, they have been in vain, and what the peer does later finds nobody who checks:
 * tries follow, after 10, 20, 40 and then each 60 s. */
void floe_rise_core_handle_meeting (FloeRiseCore *self, gint64 now_us);

/* What carries data and whether it shows life; NONE for nothing. Call it whenever that may have
 * changed. */
void floe_rise_core_set_carrier (FloeRiseCore *self, gint64 now_us, FloeRouteKind kind,
                                 gboolean is_silent);
/* Whether the carrier was asked and has not answered yet. */
void floe_rise_core_set_doubt (FloeRiseCore *self, gboolean is_in_doubt);
/* How many tries go on. */
void floe_rise_core_set_alive (FloeRiseCore *self, guint count);

void floe_rise_core_handle_network_change (FloeRiseCore *self, gint64 now_us);
/* The peer may have begun a try of its own. */
void floe_rise_core_handle_remote_candidate (FloeRiseCore *self, gint64 now_us);

/* Whether data may go to a route of this kind now. */
gboolean floe_rise_core_allows (const FloeRiseCore *self, gint64 now_us, FloeRouteKind kind);

/* FALSE for equals, and for what is so little better that a move is not worth it. */
gboolean floe_route_is_better (const FloeRoute *route, const FloeRoute *other);

/* -1 when there is nothing to wait for but news. */
gint64 floe_rise_core_get_deadline (const FloeRiseCore *self, gint64 now_us);
gboolean floe_rise_core_poll (FloeRiseCore *self, gint64 now_us, FloeRiseOutput *output);

G_END_DECLS
