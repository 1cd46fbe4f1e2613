/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-punch-identity-private.h"

#include <string.h>

#include <floe/floe-error.h>

/* RFC 8445 sections 5.1.2.1 and 7.1.1: that of a peer-reflexive candidate, which is what a packet
 * makes that gets through. */
#define PRIORITY ((110u << 24) | (0xffffu << 8) | 255u)

struct _FloePunchIdentity
{
  FloeStunCredentials *out; /* (owned): for requests of ours */
  FloeStunProof proof;      /* of the latest of them; short-term ones have all the same */
  FloeStunKey in;           /* for the peer's */
  char *username;           /* (owned): that the peer's have */
  gboolean is_controlling;
  guint64 tie_breaker;
};

static gboolean
is_ufrag (const char *text)
{
  gsize size = text != NULL ? strlen (text) : 0;

  return size > 0 && size <= FLOE_PUNCH_MAX_UFRAG_SIZE;
}

FloePunchIdentity *
floe_punch_identity_new (const FloePunchSession *session, GError **error)
{
  g_autoptr (FloePunchIdentity) self = g_new0 (FloePunchIdentity, 1);
  g_autofree char *username = NULL;

  if (!is_ufrag (session->local_ufrag) || !is_ufrag (session->remote_ufrag))
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                   "Punching needs username fragments of 1 to %d characters",
                   FLOE_PUNCH_MAX_UFRAG_SIZE);
      return NULL;
    }
  /* RFC 8445 section 7.2.2: the peer's fragment comes first. */
  username = g_strconcat (session->remote_ufrag, ":", session->local_ufrag, NULL);
  self->username = g_strconcat (session->local_ufrag, ":", session->remote_ufrag, NULL);
  self->out = floe_stun_credentials_new_short_term (username, session->remote_password,
                                                    FLOE_STUN_PROOF_SHA1, error);
  if (self->out == NULL
      || !floe_stun_key_init_short_term (&self->in, session->local_password, error))
    return NULL;
  self->is_controlling = session->is_controlling;
  self->tie_breaker = session->tie_breaker;
  return g_steal_pointer (&self);
}

void
floe_punch_identity_free (FloePunchIdentity *self)
{
  g_clear_pointer (&self->out, floe_stun_credentials_unref);
  floe_stun_proof_clear (&self->proof);
  floe_stun_key_clear (&self->in);
  g_free (self->username);
  g_free (self);
}

gsize
floe_punch_identity_build_request (FloePunchIdentity *self,
                                   const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE], guint8 *buffer)
{
  FloeStunBuilder builder = floe_stun_builder_init (
      buffer, FLOE_PUNCH_MAX_MESSAGE_SIZE, FLOE_STUN_REQUEST, FLOE_STUN_METHOD_BINDING, id);

  floe_stun_builder_add_uint (&builder, FLOE_STUN_PRIORITY, PRIORITY, 4);
  floe_stun_builder_add_uint (
      &builder, self->is_controlling ? FLOE_STUN_ICE_CONTROLLING : FLOE_STUN_ICE_CONTROLLED,
      self->tie_breaker, 8);
  floe_stun_credentials_add (self->out, &builder, &self->proof);
  floe_stun_builder_add_fingerprint (&builder);
  return floe_stun_builder_finish (&builder);
}

gsize
floe_punch_identity_build_answer (const FloePunchIdentity *self, const FloeStunMessage *request,
                                  const FloeStunAddress *from, guint8 *buffer)
{
  FloeStunBuilder builder =
      floe_stun_builder_init (buffer, FLOE_PUNCH_MAX_MESSAGE_SIZE, FLOE_STUN_SUCCESS,
                              FLOE_STUN_METHOD_BINDING, request->transaction_id);

  floe_stun_builder_add_xor_address (&builder, FLOE_STUN_XOR_MAPPED_ADDRESS, from);
  floe_stun_builder_add_integrity (&builder, &self->in);
  floe_stun_builder_add_fingerprint (&builder);
  return floe_stun_builder_finish (&builder);
}

gboolean
floe_punch_identity_is_request (const FloePunchIdentity *self, const FloeStunMessage *message)
{
  const char *text = NULL;
  gsize size = 0;

  return message->method == FLOE_STUN_METHOD_BINDING && message->message_class == FLOE_STUN_REQUEST
         && floe_stun_message_get_text (message, FLOE_STUN_USERNAME, &text, &size)
         && size == strlen (self->username) && memcmp (text, self->username, size) == 0
         && floe_stun_message_check_integrity (message, &self->in) == FLOE_STUN_INTEGRITY_RIGHT;
}

gboolean
floe_punch_identity_is_answer (FloePunchIdentity *self, const FloeStunMessage *message)
{
  return message->method == FLOE_STUN_METHOD_BINDING
         && (message->message_class == FLOE_STUN_SUCCESS
             || message->message_class == FLOE_STUN_ERROR)
         && self->proof.proofs != FLOE_STUN_PROOF_NONE
         && floe_stun_credentials_judge (self->out, &self->proof, message, NULL)
                == FLOE_STUN_VERDICT_AUTHENTIC;
}
