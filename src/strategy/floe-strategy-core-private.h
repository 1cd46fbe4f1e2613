/* SPDX-License-Identifier: MPL-2.0 */
/* Which kinds of paths are tried, and when: from what is known of both sides' NATs, what the
 * application wants, and what has worked before. A pure function; whoever carries a plan out asks
 * for a new one when it learns more, and goes on with what it has begun.
 *
 * All times are milliseconds after this side has both descriptions, so that it may send to the
 * other side; what starts at 0 may be gathered before. The two sides' plans need not be alike: head
 * starts are each side's own. What they do together (the parts of the tactic, and when these begin)
 * fits, whatever strategy is set on either side.
 *
 * Does not know servers, addresses or sockets, and does not enforce its budgets.
 *
 * Layer: strategy. GLib only. May include: base, sdp. Pure. */
#pragma once

#include <floe/floe-enums.h>

#include "floe-strategy-outcome-private.h"

G_BEGIN_DECLS

typedef enum
{
  FLOE_STRATEGY_PATH_DIRECT,    /* host and reflexive candidates */
  FLOE_STRATEGY_PATH_PREDICTED, /* ports that are foretold */
  FLOE_STRATEGY_PATH_PUNCHED,   /* many sockets or many ports */
  FLOE_STRATEGY_PATH_RELAY_UDP,
  FLOE_STRATEGY_PATH_RELAY_TCP,
  FLOE_STRATEGY_PATH_RELAY_TLS,
  FLOE_STRATEGY_PATH_ICE_TCP,
} FloeStrategyPath;

#define FLOE_STRATEGY_PATH_COUNT (FLOE_STRATEGY_PATH_ICE_TCP + 1)

/* What worked last on this network. */
typedef enum
{
  FLOE_STRATEGY_MEMORY_NONE,
  FLOE_STRATEGY_MEMORY_DIRECT,
  FLOE_STRATEGY_MEMORY_RELAY,
} FloeStrategyMemory;

typedef struct
{
  FloeStrategy strategy; /* AUTO, or the one that the application wants */
  FloeIceTransportPolicy policy;
  gboolean has_relay_udp; /* servers that are configured, by how they are reached */
  gboolean has_relay_tcp;
  gboolean has_relay_tls;
  gboolean has_ice_tcp; /* ICE-TCP is allowed */
  gboolean is_offerer;
  gboolean is_metered;   /* the network: nothing is punched */
  FloePunching punching; /* what the application allows */
  FloeStrategyMemory last;

  /* Set by the application; 0: the strategy's own. */
  guint fail_after_ms;
  guint max_sockets;
  guint max_probes;
  guint max_rate; /* packets a second; never more than FLOE_STRATEGY_MAX_RATE */
  gboolean has_relay_start;
  guint relay_start_ms; /* with @has_relay_start: when the first relay is asked for */
} FloeStrategyConfig;

typedef struct
{
  FloeStrategyPath path;
  guint start_after_ms;
  guint give_up_after_ms;    /* after its start; 0: never, but when all has failed */
  guint may_carry_after_ms;  /* data, when nothing better does; not before the start */
  gboolean is_standby;       /* kept when a better path carries, for when that dies */
  FloeStrategyTactic tactic; /* PREDICTED and PUNCHED: what to do */
} FloeStrategyRow;

typedef struct
{
  FloeStrategy strategy; /* never AUTO */
  FloeStrategyOutcome outcome;
  FloeStrategyRow rows[FLOE_STRATEGY_PATH_COUNT]; /* each path once at most, in the order above */
  guint row_count; /* 0 only when nothing but relays may be used and there are none */
  /* Our candidates are kept back so long after the answer, so that our first packet is out before
   * the other side's comes in: our NAT spoils ports that are knocked at too early. */
  guint hold_candidates_ms;
  /* Our checks are kept back so long, as it is the other side's NAT that does. */
  guint hold_checks_ms;
  guint fail_after_ms;   /* with no path then, all has failed */
  char explanation[256]; /* one sentence for people: which strategy, and why */
} FloeStrategyPlan;

/* What we may tell the other side of punching: FloeNatSummary.punching. */
FloePunching floe_strategy_get_punching (const FloeStrategyConfig *config);

/* @local as it was told to the other side, @remote as it was told to us, or else what its
 * candidates show; NULL when there is nothing. */
void floe_strategy_make_plan (FloeStrategyPlan *out, const FloeNatSummary *local,
                              const FloeNatSummary *remote, const FloeStrategyConfig *config);

/* (nullable): the row of @path. */
const FloeStrategyRow *floe_strategy_plan_find (const FloeStrategyPlan *plan,
                                                FloeStrategyPath path);

/* "direct-fast" */
const char *floe_strategy_to_string (FloeStrategy strategy);

G_END_DECLS
