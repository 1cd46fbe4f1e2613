/* SPDX-License-Identifier: MPL-2.0 */
/* Offer and answer (RFC 8829, RFC 8841, W3C webrtc-pc section 4.4.1.5), without any I/O: from the
 * signalling state and a description to the next state and what the network side has to do.
 *
 * Data channels only for now: a media section of a remote offer that is not an application section
 * of UDP/DTLS/SCTP (or TCP/DTLS/SCTP) with "webrtc-datachannel" is answered as rejected (port 0).
 *
 * Layer: jsep. May include: base, sdp. Pure: no clock, no thread. */
#pragma once

#include <glib.h>

#include <floe/floe-enums.h>

#include "floe-candidate-codec-private.h"

G_BEGIN_DECLS

typedef struct _FloeJsep FloeJsep;

typedef enum
{
  FLOE_JSEP_LOCAL,
  FLOE_JSEP_REMOTE,
} FloeJsepSide;

typedef enum
{
  FLOE_JSEP_CURRENT,
  FLOE_JSEP_PENDING,
} FloeJsepSlot;

/* What this side says of itself. */
typedef struct
{
  const char *ufrag; /* RFC 8839 section 5.4 */
  const char *pwd;
  const char *fingerprint;  /* "sha-256 AB:CD:…" */
  guint64 session_id;       /* RFC 8829 section 5.2.1: random, 62 bits, the highest bit 0 */
  guint64 max_message_size; /* RFC 8841 section 6; 0: no limit */
  guint max_channels;
  gboolean is_whole;         /* takes no candidates after the peer's description */
  const FloeNatSummary *nat; /* (nullable): told to the peer when there is one */
  gboolean hides_default;    /* "c=" and "m=" have no candidate's address */
} FloeJsepIdentity;

typedef enum
{
  FLOE_JSEP_ROLE_UNKNOWN,
  FLOE_JSEP_ROLE_CLIENT, /* a=setup:active */
  FLOE_JSEP_ROLE_SERVER, /* a=setup:passive */
} FloeJsepDtlsRole;

#define FLOE_MAX_FINGERPRINTS 16
#define FLOE_MAX_DESCRIPTION_CANDIDATES 64

/* What the peer says of its transport, once a remote description with an accepted section is in. */
typedef struct
{
  char ufrag[FLOE_UFRAG_SIZE];
  char pwd[FLOE_PWD_SIZE];
  gboolean ice_lite;
  gboolean trickle;         /* a=ice-options has "trickle" */
  char **fingerprints;      /* (owned): NULL-terminated "hash-func XX:XX…", as written */
  guint64 max_message_size; /* 65536 when absent, 0: no limit (RFC 8841 section 6.1) */
  guint16 sctp_port;
} FloeJsepRemote;

/* What follows from a description that was applied. Freed by floe_jsep_actions_clear(). */
typedef struct
{
  gboolean start_gathering; /* a local description with a transport came in for the first time */
  gboolean has_remote;      /* @remote is new and filled */
  FloeJsepRemote remote;
  GArray *candidates;         /* (owned) (element-type FloeCandidate): in the remote description */
  gboolean end_of_candidates; /* the remote description says so */
  FloeJsepDtlsRole dtls_role; /* ours; known once both descriptions are in */
  gboolean data_rejected;     /* the answer rejected the data section */
  gboolean is_stable;         /* this description completed an exchange */
  gboolean is_controlling;    /* ours; known with the first description: the offerer controls */
  gboolean has_remote_nat;    /* this description tells of the peer's NAT */
  FloeNatSummary remote_nat;
} FloeJsepActions;

void floe_jsep_actions_clear (FloeJsepActions *actions);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeJsepActions, floe_jsep_actions_clear)

/* @identity is copied. */
FloeJsep *floe_jsep_new (const FloeJsepIdentity *identity);
void floe_jsep_free (FloeJsep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeJsep, floe_jsep_free)

FloeSignalingState floe_jsep_get_signaling_state (const FloeJsep *self);

/* The application made a data channel: offers carry a data section from now on. */
void floe_jsep_want_data (FloeJsep *self);

/* W3C "check if negotiation is needed": TRUE when data is wanted and no data section was
 * negotiated or is being so. */
gboolean floe_jsep_is_negotiation_needed (const FloeJsep *self);

/* Errors as W3C: InvalidStateError in a wrong signalling state; OperationError. An offer without
 * anything in it is legal. The text has the candidates gathered so far. */
char *floe_jsep_create_offer (FloeJsep *self, GError **error);
char *floe_jsep_create_answer (FloeJsep *self, GError **error);

/* Applies a description. Local ones must be what create_* returned last, but for candidates and
 * line ends (else InvalidModificationError; W3C 4.4.1.5); @sdp NULL or "" is that one, or else a
 * new one (the implicit forms of W3C setLocalDescription). Remote ones are parsed (SDP_SYNTAX_ERROR
 * for malformed text, InvalidAccessError for impossible content such as no fingerprint,
 * InvalidStateError in a wrong state, NotSupportedError for rollback and for an ICE restart:
 * changed ufrag and pwd). On failure nothing has changed and @out is untouched. */
gboolean floe_jsep_apply (FloeJsep *self, FloeJsepSide side, FloeSdpType type, const char *sdp,
                          FloeJsepActions *out, GError **error);

/* Checks a trickled remote candidate against the remote description (W3C addIceCandidate):
 * OperationError for an unknown mid or index or a ufrag that is not the remote one's;
 * InvalidStateError without a remote description; TypeError when neither mid nor index is given
 * (which is allowed for the end of candidates and ends those of all sections).
 * @sdp_mid NULL and @sdp_mline_index -1 mean absent. @ufrag may be NULL. On success *@is_used says
 * whether the candidate is for the network side: it belongs to the section of the transport or to
 * one bundled with it, is of component 1 and of a known kind, is new, and not one too many. A used
 * one also shows in the remote description from now on. @candidate NULL is the end of candidates.
 */
gboolean floe_jsep_add_remote_candidate (FloeJsep *self, const FloeCandidate *candidate,
                                         const char *sdp_mid, int sdp_mline_index,
                                         const char *ufrag, gboolean *is_used, GError **error);

/* Local candidates show in the local descriptions from now on. NULL: all are gathered,
 * until one more comes. */
void floe_jsep_add_local_candidate (FloeJsep *self, const FloeCandidate *candidate);

/* Offers and answers that are made from now on tell the peer of our NAT; with NULL they don't. */
void floe_jsep_set_local_nat (FloeJsep *self, const FloeNatSummary *summary);

/* What the peer told last of its NAT, in a description or with a candidate. FALSE, and @out is
 * untouched, when it has told nothing; a later description that tells nothing takes nothing back.
 */
gboolean floe_jsep_get_remote_nat (const FloeJsep *self, FloeNatSummary *out);

/* The mid and index of the section that owns the transport; FALSE when there is none yet. */
gboolean floe_jsep_get_transport_section (const FloeJsep *self, const char **mid, int *index);

/* (nullable): the peer's, once a description of its with an accepted section is in. */
const char *floe_jsep_get_remote_ufrag (const FloeJsep *self);

/* Returns: (transfer full) (nullable): the description with its candidates. */
char *floe_jsep_get_description (const FloeJsep *self, FloeJsepSide side, FloeJsepSlot slot,
                                 FloeSdpType *type);

G_END_DECLS
