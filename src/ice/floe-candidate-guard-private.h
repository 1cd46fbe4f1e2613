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

typedef struct
{
  const GArray *addresses; /* (element-type FloeLocalAddress): that the machine gathers on */
  const FloeNat64 *nat64;  /* the network's */
  gboolean allows_local;   /* the application wants loopback and link-local addresses */
} FloeCandidateRules;

/* Whether checks may go to @candidate. To a loopback address, or one of a link, only if the machine
 * gathers on one of the kind or the application says so; through NAT64 to public addresses only; to
 * addresses that stand for others never; and of the ports of the system's services (below 1024) to
 * 80 and 443 of public addresses only, as libwebrtc has it.
 *
 * floe_candidate_to_nice() has refused what is no address of one host before. */
gboolean floe_candidate_guard_allows (const NiceCandidate *candidate,
                                      const FloeCandidateRules *rules);

/* Counts one more peer-reflexive address that @agent has learned; TRUE when they are too many, and
 * @agent should be released. */
gboolean floe_candidate_guard_is_flooded (NiceAgent *agent);

G_END_DECLS
