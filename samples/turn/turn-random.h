/* SPDX-License-Identifier: MPL-2.0 */
/* Random bytes that nobody can guess.
 *
 * Layer: samples. Knows GLib only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* At most 256 bytes, from the kernel. */
void turn_random_fill (guint8 *bytes, gsize size);

/* (transfer full): @size random bytes in hexadecimal. */
char *turn_random_hex (gsize size);

G_END_DECLS
