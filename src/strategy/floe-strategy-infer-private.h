/* SPDX-License-Identifier: MPL-2.0 */
/* What a peer's candidates prove of its NAT, for peers that tell nothing of it themselves. Never
 * mixed with what a peer tells: it knows what it has told, and does not know what we make of its
 * candidates, so that the two sides would no longer do what fits.
 *
 * Layer: strategy. May include: base, sdp. Pure. */
#pragma once

#include "floe-candidate-codec-private.h"

G_BEGIN_DECLS

/* @candidates as the peer sent them; @is_complete: it has said that there are no more. Of low
 * confidence, or none when nothing is proven, and never with punching. Several ports for one base
 * are a mapping that is not endpoint-independent; a port that is the base's proves nothing. */
FloeNatSummary floe_strategy_infer (const FloeCandidate *candidates, guint count,
                                    gboolean is_complete);

G_END_DECLS
