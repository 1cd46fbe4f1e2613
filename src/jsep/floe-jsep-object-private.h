/* SPDX-License-Identifier: MPL-2.0 */
/* The inside of FloeJsep, for the files that make it up.
 *
 * Layer: jsep. May include: base, sdp. Pure. */
#pragma once

#include "floe-jsep-description-private.h"
#include "floe-jsep-private.h"

G_BEGIN_DECLS

#define FLOE_JSEP_N_SIDES 2

/* A peer has a few candidates for each address; the bound is on what it can make us keep. */
#define FLOE_JSEP_MAX_REMOTE_CANDIDATES 128

struct _FloeJsep
{
  FloeJsepIdentity identity; /* its members are (owned) */
  FloeSignalingState signaling_state;
  gboolean wants_data;

  FloeJsepDescription *current[FLOE_JSEP_N_SIDES]; /* (owned) (nullable) */
  FloeJsepDescription *pending[FLOE_JSEP_N_SIDES]; /* (owned) (nullable) */
  FloeJsepDescription *created_offer;  /* (owned) (nullable): W3C [[LastCreatedOffer]] */
  FloeJsepDescription *created_answer; /* (owned) (nullable) */

  int negotiated_index;       /* of the data section that both sides accepted; -1: none */
  FloeJsepDtlsRole dtls_role; /* kept once it is known (RFC 8842 section 5.5) */
  gboolean has_transport;     /* a description with a data section was applied */
  gboolean is_controlling;    /* meaningful when @has_transport */
  gboolean is_gathering;      /* start_gathering was said */

  gboolean has_remote_nat; /* @remote_nat is filled */
  FloeNatSummary remote_nat;

  gboolean has_remote;       /* @remote is filled */
  FloeJsepRemote remote;     /* (owned) */
  GArray *remote_candidates; /* (owned) (element-type FloeCandidate): told so far */
  GArray *local_candidates;  /* (owned) (element-type FloeCandidate) */
  gboolean is_gathered;      /* no local candidate is expected any more */
};

/* The description of a side that counts at present (W3C localDescription, remoteDescription). */
static inline FloeJsepDescription *
floe_jsep_get_latest (const FloeJsep *self, FloeJsepSide side)
{
  return self->pending[side] != NULL ? self->pending[side] : self->current[side];
}

/* Remembers a remote candidate. FALSE when it is of no use: unknown in kind, known already, or one
 * too many. */
gboolean floe_jsep_keep_candidate (FloeJsep *self, const FloeCandidate *candidate);

G_END_DECLS
