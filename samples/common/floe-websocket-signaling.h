/* SPDX-License-Identifier: MPL-2.0 */
/* FloeSignaling over a WebSocket to a rendezvous: one JSON message a text frame.
 *
 * Layer: samples. Knows libsoup; whoever made the connection does not have to. */
#pragma once

#include <libsoup/soup.h>

#include "floe-room-address.h"
#include "floe-signaling.h"

G_BEGIN_DECLS

/* The WebSocket subprotocol (RFC 6455 section 1.9). */
#define FLOE_SIGNALING_PROTOCOL "floe.signaling.1"

#define FLOE_TYPE_WEBSOCKET_SIGNALING (floe_websocket_signaling_get_type ())
G_DECLARE_FINAL_TYPE (FloeWebsocketSignaling, floe_websocket_signaling, FLOE, WEBSOCKET_SIGNALING,
                      GObject)

/* Joins the room at @address (copied). The callback is never called inside this call. */
void floe_websocket_signaling_join_async (const FloeRoomAddress *address, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);

/* (transfer full): or NULL with FLOE_ERROR_INVALID_ACCESS when the rendezvous does not let us in,
 * FLOE_ERROR_NETWORK when it can't be reached, or G_IO_ERROR_CANCELLED. */
FloeSignaling *floe_websocket_signaling_join_finish (GAsyncResult *result, GError **error);

G_END_DECLS
