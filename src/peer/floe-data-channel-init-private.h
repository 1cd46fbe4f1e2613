/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of FloeDataChannelInit. Layer: peer. */
#pragma once

#include <floe/floe-data-channel-init.h>

#include "floe-channel-set-private.h"

G_BEGIN_DECLS

/* (transfer none): without a label. */
const FloeChannelInfo *floe_data_channel_init_get_info (const FloeDataChannelInit *self);

G_END_DECLS
