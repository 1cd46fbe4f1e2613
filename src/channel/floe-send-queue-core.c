/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-send-queue-core-private.h"

#include "floe-dcep-codec-private.h"

typedef struct
{
  guint32 key;
  GQueue messages; /* of FloeQueuedMessage (owned) */
  GList turn;      /* its place in the round, while it has messages and is started */
  gsize size;
  gboolean is_started;
  gboolean is_in_round;
} ChannelQueue;

struct _FloeSendQueueCore
{
  GHashTable *queues; /* (owned): key to ChannelQueue (owned) */
  GQueue round;       /* of ChannelQueue (unowned), linked through `turn` */
  gsize total;
};

static void
free_message (gpointer data)
{
  FloeQueuedMessage *message = data;

  floe_queued_message_clear (message);
  g_free (message);
}

static void
free_queue (gpointer data)
{
  ChannelQueue *queue = data;

  g_queue_clear_full (&queue->messages, free_message);
  g_free (queue);
}

static ChannelQueue *
find (const FloeSendQueueCore *self, guint32 key)
{
  return g_hash_table_lookup (self->queues, GUINT_TO_POINTER (key));
}

static ChannelQueue *
ensure (FloeSendQueueCore *self, guint32 key)
{
  ChannelQueue *queue = find (self, key);

  if (queue != NULL)
    return queue;
  queue = g_new0 (ChannelQueue, 1);
  queue->key = key;
  queue->turn.data = queue;
  g_queue_init (&queue->messages);
  g_hash_table_insert (self->queues, GUINT_TO_POINTER (key), queue);
  return queue;
}

static void
join_round (FloeSendQueueCore *self, ChannelQueue *queue, gboolean is_next)
{
  if (queue->is_in_round || !queue->is_started || g_queue_is_empty (&queue->messages))
    return;
  queue->is_in_round = TRUE;
  if (is_next)
    g_queue_push_head_link (&self->round, &queue->turn);
  else
    g_queue_push_tail_link (&self->round, &queue->turn);
}

static void
leave_round (FloeSendQueueCore *self, ChannelQueue *queue)
{
  if (!queue->is_in_round)
    return;
  queue->is_in_round = FALSE;
  g_queue_unlink (&self->round, &queue->turn);
}

static void
push (FloeSendQueueCore *self, const FloeQueuedMessage *message)
{
  ChannelQueue *queue = ensure (self, message->key);
  FloeQueuedMessage *copy = g_memdup2 (message, sizeof *message);

  if (message->is_dcep)
    g_queue_push_head (&queue->messages, copy);
  else
    g_queue_push_tail (&queue->messages, copy);
  queue->size += message->size;
  self->total += message->size;
  join_round (self, queue, FALSE);
}

void
floe_queued_message_clear (FloeQueuedMessage *self)
{
  g_clear_pointer (&self->wire, g_bytes_unref);
}

FloeSendQueueCore *
floe_send_queue_core_new (void)
{
  FloeSendQueueCore *self = g_new0 (FloeSendQueueCore, 1);

  self->queues = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, free_queue);
  g_queue_init (&self->round);
  return self;
}

void
floe_send_queue_core_free (FloeSendQueueCore *self)
{
  g_hash_table_unref (self->queues);
  g_free (self);
}

void
floe_send_queue_core_push (FloeSendQueueCore *self, guint32 key, gboolean is_text, GBytes *bytes)
{
  static const guint8 zero[] = { 0 };
  gsize size = g_bytes_get_size (bytes);
  FloeQueuedMessage message = { .key = key, .size = size };

  if (size > 0)
    {
      message.ppid = is_text ? FLOE_PPID_STRING : FLOE_PPID_BINARY;
      message.wire = g_bytes_ref (bytes);
    }
  else
    {
      /* RFC 8831 section 6.6: SCTP "does not support the sending of empty user messages.
       * Therefore, if an empty message has to be sent, the appropriate PPID [...] is used, and
       * the SCTP user message of one zero byte is sent." */
      message.ppid = is_text ? FLOE_PPID_STRING_EMPTY : FLOE_PPID_BINARY_EMPTY;
      message.wire = g_bytes_new_static (zero, sizeof zero);
    }
  push (self, &message);
}

void
floe_send_queue_core_push_dcep (FloeSendQueueCore *self, guint32 key, GBytes *wire)
{
  const FloeQueuedMessage message = {
    .key = key, .ppid = FLOE_PPID_DCEP, .wire = wire, .is_dcep = TRUE
  };

  push (self, &message);
}

void
floe_send_queue_core_start (FloeSendQueueCore *self, guint32 key)
{
  ChannelQueue *queue = ensure (self, key);

  queue->is_started = TRUE;
  join_round (self, queue, FALSE);
}

void
floe_send_queue_core_clear (FloeSendQueueCore *self, guint32 key)
{
  ChannelQueue *queue = find (self, key);

  if (queue == NULL)
    return;
  leave_round (self, queue);
  self->total -= queue->size;
  g_hash_table_remove (self->queues, GUINT_TO_POINTER (key));
}

gboolean
floe_send_queue_core_take (FloeSendQueueCore *self, FloeQueuedMessage *out)
{
  GList *turn = g_queue_peek_head_link (&self->round);
  ChannelQueue *queue;
  g_autofree FloeQueuedMessage *message = NULL;

  if (turn == NULL)
    return FALSE;
  queue = turn->data;
  leave_round (self, queue);
  message = g_queue_pop_head (&queue->messages);
  queue->size -= message->size;
  self->total -= message->size;
  join_round (self, queue, FALSE);
  *out = *message;
  return TRUE;
}

void
floe_send_queue_core_put_back (FloeSendQueueCore *self, FloeQueuedMessage *message)
{
  ChannelQueue *queue = find (self, message->key);

  if (queue == NULL)
    {
      floe_queued_message_clear (message);
      return;
    }
  g_queue_push_head (&queue->messages, g_memdup2 (message, sizeof *message));
  queue->size += message->size;
  self->total += message->size;
  message->wire = NULL;
  leave_round (self, queue);
  join_round (self, queue, TRUE);
}

gsize
floe_send_queue_core_get_size (const FloeSendQueueCore *self, guint32 key)
{
  ChannelQueue *queue = find (self, key);

  return queue != NULL ? queue->size : 0;
}

gsize
floe_send_queue_core_get_total (const FloeSendQueueCore *self)
{
  return self->total;
}

gboolean
floe_send_queue_core_is_empty (const FloeSendQueueCore *self, guint32 key)
{
  ChannelQueue *queue = find (self, key);

  return queue == NULL || g_queue_is_empty (&queue->messages);
}
