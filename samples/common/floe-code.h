/* SPDX-License-Identifier: MPL-2.0 */
/* The code that two ends share, and what is derived from it (docs/protocol.md section 1).
 *
 * Layer: samples. Pure but for the kernel's random bytes. */
#pragma once

#include <floe/floe.h>

G_BEGIN_DECLS

#define FLOE_CODE_SECRET_SIZE 16
#define FLOE_CODE_KEY_SIZE 32

typedef struct
{
  guint8 secret[FLOE_CODE_SECRET_SIZE];
} FloeCode;

/* Fills @self with new random bytes. */
void floe_code_generate (FloeCode *self);

/* Fills @out, or returns FALSE with FLOE_ERROR_SYNTAX, whose message does not repeat @text. */
gboolean floe_code_parse (const char *text, FloeCode *out, GError **error);

/* (transfer full): 26 symbols. */
char *floe_code_to_string (const FloeCode *self);

/* (transfer full): 64 hexadecimal digits, which may be told to a rendezvous. */
char *floe_code_get_room (const FloeCode *self);

/* Whether @room could be one. */
gboolean floe_code_is_room (const char *room);

/* Fills @key, which only the two ends may know. Wipe it after use. */
void floe_code_get_key (const FloeCode *self, guint8 key[FLOE_CODE_KEY_SIZE]);

/* Wipes the secret. */
void floe_code_clear (FloeCode *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeCode, floe_code_clear)

G_END_DECLS
