/* SPDX-License-Identifier: MPL-2.0 */
/* What an SCTP packet of our own is for, as far as paths are concerned.
 *
 * Layer: stack. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* It has user data in it, which the peer acknowledges within 200 ms (RFC 9260 section 6.2). */
gboolean floe_packet_has_data (const guint8 *packet, gsize size);
/* It answers a HEARTBEAT. */
gboolean floe_packet_is_heartbeat_answer (const guint8 *packet, gsize size);

G_END_DECLS
