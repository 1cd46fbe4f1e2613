/* SPDX-License-Identifier: MPL-2.0 */
/* When packets may leave, so that a window does not do so in one burst: RFC 9260 section 6.1 limits
 * bursts for the sake of the buffers on the way, RFC 9002 section 7.7 has the same by pacing.
 *
 * The rate is the congestion window per round trip, and half as much again: in a round trip the
 * window grows by at most that. It is a bucket of a few packets, which is full after a pause. Where
 * a round trip is too short to be worth a timer nothing is held back.
 *
 * Layer: sctp. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 rate;      /* bytes per second; 0: nothing is held back */
  gint64 credit;    /* 1/1000000 bytes that may leave at @filled_us; below zero after a packet */
  gint64 filled_us; /* when @credit was counted */
  guint srtt_ms;    /* the shortest of late */
  gint64 srtt_us;   /* when @srtt_ms was begun anew */
} FloeSctpPacerCore;

/* What the association's path is like: bytes and ms. 0 for either: not known. With @is_waiting the
 * rate does not fall: by the rate of a window that has collapsed, what a wide one let out would
 * leave when it is long taken for lost. */
void floe_sctp_pacer_core_set_path (FloeSctpPacerCore *self, gint64 now_us, guint32 window,
                                    guint srtt_ms, gboolean is_waiting);
/* Whether a packet may leave now. If so, it is counted. */
gboolean floe_sctp_pacer_core_take (FloeSctpPacerCore *self, gint64 now_us, gsize size);
/* When a packet that had to wait may leave. */
gint64 floe_sctp_pacer_core_get_deadline (const FloeSctpPacerCore *self);

G_END_DECLS
