/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-ask-private.h"

#include <floe/floe-error.h>
#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-inet-convert-private.h"
#include "floe-random-private.h"
#include "floe-stun-codec-private.h"
#include "floe-tunnel-connect-private.h"

#define HEADER_SIZE 20
#define MAX_ANSWER_SIZE 2048

typedef struct
{
  GIOStream *stream; /* (owned) (nullable): when it is open */
  char *proxy;       /* (owned) (nullable): through which it is */
  guint8 request[HEADER_SIZE];
  guint8 answer[MAX_ANSWER_SIZE];
  gsize answer_size; /* expected */
  gint64 opened_us;
  gint64 rtt_us;
  GCancellable *cancellable; /* (owned): cancelled by the caller's, or when it is late */
  GCancellable *caller;      /* (owned) (nullable) */
  gulong caller_id;
  GSource *limit; /* (owned) */
  gboolean is_late;
} Asking;

static void
free_asking (gpointer data)
{
  Asking *self = data;

  g_cancellable_disconnect (self->caller, self->caller_id);
  g_source_destroy (self->limit);
  g_source_unref (self->limit);
  /* Nobody waits for a goodbye; the last reference closes the socket. */
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->caller);
  g_free (self->proxy);
  g_free (self);
}

static void
on_late (gpointer user_data)
{
  Asking *self = user_data;

  self->is_late = TRUE;
  g_cancellable_cancel (self->cancellable);
}

static void
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* Takes @error. */
static void
fail (GTask *task, GError *error)
{
  Asking *self = g_task_get_task_data (task);

  if (self->is_late && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&error);
      error = g_error_new_literal (FLOE_ERROR, FLOE_ERROR_TIMEOUT, "no answer in time");
    }
  g_task_return_error (task, error);
}

static void
fail_broken (GTask *task)
{
  g_task_return_new_error (task, FLOE_ERROR, FLOE_ERROR_SYNTAX, "what answers speaks no STUN");
}

/* An error response is an answer as well: the way is open. */
static gboolean
is_answer (const Asking *self)
{
  FloeStunMessage message;

  return floe_stun_message_parse (&message, self->answer, self->answer_size, NULL)
         && (message.message_class == FLOE_STUN_SUCCESS || message.message_class == FLOE_STUN_ERROR)
         && memcmp (message.transaction_id, self->request + HEADER_SIZE - 12, 12) == 0;
}

static void
on_body (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *self = g_task_get_task_data (task);
  GError *error = NULL;
  gsize size;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &size, &error))
    fail (task, error);
  else if (size != self->answer_size - HEADER_SIZE || !is_answer (self))
    fail_broken (task);
  else
    {
      self->rtt_us = g_get_monotonic_time () - self->opened_us;
      g_task_return_boolean (task, TRUE);
    }
}

/* RFC 8489 section 6.2.2: messages follow each other, and each has its size in its header. */
static void
on_header (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *self = g_task_get_task_data (task);
  GError *error = NULL;
  gsize size;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &size, &error))
    {
      fail (task, error);
      return;
    }
  self->answer_size = HEADER_SIZE + ((gsize) self->answer[2] << 8 | self->answer[3]);
  if (size != HEADER_SIZE || self->answer_size > MAX_ANSWER_SIZE)
    fail_broken (task);
  else
    g_input_stream_read_all_async (G_INPUT_STREAM (source), self->answer + HEADER_SIZE,
                                   self->answer_size - HEADER_SIZE, G_PRIORITY_DEFAULT,
                                   self->cancellable, on_body, g_object_ref (task));
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    fail (task, error);
  else
    g_input_stream_read_all_async (g_io_stream_get_input_stream (self->stream), self->answer,
                                   HEADER_SIZE, G_PRIORITY_DEFAULT, self->cancellable, on_header,
                                   g_object_ref (task));
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->stream = floe_tunnel_connect_finish (result, &error);
  if (self->stream == NULL)
    {
      fail (task, error);
      return;
    }
  self->proxy = g_strdup (floe_tunnel_connect_get_proxy (result));
  self->opened_us = g_get_monotonic_time ();
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream), self->request,
                                   HEADER_SIZE, G_PRIORITY_DEFAULT, self->cancellable, on_sent,
                                   g_object_ref (task));
}

static Asking *
make_asking (const FloeNatAskConfig *config, GCancellable *cancellable)
{
  Asking *self = g_new0 (Asking, 1);
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
  FloeStunBuilder builder;

  floe_random_bytes (id, sizeof id);
  builder = floe_stun_builder_init (self->request, sizeof self->request, FLOE_STUN_REQUEST,
                                    FLOE_STUN_METHOD_BINDING, id);
  floe_stun_builder_finish (&builder);
  self->cancellable = g_cancellable_new ();
  g_set_object (&self->caller, cancellable);
  if (cancellable != NULL)
    self->caller_id = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled),
                                             g_object_ref (self->cancellable), g_object_unref);
  self->limit = floe_deadline_source_new (g_main_context_get_thread_default (), on_late, self);
  floe_deadline_source_set (self->limit,
                            g_get_monotonic_time () + config->timeout_ms * G_TIME_SPAN_MILLISECOND);
  return self;
}

void
floe_nat_ask_async (const FloeNatAskConfig *config, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GSocketAddress) local = floe_stun_address_to_socket_address (config->base);
  FloeTunnelConfig tunnel = { .host = config->host,
                              .port = config->port,
                              .is_tls = config->is_tls,
                              .proxy_resolver = config->proxy_resolver,
                              .tls_database = config->tls_database,
                              .local_address = local,
                              .timeout_ms = config->timeout_ms };
  Asking *self = make_asking (config, cancellable);

  g_task_set_source_tag (task, floe_nat_ask_async);
  g_task_set_task_data (task, self, free_asking);
  floe_tunnel_connect_async (&tunnel, self->cancellable, on_open, g_object_ref (task));
}

gboolean
floe_nat_ask_finish (GAsyncResult *result, gint64 *rtt_us, GError **error)
{
  Asking *self = g_task_get_task_data (G_TASK (result));

  *rtt_us = self->rtt_us;
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
floe_nat_ask_get_proxy (GAsyncResult *result)
{
  const Asking *self = g_task_get_task_data (G_TASK (result));

  return self->proxy;
}
