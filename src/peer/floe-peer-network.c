/* SPDX-License-Identifier: MPL-2.0 */
/* The host's network changes: the network side is told, and looks what that means for its paths.
 * And what nobody needs any more when these have failed. */
#include "floe-peer-connection-private.h"

/* In any thread. */
static void
post_change (gpointer data, gpointer unused)
{
  FloeOrder *order = floe_order_new (FLOE_ORDER_NETWORK_CHANGED);

  order->is_set = g_network_monitor_get_network_metered (g_network_monitor_get_default ());
  floe_stack_post (data, order);
}

void
floe_peer_watch_network (FloePeerConnection *self)
{
  self->network.watch = floe_network_watch_new (post_change, floe_stack_ref (self->stack),
                                                (GDestroyNotify) floe_stack_unref);
}

void
floe_peer_leave_network (FloePeerConnection *self)
{
  g_clear_pointer (&self->network.watch, floe_network_watch_free);
  floe_peer_nat_stop (self);
  floe_peer_servers_stop (self);
}
