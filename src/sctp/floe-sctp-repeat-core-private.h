/* SPDX-License-Identifier: MPL-2.0 */
/* Keeps the packets that are worth most when a path comes to life after a silence: of those that
 * carry data and are not acknowledged the oldest, and what we acknowledged last. The answer to the
 * first, and the second by itself, get a sender going whose retransmission timer has backed off.
 *
 * Told of the packets of one association, as they leave and come.
 *
 * Layer: sctp. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FLOE_SCTP_REPEAT_MAX_SIZE 1500

typedef struct
{
  guint8 packet[FLOE_SCTP_REPEAT_MAX_SIZE]; /* with those chunks only that are worth repeating */
  gsize size;                               /* 0: nothing is kept */
  guint32 tsn;                              /* the first one of @packet */
  guint8 sack[FLOE_SCTP_REPEAT_MAX_SIZE];   /* a packet of one chunk */
  gsize sack_size;                          /* 0: nothing was acknowledged */
  guint32 last_tsn;                         /* of what was sent; any when @size is 0 */
  guint32 lost_tsn;                         /* up to this all belonged to the dead path */
  gboolean has_lost;                        /* and is not acknowledged yet */
} FloeSctpRepeatCore;

/* One of ours; the longest that is kept has FLOE_SCTP_REPEAT_MAX_SIZE bytes. */
void floe_sctp_repeat_core_handle_output (FloeSctpRepeatCore *self, const guint8 *packet,
                                          gsize size);
/* What is under way is taken for lost. */
void floe_sctp_repeat_core_handle_silence (FloeSctpRepeatCore *self);
/* One of the peer's. TRUE, once, when what was taken for lost has been acknowledged. */
gboolean floe_sctp_repeat_core_handle_input (FloeSctpRepeatCore *self, const guint8 *packet,
                                             gsize size);

G_END_DECLS
