/* SPDX-License-Identifier: MPL-2.0 */
/* The address of a room at a rendezvous, as people pass it on:
 *
 *   http://192.0.2.7:8080/#6f2c...    the token stands in the fragment, which HTTP never sends
 *
 * Whoever knows the token may join.
 *
 * Layer: samples. Pure: no socket, no clock. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *scheme; /* (owned): http or https */
  char *host;   /* (owned): without brackets */
  guint16 port;
  char *token; /* (owned) */
} FloeRoomAddress;

void floe_room_address_clear (FloeRoomAddress *self);

/* Fills @out, or returns FALSE with FLOE_ERROR_SYNTAX. */
gboolean floe_room_address_parse (const char *text, FloeRoomAddress *out, GError **error);

/* (transfer full): what parse() reads. */
char *floe_room_address_to_string (const FloeRoomAddress *self);

/* (transfer full): where the room's WebSocket is. */
char *floe_room_address_to_websocket_uri (const FloeRoomAddress *self);

/* Whether the room is on this machine, as far as the text of the address tells. */
gboolean floe_room_address_is_loopback (const FloeRoomAddress *self);

/* Whether @token could be one: 1 to 64 letters, digits, '-' or '_'. */
gboolean floe_room_token_is_valid (const char *token);

/* (transfer full): 128 bits from the kernel, in hexadecimal digits. */
char *floe_room_token_new (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeRoomAddress, floe_room_address_clear)

G_END_DECLS
