/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of stack/ share. Layer: stack. Network thread only, but for the reference count.
 */
#pragma once

#include "floe-early-queue-private.h"
#include "floe-ice-transport-private.h"
#include "floe-probe-ledger-private.h"
#include "floe-sctp-engine-private.h"
#include "floe-stack-private.h"
#include "floe-traversal-private.h"

G_BEGIN_DECLS

/* What a datagram may have without being fragmented on any path of today's Internet (RFC 8831
 * section 5: 1200 bytes where the path MTU is not known). */
#define FLOE_STACK_DATAGRAM_SIZE 1200

#define FLOE_STACK_NO_PATH G_MAXUINT

/* What a connection was configured with: written by floe_stack_new(), read by the network side. */
typedef struct
{
  FloeIceTransportConfig ice;   /* strings (owned) by the members below, objects by itself */
  FloeCertificate *certificate; /* (owned) */
  GPtrArray *plan;              /* (owned) */
  char *ufrag;                  /* (owned) */
  char *pwd;                    /* (owned) */
  char **interfaces;            /* (owned) (nullable) */
  FloeStrategyConfig strategy;
  guint max_channels;
  gsize max_message_size;
} FloeStackSettings;

struct _FloeStack
{
  gatomicrefcount ref_count; /* the façade's, and the network side's until FLOE_ORDER_CLOSE */
  FloeMailbox *orders;       /* (owned) */
  FloeMailbox *facts;        /* (owned) */
  FloeStackSettings settings;

  FloeIceTransport *ice;    /* (owned) (nullable): from the first order on */
  FloeTraversal *traversal; /* (owned) (nullable): as ice */
  FloeDtlsEngine *dtls;     /* (owned) (nullable): from FLOE_ORDER_START on */
  FloeSctpEngine *sctp;     /* (owned) (nullable): from DTLS connected on */
  FloeChannelSet *channels; /* (owned) (nullable): from the first order on */
  GSource *dtls_timer;      /* (owned) (nullable): as dtls */

  FloeStackRemote *remote; /* (owned) (nullable) */
  FloeEarlyQueue early;
  FloeProbeLedger probes;
  gboolean has_pair; /* a path carries data: @carrier_id */
  guint carrier_id;
  guint probe_path_id; /* while a probe or its answer is being sent: where to */
  guint input_path_id; /* while a datagram is being read: where it came; else FLOE_STACK_NO_PATH */

  /* Sent bytes of one channel not yet told above: folded into one fact. */
  guint32 sent_key;
  gsize sent_size;
};

/* floe-stack-transport.c */
/* With the traversal, that carries the plan out on it. */
void floe_stack_ensure_ice (FloeStack *self);
void floe_stack_start_dtls (FloeStack *self, gboolean is_client);
void floe_stack_clear_transport (FloeStack *self);
/* Since gathering was begun; 0 before. */
gsize floe_stack_get_elapsed_ms (const FloeStack *self);
/* Answers FLOE_ORDER_COUNT, soon. */
void floe_stack_count (FloeStack *self);
/* Gives an SCTP packet to DTLS, for one path and not for the one that carries. */
void floe_stack_send_on (FloeStack *self, guint path_id, const guint8 *packet, gsize size);

/* floe-stack-channels.c */
void floe_stack_ensure_channels (FloeStack *self);
void floe_stack_start_sctp (FloeStack *self);
void floe_stack_end_channels (FloeStack *self, const GError *error);
void floe_stack_flush_sent (FloeStack *self);

/* (transfer full) @fact. */
void floe_stack_tell (FloeStack *self, FloeFact *fact);

G_END_DECLS
