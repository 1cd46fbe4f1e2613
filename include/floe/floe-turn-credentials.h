/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <gio/gio.h>

#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_TURN_CREDENTIALS (floe_turn_credentials_get_type ())

typedef struct _FloeTurnCredentials FloeTurnCredentials;

FLOE_AVAILABLE_IN_1_0
GType floe_turn_credentials_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeTurnCredentials *floe_turn_credentials_new (const char *secret, const char *user,
                                                guint lifetime, GError **error);

FLOE_AVAILABLE_IN_1_0
FloeTurnCredentials *floe_turn_credentials_ref (FloeTurnCredentials *self);

FLOE_AVAILABLE_IN_1_0
void floe_turn_credentials_unref (FloeTurnCredentials *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_turn_credentials_get_username (const FloeTurnCredentials *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_turn_credentials_get_password (const FloeTurnCredentials *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_turn_credentials_get_expiry (const FloeTurnCredentials *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeTurnCredentials, floe_turn_credentials_unref)

G_END_DECLS
