/* SPDX-License-Identifier: MPL-2.0 */
/* The proof that an end knows the code, bound to the DTLS association that it is given over
 * (docs/protocol.md section 3).
 *
 * Layer: samples. Pure but for the kernel's random bytes. */
#pragma once

#include "floe-code.h"

G_BEGIN_DECLS

#define FLOE_PROOF_NONCE_SIZE 32
#define FLOE_PROOF_FINGERPRINT_SIZE 32

typedef enum
{
  FLOE_PROOF_RECEIVER,
  FLOE_PROOF_SENDER,
} FloeProofRole;

/* What both ends know of their association. */
typedef struct
{
  guint8 offerer_fingerprint[FLOE_PROOF_FINGERPRINT_SIZE];
  guint8 answerer_fingerprint[FLOE_PROOF_FINGERPRINT_SIZE];
  guint8 offerer_nonce[FLOE_PROOF_NONCE_SIZE];
  guint8 answerer_nonce[FLOE_PROOF_NONCE_SIZE];
} FloeProofBinding;

/* Fills @nonce with new random bytes. */
void floe_proof_generate_nonce (guint8 nonce[FLOE_PROOF_NONCE_SIZE]);

/* Fills @nonce from 64 hexadecimal digits. FALSE if they are none. */
gboolean floe_proof_parse_nonce (const char *digits, guint8 nonce[FLOE_PROOF_NONCE_SIZE]);

/* (transfer full): @nonce in 64 hexadecimal digits. */
char *floe_proof_nonce_to_string (const guint8 nonce[FLOE_PROOF_NONCE_SIZE]);

/* Fills @fingerprint from @sdp, which must have one SHA-256 fingerprint, however often, and no
 * other: DTLS takes any of several, and a rendezvous could add its own. FALSE with
 * FLOE_ERROR_SYNTAX. */
gboolean floe_proof_read_fingerprint (const char *sdp,
                                      guint8 fingerprint[FLOE_PROOF_FINGERPRINT_SIZE],
                                      GError **error);

/* (transfer full): the MAC of @role in 64 hexadecimal digits. */
char *floe_proof_make (const guint8 key[FLOE_CODE_KEY_SIZE], FloeProofRole role,
                       const FloeProofBinding *binding);

/* Whether @mac is that of @role; in a time that tells nothing about where it differs. */
gboolean floe_proof_check (const guint8 key[FLOE_CODE_KEY_SIZE], FloeProofRole role,
                           const FloeProofBinding *binding, const char *mac);

G_END_DECLS
