/* SPDX-License-Identifier: MPL-2.0 */
/* FloeSignaling whose other end is whoever runs the program: what is sent is printed, and what
 * arrives is handed in. */
#pragma once

#include <json-glib/json-glib.h>

#include "floe-signaling.h"

G_BEGIN_DECLS

#define PEER_TYPE_SIGNALING (peer_signaling_get_type ())
G_DECLARE_FINAL_TYPE (PeerSignaling, peer_signaling, PEER, SIGNALING, GObject)

/* (transfer full). */
FloeSignaling *peer_signaling_new (void);

/* Takes in a description or a candidate. FALSE with an error when @object is neither. */
gboolean peer_signaling_receive (PeerSignaling *self, JsonObject *object, GError **error);

G_END_DECLS
