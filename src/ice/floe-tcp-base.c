/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tcp-base-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "floe-ice-uri-codec-private.h"
#include "floe-inet-convert-private.h"
#include "floe-local-addresses-private.h"
#include "floe-log-private.h"
#include "floe-name-resolver-private.h"
#include "floe-random-private.h"
#include "floe-stun-attributes-private.h"

#define MAX_SERVERS 2
/* A base for each server and family; the first one that a server answers to is used. */
#define MAX_BASES (2 * MAX_SERVERS)

#define MAX_RESPONSE_SIZE 1500
#define MAX_PORT_TRIES 32

struct _FloeTcpBase
{
  FloeTcpBases *bases; /* (unowned) */
  GSocket *socket;     /* (owned): to the server */
  GSource *source;     /* (owned) (nullable) */
  FloeStunAddress local;
  FloeStunAddress mapped;
  gboolean is_asked;
  gboolean is_mapped;
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE];
  guint8 response[MAX_RESPONSE_SIZE];
  gsize size; /* of what has come of @response */
};

/* A server whose name is looked up. */
typedef struct
{
  FloeTcpBases *bases;  /* (unowned) */
  GCancellable *cancel; /* (owned) */
  guint16 port;
} Lookup;

struct _FloeTcpBases
{
  GMainContext *context; /* (unowned) */
  GArray *addresses;     /* (owned) (element-type FloeLocalAddress) */
  guint16 min_port;
  guint16 max_port;
  void (*mapped) (FloeTcpBase *base, gpointer user_data);
  gpointer user_data;
  GPtrArray *bases;   /* (owned) (element-type FloeTcpBase) */
  GPtrArray *lookups; /* (owned) (element-type Lookup) */
};

static void
drop_source (FloeTcpBase *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
free_base (gpointer data)
{
  FloeTcpBase *self = data;

  drop_source (self);
  g_clear_object (&self->socket);
  g_free (self);
}

static void
free_lookup (gpointer data)
{
  Lookup *self = data;

  g_cancellable_cancel (self->cancel);
  g_object_unref (self->cancel);
  g_free (self);
}

/* (transfer full) (nullable): several may have one port, each with another destination. */
static GSocket *
make_socket (const FloeStunAddress *local, GError **error)
{
  GSocketFamily family =
      local->size == FLOE_STUN_IPV4_SIZE ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  g_autoptr (GSocketAddress) address = floe_stun_address_to_socket_address (local);
  g_autoptr (GSocket) socket =
      g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (!g_socket_set_option (socket, SOL_SOCKET, SO_REUSEPORT, 1, error)
      || !g_socket_bind (socket, address, TRUE, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static gboolean
begin_connecting (GSocket *socket, GSocketAddress *remote)
{
  g_autoptr (GError) error = NULL;

  return g_socket_connect (socket, remote, NULL, &error)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING);
}

static gboolean
ask (FloeTcpBase *self)
{
  guint8 request[64];
  FloeStunBuilder builder;
  gsize size;

  if (!g_socket_check_connect_result (self->socket, NULL))
    return FALSE;
  floe_random_bytes (self->id, sizeof self->id);
  builder = floe_stun_builder_init (request, sizeof request, FLOE_STUN_REQUEST,
                                    FLOE_STUN_METHOD_BINDING, self->id);
  floe_stun_builder_add_fingerprint (&builder);
  size = floe_stun_builder_finish (&builder);
  self->is_asked = TRUE;
  return g_socket_send (self->socket, (const char *) request, size, NULL, NULL) == (gssize) size;
}

static gboolean
is_family_mapped (const FloeTcpBases *self, gsize size)
{
  for (guint i = 0; i < self->bases->len; i++)
    {
      const FloeTcpBase *base = g_ptr_array_index (self->bases, i);

      if (base->is_mapped && base->local.size == size)
        return TRUE;
    }
  return FALSE;
}

/* FALSE when nothing more is expected. */
static gboolean
take_response (FloeTcpBase *self)
{
  FloeStunMessage message;
  gsize expected;

  if (self->size < FLOE_STUN_HEADER_SIZE)
    return TRUE;
  /* RFC 8489 section 5: the length is that of what follows the header. */
  expected = FLOE_STUN_HEADER_SIZE + ((gsize) self->response[2] << 8 | self->response[3]);
  if (self->size < expected)
    return expected <= sizeof self->response;
  if (!floe_stun_message_parse (&message, self->response, expected, NULL)
      || message.message_class != FLOE_STUN_SUCCESS || message.method != FLOE_STUN_METHOD_BINDING
      || memcmp (message.transaction_id, self->id, sizeof self->id) != 0
      || is_family_mapped (self->bases, self->local.size)
      || !floe_stun_message_get_xor_address (&message, FLOE_STUN_XOR_MAPPED_ADDRESS, &self->mapped)
      || self->mapped.size != self->local.size || self->mapped.port == 0)
    return FALSE;
  self->is_mapped = TRUE;
  self->bases->mapped (self, self->bases->user_data);
  return FALSE;
}

static void watch (FloeTcpBase *self, GIOCondition condition);

static gboolean
on_ready (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  FloeTcpBase *self = user_data;
  gssize count;

  if (!self->is_asked)
    {
      drop_source (self);
      if (ask (self))
        watch (self, G_IO_IN);
      return G_SOURCE_REMOVE;
    }
  count = g_socket_receive (socket, (char *) self->response + self->size,
                            sizeof self->response - self->size, NULL, NULL);
  if (count > 0)
    self->size += (gsize) count;
  /* The connection stays as it is afterwards, whatever comes over it. */
  return count > 0 && take_response (self) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
watch (FloeTcpBase *self, GIOCondition condition)
{
  self->source = g_socket_create_source (self->socket, condition, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_attach (self->source, self->bases->context);
}

/* (transfer full) (nullable): bound to a port of the range. */
static GSocket *
bind_in_range (const FloeTcpBases *self, FloeStunAddress *local)
{
  guint count = self->max_port > 0 ? self->max_port - MAX (self->min_port, 1) + 1u : 1;
  guint offset = (guint) (floe_random_uint64 () % count);

  for (guint i = 0; i < MIN (count, MAX_PORT_TRIES); i++)
    {
      GSocket *socket;

      if (self->max_port > 0)
        local->port = (guint16) (MAX (self->min_port, 1) + (offset + i) % count);
      socket = make_socket (local, NULL);
      if (socket != NULL)
        return socket;
    }
  return NULL;
}

static gboolean
is_allowed (const FloeTcpBases *self, const char *address)
{
  for (guint i = 0; i < self->addresses->len; i++)
    {
      if (strcmp (g_array_index (self->addresses, FloeLocalAddress, i).text, address) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
begin (FloeTcpBases *self, GInetAddress *server, guint16 port)
{
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new (server, port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;
  FloeLocalAddress source;
  FloeStunAddress local;
  FloeTcpBase *base;

  if (self->bases->len >= MAX_BASES || !floe_local_address_towards (server, port, &source)
      || !is_allowed (self, source.text) || !floe_stun_address_from_text (source.text, &local))
    return;
  socket = bind_in_range (self, &local);
  if (socket == NULL || !begin_connecting (socket, remote))
    return;
  bound = g_socket_get_local_address (socket, NULL);
  if (bound == NULL || !floe_stun_address_from_socket_address (bound, &local))
    return;
  base = g_new0 (FloeTcpBase, 1);
  base->bases = self;
  base->local = local;
  base->socket = g_steal_pointer (&socket);
  g_ptr_array_add (self->bases, base);
  watch (base, G_IO_OUT);
}

static void
on_resolved (GList *addresses, const GError *error, gpointer user_data)
{
  Lookup *self = user_data;
  gboolean has_ipv4 = FALSE, has_ipv6 = FALSE;

  for (GList *link = addresses; link != NULL; link = link->next)
    {
      GSocketFamily family = g_inet_address_get_family (link->data);
      gboolean *is_begun = family == G_SOCKET_FAMILY_IPV6 ? &has_ipv6 : &has_ipv4;

      if (!*is_begun)
        begin (self->bases, link->data, self->port);
      *is_begun = TRUE;
    }
}

static void
resolve (FloeTcpBases *self, const FloeIceUri *uri)
{
  g_autoptr (GInetAddress) literal = floe_name_resolver_read (uri->host);
  Lookup *lookup;

  if (literal != NULL)
    {
      begin (self, literal, uri->port);
      return;
    }
  lookup = g_new0 (Lookup, 1);
  lookup->bases = self;
  lookup->port = uri->port;
  lookup->cancel = floe_name_resolver_start (self->context, uri->host, on_resolved, lookup);
  g_ptr_array_add (self->lookups, lookup);
}

FloeTcpBases *
floe_tcp_bases_new (const FloeTcpSoConfig *config,
                    void (*mapped) (FloeTcpBase *base, gpointer user_data), gpointer user_data)
{
  FloeTcpBases *self = g_new0 (FloeTcpBases, 1);

  self->context = config->context;
  self->addresses = g_array_copy ((GArray *) config->addresses);
  self->min_port = config->min_port;
  self->max_port = config->max_port;
  self->mapped = mapped;
  self->user_data = user_data;
  self->bases = g_ptr_array_new_with_free_func (free_base);
  self->lookups = g_ptr_array_new_with_free_func (free_lookup);
  for (guint i = 0; i < config->servers->len && i < MAX_SERVERS; i++)
    resolve (self, &g_array_index (config->servers, FloeIceUri, i));
  return self;
}

void
floe_tcp_bases_free (FloeTcpBases *self)
{
  g_ptr_array_unref (self->lookups);
  g_ptr_array_unref (self->bases);
  g_array_unref (self->addresses);
  g_free (self);
}

guint
floe_tcp_bases_get_count (const FloeTcpBases *self)
{
  return self->bases->len;
}

FloeTcpBase *
floe_tcp_bases_get (const FloeTcpBases *self, guint index)
{
  return g_ptr_array_index (self->bases, index);
}

const FloeStunAddress *
floe_tcp_base_get_mapped (const FloeTcpBase *self)
{
  return self->is_mapped ? &self->mapped : NULL;
}

const FloeStunAddress *
floe_tcp_base_get_local (const FloeTcpBase *self)
{
  return &self->local;
}

GSocket *
floe_tcp_base_connect (const FloeTcpBase *self, GSocketAddress *remote)
{
  g_autoptr (GSocket) socket = make_socket (&self->local, NULL);

  if (socket == NULL || !begin_connecting (socket, remote))
    return NULL;
  return g_steal_pointer (&socket);
}
