/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_CERTIFICATE (floe_certificate_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeCertificate, floe_certificate, FLOE, CERTIFICATE, GObject)

FLOE_AVAILABLE_IN_1_0
FloeCertificate *floe_certificate_generate (GError **error);

FLOE_AVAILABLE_IN_1_0
FloeCertificate *floe_certificate_new_from_pem (const char *certificate_pem,
                                                const char *private_key_pem, GError **error);

FLOE_AVAILABLE_IN_1_0
char *floe_certificate_get_fingerprint (FloeCertificate *self);

FLOE_AVAILABLE_IN_1_0
GDateTime *floe_certificate_get_expires (FloeCertificate *self);

FLOE_AVAILABLE_IN_1_0
char *floe_certificate_to_pem (FloeCertificate *self, char **private_key_pem);

G_END_DECLS
