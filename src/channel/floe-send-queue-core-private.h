/* SPDX-License-Identifier: MPL-2.0 */
/* Messages that wait for room in SCTP's send buffer: a queue per channel, served in turn, one
 * message each, so that no channel starves another.
 *
 * take() the next message, try to send it, and put_back() when there was no room. In between
 * anything may be pushed or cleared.
 *
 * Layer: protocol core. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FloeSendQueueCore FloeSendQueueCore;

/* A value: see clear(). */
typedef struct
{
  guint32 key; /* the channel's */
  guint32 ppid;
  GBytes *wire;     /* (owned): what goes to SCTP, never empty */
  gsize size;       /* of the application's message, 0 for DCEP */
  gboolean is_dcep; /* reliable and ordered, whatever the channel is */
} FloeQueuedMessage;

void floe_queued_message_clear (FloeQueuedMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeQueuedMessage, floe_queued_message_clear)

FloeSendQueueCore *floe_send_queue_core_new (void);
void floe_send_queue_core_free (FloeSendQueueCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeSendQueueCore, floe_send_queue_core_free)

/* (transfer none) @bytes. An empty message gets the PPID and the byte of RFC 8831 section 6.6. */
void floe_send_queue_core_push (FloeSendQueueCore *self, guint32 key, gboolean is_text,
                                GBytes *bytes);
/* (transfer full) @wire. Goes before what is queued: OPEN must be the first of its stream. */
void floe_send_queue_core_push_dcep (FloeSendQueueCore *self, guint32 key, GBytes *wire);

/* Lets the channel take part: what is pushed before waits. Idempotent. */
void floe_send_queue_core_start (FloeSendQueueCore *self, guint32 key);
/* Drops what is queued and forgets the channel. */
void floe_send_queue_core_clear (FloeSendQueueCore *self, guint32 key);

/* The next message of the next started channel; FALSE: none. */
gboolean floe_send_queue_core_take (FloeSendQueueCore *self, FloeQueuedMessage *out);
/* Makes it the very next message again, unless its channel was cleared. Takes what @message
 * holds. */
void floe_send_queue_core_put_back (FloeSendQueueCore *self, FloeQueuedMessage *message);

/* Bytes of the application's messages that are queued, of a channel and of all. */
gsize floe_send_queue_core_get_size (const FloeSendQueueCore *self, guint32 key);
gsize floe_send_queue_core_get_total (const FloeSendQueueCore *self);
gboolean floe_send_queue_core_is_empty (const FloeSendQueueCore *self, guint32 key);

G_END_DECLS
