/* SPDX-License-Identifier: MPL-2.0 */
/* Holds back packets with data for as long as floe-sctp-pacer-core says. The rest never waits.
 *
 * usrsctp's congestion window bounds what waits here.
 *
 * Layer: sctp. May include: base. */
#pragma once

#include "floe-sctp-pacer-core-private.h"

G_BEGIN_DECLS

typedef void (*FloeSctpPacerOutput) (const guint8 *packet, gsize size, gpointer user_data);

typedef struct
{
  FloeSctpPacerCore core;
  GQueue waiting;  /* of GBytes (owned) */
  gint64 asked_us; /* when the path was asked for last */
} FloeSctpPacer;

/* Drops what waits. */
void floe_sctp_pacer_clear (FloeSctpPacer *self);
/* Whether it is time for floe_sctp_pacer_set_path(). */
gboolean floe_sctp_pacer_needs_path (FloeSctpPacer *self, gint64 now_us);
/* What usrsctp knows of the path, in bytes and ms. */
void floe_sctp_pacer_set_path (FloeSctpPacer *self, gint64 now_us, guint32 window, guint srtt_ms);
/* Gives the packet to @output, which may free nothing of this, or keeps it. */
void floe_sctp_pacer_send (FloeSctpPacer *self, gint64 now_us, const guint8 *packet, gsize size,
                           FloeSctpPacerOutput output, gpointer user_data);
/* Gives out what need not wait any more. */
void floe_sctp_pacer_release (FloeSctpPacer *self, gint64 now_us, FloeSctpPacerOutput output,
                              gpointer user_data);
/* When release() will have something; -1: nothing waits. */
gint64 floe_sctp_pacer_get_deadline (const FloeSctpPacer *self);

G_END_DECLS
