/* SPDX-License-Identifier: MPL-2.0 */
/* What libnice 0.1.21 would do, or not survive, and Floe keeps it from: see docs/libnice.md.
 *
 * Layer: ice. Network thread only. Knows nothing of paths. */
#pragma once

#include <nice/agent.h>

#include "floe-nat64-codec-private.h"

G_BEGIN_DECLS

/* FALSE when the machine has so many addresses that libnice aborts: with the 64th it has no number
 * left for one, whichever are used, and a peer's check without PRIORITY asks for one. Some are
 * kept free, for more may come while an agent lives. */
gboolean floe_candidate_guard_has_room (void);

/* Peer-reflexive addresses of one agent. An honest peer's checks come from as many as it has
 * sockets, times what its NAT makes of each. */
#define FLOE_MAX_REFLEXIVE_ADDRESSES 512

/* Whether checks may go to @candidate from a machine that gathers on @addresses (element-type
 * FloeLocalAddress): to a loopback address only if one of these is, and through NAT64 (@nat64: the
 * network's) to public addresses only. */
gboolean floe_candidate_guard_allows (const NiceCandidate *candidate, const GArray *addresses,
                                      const FloeNat64 *nat64);

/* Counts one more peer-reflexive address that @agent has learned; TRUE when they are too many, and
 * @agent should be released. */
gboolean floe_candidate_guard_is_flooded (NiceAgent *agent);

G_END_DECLS
