/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stun-asker-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-deadline-source-private.h"

#define MAX_QUESTIONS 4
#define MAX_REQUEST_SIZE 256
#define MAX_DATAGRAM_SIZE 2048
#define MAX_DATAGRAMS 16 /* read in one turn of the main loop */

struct _FloeStunAsker
{
  FloeStunAskerFunc func;
  gpointer user_data;
  GSocket *socket; /* (owned) */
  FloeStunRoute route;
  FloeStunClientCore *client; /* (owned) */
  GSource *readable;          /* (owned) */
  GSource *timer;             /* (owned) */
  gboolean *is_freed;         /* (unowned) (nullable): while the function is being called */
};

static void
send_output (FloeStunAsker *self, const FloeStunOutput *output)
{
  g_autoptr (GError) error = NULL;

  if (g_socket_send (self->socket, (const char *) output->data, output->size, NULL, &error) < 0
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    floe_stun_client_core_handle_unreachable (self->client, g_get_monotonic_time (), &self->route);
}

/* FALSE when the asker was freed. */
static gboolean
drain (FloeStunAsker *self)
{
  FloeStunOutput output;
  gboolean is_freed = FALSE;

  while (floe_stun_client_core_poll (self->client, &output))
    {
      if (output.type == FLOE_STUN_OUTPUT_SEND)
        {
          send_output (self, &output);
          continue;
        }
      self->is_freed = &is_freed;
      self->func (output.outcome, self->user_data);
      if (is_freed)
        return FALSE;
      self->is_freed = NULL;
    }
  floe_deadline_source_set (self->timer, floe_stun_client_core_get_deadline (self->client));
  return TRUE;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  FloeStunAsker *self = user_data;
  guint8 datagram[MAX_DATAGRAM_SIZE];

  for (guint i = 0; i < MAX_DATAGRAMS; i++)
    {
      g_autoptr (GError) error = NULL;
      gssize size = g_socket_receive (socket, (char *) datagram, sizeof datagram, NULL, &error);
      gint64 now_us = g_get_monotonic_time ();

      if (size > 0)
        floe_stun_client_core_handle_datagram (self->client, now_us, &self->route, datagram,
                                               (gsize) size);
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        break;
      else if (size < 0) /* RFC 8489 section 6.2.1: an ICMP error came */
        floe_stun_client_core_handle_unreachable (self->client, now_us, &self->route);
    }
  drain (self);
  return G_SOURCE_CONTINUE;
}

static void
on_deadline (gpointer user_data)
{
  FloeStunAsker *self = user_data;

  floe_stun_client_core_handle_timeout (self->client, g_get_monotonic_time ());
  drain (self);
}

static GSocket *
open_socket (const FloeStunAskerConfig *config, GError **error)
{
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new (config->server, config->port);
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (config->server),
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  if (config->local != NULL)
    {
      g_autoptr (GSocketAddress) local = g_inet_socket_address_new (config->local, 0);

      /* GIO's error names the address, which may be one that nobody is to know. */
      if (!g_socket_bind (socket, local, FALSE, NULL))
        {
          g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_NETWORK,
                               "The address that it should be asked from can't be used");
          return NULL;
        }
    }
  return g_socket_connect (socket, remote, NULL, error) ? g_steal_pointer (&socket) : NULL;
}

FloeStunAsker *
floe_stun_asker_new (const FloeStunAskerConfig *config, FloeStunAskerFunc func, gpointer user_data,
                     GError **error)
{
  GSocket *socket = open_socket (config, error);
  FloeStunAsker *self;

  if (socket == NULL)
    return NULL;
  self = g_new0 (FloeStunAsker, 1);
  self->func = func;
  self->user_data = user_data;
  self->socket = socket;
  self->route.remote.port = config->port;
  self->route.remote.size = g_inet_address_get_native_size (config->server);
  memcpy (self->route.remote.bytes, g_inet_address_to_bytes (config->server),
          self->route.remote.size);
  self->client = floe_stun_client_core_new (MAX_QUESTIONS);
  self->readable = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->readable, config->context);
  self->timer = floe_deadline_source_new (config->context, on_deadline, self);
  return self;
}

void
floe_stun_asker_free (FloeStunAsker *self)
{
  if (self->is_freed != NULL)
    *self->is_freed = TRUE;
  g_source_destroy (self->readable);
  g_source_unref (self->readable);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  floe_stun_client_core_free (self->client);
  g_object_unref (self->socket);
  g_free (self);
}

gboolean
floe_stun_asker_ask (FloeStunAsker *self, guint16 method, FloeStunFillFunc fill, gpointer fill_data,
                     FloeStunCredentials *credentials, const FloeStunTiming *timing)
{
  static const guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 0 }; /* each transaction has its own */
  guint8 buffer[MAX_REQUEST_SIZE];
  FloeStunBuilder builder =
      floe_stun_builder_init (buffer, sizeof buffer, FLOE_STUN_REQUEST, method, id);
  FloeStunRequest request = {
    .data = buffer,
    .to = self->route,
    .credentials = credentials,
    .timing = *timing,
  };

  if (fill != NULL)
    fill (&builder, fill_data);
  floe_stun_builder_add_fingerprint (&builder);
  request.size = floe_stun_builder_finish (&builder);
  if (floe_stun_client_core_start (self->client, g_get_monotonic_time (), &request, NULL) == 0)
    return FALSE;
  /* What there is to send, and any outcome, come from the main loop. */
  floe_deadline_source_set (self->timer, g_get_monotonic_time ());
  return TRUE;
}

gboolean
floe_stun_asker_ask_at_once (FloeStunAsker *self, const FloeStunTiming *timing)
{
  FloeStunOutput output;

  if (!floe_stun_asker_ask (self, FLOE_STUN_METHOD_BINDING, NULL, NULL, NULL, timing))
    return FALSE;
  /* The request is the first thing that a fresh client has to say. */
  if (floe_stun_client_core_poll (self->client, &output) && output.type == FLOE_STUN_OUTPUT_SEND)
    send_output (self, &output);
  return TRUE;
}

FloeStunAddress
floe_stun_asker_get_server (const FloeStunAsker *self)
{
  return self->route.remote;
}
