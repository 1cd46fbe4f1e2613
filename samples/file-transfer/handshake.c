/* SPDX-License-Identifier: MPL-2.0 */
#include "handshake.h"

#include <string.h>

#include "transfer-message.h"

typedef enum
{
  EXPECTS_HELLO,
  EXPECTS_PROOF,
  EXPECTS_NOTHING,
} Expectation;

struct _Handshake
{
  guint8 key[FLOE_CODE_KEY_SIZE]; /* wiped at the end */
  FloeProofRole role;
  gboolean offers;
  FloeProofBinding binding;
  Expectation expects;
  HandshakeState state;
  GQueue texts; /* (owned): of char *, to send */
  ExitStatus status;
  char *message; /* (owned) (nullable): with FAILED */
};

static void
end (Handshake *self, HandshakeState state)
{
  g_assert (self->state == HANDSHAKE_NEEDS_MORE);
  self->state = state;
  self->expects = EXPECTS_NOTHING;
}

/* Fails with @status and @message, and tells nobody. */
static void
fail_silently (Handshake *self, ExitStatus status, const char *message)
{
  self->status = status;
  self->message = g_strdup (message);
  end (self, HANDSHAKE_FAILED);
}

static void
fail_protocol (Handshake *self, const char *message)
{
  g_queue_push_tail (&self->texts, transfer_message_write_error (TRANSFER_ERROR_PROTOCOL, message));
  fail_silently (self, EXIT_STATUS_FAILED, message);
}

static void
fail_proof (Handshake *self)
{
  g_queue_push_tail (&self->texts, transfer_message_write_error (TRANSFER_ERROR_AUTHENTICATION,
                                                                 "the proof is wrong"));
  fail_silently (self, EXIT_STATUS_AUTHENTICATION,
                 "The other side does not know the code, or somebody stands in between");
}

static guint8 *
get_nonce (Handshake *self, gboolean is_ours)
{
  return is_ours == self->offers ? self->binding.offerer_nonce : self->binding.answerer_nonce;
}

static guint8 *
get_fingerprint (Handshake *self, gboolean is_ours)
{
  return is_ours == self->offers ? self->binding.offerer_fingerprint
                                 : self->binding.answerer_fingerprint;
}

static void
send_proof (Handshake *self)
{
  g_autofree char *mac = floe_proof_make (self->key, self->role, &self->binding);

  g_queue_push_tail (&self->texts, transfer_message_write_proof (mac));
}

static void
handle_hello (Handshake *self, const TransferHello *hello)
{
  if (hello->version != TRANSFER_VERSION)
    {
      fail_protocol (self, "The other side speaks another version of the transfer protocol");
      return;
    }
  if (hello->role == self->role)
    {
      fail_protocol (self, self->role == FLOE_PROOF_SENDER ? "Both sides want to send"
                                                           : "Both sides want to receive");
      return;
    }
  memcpy (get_nonce (self, FALSE), hello->nonce, FLOE_PROOF_NONCE_SIZE);
  self->expects = EXPECTS_PROOF;
  if (self->role == FLOE_PROOF_RECEIVER)
    send_proof (self);
}

static void
handle_proof (Handshake *self, const char *mac)
{
  FloeProofRole role = self->role == FLOE_PROOF_RECEIVER ? FLOE_PROOF_SENDER : FLOE_PROOF_RECEIVER;

  if (!floe_proof_check (self->key, role, &self->binding, mac))
    {
      fail_proof (self);
      return;
    }
  if (self->role == FLOE_PROOF_SENDER)
    send_proof (self);
  end (self, HANDSHAKE_PROVEN);
}

static void
handle_error (Handshake *self, const TransferError *error)
{
  g_autofree char *message = NULL;

  if (error->code == TRANSFER_ERROR_AUTHENTICATION)
    message = g_strdup ("The other side has another code, or somebody stands in between");
  else
    message = transfer_error_to_text (error);
  fail_silently (self, transfer_error_code_to_status (error->code), message);
}

void
handshake_handle_text (Handshake *self, const char *text)
{
  g_auto (TransferMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (self->state != HANDSHAKE_NEEDS_MORE)
    return;
  if (!transfer_message_read (text, &message, &error))
    fail_protocol (self, error->message);
  else if (message.kind == TRANSFER_MESSAGE_HELLO && self->expects == EXPECTS_HELLO)
    handle_hello (self, &message.hello);
  else if (message.kind == TRANSFER_MESSAGE_PROOF && self->expects == EXPECTS_PROOF)
    handle_proof (self, message.mac);
  else if (message.kind == TRANSFER_MESSAGE_ERROR)
    handle_error (self, &message.error);
  else if (message.kind != TRANSFER_MESSAGE_UNKNOWN)
    fail_protocol (self, "The other side spoke out of turn");
}

void
handshake_handle_bytes (Handshake *self)
{
  if (self->state == HANDSHAKE_NEEDS_MORE)
    fail_protocol (self, "The other side spoke out of turn");
}

char *
handshake_poll (Handshake *self)
{
  return g_queue_pop_head (&self->texts);
}

HandshakeState
handshake_get_state (Handshake *self)
{
  return self->state;
}

ExitStatus
handshake_get_status (Handshake *self)
{
  return self->status;
}

const char *
handshake_get_message (Handshake *self)
{
  return self->message;
}

Handshake *
handshake_new (const HandshakeOptions *options)
{
  Handshake *self = g_new0 (Handshake, 1);

  memcpy (self->key, options->key, sizeof self->key);
  self->role = options->role;
  self->offers = options->offers;
  g_queue_init (&self->texts);
  floe_proof_generate_nonce (get_nonce (self, TRUE));
  if (floe_proof_read_fingerprint (options->local_sdp, get_fingerprint (self, TRUE), NULL)
      && floe_proof_read_fingerprint (options->remote_sdp, get_fingerprint (self, FALSE), NULL))
    g_queue_push_tail (&self->texts, transfer_message_write_hello (
                                         self->role, get_nonce (self, TRUE), options->privacy));
  else
    fail_proof (self);
  return self;
}

void
handshake_free (Handshake *self)
{
  explicit_bzero (self->key, sizeof self->key);
  g_queue_clear_full (&self->texts, g_free);
  g_free (self->message);
  g_free (self);
}
