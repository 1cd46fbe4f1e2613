/* SPDX-License-Identifier: MPL-2.0 */
/* What punching may cost: one object for all connections of the process, without any I/O. It says
 * which attempts may begin, how many sockets and packets each has, and when each packet may leave.
 *
 * Contract: begin() an attempt; take() before each packet of it, and wait until get_ready() when it
 * says WAIT; tell every authentic packet of the target by handle_answer(); end() the attempt, once.
 * What take() does not grant must not be sent. All times are monotonic microseconds of the caller.
 *
 * What a limit guards against is told in docs/decisions/0022-punching-and-what-it-costs.md.
 *
 * Knows nothing of NATs, of STUN, or of how a target is reached.
 *
 * Layer: strategy. GLib only. May include: stun. One thread: that of the network. */
#pragma once

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

/* Packets in any second, whatever is configured, and how many of them may leave together. */
#define FLOE_PROBE_MAX_PER_S 250
#define FLOE_PROBE_BURST 10
#define FLOE_PROBE_DEFAULT_PER_S 100
#define FLOE_PROBE_UNMETERED_PER_S 200
/* Of one attempt. Packets are all that it sends: primers, probes and answers. */
#define FLOE_PROBE_MAX_PACKETS 2048
#define FLOE_PROBE_MAX_SOCKETS 256
/* An attempt has this part of what a router's table, or a block of ports, holds. */
#define FLOE_PROBE_MAX_PART 4
/* What an attempt keeps back of its packets to answer with, when all else is spent. */
#define FLOE_PROBE_RESERVE 32
/* To one address within an hour: two attempts, and 100 bytes a packet while it is silent. */
#define FLOE_PROBE_MAX_PACKETS_PER_HOUR (2 * FLOE_PROBE_MAX_PACKETS)
#define FLOE_PROBE_MAX_UNANSWERED_SIZE (100 * FLOE_PROBE_MAX_PACKETS_PER_HOUR)
#define FLOE_PROBE_MAX_ATTEMPTS 2
#define FLOE_PROBE_MIN_BACKOFF_US (1 * G_TIME_SPAN_SECOND)
#define FLOE_PROBE_MAX_BACKOFF_US (64 * G_TIME_SPAN_SECOND)
#define FLOE_PROBE_HOUR_US G_TIME_SPAN_HOUR
/* Addresses and pairs of networks that are remembered for an hour; with more, nothing begins. */
#define FLOE_PROBE_MAX_RECORDS 256
#define FLOE_PROBE_MAX_PAIR_SIZE 128

typedef enum
{
  FLOE_PROBE_NETWORK_UNKNOWN,
  FLOE_PROBE_NETWORK_METERED,
  FLOE_PROBE_NETWORK_UNMETERED,
} FloeProbeNetwork;

typedef struct
{
  gboolean is_off; /* by the application, an administrator's key, or the privacy level */
  FloeProbeNetwork network;
  guint packets_per_s; /* 0: as fits the network; else held to what FLOE_PROBE_MAX_PER_S allows */
} FloeProbePolicy;

typedef enum
{
  FLOE_PROBE_GRANTED,
  FLOE_PROBE_WAIT,         /* of take(): no token is left; ask again at get_ready() */
  FLOE_PROBE_OFF,          /* by policy */
  FLOE_PROBE_METERED,      /* the network costs money */
  FLOE_PROBE_NOT_PUBLIC,   /* no address of one host on the Internet */
  FLOE_PROBE_OWN_ADDRESS,  /* this host's, or that of the NAT before it */
  FLOE_PROBE_NOT_NAMED,    /* not what authenticated signalling gave */
  FLOE_PROBE_NO_CONSENT,   /* the peer has not shown that it takes part */
  FLOE_PROBE_CONTRADICTED, /* the peer's own packets came from another address */
  FLOE_PROBE_BUSY,         /* another attempt is under way */
  FLOE_PROBE_TOO_SOON,     /* after a failure: backoff, or the hour's black list */
  FLOE_PROBE_SPENT,        /* what one attempt or one address may have */
  FLOE_PROBE_NO_ROOM,      /* the router's table or the port block is too small for any socket */
} FloeProbeVerdict;

typedef struct
{
  FloeStunAddress target;       /* the port does not count */
  const FloeStunAddress *named; /* what authenticated signalling gave; ports don't count */
  guint named_count;
  const FloeStunAddress *own; /* this host's addresses, and how servers see it */
  guint own_count;
  /* RFC 8445 section 19.5.1 tells how a peer can have others flooded. So it must have answered a
   * check with integrity over some path, a relay for instance. */
  gboolean has_consent;
  FloeStunAddress seen; /* where packets of the peer came from; size 0: not seen but by relays */
  const char *pair;     /* names the two networks; at most FLOE_PROBE_MAX_PAIR_SIZE bytes */
  guint socket_count;   /* wanted */
  guint packet_count;   /* wanted at most; 0: as many as an attempt may have */
  gboolean is_spraying; /* each packet goes to another port, so it makes an entry in the router */
  guint table_size;     /* entries of the router's table, about; 0: not known */
  guint block_size;     /* ports of the block that each entry takes one of; 0: no block */
} FloeProbeRequest;

typedef struct
{
  guint64 id; /* never 0 */
  guint socket_count;
  guint packet_count;
} FloeProbeGrant;

typedef enum
{
  FLOE_PROBE_END_FOUND,
  FLOE_PROBE_END_IN_VAIN, /* counts for the black list */
  FLOE_PROBE_END_STOPPED, /* by us, for another reason; waits longer the next time only */
} FloeProbeEnd;

typedef struct _FloeProbeBudgetCore FloeProbeBudgetCore;

FloeProbeBudgetCore *floe_probe_budget_core_new (const FloeProbePolicy *policy);
void floe_probe_budget_core_free (FloeProbeBudgetCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeProbeBudgetCore, floe_probe_budget_core_free)

/* An attempt that the new policy would not allow gets no more packets. */
void floe_probe_budget_core_set_policy (FloeProbeBudgetCore *self, gint64 now_us,
                                        const FloeProbePolicy *policy);

/* Sets *@grant only when it is GRANTED. */
FloeProbeVerdict floe_probe_budget_core_begin (FloeProbeBudgetCore *self, gint64 now_us,
                                               const FloeProbeRequest *request,
                                               FloeProbeGrant *grant);
/* Whether a datagram of @size bytes may leave to @to now. When GRANTED it is counted as sent. An
 * attempt that has ended is SPENT. */
FloeProbeVerdict floe_probe_budget_core_take (FloeProbeBudgetCore *self, gint64 now_us, guint64 id,
                                              const FloeStunAddress *to, gsize size);
/* When the next packet may leave: @now_us, or later. */
gint64 floe_probe_budget_core_get_ready (const FloeProbeBudgetCore *self, gint64 now_us);
/* When begin() would no longer say TOO_SOON for a pair of networks: @now_us, or later. */
gint64 floe_probe_budget_core_get_retry (FloeProbeBudgetCore *self, gint64 now_us,
                                         const char *pair);
void floe_probe_budget_core_handle_answer (FloeProbeBudgetCore *self, guint64 id);
/* Nothing when it has ended already. */
void floe_probe_budget_core_end (FloeProbeBudgetCore *self, gint64 now_us, guint64 id,
                                 FloeProbeEnd how);

/* "metered network", for logs and for people. */
const char *floe_probe_verdict_to_string (FloeProbeVerdict verdict);

G_END_DECLS
