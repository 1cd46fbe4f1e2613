/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_DATA_CHANNEL_INIT (floe_data_channel_init_get_type ())

typedef struct _FloeDataChannelInit FloeDataChannelInit;

FLOE_AVAILABLE_IN_1_0
GType floe_data_channel_init_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeDataChannelInit *floe_data_channel_init_new (void);

FLOE_AVAILABLE_IN_1_0
FloeDataChannelInit *floe_data_channel_init_copy (const FloeDataChannelInit *self);

FLOE_AVAILABLE_IN_1_0
void floe_data_channel_init_free (FloeDataChannelInit *self);

FLOE_AVAILABLE_IN_1_0
void floe_data_channel_init_set_ordered (FloeDataChannelInit *self, gboolean ordered);

FLOE_AVAILABLE_IN_1_0
void floe_data_channel_init_set_max_retransmits (FloeDataChannelInit *self, guint16 count);

FLOE_AVAILABLE_IN_1_0
void floe_data_channel_init_set_max_packet_life_time (FloeDataChannelInit *self, guint16 ms);

FLOE_AVAILABLE_IN_1_0
void floe_data_channel_init_set_protocol (FloeDataChannelInit *self, const char *protocol);

FLOE_AVAILABLE_IN_1_0
void floe_data_channel_init_set_negotiated (FloeDataChannelInit *self, guint16 id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeDataChannelInit, floe_data_channel_init_free)

G_END_DECLS
