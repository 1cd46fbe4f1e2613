/* SPDX-License-Identifier: MPL-2.0 */
/* Where a rendezvous is, and which of its rooms, as people pass it on:
 *
 *   http://192.0.2.7:8080/#000G40R40M30E209185GR38E1W    the code stands in the fragment, which
 *                                                        HTTP never sends
 *
 * Layer: samples. Pure: no socket, no clock. */
#pragma once

#include <gio/gio.h>

#include "floe-code.h"

G_BEGIN_DECLS

typedef struct
{
  char *scheme; /* (owned): http or https */
  char *host;   /* (owned): without brackets */
  guint16 port;
  FloeCode code;
  gboolean has_code; /* FALSE: the address of a rendezvous only */
} FloeRoomAddress;

/* Wipes the code, too. */
void floe_room_address_clear (FloeRoomAddress *self);

/* Fills @out from an address with or without a code, or returns FALSE with FLOE_ERROR_SYNTAX, whose
 * message does not repeat the code. */
gboolean floe_room_address_parse (const char *text, FloeRoomAddress *out, GError **error);

/* (transfer full): what parse() reads. */
char *floe_room_address_to_string (const FloeRoomAddress *self);

/* (transfer full): where the room's WebSocket is; @self must have a code. */
char *floe_room_address_to_websocket_uri (const FloeRoomAddress *self);

/* Whether the room is on this machine, as far as the text of the address tells. */
gboolean floe_room_address_is_loopback (const FloeRoomAddress *self);

/* Whether plain HTTP to there crosses no network but one's own, as far as the text tells: a
 * loopback, link-local or private address (RFC 1918, RFC 4193), or localhost. */
gboolean floe_room_address_is_private (const FloeRoomAddress *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeRoomAddress, floe_room_address_clear)

G_END_DECLS
