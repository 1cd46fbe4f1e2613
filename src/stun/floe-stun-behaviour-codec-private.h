/* SPDX-License-Identifier: MPL-2.0 */
/* What NAT behaviour discovery adds to STUN: the attributes of RFC 5780 section 7.
 *
 * RESPONSE-ORIGIN and OTHER-ADDRESS have the form of MAPPED-ADDRESS: see floe-stun-attributes.
 *
 * Layer: stun. GLib only. May include: base. Any thread. */
#pragma once

#include "floe-stun-attributes-private.h"

G_BEGIN_DECLS

/* CHANGE-REQUEST: what of its own address the server shall answer with the other one of. FALSE and
 * the out-parameters as they were when the attribute is missing or malformed. */
gboolean floe_stun_message_get_change_request (const FloeStunMessage *self,
                                               gboolean *changes_address, gboolean *changes_port);
gboolean floe_stun_message_get_response_port (const FloeStunMessage *self, guint16 *port);

void floe_stun_builder_add_change_request (FloeStunBuilder *self, gboolean changes_address,
                                           gboolean changes_port);
void floe_stun_builder_add_response_port (FloeStunBuilder *self, guint16 port);
/* PADDING: @size zeros, which make a request large enough to be fragmented. */
void floe_stun_builder_add_padding (FloeStunBuilder *self, gsize size);

G_END_DECLS
