/* SPDX-License-Identifier: MPL-2.0 */
/* What goes through the mailboxes of one connection: orders down, facts up.
 *
 * Layer: stack. Values only; whoever takes a message owns what is in it. */
#pragma once

#include <glib.h>

#include <floe/floe-enums.h>

#include "floe-candidate-codec-private.h"
#include "floe-channel-set-private.h"
#include "floe-dtls-engine-private.h"
#include "floe-ice-steps-private.h"
#include "floe-mailbox-private.h"
#include "floe-strategy-core-private.h"

G_BEGIN_DECLS

typedef enum
{
  FLOE_ORDER_GATHER,            /* @is_set: this side controls; @key: 1: no candidate trickles */
  FLOE_ORDER_SET_REMOTE,        /* @remote */
  FLOE_ORDER_ADD_CANDIDATE,     /* @candidate */
  FLOE_ORDER_END_OF_CANDIDATES, /* the peer has no more */
  FLOE_ORDER_SET_SERVERS,       /* @plan: other servers or credentials */
  FLOE_ORDER_START,             /* @is_set: this side is the DTLS client */
  FLOE_ORDER_OPEN_CHANNEL,      /* @key, @channel */
  FLOE_ORDER_SEND,              /* @key, @is_set: text, @bytes */
  FLOE_ORDER_CLOSE_CHANNEL,     /* @key */
  FLOE_ORDER_CONSUMED,          /* @key, @size: the application has taken so much */
  FLOE_ORDER_NETWORK_CHANGED,   /* the host's network may have; @is_set: it is metered */
  FLOE_ORDER_LOCAL_NAT,         /* @nat: the peer was told so of ours; @size: s, its lifetime;
                                 * @key: a FloeStrategyMemory, of this network */
  FLOE_ORDER_REMOTE_NAT,        /* @nat: the peer has told so of its own */
  FLOE_ORDER_COUNT,             /* tell counters, then FLOE_FACT_COUNTED */
  FLOE_ORDER_CLOSE,
} FloeOrderType;

/* What the network side must know of the peer's description. */
typedef struct
{
  char *ufrag;         /* (owned) */
  char *pwd;           /* (owned) */
  char **fingerprints; /* (owned) */
  guint16 sctp_port;
  gboolean can_trickle; /* it takes candidates that come later */
} FloeStackRemote;

typedef struct
{
  FloeLetter letter;
  FloeOrderType type;
  guint32 key;
  gboolean is_set;
  gsize size;
  GBytes *bytes; /* (owned) (nullable) */
  union
  {
    FloeCandidate *candidate; /* (owned) */
    FloeChannelInfo *channel; /* (owned) */
    FloeStackRemote *remote;  /* (owned) */
    GPtrArray *plan;          /* (owned) (element-type FloePathSpec) */
    FloeNatSummary *nat;      /* (owned) */
  } with;
} FloeOrder;

FloeOrder *floe_order_new (FloeOrderType type);
void floe_order_free (FloeOrder *order);

typedef enum
{
  FLOE_FACT_CANDIDATE,       /* @with.candidate: a local one */
  FLOE_FACT_CANDIDATE_ERROR, /* @text: the URL, @number: the code, @error: in words */
  FLOE_FACT_GATHERING_DONE,
  FLOE_FACT_ICE_STATE,  /* @number: a FloeIceConnectionState, @size: ms */
  FLOE_FACT_DTLS_STATE, /* @number: a FloeDtlsState, @error, @size: ms */
  FLOE_FACT_PAIR,       /* @with.pair: local and remote; @number: a FloePathReason, @size: ms */
  FLOE_FACT_PLAN,       /* @with.plan: there is another plan */
  FLOE_FACT_PATH_STEP,  /* @with.step */
  FLOE_FACT_COUNTED,    /* the oldest FLOE_ORDER_COUNT is answered */
  FLOE_FACT_CHANNEL_INCOMING, /* @key, @with.channel, @size: ms */
  FLOE_FACT_CHANNEL_OPENED,   /* @key, @number: the id, @size: ms */
  FLOE_FACT_CHANNEL_MESSAGE,  /* @key, @is_text, @bytes */
  FLOE_FACT_CHANNEL_SENT,     /* @key, @size */
  FLOE_FACT_CHANNEL_CLOSING,  /* @key */
  FLOE_FACT_CHANNEL_CLOSED,   /* @key, @error */
} FloeFactType;

/* A plan and what it was made of. */
typedef struct
{
  FloeStrategyPlan plan;
  gboolean has_local; /* FALSE: nothing is known of our NAT, or the peer was not told */
  FloeNatSummary local;
  gboolean has_remote; /* FALSE: neither has the peer told, nor do its candidates */
  FloeNatSummary remote;
} FloeStackPlan;

typedef struct
{
  FloeLetter letter;
  FloeFactType type;
  guint32 key;
  guint number;
  gboolean is_text;
  gsize size;
  GBytes *bytes; /* (owned) (nullable) */
  GError *error; /* (owned) (nullable) */
  char *text;    /* (owned) (nullable) */
  union
  {
    FloeCandidate *candidate; /* (owned) */
    FloeCandidate *pair;      /* (owned): [0] local, [1] remote */
    FloeStackPlan *plan;      /* (owned) */
    FloeChannelInfo *channel; /* (owned) */
    FloePathStep *step;       /* (owned) */
  } with;
} FloeFact;

FloeFact *floe_fact_new (FloeFactType type);
void floe_fact_free (FloeFact *fact);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeFact, floe_fact_free)

G_END_DECLS
