/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-network-watch-private.h"

typedef struct
{
  GFunc func;
  gpointer user_data; /* (owned) */
  GDestroyNotify destroy;
} Listener;

struct _FloeNetworkWatch
{
  GNetworkMonitor *monitor; /* (owned) */
  gulong handlers[2];
};

/* In whatever thread the monitor lives in. */
static void
on_network_changed (GNetworkMonitor *monitor, gboolean is_available, gpointer data)
{
  Listener *listener = data;

  listener->func (listener->user_data, NULL);
}

/* The same network may become a metered one, with nothing else changed. */
static void
on_metered_changed (GNetworkMonitor *monitor, GParamSpec *property, gpointer data)
{
  Listener *listener = data;

  listener->func (listener->user_data, NULL);
}

static void
clear_listener (gpointer data)
{
  Listener *listener = data;

  listener->destroy (listener->user_data);
}

static void
release_listener (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, clear_listener);
}

FloeNetworkWatch *
floe_network_watch_new (GFunc func, gpointer user_data, GDestroyNotify destroy)
{
  FloeNetworkWatch *self = g_new0 (FloeNetworkWatch, 1);
  Listener *listener = g_atomic_rc_box_new0 (Listener);

  *listener = (Listener){ func, user_data, destroy };
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->handlers[0] =
      g_signal_connect_data (self->monitor, "network-changed", G_CALLBACK (on_network_changed),
                             listener, release_listener, 0);
  self->handlers[1] = g_signal_connect_data (
      self->monitor, "notify::network-metered", G_CALLBACK (on_metered_changed),
      g_atomic_rc_box_acquire (listener), release_listener, 0);
  return self;
}

void
floe_network_watch_free (FloeNetworkWatch *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    g_signal_handler_disconnect (self->monitor, self->handlers[i]);
  g_object_unref (self->monitor);
  g_free (self);
}
