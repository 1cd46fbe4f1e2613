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
/* Of each path that the peer tries it tells new candidates, and never that old ones are gone: who
 * comes late is told of the newest ones only, and of relays. */
#define FLOE_RECENT_REMOTE_CANDIDATES 32

/* Over TCP: each means a connection from each of our addresses. */
#define FLOE_MAX_REMOTE_TCP_CANDIDATES 8

typedef struct
{
  char *ufrag;           /* (owned) (nullable): until it is known */
  char *pwd;             /* (owned) (nullable) */
  GPtrArray *candidates; /* (owned) (element-type NiceCandidate): the oldest first */
  GArray *numbers;       /* (owned) (element-type guint): theirs, from 1, ever growing */
  guint last_number;
  GArray *early;         /* (owned) (element-type FloeCandidate): before the credentials */
  gboolean is_ended;     /* no more candidates will come */
  gboolean is_resolving; /* a candidate's name may still turn out to have an address */
  gboolean is_asking;    /* the network's NAT64 prefixes may still come */
  FloeNat64 nat64;
  /* (owned) (element-type NiceCandidate): public IPv4 ones once more, at the addresses by which
   * NAT64 leads to them; the oldest first. For direct paths: relays speak IPv4 themselves. */
  GPtrArray *translated;
  guint translated_number; /* of the last one, from 1 */
  GPtrArray *tcp;      /* (owned) (element-type NiceCandidate): passive and so; the oldest first */
  guint tcp_number;    /* of the last one, from 1 */
  guint dropped_count; /* candidates that no path can use */
} FloeIceRemote;

void floe_ice_remote_init (FloeIceRemote *self);
void floe_ice_remote_clear (FloeIceRemote *self);

void floe_ice_remote_set_credentials (FloeIceRemote *self, const char *ufrag, const char *pwd);

/* A candidate that comes before the credentials waits for them. When there are too many, the oldest
 * gives way; relays stay longer. */
void floe_ice_remote_add (FloeIceRemote *self, const FloeCandidate *candidate);

/* The number of the oldest candidate but relays that who comes now is told of. */
guint floe_ice_remote_get_recent (const FloeIceRemote *self);
/* Whether the peer has told that this address is a relay's: its checks come from there, too. */
gboolean floe_ice_remote_is_relay (const FloeIceRemote *self, const NiceAddress *address);
/* By which prefixes this host reaches IPv4. Ends is_asking. */
void floe_ice_remote_set_nat64 (FloeIceRemote *self, const FloeNat64 *nat64);

/* What a path says of a remote candidate to what the peer said of it: an address behind NAT64
 * becomes the IPv4 address, unless the peer told it so. */
void floe_ice_remote_restore (const FloeIceRemote *self, FloeCandidate *candidate);

G_END_DECLS
