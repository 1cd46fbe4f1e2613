/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of the public boxed FloeIceCandidate. Layer: sdp. */
#pragma once

#include <floe/floe-ice-candidate.h>

#include "floe-candidate-codec-private.h"

G_BEGIN_DECLS

/* Returns: (transfer full): @candidate NULL makes the end of candidates. @sdp_mid, @ufrag nullable.
 */
FloeIceCandidate *floe_ice_candidate_new_from_value (const FloeCandidate *candidate,
                                                     const char *sdp_mid, int sdp_mline_index,
                                                     const char *ufrag);

/* (nullable) (transfer none): NULL for the end of candidates. */
const FloeCandidate *floe_ice_candidate_get_value (const FloeIceCandidate *self);

G_END_DECLS
