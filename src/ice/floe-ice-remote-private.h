/* SPDX-License-Identifier: MPL-2.0 */
/* What the peer has told of itself: credentials and candidates, checked and bounded.
 *
 * Layer: ice. Knows nothing of paths. */
#pragma once

#include <nice/agent.h>

#include "floe-candidate-codec-private.h"
#include "floe-nat64-codec-private.h"

G_BEGIN_DECLS

#define FLOE_MAX_REMOTE_CANDIDATES 100

typedef struct
{
  char *ufrag;           /* (owned) (nullable): until it is known */
  char *pwd;             /* (owned) (nullable) */
  GPtrArray *candidates; /* (owned) (element-type NiceCandidate): only ever grows */
  GArray *early;         /* (owned) (element-type FloeCandidate): before the credentials */
  gboolean is_ended;     /* no more candidates will come */
  gboolean is_asking;    /* the network's NAT64 prefixes may still come */
  FloeNat64 nat64;
  /* (owned) (element-type NiceCandidate): public IPv4 ones once more, at the addresses by which
   * NAT64 leads to them; only ever grows. For direct paths: relays speak IPv4 themselves. */
  GPtrArray *translated;
  guint dropped_count; /* candidates that no path can use */
} FloeIceRemote;

void floe_ice_remote_init (FloeIceRemote *self);
void floe_ice_remote_clear (FloeIceRemote *self);

void floe_ice_remote_set_credentials (FloeIceRemote *self, const char *ufrag, const char *pwd);

/* A candidate that comes before the credentials waits for them. */
void floe_ice_remote_add (FloeIceRemote *self, const FloeCandidate *candidate);

/* By which prefixes this host reaches IPv4. Ends is_asking. */
void floe_ice_remote_set_nat64 (FloeIceRemote *self, const FloeNat64 *nat64);

/* What a path says of a remote candidate to what the peer said of it: an address behind NAT64
 * becomes the IPv4 address, unless the peer told it so. */
void floe_ice_remote_restore (const FloeIceRemote *self, FloeCandidate *candidate);

G_END_DECLS
