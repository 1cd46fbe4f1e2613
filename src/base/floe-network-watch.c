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
  gulong handler;
};

/* In whatever thread the monitor lives in. */
static void
on_network_changed (GNetworkMonitor *monitor, gboolean is_available, gpointer data)
{
  Listener *listener = data;

  listener->func (listener->user_data, NULL);
}

static void
free_listener (gpointer data, GClosure *closure)
{
  Listener *listener = data;

  listener->destroy (listener->user_data);
  g_free (listener);
}

FloeNetworkWatch *
floe_network_watch_new (GFunc func, gpointer user_data, GDestroyNotify destroy)
{
  FloeNetworkWatch *self = g_new0 (FloeNetworkWatch, 1);
  Listener *listener = g_new0 (Listener, 1);

  *listener = (Listener){ func, user_data, destroy };
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->handler =
      g_signal_connect_data (self->monitor, "network-changed", G_CALLBACK (on_network_changed),
                             listener, free_listener, 0);
  return self;
}

void
floe_network_watch_free (FloeNetworkWatch *self)
{
  g_signal_handler_disconnect (self->monitor, self->handler);
  g_object_unref (self->monitor);
  g_free (self);
}
