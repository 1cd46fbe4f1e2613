/* SPDX-License-Identifier: MPL-2.0 */
/* The messages of punching: Binding requests and their answers as ICE's connectivity checks are
 * (RFC 8445 section 7), proved with the session's credentials. So an ICE agent that gets one takes
 * it for a check of its peer, and answers.
 *
 * Layer: strategy. May include: stun. One thread. */
#pragma once

#include "floe-stun-attributes-private.h"
#include "floe-stun-credentials-private.h"

G_BEGIN_DECLS

/* Bytes: header 20, USERNAME of ufrags of 64 together 72, PRIORITY 8, ICE-CONTROLLING 12,
 * XOR-MAPPED-ADDRESS 24, MESSAGE-INTEGRITY 24, FINGERPRINT 8. */
#define FLOE_PUNCH_MAX_MESSAGE_SIZE 192
/* RFC 8839 section 5.4 allows 256 characters; those of the agents in use have 4 to 32. */
#define FLOE_PUNCH_MAX_UFRAG_SIZE 32

typedef struct
{
  const char *local_ufrag;
  const char *local_password;
  const char *remote_ufrag;
  const char *remote_password;
  gboolean is_controlling;
  guint64 tie_breaker;
} FloePunchSession;

typedef struct _FloePunchIdentity FloePunchIdentity;

/* NULL with FLOE_ERROR_SYNTAX when a ufrag or password is empty, too long, or no such text. */
FloePunchIdentity *floe_punch_identity_new (const FloePunchSession *session, GError **error);
/* Wipes what is secret. */
void floe_punch_identity_free (FloePunchIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePunchIdentity, floe_punch_identity_free)

/* Both write into @buffer of FLOE_PUNCH_MAX_MESSAGE_SIZE bytes and return how many. */
gsize floe_punch_identity_build_request (FloePunchIdentity *self,
                                         const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE],
                                         guint8 *buffer);
gsize floe_punch_identity_build_answer (const FloePunchIdentity *self,
                                        const FloeStunMessage *request, const FloeStunAddress *from,
                                        guint8 *buffer);

/* Whether the peer of this session made it. An error counts as an answer: it has come through. */
gboolean floe_punch_identity_is_request (const FloePunchIdentity *self,
                                         const FloeStunMessage *message);
gboolean floe_punch_identity_is_answer (FloePunchIdentity *self, const FloeStunMessage *message);

G_END_DECLS
