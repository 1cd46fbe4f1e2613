/* SPDX-License-Identifier: MPL-2.0 */
/* Text that a peer sent, made valid UTF-8 as the W3C's "UTF-8 decode" does: what is not becomes
 * U+FFFD. NULs are text like any other. Layer: pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) @bytes; the same comes back when it is valid, as it nearly always is. */
GBytes *floe_message_text_make_valid (GBytes *bytes);

G_END_DECLS
