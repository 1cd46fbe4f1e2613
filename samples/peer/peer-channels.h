/* SPDX-License-Identifier: MPL-2.0 */
/* The data channels of the program: reports what happens on them and echoes what arrives. */
#pragma once

#include <floe/floe.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _PeerChannels PeerChannels;

/* (transfer full): also takes the channels that the other peer opens on @connection. */
PeerChannels *peer_channels_new (FloePeerConnection *connection, gboolean echoes);
void peer_channels_free (PeerChannels *self);

/* Makes a channel as {"label","ordered","maxRetransmits","maxPacketLifeTime","protocol",
 * "negotiated","id"} says. */
gboolean peer_channels_create (PeerChannels *self, JsonObject *object, GError **error);

/* Sends "text", or "size" bytes, on the channel "label". */
gboolean peer_channels_send (PeerChannels *self, JsonObject *object, GError **error);

/* Closes the channel "label". */
gboolean peer_channels_close (PeerChannels *self, JsonObject *object, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PeerChannels, peer_channels_free)

G_END_DECLS
