/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-enums.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_DATA_CHANNEL (floe_data_channel_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeDataChannel, floe_data_channel, FLOE, DATA_CHANNEL, GObject)

FLOE_AVAILABLE_IN_1_0
gboolean floe_data_channel_send_text (FloeDataChannel *self, const char *text, GError **error);

FLOE_AVAILABLE_IN_1_0
gboolean floe_data_channel_send_bytes (FloeDataChannel *self, GBytes *bytes, GError **error);

FLOE_AVAILABLE_IN_1_0
void floe_data_channel_close (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_data_channel_get_label (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_data_channel_get_protocol (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_data_channel_get_ordered (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
int floe_data_channel_get_max_packet_life_time (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
int floe_data_channel_get_max_retransmits (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_data_channel_get_negotiated (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
int floe_data_channel_get_id (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
FloeDataChannelState floe_data_channel_get_ready_state (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
guint64 floe_data_channel_get_buffered_amount (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
guint64 floe_data_channel_get_buffered_amount_low_threshold (FloeDataChannel *self);

FLOE_AVAILABLE_IN_1_0
void floe_data_channel_set_buffered_amount_low_threshold (FloeDataChannel *self, guint64 threshold);

G_END_DECLS
