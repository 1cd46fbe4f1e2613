/* SPDX-License-Identifier: MPL-2.0 */
/* Tells when the host's network has changed, as GNetworkMonitor sees it.
 *
 * The monitor lives in the main context of the thread that asked for it first, which is hardly ever
 * the network thread and should not be: an application that asks later gets the same one, with
 * its signals. So a watch is made in the application's thread, and its function, which runs in
 * whatever thread the monitor lives in, may only post.
 *
 * Layer: base. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FloeNetworkWatch FloeNetworkWatch;

/* @func: called in any thread, also while the watch is being freed; @destroy frees @user_data when
 * no such call can come any more. */
FloeNetworkWatch *floe_network_watch_new (GFunc func, gpointer user_data, GDestroyNotify destroy);
void floe_network_watch_free (FloeNetworkWatch *self);

G_END_DECLS
