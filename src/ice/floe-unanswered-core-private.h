/* SPDX-License-Identifier: MPL-2.0 */
/* What addresses get that have never answered, without any I/O. RFC 8445 section 19.5.1 tells how a
 * peer has others flooded: it names their addresses as its own.
 *
 * Each address has an account: FLOE_UNANSWERED_BURST_SIZE bytes at once, and
 * FLOE_UNANSWERED_BYTES_PER_S in the long run. All ports of an address have one account, and so has
 * a /64 of IPv6, which is what one host has. An address that has answered a check costs nothing for
 * an hour: the answer's transaction id shows that the check came there, and that who is there takes
 * part. Loopback costs nothing at all.
 *
 * Besides, packets that are sent one by one have a rate that is for all addresses together.
 *
 * Contract: what take() or send() do not grant must not be sent. All times are monotonic
 * microseconds of the caller.
 *
 * Layer: ice. GLib only. May include: stun. Knows nothing of connections. */
#pragma once

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

/* Ports that are foretold (decision 31) take the most of it: 16 a round, 5 checks and 3 repeats of
 * each, on up to three paths. */
#define FLOE_UNANSWERED_BURST_SIZE (1024 * 1024)
#define FLOE_UNANSWERED_BYTES_PER_S 256
/* Accounts: with more, the one that owes least is closed. */
#define FLOE_UNANSWERED_MAX_ACCOUNTS 4096
#define FLOE_UNANSWERED_TRUST_US G_TIME_SPAN_HOUR

/* Packets sent one by one, to whatever addresses: what two connections in lock step need. */
#define FLOE_UNANSWERED_PACKETS_PER_S 250
#define FLOE_UNANSWERED_PACKET_BURST 400

typedef struct _FloeUnansweredCore FloeUnansweredCore;

FloeUnansweredCore *floe_unanswered_core_new (void);
void floe_unanswered_core_free (FloeUnansweredCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeUnansweredCore, floe_unanswered_core_free)

/* Whether up to @size bytes may be sent to @to by and by; they are counted as sent then. */
gboolean floe_unanswered_core_take (FloeUnansweredCore *self, gint64 now_us,
                                    const FloeStunAddress *to, gsize size);
/* Whether one packet may leave now. */
gboolean floe_unanswered_core_send (FloeUnansweredCore *self, gint64 now_us,
                                    const FloeStunAddress *to, gsize size);
/* @from has answered a check of ours. */
void floe_unanswered_core_handle_answer (FloeUnansweredCore *self, gint64 now_us,
                                         const FloeStunAddress *from);
guint floe_unanswered_core_get_count (const FloeUnansweredCore *self);

G_END_DECLS
