/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-credentials-private.h"

#include <floe/floe-error.h>

/* What a server asked for with a 401 or 438, RFC 8489 section 9.2. */
typedef struct
{
  char *realm;        /* (owned) (nullable): until it has asked */
  char *nonce;        /* (owned) (nullable) */
  GBytes *algorithms; /* (owned) (nullable): the value of PASSWORD-ALGORITHMS */
  FloeStunPasswordAlgorithm algorithm;
  guint8 userhash[FLOE_STUN_USERHASH_SIZE];
  gboolean uses_userhash;
  FloeStunKey key;
} Challenge;

struct _FloeStunCredentials
{
  gboolean is_long_term;
  char *username; /* (owned) */
  char *password; /* (owned): secret */
  Challenge challenge;
  FloeStunProofs proofs; /* of short-term credentials: what requests are proved with */
  FloeStunKey key;       /* of short-term credentials */
};

static void
clear_challenge (Challenge *challenge)
{
  g_clear_pointer (&challenge->realm, g_free);
  g_clear_pointer (&challenge->nonce, g_free);
  g_clear_pointer (&challenge->algorithms, g_bytes_unref);
  floe_stun_key_clear (&challenge->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Challenge, clear_challenge)

static void
finalize (FloeStunCredentials *self)
{
  g_free (self->username);
  floe_stun_free_secret (self->password);
  clear_challenge (&self->challenge);
  floe_stun_key_clear (&self->key);
}

static FloeStunCredentials *
new_credentials (const char *username, const char *password, GError **error)
{
  g_autoptr (FloeStunCredentials) self = g_rc_box_new0 (FloeStunCredentials);

  self->username = floe_stun_prepare_text (username, error);
  if (self->username == NULL)
    return NULL;
  self->password = floe_stun_prepare_text (password, error);
  if (self->password == NULL)
    return NULL;
  if (strlen (self->username) > FLOE_STUN_MAX_USERNAME_SIZE)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                   "The username for the server is longer than %d bytes",
                   FLOE_STUN_MAX_USERNAME_SIZE);
      return NULL;
    }
  return g_steal_pointer (&self);
}

FloeStunCredentials *
floe_stun_credentials_new_long_term (const char *username, const char *password, GError **error)
{
  FloeStunCredentials *self = new_credentials (username, password, error);

  if (self != NULL)
    self->is_long_term = TRUE;
  return self;
}

FloeStunCredentials *
floe_stun_credentials_new_short_term (const char *username, const char *password,
                                      FloeStunProofs proofs, GError **error)
{
  g_autoptr (FloeStunCredentials) self = new_credentials (username, password, error);

  g_assert (proofs != FLOE_STUN_PROOF_NONE);
  if (self == NULL || !floe_stun_key_init_short_term (&self->key, password, error))
    return NULL;
  self->proofs = proofs;
  return g_steal_pointer (&self);
}

FloeStunCredentials *
floe_stun_credentials_fork (const FloeStunCredentials *self)
{
  FloeStunCredentials *fork = g_rc_box_new0 (FloeStunCredentials);

  fork->is_long_term = self->is_long_term;
  fork->username = g_strdup (self->username);
  fork->password = g_strdup (self->password);
  fork->proofs = self->proofs;
  floe_stun_key_copy (&fork->key, &self->key);
  return fork;
}

FloeStunCredentials *
floe_stun_credentials_ref (FloeStunCredentials *self)
{
  return g_rc_box_acquire (self);
}

void
floe_stun_credentials_unref (FloeStunCredentials *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) finalize);
}

void
floe_stun_proof_clear (FloeStunProof *self)
{
  floe_stun_key_clear (&self->key);
  g_clear_pointer (&self->realm, g_free);
  g_clear_pointer (&self->nonce, g_free);
  self->proofs = FLOE_STUN_PROOF_NONE;
}

static void
add_proofs (FloeStunBuilder *builder, const FloeStunProof *proof)
{
  if (proof->proofs & FLOE_STUN_PROOF_SHA1)
    floe_stun_builder_add_integrity (builder, &proof->key);
  if (proof->proofs & FLOE_STUN_PROOF_SHA256)
    floe_stun_builder_add_integrity_sha256 (builder, &proof->key);
}

/* RFC 8489 section 9.2.3.2. PASSWORD-ALGORITHMS goes back as it came: what an attacker on the path
 * takes away or adds shows at the server, for the whole request is proved. */
static void
answer_challenge (const FloeStunCredentials *self, FloeStunBuilder *builder, FloeStunProof *proof)
{
  const Challenge *challenge = &self->challenge;
  gsize size;
  gconstpointer algorithms;

  if (challenge->uses_userhash)
    floe_stun_builder_add (builder, FLOE_STUN_USERHASH, challenge->userhash,
                           FLOE_STUN_USERHASH_SIZE);
  else
    floe_stun_builder_add_text (builder, FLOE_STUN_USERNAME, self->username);
  floe_stun_builder_add_text (builder, FLOE_STUN_REALM, challenge->realm);
  floe_stun_builder_add_text (builder, FLOE_STUN_NONCE, challenge->nonce);
  if (challenge->algorithms != NULL)
    {
      algorithms = g_bytes_get_data (challenge->algorithms, &size);
      floe_stun_builder_add (builder, FLOE_STUN_PASSWORD_ALGORITHMS, algorithms, size);
      floe_stun_builder_add_algorithm (builder, challenge->algorithm);
    }
  /* RFC 8489 section 9.2.5: "If the response contains a PASSWORD-ALGORITHMS attribute, all the
   * subsequent requests MUST be authenticated using MESSAGE-INTEGRITY-SHA256 only." */
  proof->proofs = challenge->algorithms != NULL ? FLOE_STUN_PROOF_SHA256 : FLOE_STUN_PROOF_SHA1;
  proof->realm = g_strdup (challenge->realm);
  proof->nonce = g_strdup (challenge->nonce);
  floe_stun_key_copy (&proof->key, &challenge->key);
}

void
floe_stun_credentials_add (const FloeStunCredentials *self, FloeStunBuilder *builder,
                           FloeStunProof *proof)
{
  floe_stun_proof_clear (proof);
  if (self->is_long_term && self->challenge.realm == NULL)
    return;
  if (self->is_long_term)
    {
      answer_challenge (self, builder, proof);
    }
  else
    {
      floe_stun_builder_add_text (builder, FLOE_STUN_USERNAME, self->username);
      proof->proofs = self->proofs;
      floe_stun_key_copy (&proof->key, &self->key);
    }
  add_proofs (builder, proof);
}

static FloeStunVerdict
say_unusable (GError **error, const char *problem)
{
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED, "The STUN or TURN server %s", problem);
  return FLOE_STUN_VERDICT_UNUSABLE;
}

static char *
dup_text (const FloeStunMessage *message, FloeStunAttributeType type)
{
  const char *text;
  gsize size;

  return floe_stun_message_get_text (message, type, &text, &size) && size > 0
             ? g_strndup (text, size)
             : NULL;
}

/* The security that the nonce of @response promises and the rest of it lacks: then somebody on the
 * path took PASSWORD-ALGORITHMS away to get a proof that is easier to break. */
static gboolean
is_bid_down (const FloeStunMessage *response)
{
  const char *nonce;
  gsize size;

  return floe_stun_message_get_text (response, FLOE_STUN_NONCE, &nonce, &size)
         && floe_stun_nonce_get_security (nonce, size) & FLOE_STUN_SECURITY_PASSWORD_ALGORITHMS
         && !floe_stun_message_has (response, FLOE_STUN_PASSWORD_ALGORITHMS);
}

/* Fills in how the challenge is to be answered. */
static gboolean
complete_challenge (const FloeStunCredentials *self, Challenge *challenge, GError **error)
{
  FloeStunSecurity security =
      floe_stun_nonce_get_security (challenge->nonce, strlen (challenge->nonce));

  challenge->uses_userhash = (security & FLOE_STUN_SECURITY_USERNAME_ANONYMITY) != 0;
  if (challenge->uses_userhash
      && !floe_stun_compute_userhash (self->username, challenge->realm, challenge->userhash, error))
    return FALSE;
  return floe_stun_key_init_long_term (&challenge->key, challenge->algorithm, self->username,
                                       challenge->realm, self->password, error);
}

/* Takes over what a 401 or 438 says. */
static FloeStunVerdict
learn (FloeStunCredentials *self, const FloeStunMessage *response, GError **error)
{
  g_auto (Challenge) challenge = { .algorithm = FLOE_STUN_PASSWORD_MD5 };
  FloeStunAttribute algorithms;

  challenge.nonce = dup_text (response, FLOE_STUN_NONCE);
  challenge.realm = dup_text (response, FLOE_STUN_REALM);
  /* Old servers leave the realm out of a 438: it is the one of before. */
  if (challenge.realm == NULL)
    challenge.realm = g_strdup (self->challenge.realm);
  if (challenge.nonce == NULL || challenge.realm == NULL)
    return say_unusable (error, "asks for credentials and gives no realm or nonce for them");
  if (is_bid_down (response))
    return say_unusable (error, "promises better password algorithms and doesn't list them: "
                                "somebody on the way may have removed them");
  if (floe_stun_message_find (response, FLOE_STUN_PASSWORD_ALGORITHMS, &algorithms))
    {
      if (!floe_stun_message_get_algorithms (response, &challenge.algorithm))
        return say_unusable (error, "wants a password algorithm other than MD5 and SHA-256");
      challenge.algorithms = g_bytes_new (algorithms.value, algorithms.size);
    }
  else if (self->challenge.algorithms != NULL)
    return say_unusable (error, "listed password algorithms before and no longer does: somebody on "
                                "the way may have removed them");
  if (!complete_challenge (self, &challenge, NULL))
    return say_unusable (error, "asks for credentials with a realm or a hash function that can't "
                                "be used here");
  clear_challenge (&self->challenge);
  self->challenge = challenge;
  challenge = (Challenge){ 0 };
  return FLOE_STUN_VERDICT_RETRY;
}

/* RFC 8489 section 9.2.5. */
static FloeStunVerdict
handle_401 (FloeStunCredentials *self, const FloeStunProof *proof, const FloeStunMessage *response,
            GError **error)
{
  g_autofree char *realm = dup_text (response, FLOE_STUN_REALM);

  /* "The client MUST NOT perform this retry if it is not changing the USERNAME, USERHASH, REALM, or
   * its associated password from the previous attempt." */
  if (proof->proofs != FLOE_STUN_PROOF_NONE && (realm == NULL || g_str_equal (realm, proof->realm)))
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_NETWORK,
                   "The STUN or TURN server does not accept the password of user “%s”: check both, "
                   "and that they have not expired",
                   self->username);
      return FLOE_STUN_VERDICT_REFUSED;
    }
  return learn (self, response, error);
}

static FloeStunVerdict
handle_438 (FloeStunCredentials *self, const FloeStunProof *proof, const FloeStunMessage *response,
            GError **error)
{
  g_autofree char *nonce = dup_text (response, FLOE_STUN_NONCE);

  if (nonce != NULL && g_strcmp0 (nonce, proof->nonce) == 0)
    return say_unusable (error, "calls its own nonce stale and gives the same again");
  return learn (self, response, error);
}

/* RFC 8489 sections 9.1.4 and 9.2.5: the proof must be there, be right, and be one of those that
 * the request had. */
static FloeStunVerdict
check_proof (FloeStunCredentials *self, const FloeStunProof *proof, const FloeStunMessage *response,
             guint code)
{
  FloeStunProofs proofs = floe_stun_message_get_proofs (response);
  FloeStunProofs strongest =
      proofs & FLOE_STUN_PROOF_SHA256 ? FLOE_STUN_PROOF_SHA256 : FLOE_STUN_PROOF_SHA1;

  /* coturn 4.6 sends 437 without proof, see docs/decisions/0010-unproved-stun-errors.md. A 400
   * "MUST be discarded". */
  if (proofs == FLOE_STUN_PROOF_NONE && code != 0 && code != FLOE_STUN_ERROR_BAD_REQUEST)
    return FLOE_STUN_VERDICT_UNPROVED_ERROR;
  if (proofs == FLOE_STUN_PROOF_NONE || !(proof->proofs & strongest)
      || floe_stun_message_check_integrity (response, &proof->key) != FLOE_STUN_INTEGRITY_RIGHT)
    return FLOE_STUN_VERDICT_DISCARD;
  /* RFC 8489 section 9.1.5: later requests have only what the server answered the first with. */
  if (!self->is_long_term)
    self->proofs = strongest;
  return FLOE_STUN_VERDICT_AUTHENTIC;
}

FloeStunVerdict
floe_stun_credentials_judge (FloeStunCredentials *self, const FloeStunProof *proof,
                             const FloeStunMessage *response, GError **error)
{
  FloeStunError code = { 0 };

  if (response->message_class == FLOE_STUN_ERROR)
    floe_stun_message_get_error (response, &code);
  if (self->is_long_term && code.code == FLOE_STUN_ERROR_UNAUTHENTICATED)
    return handle_401 (self, proof, response, error);
  if (self->is_long_term && code.code == FLOE_STUN_ERROR_STALE_NONCE)
    return handle_438 (self, proof, response, error);
  if (self->is_long_term && is_bid_down (response))
    return FLOE_STUN_VERDICT_DISCARD;
  /* What section 9.2.5 says of responses without a proof is for requests that had one: a server
   * that does not know who asks can't prove anything, not its 400 either. */
  if (proof->proofs == FLOE_STUN_PROOF_NONE)
    return FLOE_STUN_VERDICT_UNPROVED;
  return check_proof (self, proof, response, code.code);
}
