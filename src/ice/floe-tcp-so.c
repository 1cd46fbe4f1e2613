/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tcp-so-private.h"

#include "floe-deadline-source-private.h"
#include "floe-inet-convert-private.h"
#include "floe-log-private.h"
#include "floe-target-budget-private.h"
#include "floe-tcp-base-private.h"
#include "floe-tcp-bridge-private.h"

/* The two sides begin as far apart as signalling takes. */
#define MEETING_US (10 * G_TIME_SPAN_SECOND)
/* A host without a filter before it refuses what comes before it has begun itself. */
#define RETRY_US (200 * G_TIME_SPAN_MILLISECOND)
/* SYNs with their headers: Linux repeats one three times within MEETING_US. */
#define SYN_SIZE 80
#define SYN_COUNT 4
#define MAX_MEETINGS (FLOE_TCP_SO_MAX_BASES * FLOE_TCP_SO_MAX_REMOTES)

/* One port of ours and one of the peer's. */
typedef struct
{
  FloeTcpSo *so;     /* (unowned) */
  FloeTcpBase *base; /* (unowned) */
  FloeStunAddress remote;
  GSocket *socket;       /* (owned) (nullable): while it connects */
  GSource *source;       /* (owned) (nullable): of @socket */
  FloeTcpBridge *bridge; /* (owned) (nullable): once it is connected */
  gint64 end_us;
  gint64 retry_us; /* -1: not waiting */
} Meeting;

struct _FloeTcpSo
{
  GMainContext *context; /* (unowned) */
  const FloeTcpSoEvents *events;
  gpointer user_data;
  FloeTcpBases *bases; /* (owned) */
  GPtrArray *meetings; /* (owned) (element-type Meeting) */
  GArray *remotes;     /* (owned) (element-type FloeStunAddress) */
  GSource *timer;      /* (owned) */
};

static void
stop_connecting (Meeting *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_object (&self->socket);
}

static void
free_meeting (gpointer data)
{
  Meeting *self = data;

  stop_connecting (self);
  g_clear_pointer (&self->bridge, floe_tcp_bridge_free);
  g_free (self);
}

static gint64
get_due_us (const Meeting *self)
{
  if (self->socket == NULL && self->retry_us == -1)
    return -1;
  return self->retry_us != -1 ? MIN (self->retry_us, self->end_us) : self->end_us;
}

static void
arm_timer (FloeTcpSo *self)
{
  gint64 deadline_us = -1;

  for (guint i = 0; i < self->meetings->len; i++)
    {
      gint64 due_us = get_due_us (g_ptr_array_index (self->meetings, i));

      if (due_us != -1 && (deadline_us == -1 || due_us < deadline_us))
        deadline_us = due_us;
    }
  floe_deadline_source_set (self->timer, deadline_us);
}

static gboolean
on_connected (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Meeting *self = user_data;
  FloeTcpSo *so = self->so;
  FloeStunAddress door;

  if (!g_socket_check_connect_result (socket, NULL))
    {
      stop_connecting (self);
      self->retry_us = g_get_monotonic_time () + RETRY_US;
      arm_timer (so);
      return G_SOURCE_REMOVE;
    }
  floe_debug (FLOE_LOG_ICE, "a connection was opened from both sides");
  self->bridge = floe_tcp_bridge_new (so->context, socket, &door);
  stop_connecting (self);
  arm_timer (so);
  if (self->bridge != NULL)
    so->events->met (floe_tcp_base_get_mapped (self->base), &self->remote, &door, so->user_data);
  return G_SOURCE_REMOVE;
}

static void
begin (Meeting *self)
{
  g_autoptr (GSocketAddress) remote = floe_stun_address_to_socket_address (&self->remote);

  self->retry_us = -1;
  /* A host that refuses has not shown that it takes part: it costs as one that is silent. */
  if (!floe_target_budget_send (&self->remote, SYN_SIZE * SYN_COUNT))
    return;
  self->socket = floe_tcp_base_connect (self->base, remote);
  if (self->socket == NULL)
    {
      self->retry_us = g_get_monotonic_time () + RETRY_US;
      return;
    }
  self->source = g_socket_create_source (self->socket, G_IO_OUT, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_connected), self, NULL);
  g_source_attach (self->source, self->so->context);
}

static void
meet (FloeTcpSo *self, FloeTcpBase *base, const FloeStunAddress *remote)
{
  const FloeStunAddress *mapped = floe_tcp_base_get_mapped (base);
  Meeting *meeting;

  if (mapped == NULL || mapped->size != remote->size || self->meetings->len >= MAX_MEETINGS)
    return;
  meeting = g_new0 (Meeting, 1);
  meeting->so = self;
  meeting->base = base;
  meeting->remote = *remote;
  meeting->end_us = g_get_monotonic_time () + MEETING_US;
  g_ptr_array_add (self->meetings, meeting);
  begin (meeting);
}

static void
on_deadline (gpointer user_data)
{
  FloeTcpSo *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < self->meetings->len; i++)
    {
      Meeting *meeting = g_ptr_array_index (self->meetings, i);
      gint64 due_us = get_due_us (meeting);

      if (due_us == -1 || now_us < due_us)
        continue;
      if (now_us < meeting->end_us)
        begin (meeting);
      else
        {
          stop_connecting (meeting);
          meeting->retry_us = -1;
        }
    }
  arm_timer (self);
}

static void
on_mapped (FloeTcpBase *base, gpointer user_data)
{
  FloeTcpSo *self = user_data;

  self->events->mapped (floe_tcp_base_get_mapped (base), floe_tcp_base_get_local (base),
                        self->user_data);
  for (guint i = 0; i < self->remotes->len; i++)
    meet (self, base, &g_array_index (self->remotes, FloeStunAddress, i));
  arm_timer (self);
}

FloeTcpSo *
floe_tcp_so_new (const FloeTcpSoConfig *config, const FloeTcpSoEvents *events, gpointer user_data)
{
  FloeTcpSo *self = g_new0 (FloeTcpSo, 1);

  self->context = config->context;
  self->events = events;
  self->user_data = user_data;
  self->meetings = g_ptr_array_new_with_free_func (free_meeting);
  self->remotes = g_array_new (FALSE, FALSE, sizeof (FloeStunAddress));
  self->timer = floe_deadline_source_new (config->context, on_deadline, self);
  self->bases = floe_tcp_bases_new (config, on_mapped, self);
  return self;
}

void
floe_tcp_so_free (FloeTcpSo *self)
{
  g_ptr_array_unref (self->meetings);
  floe_tcp_bases_free (self->bases);
  g_array_unref (self->remotes);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_free (self);
}

void
floe_tcp_so_add_remote (FloeTcpSo *self, const FloeStunAddress *remote)
{
  for (guint i = 0; i < self->remotes->len; i++)
    {
      if (floe_stun_address_equal (&g_array_index (self->remotes, FloeStunAddress, i), remote))
        return;
    }
  if (self->remotes->len >= FLOE_TCP_SO_MAX_REMOTES)
    return;
  g_array_append_vals (self->remotes, remote, 1);
  for (guint i = 0; i < floe_tcp_bases_get_count (self->bases); i++)
    meet (self, floe_tcp_bases_get (self->bases, i), remote);
  arm_timer (self);
}
