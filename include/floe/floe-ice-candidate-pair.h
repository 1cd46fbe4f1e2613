/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-enums.h>
#include <floe/floe-ice-candidate.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_ICE_CANDIDATE_PAIR (floe_ice_candidate_pair_get_type ())

typedef struct _FloeIceCandidatePair FloeIceCandidatePair;

FLOE_AVAILABLE_IN_1_0
GType floe_ice_candidate_pair_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeIceCandidatePair *floe_ice_candidate_pair_ref (FloeIceCandidatePair *self);

FLOE_AVAILABLE_IN_1_0
void floe_ice_candidate_pair_unref (FloeIceCandidatePair *self);

FLOE_AVAILABLE_IN_1_0
FloeIceCandidate *floe_ice_candidate_pair_get_local (const FloeIceCandidatePair *self);

FLOE_AVAILABLE_IN_1_0
FloeIceCandidate *floe_ice_candidate_pair_get_remote (const FloeIceCandidatePair *self);

FLOE_AVAILABLE_IN_1_0
FloeRelayProtocol floe_ice_candidate_pair_get_relay_protocol (const FloeIceCandidatePair *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_ice_candidate_pair_is_relayed (const FloeIceCandidatePair *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeIceCandidatePair, floe_ice_candidate_pair_unref)

G_END_DECLS
