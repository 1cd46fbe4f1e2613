/* SPDX-License-Identifier: MPL-2.0 */
/* FloeSignaling over a WebSocket to a rendezvous (docs/protocol.md section 2).
 *
 * Layer: samples. Knows libsoup; whoever made the connection does not have to. */
#pragma once

#include "floe-room-address.h"
#include "floe-signaling.h"

G_BEGIN_DECLS

#define FLOE_TYPE_WEBSOCKET_SIGNALING (floe_websocket_signaling_get_type ())
G_DECLARE_FINAL_TYPE (FloeWebsocketSignaling, floe_websocket_signaling, FLOE, WEBSOCKET_SIGNALING,
                      GObject)

/* (transfer full): goes to the room at @address (copied), which must have a code; @opens makes the
 * room if nobody is there. @trust (nullable): a certificate authority to trust besides the
 * system's. Whether that succeeds is told by ::welcome or ::error. */
FloeSignaling *floe_websocket_signaling_new (const FloeRoomAddress *address, gboolean opens,
                                             GTlsDatabase *trust);

/* How often the rendezvous is asked whether it is still there, 25 seconds unless this says
 * otherwise before the main loop runs. What does not answer for twice that time is lost
 * (FLOE_ERROR_NETWORK).
 */
void floe_websocket_signaling_set_keepalive (FloeWebsocketSignaling *self, guint seconds);

G_END_DECLS
