/* SPDX-License-Identifier: MPL-2.0 */
/* Birthday punching between a side that opens many ports and one that guesses, without any I/O.
 *
 * The side of MANY has up to 256 sockets. Each sends primers to the peer's address, by which its
 * NAT gives it a port that nobody can tell beforehand, and lets in what comes back from there. The
 * side of ONE sends probes from a single socket to distinct ports of the peer's address, the likely
 * ones first, until one meets one of those. All are connectivity checks with the session's
 * credentials. MANY answers what it got and asks back from the socket that got it; ONE answers
 * nobody but the first that it has heard. So both know of the same socket, and a replayed probe
 * leads to nothing: who replays it cannot answer.
 *
 * Whose side is which: MANY where ports depend on the endpoint, ONE where they don't. Of two such
 * sides MANY is the one that lets in every port of an address it has sent to (RFC 4787 section 5).
 *
 *   OPEN      bind socket N to the base address and to any port, an even one when `wants_even`
 *   SEND      send these bytes from socket N, with that TTL unless it is 0
 *   CLOSE     socket N has lost
 *   FOUND     socket N and this remote address reach each other; comes once
 *   EXHAUSTED it was in vain, and all is closed; comes once, instead of FOUND
 *
 * How it is carried out: a wrapper of MANY owns plain UDP sockets. Upon FOUND it closes the
 * winner's and at once gives its local port to a fresh NiceAgent (nice_agent_add_local_address(),
 * nice_agent_set_port_range (p, p)) with the same credentials and, as its only remote candidate,
 * the remote address: the NAT's mapping outlives the socket, and the agent's first check takes it.
 * ONE has no socket of its own: it sends from that of the ICE agent that the peer knows
 * (nice_agent_get_sockets ()), and the agent gets what comes in: it takes the request that MANY
 * asks back with for a check from a peer-reflexive candidate and answers it, so that the wrapper
 * has only to tell by handle_connected() that a pair of that agent works. A wrapper that does see
 * those datagrams gives them to handle_datagram() instead. A socket whose OPEN failed is told by
 * handle_open_failed(), and what was to be sent from it is dropped.
 *
 * Contract: call start() or one handle_*(), poll until FALSE, then wait for a datagram or the
 * deadline. All times are monotonic microseconds given by the caller. Not a packet leaves that the
 * budget has not granted, which must outlive this object.
 *
 * Layer: strategy. GLib only. May include: base, stun. One thread. */
#pragma once

#include "floe-port-draw-private.h"
#include "floe-probe-budget-core-private.h"
#include "floe-punch-identity-private.h"

G_BEGIN_DECLS

#define FLOE_PUNCH_DEFAULT_TIME_US (20 * G_TIME_SPAN_SECOND)
#define FLOE_PUNCH_MAX_TIME_US (60 * G_TIME_SPAN_SECOND)
/* How long ONE goes on answering after FOUND, as its answers may be lost. */
#define FLOE_PUNCH_LINGER_US (1 * G_TIME_SPAN_SECOND)
/* The shortest life of a filter that is usual; primers come before its half. */
#define FLOE_PUNCH_FILTER_LIFE_US (30 * G_TIME_SPAN_SECOND)
/* Sockets that have got a probe, and are asked back from. */
#define FLOE_PUNCH_MAX_HITS 4
/* Answers that wait for a token. */
#define FLOE_PUNCH_MAX_WAITING 8

typedef enum
{
  FLOE_PUNCH_ROLE_MANY,
  FLOE_PUNCH_ROLE_ONE,
} FloePunchRole;

typedef struct
{
  FloePunchRole role;
  /* MANY: the peer's packets come from the very port that primers go to, as its mapping does not
   * depend on the endpoint; what comes from other ports is not looked at. */
  gboolean is_peer_port_exact;
  FloePortPool pool;     /* of the side of MANY */
  guint primer_ttl;      /* hops that get a primer out of the own NAT only; 0: as usual */
  gint64 filter_life_us; /* 0: FLOE_PUNCH_FILTER_LIFE_US */
  gint64 give_up_us;     /* after the start; 0: FLOE_PUNCH_DEFAULT_TIME_US */
  guint64 seed;          /* of the order of ports; 0: from the kernel */
} FloePunchConfig;

/* Why it was in vain. */
typedef enum
{
  FLOE_PUNCH_END_REFUSED,    /* the budget grants no attempt, or no more of it: see `verdict` */
  FLOE_PUNCH_END_SPENT,      /* ONE has sent all that it may, and nothing came back */
  FLOE_PUNCH_END_TIMED_OUT,  /* MANY has waited as long as it may */
  FLOE_PUNCH_END_NO_SOCKETS, /* not even one could be opened */
  FLOE_PUNCH_END_PROHIBITED, /* an administrator on the way forbids it */
  FLOE_PUNCH_END_CONGESTED,  /* the path that carries data suffers */
  FLOE_PUNCH_END_STOPPED,    /* by the caller */
} FloePunchEnd;

typedef enum
{
  FLOE_PUNCH_OUTPUT_OPEN,
  FLOE_PUNCH_OUTPUT_SEND,
  FLOE_PUNCH_OUTPUT_CLOSE,
  FLOE_PUNCH_OUTPUT_FOUND,
  FLOE_PUNCH_OUTPUT_EXHAUSTED,
} FloePunchOutputType;

typedef struct
{
  FloePunchOutputType type;
  guint socket;             /* below FLOE_PROBE_MAX_SOCKETS; ONE has socket 0 only */
  gboolean wants_even;      /* of OPEN */
  FloeStunAddress to;       /* of SEND and FOUND */
  guint ttl;                /* of SEND; 0: as usual */
  const guint8 *data;       /* (unowned): of SEND; valid until the next poll */
  gsize size;               /* bytes */
  FloePunchEnd end;         /* of EXHAUSTED */
  FloeProbeVerdict verdict; /* of EXHAUSTED that is REFUSED */
} FloePunchOutput;

typedef struct
{
  guint opened;
  guint primers;
  guint probes;
  guint answers;
  guint ignored; /* datagrams that prove nothing: forged, replayed from elsewhere, or not for us */
} FloePunchCounters;

typedef struct _FloePunchCore FloePunchCore;

/* NULL with FLOE_ERROR_SYNTAX for a session without credentials that fit. */
FloePunchCore *floe_punch_core_new (const FloePunchConfig *config, const FloePunchSession *session,
                                    FloeProbeBudgetCore *budget, GError **error);
/* Gives the attempt back to the budget, if it is under way. */
void floe_punch_core_free (FloePunchCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePunchCore, floe_punch_core_free)

/* Once. @request: whom to punch through to, with the port that primers go to; what it says of
 * sockets is for MANY only. Is not kept. */
void floe_punch_core_start (FloePunchCore *self, gint64 now_us, const FloeProbeRequest *request);
void floe_punch_core_handle_open_failed (FloePunchCore *self, gint64 now_us, guint socket);
void floe_punch_core_handle_datagram (FloePunchCore *self, gint64 now_us, guint socket,
                                      const FloeStunAddress *from, const guint8 *data, gsize size);
/* An ICE agent that has the socket tells that it works toward @remote. */
void floe_punch_core_handle_connected (FloePunchCore *self, gint64 now_us, guint socket,
                                       const FloeStunAddress *remote);
/* ICMP: communication administratively prohibited. */
void floe_punch_core_handle_prohibited (FloePunchCore *self, gint64 now_us);
/* How the path fares that carries data meanwhile. The first report is what later ones are held
 * against: with twice its round-trip time or loss, and not by a trifle, punching ends. */
void floe_punch_core_handle_path (FloePunchCore *self, gint64 now_us, gint64 rtt_us,
                                  guint loss_permille);
void floe_punch_core_handle_timeout (FloePunchCore *self, gint64 now_us);
void floe_punch_core_stop (FloePunchCore *self, gint64 now_us);
/* -1 before the start and when it is over. */
gint64 floe_punch_core_get_deadline (const FloePunchCore *self);
gboolean floe_punch_core_poll (FloePunchCore *self, FloePunchOutput *output);
const FloePunchCounters *floe_punch_core_get_counters (const FloePunchCore *self);

G_END_DECLS
