/* SPDX-License-Identifier: MPL-2.0 */
/* Whether an offer is accepted, and what becomes of what exists already: as the options say, or
 * else as whoever sits at the terminal says.
 *
 * Layer: samples. Knows nothing about connections. */
#pragma once

#include "options.h"

G_BEGIN_DECLS

typedef enum
{
  CONSENT_ACCEPTED,
  CONSENT_REFUSED,  /* by the user */
  CONSENT_CONFLICT, /* something exists, and nobody can be asked about it */
  CONSENT_NOBODY,   /* can be asked whether to accept */
} ConsentAnswer;

typedef struct _Consent Consent;

/* @rule: with CONSENT_ACCEPTED. Called once, and never within consent_new (). */
typedef void (*ConsentFunc) (ConsentAnswer answer, ConflictRule rule, gpointer user_data);

/* (transfer full): @existing_name (nullable): something of what is offered that exists already. */
Consent *consent_new (const Options *options, const char *existing_name, ConsentFunc callback,
                      gpointer user_data);

/* The function is not called any more. Legal inside it. */
void consent_free (Consent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Consent, consent_free)

G_END_DECLS
