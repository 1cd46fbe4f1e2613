/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-client-core-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-random-private.h"

/* Bytes that credentials may add: the texts, a list of algorithms, two proofs, FINGERPRINT. */
#define MAX_CREDENTIALS_SIZE 3072
/* Bytes of a server's reason that people are shown, about. */
#define MAX_REASON_SIZE 128
/* How long a proved response may still come after an error without proof. */
#define PROOF_GRACE_US (500 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  guint64 id;
  GBytes *template; /* (owned): what is asked for, with any transaction id */
  gboolean has_fingerprint;
  guint8 id_prefix[FLOE_STUN_MAX_ID_PREFIX_SIZE];
  gsize id_prefix_size;
  FloeStunTransaction transaction;  /* its message is of the transactions core */
  FloeStunCredentials *credentials; /* (owned) (nullable) */
  FloeStunProof proof;              /* of the transaction under way */
  guint challenge_count;
  guint stale_count;
  guint error_code; /* of the last error response, whoever it is from */
  GBytes *unproved; /* (owned) (nullable): an error without proof, told if nothing better comes */
  gint64 started_us;
} Request;

struct _FloeStunClientCore
{
  FloeStunTransactionsCore *transactions; /* (owned) */
  GPtrArray *requests;                    /* (owned) (element-type Request) */
  GQueue outcomes;                        /* (owned) (element-type FloeStunOutcome) */
  FloeStunOutcome *told;                  /* (owned) (nullable): what poll gave last */
  guint max_count;
  guint64 last_id;
  gint64 now_us; /* of the last call that told it */
};

static void
free_request (Request *request)
{
  g_bytes_unref (request->template);
  g_clear_pointer (&request->unproved, g_bytes_unref);
  g_clear_pointer (&request->credentials, floe_stun_credentials_unref);
  floe_stun_proof_clear (&request->proof);
  g_free (request);
}

static void
free_outcome (FloeStunOutcome *outcome)
{
  g_clear_pointer (&outcome->bytes, g_bytes_unref);
  g_clear_error (&outcome->error);
  g_free (outcome);
}

static Request *
find_request (const FloeStunClientCore *self, guint64 id)
{
  for (guint i = 0; i < self->requests->len; i++)
    {
      Request *request = g_ptr_array_index (self->requests, i);

      if (request->id == id)
        return request;
    }
  return NULL;
}

/* Ends a request. @response is set for results that have one. Takes @error. */
static void
end_request (FloeStunClientCore *self, Request *request, FloeStunResult result,
             const FloeStunMessage *response, GError *error)
{
  FloeStunOutcome *outcome = g_new0 (FloeStunOutcome, 1);

  outcome->id = request->id;
  outcome->result = result;
  outcome->error_code = request->error_code;
  outcome->elapsed_us = MAX (self->now_us - request->started_us, 0);
  outcome->rtt_us =
      floe_stun_transactions_core_finish (self->transactions, self->now_us, request->id);
  outcome->error = error;
  if (response != NULL)
    {
      outcome->bytes = g_bytes_new (response->data, response->size);
      outcome->response = *response;
      outcome->response.data = g_bytes_get_data (outcome->bytes, NULL);
    }
  g_queue_push_tail (&self->outcomes, outcome);
  g_ptr_array_remove (self->requests, request);
}

/* The request with what its credentials have to say now; NULL when it became too large. */
static GBytes *
build_message (Request *request)
{
  FloeStunMessage template;
  gsize size;
  const guint8 *data = g_bytes_get_data (request->template, &size);
  gsize capacity = size + MAX_CREDENTIALS_SIZE;
  g_autofree guint8 *buffer = g_malloc (capacity);
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
  FloeStunBuilder builder;

  if (!floe_stun_message_parse (&template, data, size, NULL))
    return NULL;
  floe_random_bytes (id, sizeof id);
  memcpy (id, request->id_prefix, request->id_prefix_size);
  builder = floe_stun_builder_init (buffer, capacity, FLOE_STUN_REQUEST, template.method, id);
  floe_stun_builder_add_message (&builder, &template);
  if (request->credentials != NULL)
    floe_stun_credentials_add (request->credentials, &builder, &request->proof);
  if (request->has_fingerprint)
    floe_stun_builder_add_fingerprint (&builder);
  size = floe_stun_builder_finish (&builder);
  return size > 0 ? g_bytes_new (buffer, size) : NULL;
}

static gboolean
start_transaction (FloeStunClientCore *self, Request *request)
{
  g_autoptr (GBytes) message = build_message (request);

  if (message == NULL)
    return FALSE;
  request->transaction.message = message;
  return floe_stun_transactions_core_start (self->transactions, self->now_us,
                                            &request->transaction);
}

FloeStunClientCore *
floe_stun_client_core_new (guint max_count)
{
  FloeStunClientCore *self = g_new0 (FloeStunClientCore, 1);

  self->transactions = floe_stun_transactions_core_new (max_count);
  self->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) free_request);
  g_queue_init (&self->outcomes);
  self->max_count = max_count;
  return self;
}

void
floe_stun_client_core_free (FloeStunClientCore *self)
{
  floe_stun_transactions_core_free (self->transactions);
  g_ptr_array_unref (self->requests);
  g_queue_clear_full (&self->outcomes, (GDestroyNotify) free_outcome);
  g_clear_pointer (&self->told, free_outcome);
  g_free (self);
}

static Request *
new_request (FloeStunClientCore *self, const FloeStunRequest *asked,
             const FloeStunMessage *template)
{
  Request *request = g_new0 (Request, 1);

  request->id = ++self->last_id;
  request->template = g_bytes_new (asked->data, asked->size);
  request->has_fingerprint = floe_stun_message_has (template, FLOE_STUN_FINGERPRINT);
  if (asked->credentials != NULL)
    request->credentials = floe_stun_credentials_ref (asked->credentials);
  request->id_prefix_size = MIN (asked->id_prefix_size, sizeof request->id_prefix);
  memcpy (request->id_prefix, asked->id_prefix, request->id_prefix_size);
  request->started_us = self->now_us;
  request->transaction = (FloeStunTransaction){
    .id = request->id,
    .to = asked->to,
    .from = asked->from,
    .is_reliable = asked->is_reliable,
    .timing = asked->timing,
    .give_up_at_us =
        asked->timing.give_up_us > 0 ? self->now_us + asked->timing.give_up_us : G_MAXINT64,
  };
  request->transaction.timing.give_up_us = 0;
  return request;
}

guint64
floe_stun_client_core_start (FloeStunClientCore *self, gint64 now_us, const FloeStunRequest *asked,
                             GError **error)
{
  FloeStunMessage template;
  Request *request;

  self->now_us = now_us;
  if (self->requests->len + self->outcomes.length >= self->max_count)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                   "There are %u requests to servers under way already", self->max_count);
      return 0;
    }
  if (!floe_stun_message_parse (&template, asked->data, asked->size, error))
    return 0;
  request = new_request (self, asked, &template);
  g_ptr_array_add (self->requests, request);
  if (template.message_class != FLOE_STUN_REQUEST || !start_transaction (self, request))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                           "This is no STUN request, or too large for one");
      g_ptr_array_remove (self->requests, request);
      return 0;
    }
  return request->id;
}

void
floe_stun_client_core_cancel (FloeStunClientCore *self, guint64 id)
{
  Request *request = find_request (self, id);

  if (request == NULL)
    return;
  floe_stun_transactions_core_finish (self->transactions, self->now_us, id);
  g_ptr_array_remove (self->requests, request);
}

/* Asks again with what the server's 401 or 438 says, within bounds. */
static void
retry (FloeStunClientCore *self, Request *request)
{
  guint *count = request->error_code == FLOE_STUN_ERROR_STALE_NONCE ? &request->stale_count
                                                                    : &request->challenge_count;
  guint max_count =
      count == &request->stale_count ? FLOE_STUN_MAX_STALE_NONCES : FLOE_STUN_MAX_CHALLENGES;

  g_clear_pointer (&request->unproved, g_bytes_unref);
  (*count)++;
  if (*count <= max_count)
    {
      floe_stun_transactions_core_finish (self->transactions, self->now_us, request->id);
      if (start_transaction (self, request))
        return;
    }
  end_request (self, request, FLOE_STUN_RESULT_UNUSABLE, NULL,
               g_error_new_literal (FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
                                    "The STUN or TURN server keeps asking for other credentials"));
}

/* What a server says, fit to be shown: somebody else's text may have anything in it. */
static char *
dup_reason (const FloeStunError *code)
{
  GString *reason = g_string_new (NULL);
  const char *end = code->reason + MIN (code->reason_size, MAX_REASON_SIZE);

  for (const char *at = code->reason; at < end; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      g_string_append_unichar (reason, g_unichar_isprint (character) ? character : ' ');
    }
  return g_string_free (reason, FALSE);
}

static void
take_response (FloeStunClientCore *self, Request *request, const FloeStunMessage *response,
               gboolean is_authentic)
{
  FloeStunError code;
  FloeStunOutcome *outcome;
  FloeStunResult result = FLOE_STUN_RESULT_SUCCESS;
  GError *error = NULL;

  if (floe_stun_message_has_unknown (response)
      || (response->message_class == FLOE_STUN_ERROR
          && !floe_stun_message_get_error (response, &code)))
    {
      result = FLOE_STUN_RESULT_BROKEN;
      error = g_error_new_literal (FLOE_ERROR, FLOE_ERROR_NOT_SUPPORTED,
                                   "The STUN or TURN server answers in a way that can't be "
                                   "understood");
    }
  else if (response->message_class == FLOE_STUN_ERROR)
    {
      g_autofree char *reason = dup_reason (&code);

      result = FLOE_STUN_RESULT_ERROR;
      error = g_error_new (FLOE_ERROR, FLOE_ERROR_NETWORK,
                           "The STUN or TURN server refused with error %u “%s”", code.code, reason);
    }
  end_request (self, request, result, result == FLOE_STUN_RESULT_BROKEN ? NULL : response, error);
  outcome = g_queue_peek_tail (&self->outcomes);
  outcome->is_authentic = is_authentic;
}

/* An error of a server that does not prove its errors, or of somebody who read the request on its
 * way: the server's proved response, if there is one, comes as well, and wins. See
 * docs/decisions/0010-unproved-stun-errors.md. */
static void
keep_unproved (FloeStunClientCore *self, Request *request, const FloeStunMessage *response)
{
  if (request->unproved == NULL)
    {
      request->unproved = g_bytes_new (response->data, response->size);
      floe_stun_transactions_core_hasten (self->transactions, request->id,
                                          self->now_us + PROOF_GRACE_US);
    }
  floe_stun_transactions_core_reject (self->transactions, request->id);
}

static void
judge_response (FloeStunClientCore *self, Request *request, const FloeStunMessage *response)
{
  FloeStunVerdict verdict = FLOE_STUN_VERDICT_UNPROVED;
  FloeStunError code;
  GError *error = NULL;

  if (response->message_class == FLOE_STUN_ERROR && floe_stun_message_get_error (response, &code))
    request->error_code = code.code;
  if (request->credentials != NULL)
    verdict = floe_stun_credentials_judge (request->credentials, &request->proof, response, &error);
  switch (verdict)
    {
    case FLOE_STUN_VERDICT_AUTHENTIC:
    case FLOE_STUN_VERDICT_UNPROVED:
      take_response (self, request, response, verdict == FLOE_STUN_VERDICT_AUTHENTIC);
      break;
    case FLOE_STUN_VERDICT_UNPROVED_ERROR:
      keep_unproved (self, request, response);
      break;
    case FLOE_STUN_VERDICT_DISCARD:
      floe_stun_transactions_core_reject (self->transactions, request->id);
      break;
    case FLOE_STUN_VERDICT_RETRY:
      retry (self, request);
      break;
    case FLOE_STUN_VERDICT_REFUSED:
      end_request (self, request, FLOE_STUN_RESULT_REFUSED, NULL, error);
      break;
    case FLOE_STUN_VERDICT_UNUSABLE:
      end_request (self, request, FLOE_STUN_RESULT_UNUSABLE, NULL, error);
      break;
    }
}

gboolean
floe_stun_client_core_handle_datagram (FloeStunClientCore *self, gint64 now_us,
                                       const FloeStunRoute *from, const guint8 *data, gsize size)
{
  FloeStunMessage response;
  guint64 id;

  self->now_us = now_us;
  if (!floe_stun_message_parse (&response, data, size, NULL)
      || (response.message_class != FLOE_STUN_SUCCESS && response.message_class != FLOE_STUN_ERROR))
    return FALSE;
  if (floe_stun_transactions_core_handle_response (self->transactions, &response, from, &id)
      == FLOE_STUN_ARRIVAL_MATCHED)
    judge_response (self, find_request (self, id), &response);
  return TRUE;
}

void
floe_stun_client_core_handle_unreachable (FloeStunClientCore *self, gint64 now_us,
                                          const FloeStunRoute *route)
{
  self->now_us = now_us;
  for (guint i = self->requests->len; i > 0; i--)
    {
      Request *request = g_ptr_array_index (self->requests, i - 1);

      if (request->transaction.to.local == route->local
          && floe_stun_address_equal (&request->transaction.to.remote, &route->remote))
        end_request (self, request, FLOE_STUN_RESULT_UNREACHABLE, NULL,
                     g_error_new_literal (FLOE_ERROR, FLOE_ERROR_NETWORK,
                                          "The STUN or TURN server can't be reached"));
    }
}

void
floe_stun_client_core_handle_timeout (FloeStunClientCore *self, gint64 now_us)
{
  self->now_us = now_us;
  floe_stun_transactions_core_handle_timeout (self->transactions, now_us);
}

gint64
floe_stun_client_core_get_deadline (const FloeStunClientCore *self)
{
  return floe_stun_transactions_core_get_deadline (self->transactions);
}

/* RFC 8489 section 9.1.4: "If all the responses received are discarded, then instead of signaling a
 * timeout after ending the transaction, the layer MUST signal that the integrity protection was
 * violated." */
static void
handle_expired (FloeStunClientCore *self, const FloeStunTransactionOutput *expired)
{
  Request *request = find_request (self, expired->id);
  g_autoptr (GBytes) unproved = g_steal_pointer (&request->unproved);
  FloeStunMessage response;
  gsize size;
  const guint8 *data = unproved != NULL ? g_bytes_get_data (unproved, &size) : NULL;

  if (data != NULL && floe_stun_message_parse (&response, data, size, NULL))
    take_response (self, request, &response, FALSE);
  else if (expired->was_rejected)
    end_request (
        self, request, FLOE_STUN_RESULT_VIOLATED, NULL,
        g_error_new_literal (FLOE_ERROR, FLOE_ERROR_NETWORK,
                             "What answers for the STUN or TURN server does not prove that "
                             "it knows the password"));
  else
    end_request (self, request, FLOE_STUN_RESULT_TIMED_OUT, NULL,
                 g_error_new_literal (FLOE_ERROR, FLOE_ERROR_TIMEOUT,
                                      "The STUN or TURN server does not answer"));
}

gboolean
floe_stun_client_core_poll (FloeStunClientCore *self, FloeStunOutput *output)
{
  FloeStunTransactionOutput sending;

  g_clear_pointer (&self->told, free_outcome);
  while (floe_stun_transactions_core_poll (self->transactions, &sending))
    {
      if (sending.type == FLOE_STUN_TRANSACTION_EXPIRED)
        {
          handle_expired (self, &sending);
          continue;
        }
      *output = (FloeStunOutput){ .type = FLOE_STUN_OUTPUT_SEND,
                                  .id = sending.id,
                                  .to = sending.to,
                                  .data = sending.data,
                                  .size = sending.size };
      return TRUE;
    }
  self->told = g_queue_pop_head (&self->outcomes);
  if (self->told == NULL)
    return FALSE;
  *output = (FloeStunOutput){ .type = FLOE_STUN_OUTPUT_DONE,
                              .id = self->told->id,
                              .outcome = self->told };
  return TRUE;
}

const FloeStunCounters *
floe_stun_client_core_get_counters (const FloeStunClientCore *self)
{
  return floe_stun_transactions_core_get_counters (self->transactions);
}
