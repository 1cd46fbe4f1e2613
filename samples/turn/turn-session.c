/* SPDX-License-Identifier: MPL-2.0 */
#include "turn-session.h"

#include <string.h>

#include "turn-random.h"

/* RFC 8489 section 6.2.1, with five sendings instead of seven: 7.5 seconds. */
#define RTO_US (G_USEC_PER_SEC / 2)
#define MAX_SENDINGS 4
/* How many requests wait for an answer at a time. */
#define WINDOW 24
/* How often a server may give a new nonce for one request. */
#define MAX_NONCES 2

struct _TurnSession
{
  TurnLink *link; /* (owned) */
  char *username; /* (owned) (nullable) */
  char *password; /* (owned) (nullable) */
  char *realm;    /* (owned) (nullable) */
  char *nonce;    /* (owned) (nullable) */
  char *software; /* (owned) (nullable) */
  gboolean keeps_nonce;
  gboolean accepts_unsigned;
};

/* A request under way. */
typedef struct
{
  TurnRequest *request; /* (unowned) */
  guint8 id[TURN_ID_SIZE];
  GByteArray *message; /* (owned) (nullable): NULL while it is to be made */
  guint sendings;
  guint nonces;
  gint64 next_us;
} Transaction;

static void
transaction_free (gpointer data)
{
  Transaction *self = data;

  if (self->message != NULL)
    g_byte_array_unref (self->message);
  g_free (self);
}

static void
wipe (char **secret)
{
  if (*secret != NULL)
    explicit_bzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

TurnSession *
turn_session_new (TurnLink *link, const char *username, const char *password)
{
  TurnSession *self = g_new0 (TurnSession, 1);

  self->link = link;
  self->username = g_strdup (username);
  self->password = g_strdup (password);
  return self;
}

void
turn_session_free (TurnSession *self)
{
  turn_link_close (self->link);
  g_free (self->username);
  wipe (&self->password);
  g_free (self->realm);
  g_free (self->nonce);
  g_free (self->software);
  g_free (self);
}

static gboolean
has_key (const TurnSession *self)
{
  return self->username != NULL && self->realm != NULL && self->nonce != NULL;
}

static void
make_key (const TurnSession *self, guint8 *key)
{
  turn_make_key (key, self->username, self->realm, self->password);
}

static void
add_arguments (GByteArray *message, const TurnRequest *request)
{
  if (request->channel != 0)
    turn_message_add_u32 (message, TURN_ATTRIBUTE_CHANNEL_NUMBER, (guint32) request->channel << 16);
  if (request->transport != 0)
    turn_message_add_u32 (message, TURN_ATTRIBUTE_REQUESTED_TRANSPORT,
                          (guint32) request->transport << 24);
  if (request->family != 0)
    turn_message_add_u32 (message, TURN_ATTRIBUTE_REQUESTED_ADDRESS_FAMILY,
                          (guint32) request->family << 24);
  if (request->releases)
    turn_message_add_u32 (message, TURN_ATTRIBUTE_LIFETIME, 0);
  if (request->peer.size != 0)
    turn_message_add_address (message, TURN_ATTRIBUTE_XOR_PEER_ADDRESS, &request->peer,
                              request->peer_port);
}

static GByteArray *
make_message (TurnSession *self, Transaction *transaction)
{
  const TurnRequest *request = transaction->request;
  GByteArray *message;
  guint8 key[TURN_KEY_SIZE];

  turn_random_fill (transaction->id, TURN_ID_SIZE);
  message = turn_message_new (request->method, TURN_CLASS_REQUEST, transaction->id);
  add_arguments (message, request);
  if (has_key (self))
    {
      turn_message_add_string (message, TURN_ATTRIBUTE_USERNAME, self->username);
      turn_message_add_string (message, TURN_ATTRIBUTE_REALM, self->realm);
      turn_message_add_string (message, TURN_ATTRIBUTE_NONCE, self->nonce);
      make_key (self, key);
      turn_message_sign (message, key);
    }
  turn_message_finish (message);
  return message;
}

/* Sends what is due, up to the window; when the next is due is in @next_us. */
static gboolean
send_due (TurnSession *self, GPtrArray *transactions, gint64 *next_us, GError **error)
{
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < MIN (transactions->len, WINDOW); i++)
    {
      Transaction *transaction = g_ptr_array_index (transactions, i);
      if (transaction->message == NULL)
        transaction->message = make_message (self, transaction);
      if (transaction->next_us <= now_us)
        {
          gboolean resends = !turn_link_is_stream (self->link) || transaction->sendings == 0;
          if (resends
              && !turn_link_send (self->link, transaction->message->data, transaction->message->len,
                                  error))
            return FALSE;
          transaction->next_us = now_us + (RTO_US << transaction->sendings);
          transaction->sendings++;
        }
      *next_us = MIN (*next_us, transaction->next_us);
    }
  return TRUE;
}

/* Those that were asked often enough are over. */
static void
drop_silent (GPtrArray *transactions)
{
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = transactions->len; i > 0; i--)
    {
      const Transaction *transaction = g_ptr_array_index (transactions, i - 1);
      if (transaction->sendings >= MAX_SENDINGS && transaction->next_us <= now_us)
        g_ptr_array_remove_index (transactions, i - 1);
    }
}

static void
replace (char **place, char *value)
{
  if (value == NULL)
    return;
  g_free (*place);
  *place = value;
}

static void
learn (TurnSession *self, const guint8 *data, gsize size)
{
  replace (&self->realm, turn_message_get_string (data, size, TURN_ATTRIBUTE_REALM));
  if (!self->keeps_nonce)
    replace (&self->nonce, turn_message_get_string (data, size, TURN_ATTRIBUTE_NONCE));
}

/* Whether @transaction is answered by the response. */
static gboolean
handle_response (TurnSession *self, Transaction *transaction, const guint8 *data, gsize size)
{
  TurnRequest *request = transaction->request;
  gboolean is_error = turn_message_get_class (data) == TURN_CLASS_ERROR;
  guint8 key[TURN_KEY_SIZE];
  gsize ignored;

  if (has_key (self) && !self->accepts_unsigned
      && turn_message_find (data, size, TURN_ATTRIBUTE_MESSAGE_INTEGRITY, &ignored))
    {
      make_key (self, key);
      if (!turn_message_is_signed (data, size, key))
        return FALSE;
    }
  replace (&self->software, turn_message_get_string (data, size, TURN_ATTRIBUTE_SOFTWARE));
  if (is_error)
    request->code = MAX ((int) turn_message_get_error (data, size), 1);
  else
    request->code = TURN_SUCCESS;
  if (request->code == 401 || request->code == 438)
    learn (self, data, size);
  /* RFC 8489 section 9.2.5: ask again with the new nonce. */
  if (request->code == 438 && !self->keeps_nonce && transaction->nonces < MAX_NONCES)
    {
      transaction->nonces++;
      transaction->sendings = 0;
      transaction->next_us = 0;
      g_clear_pointer (&transaction->message, g_byte_array_unref);
      request->code = TURN_NO_ANSWER;
      return FALSE;
    }
  turn_message_get_address (data, size, TURN_ATTRIBUTE_XOR_RELAYED_ADDRESS, &request->relayed,
                            &request->relayed_port);
  return TRUE;
}

static void
handle_frame (TurnSession *self, GPtrArray *transactions, const guint8 *data, gsize size)
{
  if (!turn_message_is_valid (data, size) || (turn_message_get_class (data) & 2) == 0)
    return;
  for (guint i = 0; i < transactions->len; i++)
    {
      Transaction *transaction = g_ptr_array_index (transactions, i);
      if (transaction->message != NULL
          && turn_message_get_method (data) == (guint) transaction->request->method
          && memcmp (turn_message_get_id (data), transaction->id, TURN_ID_SIZE) == 0)
        {
          if (handle_response (self, transaction, data, size))
            g_ptr_array_remove_index (transactions, i);
          return;
        }
    }
}

static GPtrArray *
make_transactions (TurnRequest *requests, guint count)
{
  GPtrArray *transactions = g_ptr_array_new_with_free_func (transaction_free);

  for (guint i = 0; i < count; i++)
    {
      Transaction *transaction = g_new0 (Transaction, 1);
      transaction->request = &requests[i];
      requests[i].code = TURN_NO_ANSWER;
      g_ptr_array_add (transactions, transaction);
    }
  return transactions;
}

gboolean
turn_session_run (TurnSession *self, TurnRequest *requests, guint count, gint64 until_us,
                  GError **error)
{
  g_autoptr (GPtrArray) transactions = make_transactions (requests, count);

  while (transactions->len > 0 && g_get_monotonic_time () < until_us)
    {
      g_autoptr (GError) local_error = NULL;
      g_autoptr (GBytes) frame = NULL;
      gint64 next_us = until_us;
      gsize size;
      const guint8 *data;

      if (!send_due (self, transactions, &next_us, error))
        return FALSE;
      frame = turn_link_receive (self->link, next_us, &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (frame != NULL)
        {
          data = g_bytes_get_data (frame, &size);
          handle_frame (self, transactions, data, size);
        }
      drop_silent (transactions);
    }
  return TRUE;
}

void
turn_session_use_nonce (TurnSession *self, const char *nonce)
{
  replace (&self->nonce, g_strdup (nonce));
  self->keeps_nonce = TRUE;
}

void
turn_session_accept_unsigned (TurnSession *self)
{
  self->accepts_unsigned = TRUE;
}

const char *
turn_session_get_software (const TurnSession *self)
{
  return self->software;
}

gboolean
turn_session_send_indication (TurnSession *self, const TurnAddress *peer, guint16 port,
                              gconstpointer data, gsize size, GError **error)
{
  guint8 id[TURN_ID_SIZE];
  g_autoptr (GByteArray) message = NULL;

  turn_random_fill (id, sizeof id);
  message = turn_message_new (TURN_METHOD_SEND, TURN_CLASS_INDICATION, id);
  turn_message_add_address (message, TURN_ATTRIBUTE_XOR_PEER_ADDRESS, peer, port);
  turn_message_add (message, TURN_ATTRIBUTE_DATA, data, size);
  turn_message_finish (message);
  return turn_link_send (self->link, message->data, message->len, error);
}

gboolean
turn_session_send_channel_data (TurnSession *self, guint16 channel, gconstpointer data, gsize size,
                                GError **error)
{
  static const guint8 padding[3] = { 0 };
  guint8 header[4] = { (guint8) (channel >> 8), (guint8) channel, (guint8) (size >> 8),
                       (guint8) size };
  g_autoptr (GByteArray) frame = g_byte_array_new ();

  g_byte_array_append (frame, header, sizeof header);
  g_byte_array_append (frame, data, (guint) size);
  g_byte_array_append (frame, padding, (guint) (-size & 3));
  return turn_link_send (self->link, frame->data, frame->len, error);
}

gboolean
turn_session_await_data (TurnSession *self, gconstpointer data, gsize size, gint64 until_us)
{
  while (g_get_monotonic_time () < until_us)
    {
      g_autoptr (GBytes) frame = turn_link_receive (self->link, until_us, NULL);
      gsize frame_size = 0;
      gsize value_size = 0;
      const guint8 *bytes;
      const guint8 *value = NULL;

      if (frame == NULL)
        return FALSE;
      bytes = g_bytes_get_data (frame, &frame_size);
      if (turn_message_is_valid (bytes, frame_size)
          && turn_message_get_method (bytes) == TURN_METHOD_DATA)
        value = turn_message_find (bytes, frame_size, TURN_ATTRIBUTE_DATA, &value_size);
      if (value != NULL && value_size == size && memcmp (value, data, size) == 0)
        return TRUE;
    }
  return FALSE;
}
