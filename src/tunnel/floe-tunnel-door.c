/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tunnel-door-private.h"

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"
#include "floe-random-private.h"
#include "floe-tunnel-head-codec-private.h"

#include <floe/floe-error.h>

#include <string.h>

/* Who has not proved who it is yet. One more, and the oldest has to go: the client says who it is
 * at once. */
#define MAX_STRANGERS 8
#define STRANGER_LIMIT_US (5 * G_TIME_SPAN_SECOND)

/* 6 random bits each: 132. */
#define SECRET_LENGTH 22

/* How long to accept nobody when the process has no file descriptor left. */
#define PAUSE_US (100 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  FloeTunnelDoor *door; /* (unowned): outlives its strangers */
  GSocket *socket;      /* (owned) (nullable): until it is handed on */
  GSource *input;       /* (owned) */
  GSource *limit;       /* (owned) */
  gsize size;           /* bytes of the head that have come */
  char head[FLOE_TUNNEL_MAX_HEAD];
} Stranger;

struct _FloeTunnelDoor
{
  GMainContext *context; /* (owned) */
  FloeTunnelAdmitFunc func;
  gpointer user_data;   /* (unowned) */
  GSocket *listener;    /* (owned) (nullable): until the client has come */
  GSource *arrival;     /* (owned) (nullable): somebody waits to be accepted */
  GSource *pause;       /* (owned) */
  GPtrArray *strangers; /* (owned) (element-type Stranger): oldest first */
  guint16 port;
  char *username;    /* (owned) */
  char *password;    /* (owned) */
  char *credentials; /* (owned): both, as RFC 7617 sends them */
};

static const char proceed[] = "HTTP/1.0 200 Connection established\r\n\r\n";
static const char bad_gateway[] = "HTTP/1.0 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
static const char bad_request[] = "HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
static const char who_are_you[] = "HTTP/1.0 407 Proxy Authentication Required\r\n"
                                  "Proxy-Authenticate: Basic realm=\"floe\"\r\n"
                                  "Content-Length: 0\r\n\r\n";

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
clear_secret (char **secret)
{
  if (*secret != NULL)
    explicit_bzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

static void
stranger_free (Stranger *self)
{
  clear_source (&self->input);
  clear_source (&self->limit);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  explicit_bzero (self->head, self->size);
  g_free (self);
}

/* A few bytes always fit into the buffer of a new connection, and who does not get them is sorry
 * for itself. */
static void
say (GSocket *socket, const char *text)
{
  g_socket_send (socket, text, strlen (text), NULL, NULL);
}

static void
turn_away (Stranger *self, const char *answer)
{
  say (self->socket, answer);
  g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
  g_ptr_array_remove (self->door->strangers, self);
}

static gboolean
is_the_client (const FloeTunnelDoor *self, const FloeTunnelHead *head)
{
  return floe_constant_time_equal (head->credentials, head->credentials_size, self->credentials,
                                   strlen (self->credentials));
}

static void
admit (Stranger *stranger, gsize head_size)
{
  FloeTunnelDoor *self = stranger->door;
  g_autoptr (GSocket) socket = g_steal_pointer (&stranger->socket);
  g_autoptr (GBytes) rest = g_bytes_new (stranger->head + head_size, stranger->size - head_size);

  floe_tunnel_door_close (self);
  self->func (socket, rest, self->user_data);
}

static void
handle_head (Stranger *self)
{
  FloeTunnelHead head;

  switch (floe_tunnel_head_parse (&head, self->head, self->size))
    {
    case FLOE_TUNNEL_HEAD_INCOMPLETE:
      break;
    case FLOE_TUNNEL_HEAD_CONNECT:
      if (is_the_client (self->door, &head))
        admit (self, head.size);
      else
        turn_away (self, who_are_you);
      break;
    case FLOE_TUNNEL_HEAD_BAD:
    default:
      turn_away (self, bad_request);
      break;
    }
}

static gboolean
on_input (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Stranger *self = user_data;
  g_autoptr (GError) error = NULL;
  gssize count;

  (void) condition;
  count = g_socket_receive (socket, self->head + self->size, sizeof self->head - self->size, NULL,
                            &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (count <= 0)
    {
      g_ptr_array_remove (self->door->strangers, self);
      return G_SOURCE_REMOVE;
    }
  self->size += (gsize) count;
  handle_head (self);
  return G_SOURCE_CONTINUE;
}

static void
on_limit (gpointer user_data)
{
  Stranger *self = user_data;

  g_ptr_array_remove (self->door->strangers, self);
}

static void
receive_stranger (FloeTunnelDoor *self, GSocket *socket)
{
  Stranger *stranger = g_new0 (Stranger, 1);

  if (self->strangers->len == MAX_STRANGERS)
    g_ptr_array_remove_index (self->strangers, 0);
  g_socket_set_blocking (socket, FALSE);
  stranger->door = self;
  stranger->socket = socket;
  stranger->limit = floe_deadline_source_new (self->context, on_limit, stranger);
  floe_deadline_source_set (stranger->limit, g_get_monotonic_time () + STRANGER_LIMIT_US);
  stranger->input = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (stranger->input, (GSourceFunc) (void (*) (void)) on_input, stranger, NULL);
  g_source_attach (stranger->input, self->context);
  g_ptr_array_add (self->strangers, stranger);
}

static gboolean
on_arrival (GSocket *listener, GIOCondition condition, gpointer user_data)
{
  FloeTunnelDoor *self = user_data;
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_accept (listener, NULL, &error);

  (void) condition;
  if (socket != NULL)
    {
      receive_stranger (self, socket);
      return G_SOURCE_CONTINUE;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  /* Whoever can't be accepted keeps waiting, and would keep us awake. */
  floe_debug (FLOE_LOG_TUNNEL, "no connection can be accepted: %s", error->message);
  clear_source (&self->arrival);
  floe_deadline_source_set (self->pause, g_get_monotonic_time () + PAUSE_US);
  return G_SOURCE_REMOVE;
}

static void
watch (gpointer user_data)
{
  FloeTunnelDoor *self = user_data;

  self->arrival = g_socket_create_source (self->listener, G_IO_IN, NULL);
  g_source_set_callback (self->arrival, (GSourceFunc) (void (*) (void)) on_arrival, self, NULL);
  g_source_attach (self->arrival, self->context);
}

static GSocket *
listen_on_loopback (guint16 *port, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL || !g_socket_bind (socket, any, FALSE, error)
      || !g_socket_listen (socket, error))
    return NULL;
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return g_steal_pointer (&socket);
}

static char *
make_credentials (const char *username, const char *password)
{
  char *plain = g_strconcat (username, ":", password, NULL);
  char *encoded = g_base64_encode ((const guchar *) plain, strlen (plain));

  clear_secret (&plain);
  return encoded;
}

FloeTunnelDoor *
floe_tunnel_door_new (GMainContext *context, FloeTunnelAdmitFunc func, gpointer user_data,
                      GError **error)
{
  g_autoptr (GError) cause = NULL;
  FloeTunnelDoor *self;
  guint16 port = 0;
  GSocket *listener = listen_on_loopback (&port, &cause);

  if (listener == NULL)
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_OPERATION,
                   "No tunnel to a server: nothing can be listened on at 127.0.0.1: %s",
                   cause->message);
      return NULL;
    }
  self = g_new0 (FloeTunnelDoor, 1);
  self->context = g_main_context_ref (context);
  self->func = func;
  self->user_data = user_data;
  self->listener = listener;
  self->port = port;
  self->strangers = g_ptr_array_new_with_free_func ((GDestroyNotify) stranger_free);
  self->username = floe_random_ice_string (SECRET_LENGTH);
  self->password = floe_random_ice_string (SECRET_LENGTH);
  self->credentials = make_credentials (self->username, self->password);
  self->pause = floe_deadline_source_new (context, watch, self);
  watch (self);
  return self;
}

void
floe_tunnel_door_close (FloeTunnelDoor *self)
{
  clear_source (&self->arrival);
  clear_source (&self->pause);
  if (self->listener != NULL)
    g_socket_close (self->listener, NULL);
  g_clear_object (&self->listener);
  g_ptr_array_set_size (self->strangers, 0);
}

void
floe_tunnel_door_free (FloeTunnelDoor *self)
{
  floe_tunnel_door_close (self);
  g_ptr_array_unref (self->strangers);
  clear_secret (&self->credentials);
  clear_secret (&self->password);
  clear_secret (&self->username);
  g_main_context_unref (self->context);
  g_free (self);
}

guint16
floe_tunnel_door_get_port (const FloeTunnelDoor *self)
{
  return self->port;
}

const char *
floe_tunnel_door_get_username (const FloeTunnelDoor *self)
{
  return self->username;
}

const char *
floe_tunnel_door_get_password (const FloeTunnelDoor *self)
{
  return self->password;
}

void
floe_tunnel_door_answer (GSocket *socket, gboolean is_open)
{
  say (socket, is_open ? proceed : bad_gateway);
}
