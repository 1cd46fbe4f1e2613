/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <gio/gio.h>

#include <floe/floe-data-channel.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_DATA_CHANNEL_STREAM (floe_data_channel_stream_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeDataChannelStream, floe_data_channel_stream, FLOE, DATA_CHANNEL_STREAM,
                      GIOStream)

FLOE_AVAILABLE_IN_1_0
FloeDataChannelStream *floe_data_channel_stream_new (FloeDataChannel *channel);

FLOE_AVAILABLE_IN_1_0
FloeDataChannel *floe_data_channel_stream_get_channel (FloeDataChannelStream *self);

G_END_DECLS
