/* SPDX-License-Identifier: MPL-2.0 */
/* NAT behaviour discovery from one base address, RFC 5780 and a TURN server's relay as witness,
 * without any I/O.
 *
 *   OPEN    bind socket N to the base address and any port, then tell it: set_local ()
 *   SEND    send these bytes from socket N
 *   CLOSE   socket N is needed no more
 *   CHANGED the report knows more
 *   DONE    the report is whole; comes once, and is the last
 *
 * Contract: call start() or one handle_*(), poll until FALSE, then wait for a datagram or the
 * deadline. All times are monotonic microseconds given by the caller. Ends after
 * FLOE_NAT_MAX_TIME_US at the latest and sends FLOE_NAT_MAX_PACKETS at most, whatever servers do.
 *
 * Nothing is concluded from silence alone: each silence has a control, a packet along the same way
 * that the NAT has to let in. Binding lifetimes are not measured here, nor TCP.
 *
 * Layer: nat. GLib only. May include: base, stun. One thread. */
#pragma once

#include "floe-nat-findings-private.h"
#include "floe-stun-client-core-private.h"

G_BEGIN_DECLS

#define FLOE_NAT_MAX_TIME_US (1500 * G_TIME_SPAN_MILLISECOND)
#define FLOE_NAT_MAX_PACKETS 60
#define FLOE_NAT_MAX_SOCKETS 13

typedef struct
{
  FloeStunAddress address;
  FloeStunCredentials *credentials; /* (nullable): a TURN server's; a fork is taken */
  guint nat64_bits; /* the first so many of @address are a NAT64 prefix; 0: none, or 64:ff9b::/96 */
} FloeNatServer;

typedef enum
{
  FLOE_NAT_OUTPUT_OPEN,
  FLOE_NAT_OUTPUT_SEND,
  FLOE_NAT_OUTPUT_CLOSE,
  FLOE_NAT_OUTPUT_CHANGED,
  FLOE_NAT_OUTPUT_DONE,
} FloeNatOutputType;

typedef struct
{
  FloeNatOutputType type;
  guint socket;       /* of OPEN, SEND and CLOSE: below FLOE_NAT_MAX_SOCKETS */
  FloeStunAddress to; /* of SEND */
  const guint8 *data; /* (unowned): of SEND; valid until the next poll */
  gsize size;         /* bytes */
} FloeNatOutput;

typedef struct _FloeNatCore FloeNatCore;

/* @base: the address to bind to; its port does not count. Servers after the first
 * FLOE_NAT_MAX_SERVERS are not asked. Those of RFC 5780 are known by their answers. */
FloeNatCore *floe_nat_core_new (const FloeStunAddress *base, const FloeNatServer *servers,
                                guint count);
void floe_nat_core_free (FloeNatCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatCore, floe_nat_core_free)

/* Once. */
void floe_nat_core_start (FloeNatCore *self, gint64 now_us);
/* What a socket was bound to. A socket that could not be opened has none, and hears nothing. */
void floe_nat_core_set_local (FloeNatCore *self, guint socket, const FloeStunAddress *local);
void floe_nat_core_handle_datagram (FloeNatCore *self, gint64 now_us, guint socket,
                                    const FloeStunAddress *from, const guint8 *data, gsize size);
/* The network says that nothing gets from @socket to @remote. */
void floe_nat_core_handle_unreachable (FloeNatCore *self, gint64 now_us, guint socket,
                                       const FloeStunAddress *remote);
/* Before that: it is the host of @remote itself that says so, so packets get there. */
void floe_nat_core_note_host (FloeNatCore *self, const FloeStunAddress *remote);
void floe_nat_core_handle_timeout (FloeNatCore *self, gint64 now_us);
/* -1 before the start and when it is over. */
gint64 floe_nat_core_get_deadline (const FloeNatCore *self);
gboolean floe_nat_core_poll (FloeNatCore *self, FloeNatOutput *output);
/* What is known by now. */
const FloeNatFindings *floe_nat_core_get_findings (const FloeNatCore *self);

G_END_DECLS
