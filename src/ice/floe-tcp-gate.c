/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tcp-gate-private.h"

#include <gio/gio.h>

#include "floe-log-private.h"
#include "floe-nice-agent-private.h"

#ifdef __linux__
#include <linux/filter.h>
#include <sys/socket.h>
#endif

struct _FloeTcpGate
{
  GPtrArray *sources; /* (owned) (element-type GSource): one for each listening socket */
  GPtrArray *sockets; /* (owned) (element-type GSocket): libnice's */
  void (*flooded) (gpointer user_data);
  gpointer user_data;
  guint count; /* of those who have connected */
  gboolean is_shut;
};

/* libnice looks at the socket in the same turn of the main loop and takes one connection. */
static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  FloeTcpGate *self = user_data;

  if ((condition & G_IO_IN) == 0)
    return G_SOURCE_REMOVE;
  self->count++;
  if (self->count <= FLOE_TCP_GATE_MAX_CONNECTIONS)
    return G_SOURCE_CONTINUE;
  floe_debug (FLOE_LOG_ICE, "more than %u connections came in", FLOE_TCP_GATE_MAX_CONNECTIONS);
  self->flooded (self->user_data); /* may free @self */
  return G_SOURCE_REMOVE;
}

static void
watch (FloeTcpGate *self, GSocket *socket, GMainContext *context)
{
  /* Of libnice's sources' priority: a higher one would be called until the connection is taken. */
  GSource *source = g_socket_create_source (socket, G_IO_IN, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (source, context);
  g_ptr_array_add (self->sources, source);
  g_ptr_array_add (self->sockets, g_object_ref (socket));
}

static void
destroy_source (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

FloeTcpGate *
floe_tcp_gate_new (NiceAgent *agent, GMainContext *context, void (*flooded) (gpointer user_data),
                   gpointer user_data)
{
  FloeTcpGate *self = g_new0 (FloeTcpGate, 1);
  g_autoptr (GPtrArray) sockets =
      nice_agent_get_sockets (agent, FLOE_NICE_STREAM, FLOE_NICE_COMPONENT);

  self->sources = g_ptr_array_new_with_free_func (destroy_source);
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->flooded = flooded;
  self->user_data = user_data;
  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    {
      GSocket *socket = g_ptr_array_index (sockets, i);
      int is_listening = 0;

      if (g_socket_get_option (socket, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, NULL)
          && is_listening != 0)
        watch (self, socket, context);
    }
  return self;
}

void
floe_tcp_gate_shut (FloeTcpGate *self)
{
#ifdef __linux__
  /* Closing the socket would take libnice's pair with it. With a program that accepts no segment
   * the kernel drops what would begin a connection; those that are established have sockets of
   * their own. */
  struct sock_filter code[] = { BPF_STMT (BPF_RET | BPF_K, 0) };
  struct sock_fprog program = { .len = G_N_ELEMENTS (code), .filter = code };

  for (guint i = 0; i < self->sockets->len && !self->is_shut; i++)
    setsockopt (g_socket_get_fd (g_ptr_array_index (self->sockets, i)), SOL_SOCKET,
                SO_ATTACH_FILTER, &program, sizeof program);
#endif
  self->is_shut = TRUE;
}

void
floe_tcp_gate_free (FloeTcpGate *self)
{
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->sockets);
  g_free (self);
}
