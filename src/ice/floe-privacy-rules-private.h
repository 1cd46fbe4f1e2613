/* SPDX-License-Identifier: MPL-2.0 */
/* What each privacy level forbids: the one table that all of Floe asks (decision 37).
 *
 * What is told means candidates, descriptions, statistics and events alike. A level that nobody
 * knows is the strictest one.
 *
 * Layer: ice. May include: base, sdp, stun. Pure: any thread. */
#pragma once

#include <floe/floe-enums.h>

#include "floe-candidate-codec-private.h"
#include "floe-stun-address-private.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean tells_host;      /* candidates with addresses of this machine */
  gboolean names_host;      /* by mDNS names instead of addresses; needs @tells_host */
  gboolean tells_reflexive; /* what STUN servers see */
  gboolean tells_related;   /* bases, and what peers see: related and peer-reflexive addresses */
  gboolean tells_default;   /* the default candidate's address in "c=" and "m=" */
  gboolean tells_nat;       /* what is known of the NAT */
  gboolean uses_all_routes; /* else nothing is bound to but the default route's addresses */
  gboolean shows_host;      /* packets may show this machine's address to a local network */
  gboolean speaks_to_peers; /* and to STUN servers; else to TURN servers only */
  gboolean may_punch;
  gboolean may_listen;        /* for TCP connections of peers */
  gboolean follows_redirects; /* of TURN servers, to servers that nobody has configured */
} FloePrivacyRules;

/* With both of a configuration's words on it: %FLOE_ICE_TRANSPORT_POLICY_RELAY forbids what
 * %FLOE_PRIVACY_LEVEL_RELAY_ONLY does, but for what only TURN servers are concerned with. */
FloePrivacyRules floe_privacy_rules_get (FloePrivacyLevel level, FloeIceTransportPolicy policy);

/* Whether a packet that is for a peer may go from a socket that is bound to @from to @to. */
gboolean floe_privacy_rules_may_send (const FloePrivacyRules *self, const FloeStunAddress *from,
                                      const FloeStunAddress *to);

/* Takes away from a local candidate what the peer is not to know. FALSE when it is not to be told
 * at all. A host's address has been replaced by its name before, where @names_host. */
gboolean floe_privacy_rules_prepare (const FloePrivacyRules *self, FloeCandidate *local);

/* Likewise for reports of a local candidate that is in use: an address that is hidden becomes
 * 0.0.0.0 or ::, port 9, whatever the peer may have seen. */
void floe_privacy_rules_mask (const FloePrivacyRules *self, FloeCandidate *local);

G_END_DECLS
