/* SPDX-License-Identifier: MPL-2.0 */
/* Asks all STUN servers from all of an agent's sockets at once how these are seen from outside
 * (RFC 8445 section 5.1.1.2), and makes candidates of the answers. As long as it is told to, it
 * asks those again that led to a candidate, so that NATs keep what the peer was told.
 *
 *   SEND       send these bytes from a base
 *   CANDIDATE  a server-reflexive candidate that is not redundant
 *   FAILED     nothing came of a server; after the candidates that others have led to
 *
 * Contract: add bases and servers, call one handle_*(), poll until FALSE, then wait for a datagram
 * or the deadline. Times are monotonic microseconds given by the caller.
 *
 * A base is a socket, with the host candidate that it belongs to; a server is a name, with at most
 * one address of a family. Both are numbered from 0 in the order of adding.
 *
 * Layer: ice. May include: base, sdp, stun. Knows neither libnice nor sockets. */
#pragma once

#include "floe-candidate-codec-private.h"
#include "floe-stun-client-core-private.h"

G_BEGIN_DECLS

#define FLOE_REFLEXIVE_MAX_BASES 16
#define FLOE_REFLEXIVE_MAX_SERVERS 8
/* Of one base. A second one shows that its NAT maps by destination, and may serve all the same. */
#define FLOE_REFLEXIVE_MAX_MAPPINGS 4
#define FLOE_REFLEXIVE_REFRESH_US (15 * G_TIME_SPAN_SECOND)

typedef struct
{
  FloeStunAddress address;
  FloeCandidate host; /* its priority and foundation lead to those of the reflexive ones */
  guint8 tag[FLOE_STUN_MAX_ID_PREFIX_SIZE]; /* what transaction ids begin with */
  gboolean is_hidden;                       /* the host candidate is not told */
} FloeReflexiveBase;

typedef enum
{
  FLOE_REFLEXIVE_OUTPUT_SEND,
  FLOE_REFLEXIVE_OUTPUT_CANDIDATE,
  FLOE_REFLEXIVE_OUTPUT_FAILED,
} FloeReflexiveOutputType;

typedef struct
{
  FloeReflexiveOutputType type;
  guint base;
  guint server;                   /* of CANDIDATE and FAILED */
  FloeStunAddress to;             /* of SEND */
  const guint8 *data;             /* (unowned): of SEND; valid until the next call */
  gsize size;                     /* bytes */
  const FloeCandidate *candidate; /* (unowned): of CANDIDATE; valid until the next call */
  guint code;                     /* of FAILED: the server's own, or 701 */
  const char *text;               /* (unowned): of FAILED; static */
} FloeReflexiveOutput;

/* What the end of gathering depends on. */
typedef struct
{
  guint base_count;
  guint answered_count; /* bases that a server has answered */
  guint open_count;     /* bases without an answer that one may still come to */
  gint64 answered_us;   /* when the first was answered; -1 */
  gint64 rtt_us;        /* of that answer, or since the start when it was asked for repeatedly */
} FloeReflexiveFacts;

typedef struct _FloeReflexiveCore FloeReflexiveCore;

/* @server_count: at most FLOE_REFLEXIVE_MAX_SERVERS are counted. Their names are looked up until
 * end_lookup() says otherwise. */
FloeReflexiveCore *floe_reflexive_core_new (gint64 now_us, guint path_id, guint server_count);
void floe_reflexive_core_free (FloeReflexiveCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeReflexiveCore, floe_reflexive_core_free)

/* FALSE when there are too many. */
gboolean floe_reflexive_core_add_base (FloeReflexiveCore *self, gint64 now_us,
                                       const FloeReflexiveBase *base);
/* A second address of the same family is not used, nor is one that another server has. */
void floe_reflexive_core_add_address (FloeReflexiveCore *self, gint64 now_us, guint server,
                                      const FloeStunAddress *address);
/* All addresses of the server have been added; @is_found: it has some. */
void floe_reflexive_core_end_lookup (FloeReflexiveCore *self, guint server, gboolean is_found);
/* All bases have been added: a server whose family none of them has is given up. */
void floe_reflexive_core_end_bases (FloeReflexiveCore *self);

void floe_reflexive_core_handle_datagram (FloeReflexiveCore *self, gint64 now_us, guint base,
                                          const FloeStunAddress *from, const guint8 *data,
                                          gsize size);
/* The network takes nothing to @to from this base. */
void floe_reflexive_core_handle_unreachable (FloeReflexiveCore *self, gint64 now_us, guint base,
                                             const FloeStunAddress *to);
void floe_reflexive_core_handle_timeout (FloeReflexiveCore *self, gint64 now_us);
gint64 floe_reflexive_core_get_deadline (const FloeReflexiveCore *self); /* -1 for none */
gboolean floe_reflexive_core_poll (FloeReflexiveCore *self, FloeReflexiveOutput *output);

/* Nothing is asked again from now on. */
void floe_reflexive_core_stop_refreshing (FloeReflexiveCore *self);

FloeReflexiveFacts floe_reflexive_core_get_facts (const FloeReflexiveCore *self);
/* The candidate with this address and port, or NULL. */
const FloeCandidate *floe_reflexive_core_find (const FloeReflexiveCore *self, const char *address,
                                               guint16 port);
/* Answers without an address that a peer could send to. */
guint floe_reflexive_core_get_dropped_count (const FloeReflexiveCore *self);

G_END_DECLS
