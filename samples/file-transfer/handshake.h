/* SPDX-License-Identifier: MPL-2.0 */
/* How two ends prove to each other that they know the code, before they say anything else
 * (docs/protocol.md section 3).
 *
 * Contract: create it when the channel opens, send what poll() gives until it gives no more, then
 * hand in each message, and poll again. Once the state is not HANDSHAKE_NEEDS_MORE it takes no
 * message any more; what poll() gives then still is to be sent.
 *
 * Layer: samples. Pure but for the kernel's random bytes: no socket, no clock. */
#pragma once

#include "exit-status.h"
#include "floe-proof.h"

G_BEGIN_DECLS

typedef enum
{
  HANDSHAKE_NEEDS_MORE,
  HANDSHAKE_PROVEN,
  HANDSHAKE_FAILED,
} HandshakeState;

typedef struct
{
  const guint8 *key; /* FLOE_CODE_KEY_SIZE bytes */
  FloeProofRole role;
  gboolean offers;          /* this side made the offer */
  FloePrivacyLevel privacy; /* of this side: the other one shows it */
  const char *local_sdp;    /* the descriptions that the channel was negotiated with */
  const char *remote_sdp;
} HandshakeOptions;

typedef struct _Handshake Handshake;

/* (transfer full): copies what it keeps of @options. */
Handshake *handshake_new (const HandshakeOptions *options);

/* Wipes the key. */
void handshake_free (Handshake *self);

void handshake_handle_text (Handshake *self, const char *text);
void handshake_handle_bytes (Handshake *self);

/* (transfer full) (nullable): the next text to send. */
char *handshake_poll (Handshake *self);

HandshakeState handshake_get_state (Handshake *self);

/* With HANDSHAKE_FAILED: EXIT_STATUS_AUTHENTICATION when it was the proof, and what to tell the
 * user. */
ExitStatus handshake_get_status (Handshake *self);
const char *handshake_get_message (Handshake *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Handshake, handshake_free)

G_END_DECLS
