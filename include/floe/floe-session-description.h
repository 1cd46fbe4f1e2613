/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-enums.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_SESSION_DESCRIPTION (floe_session_description_get_type ())

typedef struct _FloeSessionDescription FloeSessionDescription;

FLOE_AVAILABLE_IN_1_0
GType floe_session_description_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_session_description_new (FloeSdpType type, const char *sdp);

FLOE_AVAILABLE_IN_1_0
FloeSessionDescription *floe_session_description_ref (FloeSessionDescription *self);

FLOE_AVAILABLE_IN_1_0
void floe_session_description_unref (FloeSessionDescription *self);

FLOE_AVAILABLE_IN_1_0
FloeSdpType floe_session_description_get_sdp_type (const FloeSessionDescription *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_session_description_get_sdp (const FloeSessionDescription *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeSessionDescription, floe_session_description_unref)

G_END_DECLS
