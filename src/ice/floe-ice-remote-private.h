/* SPDX-License-Identifier: MPL-2.0 */
/* What the peer has told of itself: credentials and candidates, checked and bounded.
 *
 * Layer: ice. Knows nothing of paths. */
#pragma once

#include <nice/agent.h>

#include "floe-candidate-codec-private.h"

G_BEGIN_DECLS

#define FLOE_MAX_REMOTE_CANDIDATES 100

typedef struct
{
  char *ufrag;           /* (owned) (nullable): until it is known */
  char *pwd;             /* (owned) (nullable) */
  GPtrArray *candidates; /* (owned) (element-type NiceCandidate): only ever grows */
  GArray *early;         /* (owned) (element-type FloeCandidate): before the credentials */
  gboolean is_ended;     /* no more candidates will come */
  guint dropped_count;   /* candidates that no path can use */
} FloeIceRemote;

void floe_ice_remote_init (FloeIceRemote *self);
void floe_ice_remote_clear (FloeIceRemote *self);

void floe_ice_remote_set_credentials (FloeIceRemote *self, const char *ufrag, const char *pwd);

/* A candidate that comes before the credentials waits for them. */
void floe_ice_remote_add (FloeIceRemote *self, const FloeCandidate *candidate);

G_END_DECLS
