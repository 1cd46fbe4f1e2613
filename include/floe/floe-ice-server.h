/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_ICE_SERVER (floe_ice_server_get_type ())

typedef struct _FloeIceServer FloeIceServer;

FLOE_AVAILABLE_IN_1_0
GType floe_ice_server_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeIceServer *floe_ice_server_new (const char *const *urls, const char *username,
                                    const char *credential, GError **error);

FLOE_AVAILABLE_IN_1_0
FloeIceServer *floe_ice_server_ref (FloeIceServer *self);

FLOE_AVAILABLE_IN_1_0
void floe_ice_server_unref (FloeIceServer *self);

FLOE_AVAILABLE_IN_1_0
const char *const *floe_ice_server_get_urls (const FloeIceServer *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_ice_server_get_username (const FloeIceServer *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_ice_server_get_credential (const FloeIceServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeIceServer, floe_ice_server_unref)

G_END_DECLS
