/* SPDX-License-Identifier: MPL-2.0 */
/* Asks a TURN server over UDP for an address, as libnice did in vain, to hear why it gives none;
 * gives back what it was lent. libnice does not tell what a server answers.
 *
 * Layer: ice. Network thread only. Knows nothing of agents. */
#pragma once

#include "floe-stun-asker-private.h"

G_BEGIN_DECLS

typedef struct _FloeTurnDiagnosis FloeTurnDiagnosis;

/* @code: 0 when the server has lent an address, and has it back; a STUN error code; or 701 when
 * there is no answer. @response (nullable): the error response. @error: set unless @code is 0.
 * Called once, from the context's main loop; the diagnosis may be freed in it. */
typedef void (*FloeTurnDiagnosisFunc) (guint code, const FloeStunMessage *response,
                                       const GError *error, gpointer user_data);

/* Returns: (nullable): NULL when the credentials can't be sent, or there is no way to the server.
 */
FloeTurnDiagnosis *floe_turn_diagnosis_new (const FloeStunAskerConfig *config, const char *username,
                                            const char *credential, FloeTurnDiagnosisFunc func,
                                            gpointer user_data, GError **error);
/* The function is not called after this. */
void floe_turn_diagnosis_free (FloeTurnDiagnosis *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeTurnDiagnosis, floe_turn_diagnosis_free)

G_END_DECLS
