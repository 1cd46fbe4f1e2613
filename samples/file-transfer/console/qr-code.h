/* SPDX-License-Identifier: MPL-2.0 */
/* QR codes (ISO/IEC 18004) in the characters of a terminal. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): @text in half blocks, two modules a character cell, with the quiet
 * zone that readers need; NULL when it does not fit into @columns. With @has_colors black on white
 * whatever the terminal's colours are; without, right on a dark background and inverted on a light
 * one, which most readers take, too. */
char *qr_code_draw (const char *text, gboolean has_colors, guint columns);

G_END_DECLS
