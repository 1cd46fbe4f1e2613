/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-transactions-core-private.h"

/* RFC 8489 section 6.2.1: what it has for RTO at least, and by default for Rc and Rm */
#define DEFAULT_RTO_US (500 * G_TIME_SPAN_MILLISECOND)
#define DEFAULT_SEND_COUNT 7
#define DEFAULT_LAST_WAIT 16
#define MAX_LAST_WAIT 64
/* RFC 8489 section 6.2.2: Ti */
#define DEFAULT_RELIABLE_US (39500 * G_TIME_SPAN_MILLISECOND)
#define MAX_RELIABLE_US (600 * G_TIME_SPAN_SECOND)

/* How many transactions that are over are remembered, to tell a late response from a forged one. */
#define REMEMBERED_COUNT 64

typedef struct
{
  FloeStunTransaction request; /* its message is owned */
  guint8 transaction_id[FLOE_STUN_TRANSACTION_ID_SIZE];
  guint16 method;
  gint64 started_us;
  gint64 due_us;         /* when it is sent again or given up */
  guint sent_count;      /* those that wait to be polled included */
  gboolean is_sending;   /* poll shall send it */
  gboolean is_expired;   /* poll shall say so */
  gboolean was_rejected; /* a response, at least */
} Transaction;

struct _FloeStunTransactionsCore
{
  GPtrArray *transactions; /* (owned) (element-type Transaction) */
  guint max_count;
  guint8 remembered[REMEMBERED_COUNT][FLOE_STUN_TRANSACTION_ID_SIZE];
  guint remembered_count; /* ever */
  FloeStunCounters counters;
};

static void
free_transaction (Transaction *transaction)
{
  g_bytes_unref (transaction->request.message);
  g_free (transaction);
}

static gint64
clamp_or_default (gint64 value, gint64 low, gint64 high, gint64 otherwise)
{
  return value == 0 ? otherwise : CLAMP (value, low, high);
}

static FloeStunTiming
complete_timing (const FloeStunTiming *timing)
{
  return (FloeStunTiming){
    .rto_us = clamp_or_default (timing->rto_us, FLOE_STUN_MIN_RTO_US, FLOE_STUN_MAX_RTO_US,
                                DEFAULT_RTO_US),
    .send_count = (guint) clamp_or_default (timing->send_count, 1, FLOE_STUN_MAX_SEND_COUNT,
                                            DEFAULT_SEND_COUNT),
    .last_wait = (guint) clamp_or_default (timing->last_wait, 1, MAX_LAST_WAIT, DEFAULT_LAST_WAIT),
    .reliable_us = clamp_or_default (timing->reliable_us, FLOE_STUN_MIN_RTO_US, MAX_RELIABLE_US,
                                     DEFAULT_RELIABLE_US),
    .give_up_us = MAX (timing->give_up_us, 0),
  };
}

/* RFC 8489 section 6.2.1: requests at 0, 1, 3, 7, 15, 31 and 63 RTO, and the end at 79. Counts from
 * now and not from the start, so that a process that slept does not send several at once. */
static void
send_and_set_due (Transaction *transaction, gint64 now_us)
{
  const FloeStunTiming *timing = &transaction->request.timing;
  gint64 wait_us;

  transaction->is_sending = TRUE;
  transaction->sent_count++;
  if (transaction->request.is_reliable)
    wait_us = timing->reliable_us;
  else if (transaction->sent_count < timing->send_count)
    wait_us = timing->rto_us << (transaction->sent_count - 1);
  else
    wait_us = timing->rto_us * timing->last_wait;
  transaction->due_us = MIN (now_us + wait_us, transaction->request.give_up_at_us);
}

static void
expire (Transaction *transaction)
{
  transaction->is_sending = FALSE;
  transaction->is_expired = TRUE;
  transaction->due_us = G_MININT64;
}

static Transaction *
find_by_id (const FloeStunTransactionsCore *self, guint64 id, guint *index)
{
  for (guint i = 0; i < self->transactions->len; i++)
    {
      Transaction *transaction = g_ptr_array_index (self->transactions, i);

      if (transaction->request.id == id)
        {
          *index = i;
          return transaction;
        }
    }
  return NULL;
}

static void
forget (FloeStunTransactionsCore *self, guint index)
{
  const Transaction *transaction = g_ptr_array_index (self->transactions, index);

  memcpy (self->remembered[self->remembered_count % REMEMBERED_COUNT], transaction->transaction_id,
          FLOE_STUN_TRANSACTION_ID_SIZE);
  self->remembered_count++;
  g_ptr_array_remove_index (self->transactions, index);
}

static gboolean
is_remembered (const FloeStunTransactionsCore *self, const guint8 *transaction_id)
{
  for (guint i = 0; i < MIN (self->remembered_count, REMEMBERED_COUNT); i++)
    {
      if (memcmp (self->remembered[i], transaction_id, FLOE_STUN_TRANSACTION_ID_SIZE) == 0)
        return TRUE;
    }
  return FALSE;
}

FloeStunTransactionsCore *
floe_stun_transactions_core_new (guint max_count)
{
  FloeStunTransactionsCore *self = g_new0 (FloeStunTransactionsCore, 1);

  self->transactions = g_ptr_array_new_with_free_func ((GDestroyNotify) free_transaction);
  self->max_count = max_count;
  return self;
}

void
floe_stun_transactions_core_free (FloeStunTransactionsCore *self)
{
  g_ptr_array_unref (self->transactions);
  g_free (self);
}

gboolean
floe_stun_transactions_core_start (FloeStunTransactionsCore *self, gint64 now_us,
                                   const FloeStunTransaction *request)
{
  Transaction *transaction;
  FloeStunMessage message;
  gsize size;
  const guint8 *data = g_bytes_get_data (request->message, &size);
  guint index;

  if (self->transactions->len >= self->max_count || find_by_id (self, request->id, &index) != NULL
      || !floe_stun_message_parse (&message, data, size, NULL)
      || message.message_class != FLOE_STUN_REQUEST)
    return FALSE;
  transaction = g_new0 (Transaction, 1);
  transaction->request = *request;
  transaction->request.message = g_bytes_ref (request->message);
  transaction->request.timing = complete_timing (&request->timing);
  if (request->from.remote.size == 0)
    transaction->request.from = request->to;
  if (transaction->request.timing.give_up_us > 0)
    transaction->request.give_up_at_us =
        MIN (request->give_up_at_us, now_us + transaction->request.timing.give_up_us);
  transaction->method = message.method;
  memcpy (transaction->transaction_id, message.transaction_id, FLOE_STUN_TRANSACTION_ID_SIZE);
  transaction->started_us = now_us;
  g_ptr_array_add (self->transactions, transaction);
  if (transaction->request.give_up_at_us <= now_us)
    expire (transaction);
  else
    send_and_set_due (transaction, now_us);
  return TRUE;
}

static FloeStunArrival
match (const FloeStunTransactionsCore *self, const FloeStunMessage *message,
       const FloeStunRoute *from, guint64 *id)
{
  for (guint i = 0; i < self->transactions->len; i++)
    {
      const Transaction *transaction = g_ptr_array_index (self->transactions, i);

      if (memcmp (transaction->transaction_id, message->transaction_id,
                  FLOE_STUN_TRANSACTION_ID_SIZE)
          != 0)
        continue;
      if (transaction->is_expired)
        return FLOE_STUN_ARRIVAL_STALE;
      if (transaction->request.from.local != from->local
          || !floe_stun_address_equal (&transaction->request.from.remote, &from->remote))
        return FLOE_STUN_ARRIVAL_WRONG_ROUTE;
      if (transaction->method != message->method)
        return FLOE_STUN_ARRIVAL_WRONG_METHOD;
      *id = transaction->request.id;
      return FLOE_STUN_ARRIVAL_MATCHED;
    }
  return is_remembered (self, message->transaction_id) ? FLOE_STUN_ARRIVAL_STALE
                                                       : FLOE_STUN_ARRIVAL_UNKNOWN;
}

FloeStunArrival
floe_stun_transactions_core_handle_response (FloeStunTransactionsCore *self,
                                             const FloeStunMessage *message,
                                             const FloeStunRoute *from, guint64 *id)
{
  guint *const counters[] = {
    [FLOE_STUN_ARRIVAL_MATCHED] = &self->counters.matched,
    [FLOE_STUN_ARRIVAL_STALE] = &self->counters.stale,
    [FLOE_STUN_ARRIVAL_UNKNOWN] = &self->counters.unknown,
    [FLOE_STUN_ARRIVAL_WRONG_ROUTE] = &self->counters.wrong_route,
    [FLOE_STUN_ARRIVAL_WRONG_METHOD] = &self->counters.wrong_method,
  };
  FloeStunArrival arrival = match (self, message, from, id);

  (*counters[arrival])++;
  return arrival;
}

void
floe_stun_transactions_core_reject (FloeStunTransactionsCore *self, guint64 id)
{
  guint index;
  Transaction *transaction = find_by_id (self, id, &index);

  if (transaction == NULL)
    return;
  self->counters.rejected++;
  transaction->was_rejected = TRUE;
  if (transaction->request.is_reliable)
    expire (transaction);
}

void
floe_stun_transactions_core_hasten (FloeStunTransactionsCore *self, guint64 id,
                                    gint64 give_up_at_us)
{
  guint index;
  Transaction *transaction = find_by_id (self, id, &index);

  if (transaction == NULL)
    return;
  transaction->request.give_up_at_us = MIN (transaction->request.give_up_at_us, give_up_at_us);
  transaction->due_us = MIN (transaction->due_us, give_up_at_us);
}

gint64
floe_stun_transactions_core_finish (FloeStunTransactionsCore *self, gint64 now_us, guint64 id)
{
  guint index;
  const Transaction *transaction = find_by_id (self, id, &index);
  gint64 rtt_us;

  if (transaction == NULL)
    return -1;
  rtt_us = transaction->sent_count == 1 ? MAX (now_us - transaction->started_us, 0) : -1;
  forget (self, index);
  return rtt_us;
}

void
floe_stun_transactions_core_handle_timeout (FloeStunTransactionsCore *self, gint64 now_us)
{
  for (guint i = 0; i < self->transactions->len; i++)
    {
      Transaction *transaction = g_ptr_array_index (self->transactions, i);
      gboolean is_last = transaction->request.is_reliable
                         || transaction->sent_count >= transaction->request.timing.send_count;

      if (transaction->is_expired || now_us < transaction->due_us)
        continue;
      if (is_last || now_us >= transaction->request.give_up_at_us)
        expire (transaction);
      else
        send_and_set_due (transaction, now_us);
    }
}

gint64
floe_stun_transactions_core_get_deadline (const FloeStunTransactionsCore *self)
{
  gint64 deadline_us = G_MAXINT64;

  for (guint i = 0; i < self->transactions->len; i++)
    {
      const Transaction *transaction = g_ptr_array_index (self->transactions, i);

      deadline_us = MIN (deadline_us, MAX (transaction->due_us, 0));
    }
  return self->transactions->len == 0 ? -1 : deadline_us;
}

gboolean
floe_stun_transactions_core_poll (FloeStunTransactionsCore *self, FloeStunTransactionOutput *output)
{
  for (guint i = 0; i < self->transactions->len; i++)
    {
      Transaction *transaction = g_ptr_array_index (self->transactions, i);

      *output = (FloeStunTransactionOutput){ .id = transaction->request.id };
      if (transaction->is_sending)
        {
          transaction->is_sending = FALSE;
          self->counters.sent++;
          output->type = FLOE_STUN_TRANSACTION_SEND;
          output->to = transaction->request.to;
          output->data = g_bytes_get_data (transaction->request.message, &output->size);
          return TRUE;
        }
      if (transaction->is_expired)
        {
          output->type = FLOE_STUN_TRANSACTION_EXPIRED;
          output->was_rejected = transaction->was_rejected;
          forget (self, i);
          return TRUE;
        }
    }
  return FALSE;
}

guint
floe_stun_transactions_core_get_count (const FloeStunTransactionsCore *self)
{
  return self->transactions->len;
}

const FloeStunCounters *
floe_stun_transactions_core_get_counters (const FloeStunTransactionsCore *self)
{
  return &self->counters;
}
