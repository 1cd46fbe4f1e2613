/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-enums.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_ICE_CANDIDATE (floe_ice_candidate_get_type ())

typedef struct _FloeIceCandidate FloeIceCandidate;

FLOE_AVAILABLE_IN_1_0
GType floe_ice_candidate_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeIceCandidate *floe_ice_candidate_new (const char *candidate, const char *sdp_mid,
                                          int sdp_mline_index, const char *username_fragment,
                                          GError **error);

FLOE_AVAILABLE_IN_1_0
FloeIceCandidate *floe_ice_candidate_ref (FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
void floe_ice_candidate_unref (FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_ice_candidate_get_candidate (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_ice_candidate_get_sdp_mid (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
int floe_ice_candidate_get_sdp_mline_index (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_ice_candidate_get_username_fragment (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_ice_candidate_is_end_of_candidates (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_ice_candidate_get_foundation (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
guint floe_ice_candidate_get_component (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
guint32 floe_ice_candidate_get_priority (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_ice_candidate_get_address (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
FloeIceProtocol floe_ice_candidate_get_protocol (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_ice_candidate_get_tcp_type (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
guint16 floe_ice_candidate_get_port (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
FloeIceCandidateType floe_ice_candidate_get_candidate_type (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_ice_candidate_get_related_address (const FloeIceCandidate *self);

FLOE_AVAILABLE_IN_1_0
guint16 floe_ice_candidate_get_related_port (const FloeIceCandidate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeIceCandidate, floe_ice_candidate_unref)

G_END_DECLS
