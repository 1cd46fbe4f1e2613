/* SPDX-License-Identifier: MPL-2.0 */
/* A connection's metrics: what facts say is noted, and told to the application at the moments that
 * it may want to keep.
 *
 * Layer: peer. Belongs to the thread that made the connection. */
#pragma once

#include "floe-metrics-core-private.h"
#include "floe-peer-connection-private.h"

G_BEGIN_DECLS

void floe_peer_metrics_init (FloePeerConnection *self);
void floe_peer_metrics_clear (FloePeerConnection *self);

/* There is a plan, or another one. @explanation, @local and @remote nullable: what each side has
 * told the other, or what is concluded from its candidates. All copied. */
void floe_peer_metrics_set_plan (FloePeerConnection *self, FloeStrategy strategy,
                                 const char *explanation, const FloeNatSummary *local,
                                 const FloeNatSummary *remote);

void floe_peer_metrics_add_candidate (FloePeerConnection *self, FloeMetricsSide side,
                                      const FloeCandidate *candidate);
/* What the network side tells; others are ignored. Before what follows from it is told. */
void floe_peer_metrics_handle_fact (FloePeerConnection *self, const FloeFact *fact);
/* A move was told to the application, or the connection has got this far: so are the metrics. */
void floe_peer_metrics_tell (FloePeerConnection *self);
/* The last word. */
void floe_peer_metrics_close (FloePeerConnection *self);

G_END_DECLS
