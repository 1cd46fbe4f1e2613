/* SPDX-License-Identifier: MPL-2.0 */
/* An IP address as bytes, in network order.
 *
 * Layer: samples. Knows GLib and GIO only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 bytes[16];
  guint8 size; /* 4 or 16; 0: none */
} TurnAddress;

/* Whether @text is a literal address, which then is in @address. */
gboolean turn_address_parse (TurnAddress *address, const char *text);

/* (transfer full) */
char *turn_address_to_string (const TurnAddress *address);

gboolean turn_address_equal (const TurnAddress *a, const TurnAddress *b);

/* Whether the first @bits bits of both are the same. */
gboolean turn_address_has_prefix (const TurnAddress *address, const TurnAddress *prefix,
                                  guint bits);

/* Of @socket_address; size 0 when it is none of the Internet's. */
TurnAddress turn_address_from_socket (GSocketAddress *socket_address);

/* (transfer full) */
GInetAddress *turn_address_to_inet (const TurnAddress *address);

G_END_DECLS
