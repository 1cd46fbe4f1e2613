/* SPDX-License-Identifier: MPL-2.0 */
/* What a remote description says of the transport of its data section, checked.
 *
 * Layer: jsep. May include: base, sdp. Pure. */
#pragma once

#include "floe-jsep-private.h"
#include "floe-sdp-codec-private.h"

G_BEGIN_DECLS

/* RFC 8842 section 4: who opens the DTLS association. */
typedef enum
{
  FLOE_JSEP_SETUP_ACTPASS,
  FLOE_JSEP_SETUP_ACTIVE,
  FLOE_JSEP_SETUP_PASSIVE,
} FloeJsepSetup;

typedef struct
{
  int data_index; /* -1: no data section, and nothing below is filled but @nat */
  FloeJsepSetup setup;
  FloeJsepRemote remote; /* (owned) */
  GArray *candidates;    /* (owned) (element-type FloeCandidate): usable ones, no two alike */
  gboolean end_of_candidates;
  gboolean has_nat; /* of the session, or of a later candidate */
  FloeNatSummary nat;
} FloeJsepFacts;

/* Fails with SDP_SYNTAX_ERROR for a malformed attribute, and with InvalidAccessError for a
 * missing or impossible one. On failure @out is untouched. */
gboolean floe_jsep_facts_read (FloeJsepFacts *out, const FloeSdp *sdp, gboolean is_offer,
                               GError **error);

void floe_jsep_facts_clear (FloeJsepFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeJsepFacts, floe_jsep_facts_clear)

/* TRUE when @candidates has one with the same transport address. */
gboolean floe_jsep_has_candidate (GArray *candidates, const FloeCandidate *candidate);

/* TRUE when the transport of a data section can use the candidate: of component 1, and of a
 * transport and type that we know. */
gboolean floe_jsep_is_usable (const FloeCandidate *candidate);

void floe_jsep_remote_copy (FloeJsepRemote *out, const FloeJsepRemote *remote);
void floe_jsep_remote_clear (FloeJsepRemote *remote);

G_END_DECLS
