/* SPDX-License-Identifier: MPL-2.0 */
/* Asks STUN and TURN servers and tells what came of it: transactions (floe-stun-transactions-core)
 * and credentials (floe-stun-credentials) put together. One object serves any number of requests,
 * servers and sockets.
 *
 *   SEND  send these bytes
 *   DONE  a request is over; each has exactly one, unless it is cancelled
 *
 * Contract: call start() or one handle_*(), poll until FALSE, then wait for a datagram or the
 * deadline. Times are monotonic microseconds given by the caller. No request sends more than
 * FLOE_STUN_MAX_TRANSACTIONS times its timing's send_count, whatever servers answer.
 *
 * Does not follow a 300 by itself (floe-stun-redirects says where to), and does not know what a
 * response to a method has to have in it.
 *
 * Layer: stun. GLib only. May include: base. One thread. */
#pragma once

#include "floe-stun-credentials-private.h"
#include "floe-stun-transactions-core-private.h"

G_BEGIN_DECLS

/* 401s and 438s that one request follows. Two 401s, for a server may name another realm; three
 * 438s, for a nonce may become stale on the way. */
#define FLOE_STUN_MAX_CHALLENGES 2
#define FLOE_STUN_MAX_STALE_NONCES 3
/* RFC 8489 section 5 wants transaction ids random; 64 bits of them stay so. */
#define FLOE_STUN_MAX_ID_PREFIX_SIZE 4
#define FLOE_STUN_MAX_TRANSACTIONS (1 + FLOE_STUN_MAX_CHALLENGES + FLOE_STUN_MAX_STALE_NONCES)

typedef struct
{
  /* A whole request, as floe_stun_builder_finish() leaves it: what it asks for, without
   * credentials. Each transaction has an id of its own, so this one's does not matter. It gets a
   * FINGERPRINT when this one has it. Copied. */
  const guint8 *data;
  gsize size;
  FloeStunRoute to;
  FloeStunRoute from;               /* see FloeStunTransaction: for CHANGE-REQUEST */
  FloeStunCredentials *credentials; /* (nullable): a reference is taken */
  gboolean is_reliable;
  /* What the ids of all its transactions begin with, for who sorts datagrams by them. */
  guint8 id_prefix[FLOE_STUN_MAX_ID_PREFIX_SIZE];
  gsize id_prefix_size;  /* bytes; 0 for none */
  FloeStunTiming timing; /* give_up_us counts over all transactions of the request */
} FloeStunRequest;

typedef enum
{
  FLOE_STUN_RESULT_SUCCESS,   /* a success response */
  FLOE_STUN_RESULT_ERROR,     /* an error response, perhaps not authentic: error_code says which */
  FLOE_STUN_RESULT_TIMED_OUT, /* no response */
  FLOE_STUN_RESULT_VIOLATED,  /* there were responses, none of them proved */
  FLOE_STUN_RESULT_UNREACHABLE, /* the network says that the server can't be reached */
  FLOE_STUN_RESULT_REFUSED,     /* wrong username or password */
  FLOE_STUN_RESULT_UNUSABLE,    /* the server asks for what can't or must not be done */
  FLOE_STUN_RESULT_BROKEN, /* an answer that is none: without a code, or not to be understood */
} FloeStunResult;

typedef struct
{
  guint64 id;
  FloeStunResult result;
  gboolean is_authentic;    /* the response is from who knows the password */
  guint error_code;         /* of the last error response, also of one before a success; or 0 */
  gint64 rtt_us;            /* of the last transaction; -1 when not known */
  gint64 elapsed_us;        /* from start to end */
  FloeStunMessage response; /* of SUCCESS and ERROR: points into what the outcome owns */
  GBytes *bytes;            /* (owned) (nullable): the response */
  GError *error;            /* (owned) (nullable): for people; set unless SUCCESS */
} FloeStunOutcome;

typedef enum
{
  FLOE_STUN_OUTPUT_SEND,
  FLOE_STUN_OUTPUT_DONE,
} FloeStunOutputType;

typedef struct
{
  FloeStunOutputType type;
  guint64 id;
  FloeStunRoute to;               /* of SEND */
  const guint8 *data;             /* (unowned): of SEND; valid until the next call */
  gsize size;                     /* bytes */
  const FloeStunOutcome *outcome; /* (unowned): of DONE; valid until the next poll */
} FloeStunOutput;

typedef struct _FloeStunClientCore FloeStunClientCore;

/* @max_count: how many requests may be under way. */
FloeStunClientCore *floe_stun_client_core_new (guint max_count);
/* Without outcomes for what is under way. */
void floe_stun_client_core_free (FloeStunClientCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeStunClientCore, floe_stun_client_core_free)

/* Returns the id of the request, or 0 with FLOE_ERROR_OPERATION when too many are under way, and
 * with FLOE_ERROR_SYNTAX when it is no STUN request or too large. */
guint64 floe_stun_client_core_start (FloeStunClientCore *self, gint64 now_us,
                                     const FloeStunRequest *request, GError **error);
/* There will be no outcome. Does nothing when the request is over. */
void floe_stun_client_core_cancel (FloeStunClientCore *self, guint64 id);

/* TRUE when the datagram was a STUN response, to any request or to none. Indications, requests and
 * what is not STUN are the caller's. */
gboolean floe_stun_client_core_handle_datagram (FloeStunClientCore *self, gint64 now_us,
                                                const FloeStunRoute *from, const guint8 *data,
                                                gsize size);
/* A socket tells that nothing can be sent along @route: an ICMP error that RFC 8489 section 6.2.1
 * calls hard, or a connection that broke. */
void floe_stun_client_core_handle_unreachable (FloeStunClientCore *self, gint64 now_us,
                                               const FloeStunRoute *route);
void floe_stun_client_core_handle_timeout (FloeStunClientCore *self, gint64 now_us);
/* -1 when nothing is under way. */
gint64 floe_stun_client_core_get_deadline (const FloeStunClientCore *self);
gboolean floe_stun_client_core_poll (FloeStunClientCore *self, FloeStunOutput *output);
const FloeStunCounters *floe_stun_client_core_get_counters (const FloeStunClientCore *self);

G_END_DECLS
