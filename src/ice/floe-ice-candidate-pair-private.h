/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of the public boxed FloeIceCandidatePair. Layer: ice. */
#pragma once

#include <floe/floe-ice-candidate-pair.h>

G_BEGIN_DECLS

/* Returns: (transfer full): takes a reference on @local and @remote. @relay_protocol tells how the
 * server of a local relay candidate is reached. */
FloeIceCandidatePair *floe_ice_candidate_pair_new (FloeIceCandidate *local,
                                                   FloeIceCandidate *remote,
                                                   FloeRelayProtocol relay_protocol);

G_END_DECLS
