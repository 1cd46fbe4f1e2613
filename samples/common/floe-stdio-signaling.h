/* SPDX-License-Identifier: MPL-2.0 */
/* FloeSignaling whose other end is whoever runs the program: a person, a script, a pipe. What is
 * sent goes to a function, that prints it, say; what arrives is handed in. There is no ::welcome,
 * no ::peer and no ::gone: both are there from the beginning, and who offers is agreed elsewhere.
 *
 * Layer: samples. Knows neither files nor terminals. */
#pragma once

#include <json-glib/json-glib.h>

#include "floe-signaling.h"

G_BEGIN_DECLS

#define FLOE_TYPE_STDIO_SIGNALING (floe_stdio_signaling_get_type ())
G_DECLARE_FINAL_TYPE (FloeStdioSignaling, floe_stdio_signaling, FLOE, STDIO_SIGNALING, GObject)

/* @object (transfer full): a description or a candidate as floe-signaling-message.h has them. */
typedef void (*FloeStdioSignalingFunc) (JsonObject *object, gpointer user_data);

/* (transfer full): @send is called inside the calls that send, and not after close(). */
FloeSignaling *floe_stdio_signaling_new (FloeStdioSignalingFunc send, gpointer user_data);

/* Takes in a description or a candidate, and emits it before it returns. FALSE with an error when
 * @object is neither. */
gboolean floe_stdio_signaling_receive (FloeStdioSignaling *self, JsonObject *object,
                                       GError **error);

G_END_DECLS
