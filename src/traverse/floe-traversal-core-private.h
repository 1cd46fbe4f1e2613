/* SPDX-License-Identifier: MPL-2.0 */
/* Which plan is the one to carry out, and when its tactics begin and end, without any I/O.
 *
 *   gathering begins      a plan for a peer of whom nothing is known, if our own NAT is, or the
 *                         application has said what it wants; else none
 *   both descriptions     the plan; from here its times count
 *   something is learned  another plan: the peer tells of its NAT, or its candidates do
 *
 * A tactic begins when its row is due, unless a direct path has carried before. It ends when one
 * does, when its time is over, and when a later plan has another one in its place.
 *
 * Contract: call start() or one handle_*(), poll until FALSE, then wait for news or the deadline.
 * All times are monotonic microseconds given by the caller.
 *
 * Layer: traverse. GLib only. May include: base, sdp, strategy. Knows nothing of transports. */
#pragma once

#include "floe-candidate-codec-private.h"
#include "floe-strategy-core-private.h"

G_BEGIN_DECLS

/* The peer's candidates that are remembered; more prove nothing more. */
#define FLOE_TRAVERSAL_MAX_CANDIDATES 100

/* The rows that have tactics. */
#define FLOE_TRAVERSAL_TACTIC_COUNT 2

typedef enum
{
  FLOE_TRAVERSAL_OUTPUT_NONE,
  FLOE_TRAVERSAL_OUTPUT_PLAN,  /* there is another plan */
  FLOE_TRAVERSAL_OUTPUT_BEGIN, /* the tactic at @index */
  FLOE_TRAVERSAL_OUTPUT_END,   /* the tactic at @index */
} FloeTraversalOutputType;

typedef struct
{
  FloeTraversalOutputType type;
  guint index;
  FloeStrategyTactic tactic; /* of BEGIN */
} FloeTraversalOutput;

typedef enum
{
  FLOE_TRAVERSAL_TACTIC_NONE,
  FLOE_TRAVERSAL_TACTIC_WAITING,
  FLOE_TRAVERSAL_TACTIC_DUE, /* poll() tells of it */
  FLOE_TRAVERSAL_TACTIC_BEGUN,
  FLOE_TRAVERSAL_TACTIC_ENDING, /* poll() tells of it */
  FLOE_TRAVERSAL_TACTIC_OVER,
} FloeTraversalTacticState;

typedef struct
{
  FloeTraversalTacticState state;
  FloeStrategyRow row;
  gboolean has_row;
  gint64 begun_us;
} FloeTraversalTactic;

typedef struct
{
  FloeStrategyConfig config;
  FloeNatSummary local; /* as it was told to the peer */
  gboolean has_local;
  FloeNatSummary remote; /* as the peer has told */
  gboolean has_remote;
  GArray *candidates; /* (owned) (element-type FloeCandidate): the peer's */
  FloeNatSummary inferred;
  gboolean is_remote_complete;
  gboolean is_started;
  gboolean has_description; /* the peer's */
  gint64 both_us;           /* since when both descriptions are there; -1 */
  gboolean is_direct;       /* a direct path carries, and lives */
  gboolean is_over;
  gboolean has_plan;
  gboolean has_news; /* the plan was not told yet */
  FloeStrategyPlan plan;
  FloeTraversalTactic tactics[FLOE_TRAVERSAL_TACTIC_COUNT];
} FloeTraversalCore;

void floe_traversal_core_init (FloeTraversalCore *self, const FloeStrategyConfig *config);
void floe_traversal_core_clear (FloeTraversalCore *self);

/* This side's description is there. */
void floe_traversal_core_start (FloeTraversalCore *self, gint64 now_us, gboolean is_offerer);
/* The peer's is. */
void floe_traversal_core_handle_description (FloeTraversalCore *self, gint64 now_us);
/* Which relays there are may change. */
void floe_traversal_core_set_relays (FloeTraversalCore *self, gint64 now_us, gboolean has_udp,
                                     gboolean has_tcp, gboolean has_tls);
/* Whether the network is may change, too: what is told of punching does not. */
void floe_traversal_core_set_metered (FloeTraversalCore *self, gint64 now_us, gboolean is_metered);
/* The peer was told of our NAT, in these words. @last: what has worked on this network. */
void floe_traversal_core_set_local (FloeTraversalCore *self, gint64 now_us,
                                    const FloeNatSummary *summary, FloeStrategyMemory last);
/* The peer has told of its NAT. */
void floe_traversal_core_set_remote (FloeTraversalCore *self, gint64 now_us,
                                     const FloeNatSummary *summary);
void floe_traversal_core_handle_candidate (FloeTraversalCore *self, gint64 now_us,
                                           const FloeCandidate *candidate);
void floe_traversal_core_handle_end_of_candidates (FloeTraversalCore *self, gint64 now_us);
/* Whether a direct path carries data and lives. */
void floe_traversal_core_set_direct (FloeTraversalCore *self, gint64 now_us, gboolean is_direct);
/* All has failed: nothing is begun any more. */
void floe_traversal_core_handle_failed (FloeTraversalCore *self);
/* What was begun at @index could not be, or is through. */
void floe_traversal_core_handle_tactic_over (FloeTraversalCore *self, guint index);

void floe_traversal_core_handle_timeout (FloeTraversalCore *self, gint64 now_us);
gint64 floe_traversal_core_get_deadline (const FloeTraversalCore *self); /* -1 for none */
gboolean floe_traversal_core_poll (FloeTraversalCore *self, FloeTraversalOutput *output);

/* (nullable): what the plan was made for: what the peer has told, or else its candidates. */
const FloeNatSummary *floe_traversal_core_get_remote (const FloeTraversalCore *self);

G_END_DECLS
