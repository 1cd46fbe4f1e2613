/* SPDX-License-Identifier: MPL-2.0 */
/* How long an idle UDP mapping lives (RFC 4787 section 4.3), without any I/O: minutes long, with
 * few packets, on sockets of its own, so that it disturbs nobody. For the background, and once a
 * network is enough.
 *
 * A mapping is made, left alone, and then a server is asked to knock at it: one of RFC 5780 by
 * RESPONSE-PORT, or a TURN server through its relay. What comes in proves that it lived. What does
 * not proves that it died only when the same way works right after, toward a new mapping of the
 * same socket. With plain STUN a mapping is asked for again: the port is another one after a death,
 * where the NAT does not keep ports; where it does nothing can be told.
 *
 * The outputs and the contract are FloeNatCore's, without CHANGED: call start() or one handle_*(),
 * poll until FALSE, then wait for a datagram or the deadline. The sockets stay open all the time,
 * and DONE comes after they are closed. To stop early free it: what servers were asked for ends by
 * itself.
 *
 * Measures mappings that have seen one exchange. Some NATs (netfilter) let those of long exchanges
 * live longer, so the result is a safe bound. Does not know which network it measures.
 *
 * Layer: nat. GLib only. May include: base, stun. One thread. */
#pragma once

#include "floe-nat-core-private.h"

G_BEGIN_DECLS

#define FLOE_NAT_LIFETIME_MAX_TIME_US (6 * 60 * G_TIME_SPAN_SECOND)
#define FLOE_NAT_LIFETIME_MAX_PACKETS 40
#define FLOE_NAT_LIFETIME_MAX_SOCKETS 6

typedef struct
{
  FloeNatConfidence confidence; /* without any what follows tells nothing */
  guint lived_s;                /* an idle mapping lives so long at least; 0: not known */
  guint died_s; /* ... and not so long; 0: not known, or it outlived all that was tried */
  char evidence[FLOE_NAT_MAX_EVIDENCE_SIZE];
  gint64 elapsed_us;
  guint packet_count; /* sent */
} FloeNatLifetime;

typedef struct _FloeNatLifetimeCore FloeNatLifetimeCore;

/* @base: the address to bind to; its port does not count. */
FloeNatLifetimeCore *floe_nat_lifetime_core_new (const FloeStunAddress *base,
                                                 const FloeNatServer *servers, guint count);
void floe_nat_lifetime_core_free (FloeNatLifetimeCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatLifetimeCore, floe_nat_lifetime_core_free)

/* Once. */
void floe_nat_lifetime_core_start (FloeNatLifetimeCore *self, gint64 now_us);
/* What a socket was bound to. One that could not be opened has none, and hears nothing. */
void floe_nat_lifetime_core_set_local (FloeNatLifetimeCore *self, guint socket,
                                       const FloeStunAddress *local);
void floe_nat_lifetime_core_handle_datagram (FloeNatLifetimeCore *self, gint64 now_us, guint socket,
                                             const FloeStunAddress *from, const guint8 *data,
                                             gsize size);
/* The network says that nothing gets from @socket to @remote. */
void floe_nat_lifetime_core_handle_unreachable (FloeNatLifetimeCore *self, gint64 now_us,
                                                guint socket, const FloeStunAddress *remote);
void floe_nat_lifetime_core_handle_timeout (FloeNatLifetimeCore *self, gint64 now_us);
/* -1 before the start and when it is over. */
gint64 floe_nat_lifetime_core_get_deadline (const FloeNatLifetimeCore *self);
gboolean floe_nat_lifetime_core_poll (FloeNatLifetimeCore *self, FloeNatOutput *output);
/* What is known by now. */
const FloeNatLifetime *floe_nat_lifetime_core_get_result (const FloeNatLifetimeCore *self);

/* Puts a result into what else is known of the same base: lifetime_s and its proof. */
void floe_nat_lifetime_apply (const FloeNatLifetime *self, FloeNatFindings *findings);

G_END_DECLS
