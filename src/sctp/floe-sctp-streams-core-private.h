/* SPDX-License-Identifier: MPL-2.0 */
/* Outgoing streams that wait for their reset, without any I/O.
 *
 * Only one request may be on the wire (RFC 6525 section 5.1.1), and it may name only so many
 * streams. usrsctp keeps the first rule for the streams that it was given, and waits with each
 * until what it sent has left; this queue keeps the second, and asks again after a pause that
 * doubles for what the peer denied or failed, until it gives up.
 *
 * Times are monotonic microseconds given by the caller.
 *
 * Layer: protocol core. May include: base. Knows nothing of usrsctp. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* usrsctp denies a request whose chunk is longer than 512 bytes: 128 streams make 272. */
#define FLOE_SCTP_RESET_BATCH 128

typedef struct _FloeSctpStreamsCore FloeSctpStreamsCore;

/* For the streams below @count; others are nobody's business. */
FloeSctpStreamsCore *floe_sctp_streams_core_new (guint count);
void floe_sctp_streams_core_free (FloeSctpStreamsCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeSctpStreamsCore, floe_sctp_streams_core_free)

/* Puts streams at the end of the queue; those already in it or in flight stay where they are. */
void floe_sctp_streams_core_add (FloeSctpStreamsCore *self, const guint16 *streams, gsize count);

/* The next streams to ask for, which then are in flight. Returns: how many were written, 0 when
 * there is nothing to ask, enough is in flight, or it is too early. */
gsize floe_sctp_streams_core_poll (FloeSctpStreamsCore *self, gint64 now_us,
                                   guint16 streams[FLOE_SCTP_RESET_BATCH]);

/* The peer did it, or it can't be asked for. Writes those of @streams that were in flight to @ours
 * (as long as @streams) and returns how many: others are not of our asking. */
gsize floe_sctp_streams_core_handle_done (FloeSctpStreamsCore *self, const guint16 *streams,
                                          gsize count, guint16 *ours);

/* The peer denied or failed it. Writes those that are given up to @given_up and returns how many;
 * the rest is asked for again. */
gsize floe_sctp_streams_core_handle_refused (FloeSctpStreamsCore *self, gint64 now_us,
                                             const guint16 *streams, gsize count,
                                             guint16 *given_up);

/* Waiting or in flight: nothing can be sent on it. */
gboolean floe_sctp_streams_core_is_pending (const FloeSctpStreamsCore *self, guint16 stream);
gboolean floe_sctp_streams_core_is_idle (const FloeSctpStreamsCore *self);
/* Monotonic us, -1: none. */
gint64 floe_sctp_streams_core_get_deadline (const FloeSctpStreamsCore *self);

G_END_DECLS
