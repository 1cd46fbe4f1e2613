/* SPDX-License-Identifier: MPL-2.0 */
/* Keeps a peer's request to reset streams back until all that was sent before it has arrived.
 *
 * RFC 6525 section 5.2.2 lets such a request wait at the receiver, with what comes after it.
 * usrsctp 0.9.5 does so, but forgets which of the messages that wait are unordered: it takes them
 * for ordered ones, and then loses them or ends the association ("Queue to str MID: 0 duplicate").
 * A request that comes in time never waits there.
 *
 * Told of the packets of one association, as they come and leave.
 *
 * Layer: sctp. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GBytes *held;         /* (owned) (nullable): a packet of the request alone */
  guint32 held_tsn;     /* the last one that was sent before it */
  guint32 arrived_tsn;  /* all up to this one has arrived */
  gboolean has_arrived; /* @arrived_tsn is known */
} FloeSctpResetGateCore;

void floe_sctp_reset_gate_core_clear (FloeSctpResetGateCore *self);

/* One of ours. */
void floe_sctp_reset_gate_core_handle_output (FloeSctpResetGateCore *self, const guint8 *packet,
                                              gsize size);
/* One of the peer's. Returns: (transfer full): what of it may go on, with its checksum not made
 * anew; or NULL when it may go on as it is. */
GBytes *floe_sctp_reset_gate_core_handle_input (FloeSctpResetGateCore *self, const guint8 *packet,
                                                gsize size);
/* Returns: (transfer full) (nullable): what was held back, once, when it is time. */
GBytes *floe_sctp_reset_gate_core_take (FloeSctpResetGateCore *self);

G_END_DECLS
