/* SPDX-License-Identifier: MPL-2.0 */
/* Has usrsctp's retransmission timer begin anew when the peer acknowledges something.
 *
 * RFC 9260 section 6.3.2, rule R3: "Whenever a SACK chunk is received that acknowledges the DATA
 * chunk with the earliest outstanding TSN for that address, restart the T3-rtx timer". usrsctp
 * (0.9.5, and later ones up to now) has two ways through a SACK, and the short one, which those
 * without gap blocks take, leaves the timer alone. So it runs out once each RTO as long as anything
 * is under way, however well things go; and if the oldest packet under way is just then older than
 * the round trips of late, the window is cut down to one packet although nothing was lost.
 *
 * Now and then a SACK is therefore given a gap block that covers nothing, which has usrsctp take
 * the long way and skip the block.
 *
 * Layer: sctp. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The long way goes through more lists, and the timer is never due sooner than 400 ms. */
#define FLOE_SCTP_RESTART_INTERVAL_US (40 * G_TIME_SPAN_MILLISECOND)
/* By so much a packet grows. */
#define FLOE_SCTP_RESTART_GROWTH 4
/* Longer packets are left as they are: SACKs without gaps are short. */
#define FLOE_SCTP_RESTART_MAX_SIZE 1500

typedef struct
{
  gint64 restarted_us; /* 0: not yet */
  guint32 tsn;         /* up to which the peer had everything then */
} FloeSctpRestartCore;

/* Writes one of the peer's packets to @out, which has room for FLOE_SCTP_RESTART_MAX_SIZE +
 * FLOE_SCTP_RESTART_GROWTH bytes, so that the timer begins anew; the checksum is not filled in.
 * Returns the size of it, or 0: the packet is to be taken as it is. */
gsize floe_sctp_restart_core_handle_input (FloeSctpRestartCore *self, gint64 now_us,
                                           const guint8 *packet, gsize size, guint8 *out);

G_END_DECLS
