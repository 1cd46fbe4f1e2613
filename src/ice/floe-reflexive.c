/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-reflexive-private.h"

#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-inet-convert-private.h"
#include "floe-log-private.h"
#include "floe-name-resolver-private.h"
#include "floe-socket-tap-private.h"

G_STATIC_ASSERT (FLOE_SOCKET_TAP_TAG_SIZE == FLOE_STUN_MAX_ID_PREFIX_SIZE);

typedef struct
{
  FloeReflexive *owner; /* (unowned) */
  guint index;
  FloeSocketTap *tap; /* (owned) */
  FloeReflexiveBase facts;
} Base;

typedef struct
{
  FloeReflexive *owner; /* (unowned) */
  guint index;
  FloeIceUri uri;
  GCancellable *lookup; /* (owned) (nullable): while its name is being resolved */
} Server;

struct _FloeReflexive
{
  GMainContext *context; /* (unowned) */
  const FloeReflexiveEvents *events;
  gpointer user_data;
  FloeReflexiveCore *core; /* (owned) */
  GPtrArray *bases;        /* (owned) (element-type Base) */
  GPtrArray *servers;      /* (owned) (element-type Server) */
  GSource *timer;          /* (owned) */
  gboolean is_host_hidden;
};

static void
free_base (Base *base)
{
  floe_socket_tap_free (base->tap);
  g_free (base);
}

static void
free_server (Server *server)
{
  if (server->lookup != NULL)
    g_cancellable_cancel (server->lookup);
  g_clear_object (&server->lookup);
  g_free (server);
}

/* What a network can't do now it can't do 200 ms later: a socket of 127.0.0.1 reaches no server
 * elsewhere, for one. Other errors lose a datagram. */
static gboolean
is_final (const GError *error)
{
  static const GIOErrorEnum codes[] = { G_IO_ERROR_NETWORK_UNREACHABLE, G_IO_ERROR_HOST_UNREACHABLE,
                                        G_IO_ERROR_INVALID_ARGUMENT, G_IO_ERROR_PERMISSION_DENIED };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      if (g_error_matches (error, G_IO_ERROR, codes[i]))
        return TRUE;
    }
  return FALSE;
}

gboolean
floe_reflexive_send (FloeReflexive *self, guint base, const FloeStunAddress *to, const guint8 *data,
                     gsize size)
{
  const Base *from = g_ptr_array_index (self->bases, base);
  g_autoptr (GError) error = NULL;

  if (floe_socket_tap_send (from->tap, to, data, size, &error))
    return TRUE;
  floe_debug (FLOE_LOG_ICE, "a STUN request could not be sent: %s", error->message);
  return !is_final (error);
}

static void
send_request (FloeReflexive *self, const FloeReflexiveOutput *output)
{
  if (!floe_reflexive_send (self, output->base, &output->to, output->data, output->size))
    floe_reflexive_core_handle_unreachable (self->core, g_get_monotonic_time (), output->base,
                                            &output->to);
}

/* A TURN server is asked for allocations as well, and its path tells what comes of that. */
static void
tell_failure (FloeReflexive *self, const FloeReflexiveOutput *output)
{
  const Server *server = g_ptr_array_index (self->servers, output->server);

  if (server->uri.scheme == FLOE_ICE_URI_STUN)
    self->events->failed (&server->uri, output->code, output->text, self->user_data);
}

static void
drain (FloeReflexive *self)
{
  FloeReflexiveOutput output;
  const Server *server;

  while (floe_reflexive_core_poll (self->core, &output))
    {
      switch (output.type)
        {
        case FLOE_REFLEXIVE_OUTPUT_SEND:
          send_request (self, &output);
          break;
        case FLOE_REFLEXIVE_OUTPUT_CANDIDATE:
          server = g_ptr_array_index (self->servers, output.server);
          self->events->candidate (output.candidate, &server->uri, self->user_data);
          break;
        case FLOE_REFLEXIVE_OUTPUT_FAILED:
          tell_failure (self, &output);
          break;
        }
    }
  floe_deadline_source_set (self->timer, floe_reflexive_core_get_deadline (self->core));
}

static void
drain_and_tell (FloeReflexive *self)
{
  drain (self);
  self->events->changed (self->user_data);
}

static void
on_answer (const FloeStunAddress *from, const guint8 *data, gsize size, gpointer user_data)
{
  const Base *base = user_data;
  FloeReflexive *self = base->owner;

  self->events->answer (base->index, from, data, size, self->user_data);
  floe_reflexive_core_handle_datagram (self->core, g_get_monotonic_time (), base->index, from, data,
                                       size);
  drain_and_tell (self);
}

static void
on_deadline (gpointer user_data)
{
  FloeReflexive *self = user_data;

  floe_reflexive_core_handle_timeout (self->core, g_get_monotonic_time ());
  drain_and_tell (self);
}

static void
add_address (Server *server, GInetAddress *address)
{
  FloeStunAddress stun = floe_stun_address_from_inet (address, server->uri.port);

  floe_reflexive_core_add_address (server->owner->core, g_get_monotonic_time (), server->index,
                                   &stun);
}

static void
on_resolved (GList *addresses, const GError *error, gpointer user_data)
{
  Server *server = user_data;
  FloeReflexive *self = server->owner;

  g_clear_object (&server->lookup);
  if (error != NULL)
    floe_debug (FLOE_LOG_ICE, "STUN server %u: %s", server->index, error->message);
  for (GList *link = addresses; link != NULL; link = link->next)
    add_address (server, link->data);
  floe_reflexive_core_end_lookup (self->core, server->index, addresses != NULL);
  drain_and_tell (self);
}

static void
look_up (Server *server)
{
  g_autoptr (GInetAddress) literal = floe_name_resolver_read (server->uri.host);

  if (literal != NULL)
    {
      add_address (server, literal);
      floe_reflexive_core_end_lookup (server->owner->core, server->index, TRUE);
      return;
    }
  server->lookup =
      floe_name_resolver_start (server->owner->context, server->uri.host, on_resolved, server);
}

FloeReflexive *
floe_reflexive_new (GMainContext *context, guint path_id, const GArray *servers,
                    const FloeReflexiveEvents *events, gpointer user_data)
{
  FloeReflexive *self = g_new0 (FloeReflexive, 1);
  guint count = MIN (servers->len, FLOE_REFLEXIVE_MAX_SERVERS);

  self->context = context;
  self->events = events;
  self->user_data = user_data;
  self->core = floe_reflexive_core_new (g_get_monotonic_time (), path_id, count);
  self->bases = g_ptr_array_new_with_free_func ((GDestroyNotify) free_base);
  self->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) free_server);
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  for (guint i = 0; i < count; i++)
    {
      Server *server = g_new0 (Server, 1);

      server->owner = self;
      server->index = i;
      server->uri = g_array_index (servers, FloeIceUri, i);
      g_ptr_array_add (self->servers, server);
      look_up (server);
    }
  return self;
}

void
floe_reflexive_set_host_hidden (FloeReflexive *self)
{
  self->is_host_hidden = TRUE;
}

void
floe_reflexive_free (FloeReflexive *self)
{
  g_ptr_array_unref (self->servers);
  g_ptr_array_unref (self->bases);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  floe_reflexive_core_free (self->core);
  g_free (self);
}

void
floe_reflexive_add_socket (FloeReflexive *self, GSocket *socket, const FloeCandidate *host)
{
  g_autoptr (GError) error = NULL;
  FloeReflexiveBase *facts;
  Base *added = g_new0 (Base, 1);

  added->owner = self;
  added->index = self->bases->len;
  added->tap = floe_socket_tap_new (socket, self->context, on_answer, added, &error);
  if (added->tap == NULL)
    {
      floe_info (FLOE_LOG_ICE, "no reflexive candidate of one socket: %s", error->message);
      g_free (added);
      return;
    }
  facts = &added->facts;
  facts->host = *host;
  facts->is_hidden = self->is_host_hidden;
  facts->address = *floe_socket_tap_get_address (added->tap);
  memcpy (facts->tag, floe_socket_tap_get_tag (added->tap), sizeof facts->tag);
  if (!floe_reflexive_core_add_base (self->core, g_get_monotonic_time (), facts))
    {
      free_base (added);
      return;
    }
  g_ptr_array_add (self->bases, added);
}

void
floe_reflexive_end_sockets (FloeReflexive *self)
{
  floe_reflexive_core_end_bases (self->core);
  drain_and_tell (self);
}

guint
floe_reflexive_get_base_count (const FloeReflexive *self)
{
  return self->bases->len;
}

const FloeReflexiveBase *
floe_reflexive_get_base (const FloeReflexive *self, guint base)
{
  return &((const Base *) g_ptr_array_index (self->bases, base))->facts;
}

void
floe_reflexive_stop_refreshing (FloeReflexive *self)
{
  floe_reflexive_core_stop_refreshing (self->core);
  drain (self);
}

FloeReflexiveFacts
floe_reflexive_get_facts (const FloeReflexive *self)
{
  return floe_reflexive_core_get_facts (self->core);
}

const FloeCandidate *
floe_reflexive_find (const FloeReflexive *self, const char *address, guint16 port)
{
  return floe_reflexive_core_find (self->core, address, port);
}
