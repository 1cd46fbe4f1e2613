/* SPDX-License-Identifier: MPL-2.0 */
/* Carries the plan of one connection out: makes it when both descriptions are there and anew when
 * it learns more, tells the transport when to begin what, and begins and ends tactics.
 *
 * Events come from inside the calls below, and from the timer.
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include "floe-ice-transport-private.h"
#include "floe-strategy-core-private.h"

G_BEGIN_DECLS

typedef struct _FloeTraversal FloeTraversal;

typedef struct
{
  GMainContext *context; /* (unowned): the network's */
  const char *ufrag;
  const char *pwd;
  FloeStrategyConfig strategy; /* which relays there are follows from the servers */
} FloeTraversalConfig;

typedef struct
{
  /* There is another plan; of @local and @remote (nullable) it was made. */
  void (*planned) (const FloeStrategyPlan *plan, const FloeNatSummary *local,
                   const FloeNatSummary *remote, gpointer user_data);
} FloeTraversalEvents;

/* @config is copied; @events is static. */
FloeTraversal *floe_traversal_new (const FloeTraversalConfig *config,
                                   const FloeTraversalEvents *events, gpointer user_data);
/* Before the transport is closed. */
void floe_traversal_free (FloeTraversal *self);

/* (transfer none): outlives the traversal. Once, before the other calls that follow. */
void floe_traversal_set_transport (FloeTraversal *self, FloeIceTransport *ice);
/* @plan (element-type FloePathSpec): the servers in use. */
void floe_traversal_set_servers (FloeTraversal *self, GPtrArray *plan);

/* Nothing is punched where the network is metered. */
void floe_traversal_set_metered (FloeTraversal *self, gboolean is_metered);

/* This side's description is there, and gathering is about to begin. @is_whole: what is not
 * gathered then does not reach the peer. */
void floe_traversal_start (FloeTraversal *self, gboolean is_offerer, gboolean is_whole);
/* @can_trickle: whether the peer takes candidates after its description. */
void floe_traversal_handle_description (FloeTraversal *self, const char *ufrag, const char *pwd,
                                        gboolean can_trickle);

/* The peer was told of our NAT, in these words. @last: what has worked on this network. */
void floe_traversal_set_local (FloeTraversal *self, const FloeNatSummary *summary,
                               FloeStrategyMemory last);
/* The peer has told of its NAT. */
void floe_traversal_set_remote (FloeTraversal *self, const FloeNatSummary *summary);

/* One that the peer is told of, or that it tells. */
void floe_traversal_handle_local_candidate (FloeTraversal *self, const FloeCandidate *candidate);
void floe_traversal_handle_remote_candidate (FloeTraversal *self, const FloeCandidate *candidate);
void floe_traversal_handle_end_of_candidates (FloeTraversal *self);

/* Another path carries, or one works or does no longer. */
void floe_traversal_handle_change (FloeTraversal *self);
void floe_traversal_handle_state (FloeTraversal *self, FloeIceConnectionState state);

G_END_DECLS
