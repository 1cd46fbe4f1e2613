/* SPDX-License-Identifier: MPL-2.0 */
/* Up to 256 UDP sockets on one IPv4 address, each with a port of its own, behind one GSource: they
 * cost nothing while nothing comes, as the kernel watches them (epoll).
 *
 * Linux only; elsewhere there are none.
 *
 * Layer: traverse. Network thread only. Knows nothing of what it carries. */
#pragma once

#include "floe-probe-budget-core-private.h"

G_BEGIN_DECLS

typedef struct _FloePunchSockets FloePunchSockets;

/* In them sockets may be opened and closed, but the set may not be freed. */
typedef struct
{
  void (*received) (guint socket, const FloeStunAddress *from, const guint8 *data, gsize size,
                    gpointer user_data);
  /* ICMP says that an administrator on the way does not want this. */
  void (*prohibited) (gpointer user_data);
  /* ICMP says that what was sent with few hops ended at @router. */
  void (*exceeded) (guint socket, const FloeStunAddress *router, gpointer user_data);
} FloePunchSocketsEvents;

/* How many of @wanted sockets there is room for in this process; none where they can't be had. */
guint floe_punch_sockets_get_room (guint wanted);

/* @base: an IPv4 address of this host. @min_port, @max_port: to bind in; 0, 0: any. (nullable):
 * NULL when there are no more descriptors, or not Linux. */
FloePunchSockets *floe_punch_sockets_new (GMainContext *context, const FloeStunAddress *base,
                                          guint16 min_port, guint16 max_port,
                                          const FloePunchSocketsEvents *events, gpointer user_data);
/* Closes all. */
void floe_punch_sockets_free (FloePunchSockets *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePunchSockets, floe_punch_sockets_free)

/* @socket: below FLOE_PROBE_MAX_SOCKETS. FALSE when that can't be had. */
gboolean floe_punch_sockets_open (FloePunchSockets *self, guint socket, gboolean wants_even);
/* @ttl: 0 for the usual one. What can't leave is lost, as it may be anywhere on its way. */
void floe_punch_sockets_send (FloePunchSockets *self, guint socket, const FloeStunAddress *to,
                              guint ttl, const guint8 *data, gsize size);
/* Returns the port that it had; 0 when it was not open. */
guint16 floe_punch_sockets_close (FloePunchSockets *self, guint socket);

G_END_DECLS
