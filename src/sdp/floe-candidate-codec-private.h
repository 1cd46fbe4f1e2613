/* SPDX-License-Identifier: MPL-2.0 */
/* ICE candidates as text (RFC 8839 section 5.1, RFC 6544 section 4.5) and as a value.
 *
 * Layer: sdp. May include: base. Pure. Knows nothing of libnice. */
#pragma once

#include <glib.h>

#include <floe/floe-enums.h>

#include "floe-nat-summary-codec-private.h"

G_BEGIN_DECLS

#define FLOE_FOUNDATION_SIZE 33     /* RFC 8839 section 5.1: 1 to 32 ice-chars */
#define FLOE_ADDRESS_SIZE 256       /* a domain name fits */
#define FLOE_UFRAG_SIZE 257         /* RFC 8839 section 5.4: 4 to 256 ice-chars */
#define FLOE_PWD_SIZE 257           /* RFC 8839 section 5.4: 22 to 256 ice-chars */
#define FLOE_CANDIDATE_WORD_SIZE 33 /* names of transports and types; ours are shorter than 7 */

typedef enum
{
  FLOE_CANDIDATE_UDP,
  FLOE_CANDIDATE_TCP_ACTIVE,
  FLOE_CANDIDATE_TCP_PASSIVE,
  FLOE_CANDIDATE_TCP_SO,
  /* Good grammar, but a transport, a TCP type or a candidate type that we do not know: carried so
   * that nothing breaks on it, and never used. */
  FLOE_CANDIDATE_OTHER,
} FloeCandidateTransport;

/* Extension "floe-lock ROUND.STEP": the port is no candidate's yet, but the one that the NAT will
 * give to the next mapping, and each later one is @step further. For a peer that knows what to do
 * with it: who goes in lock step. Others take the candidate for an ordinary one, and find nobody
 * there. */
typedef struct
{
  guint round; /* of samples, 1 to FLOE_CANDIDATE_MAX_LOCK_ROUND; 0: no such extension */
  int step;    /* not 0, of FLOE_CANDIDATE_MAX_LOCK_STEP ports at most */
} FloeCandidateLock;

#define FLOE_CANDIDATE_LOCK "floe-lock"
#define FLOE_CANDIDATE_MAX_LOCK_ROUND 99
#define FLOE_CANDIDATE_MAX_LOCK_STEP 64

/* A plain value without owned members: copy it by assignment. */
typedef struct
{
  char foundation[FLOE_FOUNDATION_SIZE];
  guint component; /* 1 to 256 */
  FloeCandidateTransport transport;
  guint32 priority;                /* 1 to 2^31 - 1 */
  char address[FLOE_ADDRESS_SIZE]; /* an IPv4 or IPv6 literal without zone, or a name */
  guint16 port;
  FloeIceCandidateType type;
  char related_address[FLOE_ADDRESS_SIZE]; /* "" when absent */
  guint16 related_port;
  char ufrag[FLOE_UFRAG_SIZE];                    /* extension "ufrag", "" when absent */
  FloeRelayProtocol relay_protocol;               /* local relay candidates only; not in the text */
  char other_transport[FLOE_CANDIDATE_WORD_SIZE]; /* as written, for FLOE_CANDIDATE_OTHER only */
  char other_type[FLOE_CANDIDATE_WORD_SIZE];      /* as written, when @type does not know it */
  gboolean has_nat;                               /* extension "floe-nat" */
  FloeNatSummary nat;                             /* of the whole side, not of this candidate */
  FloeCandidateLock lock;
} FloeCandidate;

/* Parses "candidate:…", with or without "a=" in front. Everything from the peer: bounded, checked.
 * Unknown extensions are skipped (RFC 8839 section 5.1: "MUST ignore"), and so are a "floe-nat" and
 * a "floe-lock" that do not parse, for they are hints; an unknown transport or type makes
 * %FLOE_CANDIDATE_OTHER. On failure @out is untouched and @error is %FLOE_ERROR_SYNTAX. */
gboolean floe_candidate_parse (FloeCandidate *out, const char *text, GError **error);

/* Returns: (transfer full): "candidate:…" without "a=" and without line end. */
char *floe_candidate_serialize (const FloeCandidate *candidate);

/* TRUE when both name the same transport address: what checks would be made twice for. */
gboolean floe_candidate_is_same_address (const FloeCandidate *a, const FloeCandidate *b);

/* TRUE when @candidate's address is an IP literal and not a name (such as one under .local). */
gboolean floe_candidate_has_literal_address (const FloeCandidate *candidate);

/* "active", "passive", "so"; NULL for what is not TCP. */
const char *floe_candidate_get_tcp_type (const FloeCandidate *candidate);

G_END_DECLS
