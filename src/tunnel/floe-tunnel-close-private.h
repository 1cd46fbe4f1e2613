/* SPDX-License-Identifier: MPL-2.0 */
/* Closes a stream in the background: TLS says goodbye before, which can block.
 *
 * Layer: tunnel. May include: base. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* @stream: (transfer full): is let go of after a second at most. */
void floe_tunnel_close (GMainContext *context, GIOStream *stream);

G_END_DECLS
