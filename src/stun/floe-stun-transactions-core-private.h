/* SPDX-License-Identifier: MPL-2.0 */
/* Outstanding STUN requests of any number of servers and sockets: sends them, sends them again
 * (RFC 8489 section 6.2), gives them up, and tells which one a response belongs to. A response
 * belongs to a request when it has its transaction id and method, comes from where the request went
 * and arrives at the socket that it left from.
 *
 * Contract: call start() or handle_timeout(), poll until FALSE, then wait for a datagram or the
 * deadline. Times are monotonic microseconds given by the caller. A response ends nothing by
 * itself: whoever judges it calls finish() or reject(). So a forged one leaves the request as it
 * was.
 *
 * Knows nothing of credentials or of what a response says.
 *
 * Layer: stun. GLib only. May include: base. One thread. */
#pragma once

#include "floe-stun-attributes-private.h"

G_BEGIN_DECLS

/* What start() takes is held to these, so that no configuration makes a flood. */
#define FLOE_STUN_MAX_SEND_COUNT 16
#define FLOE_STUN_MIN_RTO_US (10 * G_TIME_SPAN_MILLISECOND)
#define FLOE_STUN_MAX_RTO_US (60 * G_TIME_SPAN_SECOND)

/* RFC 8489 section 6.2. A member that is 0 has the RFC's value. */
typedef struct
{
  gint64 rto_us;      /* RTO, 500 ms: before the second request, doubled before each later one */
  guint send_count;   /* Rc, 7: how often a request is sent at most */
  guint last_wait;    /* Rm, 16: how many RTO to wait after the last one */
  gint64 reliable_us; /* Ti, 39.5 s: how long to wait where nothing is lost */
  gint64 give_up_us; /* give up this long after the start in any case; without a limit in the RFC */
} FloeStunTiming;

/* One of the caller's sockets, which it numbers as it likes, and an address on the other side. */
typedef struct
{
  guint local;
  FloeStunAddress remote;
} FloeStunRoute;

typedef struct
{
  guint64 id;      /* the caller's name for it; one transaction at a time has it */
  GBytes *message; /* the request */
  FloeStunRoute to;
  FloeStunRoute from; /* where the response must come: as `to`, when its remote has size 0 */
  gboolean is_reliable;
  FloeStunTiming timing;
  gint64 give_up_at_us; /* G_MAXINT64: only as the timing says */
} FloeStunTransaction;

typedef enum
{
  FLOE_STUN_ARRIVAL_MATCHED,
  FLOE_STUN_ARRIVAL_STALE,       /* the transaction is over: a duplicate, or too late */
  FLOE_STUN_ARRIVAL_UNKNOWN,     /* there was no such transaction */
  FLOE_STUN_ARRIVAL_WRONG_ROUTE, /* from another server, or at another socket */
  FLOE_STUN_ARRIVAL_WRONG_METHOD,
} FloeStunArrival;

typedef struct
{
  guint sent;
  guint matched; /* among them those that were rejected */
  guint rejected;
  guint stale;
  guint unknown;
  guint wrong_route;
  guint wrong_method;
} FloeStunCounters;

typedef enum
{
  FLOE_STUN_TRANSACTION_SEND,
  FLOE_STUN_TRANSACTION_EXPIRED, /* no response, or only rejected ones */
} FloeStunTransactionOutputType;

typedef struct
{
  FloeStunTransactionOutputType type;
  guint64 id;
  FloeStunRoute to;      /* of SEND */
  const guint8 *data;    /* (unowned): of SEND; valid until the next call */
  gsize size;            /* bytes */
  gboolean was_rejected; /* of EXPIRED: there were responses, and none was good */
} FloeStunTransactionOutput;

typedef struct _FloeStunTransactionsCore FloeStunTransactionsCore;

/* @max_count: how many transactions may be under way. */
FloeStunTransactionsCore *floe_stun_transactions_core_new (guint max_count);
void floe_stun_transactions_core_free (FloeStunTransactionsCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeStunTransactionsCore, floe_stun_transactions_core_free)

/* Takes a reference on the message. FALSE when there are too many already, the id is in use, or the
 * message is no request. */
gboolean floe_stun_transactions_core_start (FloeStunTransactionsCore *self, gint64 now_us,
                                            const FloeStunTransaction *transaction);

/* Finds whose response @message is, which came along @from. Counts it. *@id is set only when it
 * matched. */
FloeStunArrival floe_stun_transactions_core_handle_response (FloeStunTransactionsCore *self,
                                                             const FloeStunMessage *message,
                                                             const FloeStunRoute *from,
                                                             guint64 *id);
/* The response that just matched is no good: as if it had not come, but where nothing is lost no
 * other can come, and the transaction expires at once (RFC 8489 sections 9.1.4 and 9.2.5). */
void floe_stun_transactions_core_reject (FloeStunTransactionsCore *self, guint64 id);

/* Makes a transaction expire at @give_up_at_us if it has not by then. */
void floe_stun_transactions_core_hasten (FloeStunTransactionsCore *self, guint64 id,
                                         gint64 give_up_at_us);

/* Ends a transaction, by a good response or because nobody wants one. Returns the round-trip time,
 * or -1 when it was sent more than once: a response does not tell to which of them it is. */
gint64 floe_stun_transactions_core_finish (FloeStunTransactionsCore *self, gint64 now_us,
                                           guint64 id);

void floe_stun_transactions_core_handle_timeout (FloeStunTransactionsCore *self, gint64 now_us);
/* -1 when nothing is under way. */
gint64 floe_stun_transactions_core_get_deadline (const FloeStunTransactionsCore *self);
gboolean floe_stun_transactions_core_poll (FloeStunTransactionsCore *self,
                                           FloeStunTransactionOutput *output);

guint floe_stun_transactions_core_get_count (const FloeStunTransactionsCore *self);
const FloeStunCounters *floe_stun_transactions_core_get_counters (
    const FloeStunTransactionsCore *self);

G_END_DECLS
