/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-enums.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

FLOE_AVAILABLE_IN_1_0
char *floe_privacy_filter_candidate (const char *candidate, FloePrivacyLevel level);

FLOE_AVAILABLE_IN_1_0
char *floe_privacy_filter_sdp (const char *sdp, FloePrivacyLevel level, GError **error);

G_END_DECLS
