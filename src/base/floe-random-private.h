/* SPDX-License-Identifier: MPL-2.0 */
/* Random bytes and strings from the kernel. Layer: base. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Never fails: aborts when the kernel has no random source. */
void floe_random_bytes (void *buffer, gsize size);
guint64 floe_random_uint64 (void);
guint32 floe_random_uint32 (void);

/* A new string of @length ice-chars (RFC 8839 section 5.4), 6 random bits each. */
char *floe_random_ice_string (gsize length);

/* Equal in a time that depends on the lengths only. NULL equals nothing. */
gboolean floe_constant_time_equal (const void *a, gsize a_size, const void *b, gsize b_size);

G_END_DECLS
