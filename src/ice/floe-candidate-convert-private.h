/* SPDX-License-Identifier: MPL-2.0 */
/* Candidates between Floe's values and libnice's structs. libnice is never given text, and what
 * the peer sent is checked here: libnice would believe it.
 *
 * Layer: ice. Knows nothing of agents. */
#pragma once

#include <nice/agent.h>

#include "floe-candidate-codec-private.h"

G_BEGIN_DECLS

/* How a path marks its local candidates. */
typedef struct
{
  guint path_id;
  FloeRelayProtocol relay_protocol; /* of the path's server */
  gboolean hides_related;           /* RFC 8839 section 5.1: no address but the relay's is told */
  gboolean is_successor; /* peers shall move to it from what the path's predecessor gave */
} FloeCandidateMark;

/* Returns: (transfer full) (nullable): NULL, with the reason in @why, for what can't be checked:
 * neither UDP nor passive TCP, a name, priority or port 0, another component, an address that is no
 * unicast one; and for TCP what a peer shall not have us connect to. */
NiceCandidate *floe_candidate_to_nice (const FloeCandidate *candidate, const char **why);

/* A remote candidate, or a local one when @mark is there. */
void floe_candidate_from_nice (FloeCandidate *out, const NiceCandidate *nice,
                               const FloeCandidateMark *mark);

G_END_DECLS
