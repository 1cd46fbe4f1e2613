/* SPDX-License-Identifier: MPL-2.0 */
/* A username and password for STUN servers: RFC 8489 section 9. Adds to requests what proves them,
 * and judges what responses prove.
 *
 * Long-term: the first request has no proof; the server answers 401 with a realm and a nonce, which
 * the next one is made with. Realm and nonce are kept for later requests. Nonces may be of one
 * connection only (coturn's are of one 5-tuple), so use one object per server and socket: fork().
 * Short-term: every request is proved with the password alone.
 *
 * Does not count tries: the caller bounds how often it follows RETRY.
 *
 * Layer: stun. May include: base. One thread. */
#pragma once

#include "floe-stun-integrity-private.h"

G_BEGIN_DECLS

typedef struct _FloeStunCredentials FloeStunCredentials;

/* Fail with FLOE_ERROR_SYNTAX when a text is empty, not UTF-8, has control characters, or a
 * username is longer than FLOE_STUN_MAX_USERNAME_SIZE. */
FloeStunCredentials *floe_stun_credentials_new_long_term (const char *username,
                                                          const char *password, GError **error);
/* @proofs: what both sides are known to understand. RFC 8489 section 9.1.2 wants both attributes
 * when nothing is known, but servers of before 2020 refuse the newer one with 420. */
FloeStunCredentials *floe_stun_credentials_new_short_term (const char *username,
                                                           const char *password,
                                                           FloeStunProofs proofs, GError **error);
/* The same username and password, and nothing known of the server. */
FloeStunCredentials *floe_stun_credentials_fork (const FloeStunCredentials *self);
FloeStunCredentials *floe_stun_credentials_ref (FloeStunCredentials *self);
/* The last one wipes what is secret. */
void floe_stun_credentials_unref (FloeStunCredentials *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeStunCredentials, floe_stun_credentials_unref)

/* What one request was proved with, to judge its responses by. */
typedef struct
{
  FloeStunProofs proofs; /* none: the request went out without any */
  FloeStunKey key;
  char *realm; /* (owned) (nullable) */
  char *nonce; /* (owned) (nullable) */
} FloeStunProof;

void floe_stun_proof_clear (FloeStunProof *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeStunProof, floe_stun_proof_clear)

/* Adds what proves the request, after which only FINGERPRINT may follow; nothing, as long as the
 * server of long-term credentials has not asked. Replaces @proof. */
void floe_stun_credentials_add (const FloeStunCredentials *self, FloeStunBuilder *builder,
                                FloeStunProof *proof);

typedef enum
{
  FLOE_STUN_VERDICT_AUTHENTIC,      /* from who knows the password */
  FLOE_STUN_VERDICT_UNPROVED,       /* the request was without proof, so nobody can tell */
  FLOE_STUN_VERDICT_UNPROVED_ERROR, /* an error that says nothing of who it is from */
  FLOE_STUN_VERDICT_DISCARD,        /* forged or broken: treat it as if it had not come */
  FLOE_STUN_VERDICT_RETRY,    /* ask again in a new transaction: add() has something new to say */
  FLOE_STUN_VERDICT_REFUSED,  /* the server doesn't take the username or password */
  FLOE_STUN_VERDICT_UNUSABLE, /* what the server asks for can't or must not be done */
} FloeStunVerdict;

/* Judges the response to a request that had @proof, and learns from it. @error is set for REFUSED,
 * with FLOE_ERROR_NETWORK, and for UNUSABLE, with FLOE_ERROR_NOT_SUPPORTED. */
FloeStunVerdict floe_stun_credentials_judge (FloeStunCredentials *self, const FloeStunProof *proof,
                                             const FloeStunMessage *response, GError **error);

G_END_DECLS
