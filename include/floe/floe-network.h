/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

FLOE_AVAILABLE_IN_1_0
gboolean floe_set_network_context (GMainContext *context, GError **error);

FLOE_AVAILABLE_IN_1_0
void floe_set_log_addresses (gboolean log_addresses_now);

G_END_DECLS
