/* SPDX-License-Identifier: MPL-2.0 */
/* One UDP socket of a probe, with what ICMP says of its packets where the kernel tells it.
 *
 * Layer: nat. May include: base, stun. Belongs to the thread that runs its context. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

typedef struct _FloeNatSocket FloeNatSocket;

/* Where probes come from. */
typedef struct
{
  FloeStunAddress address;    /* its port does not count */
  guint16 min_port, max_port; /* both 0: any port */
} FloeNatOrigin;

/* Called from the context's main loop. The socket may be freed in them. */
typedef struct
{
  void (*received) (guint number, const FloeStunAddress *from, const guint8 *data, gsize size,
                    gpointer user_data);
  /* @is_by_host: the host of @remote itself says so. */
  void (*unreachable) (guint number, const FloeStunAddress *remote, gboolean is_by_host,
                       gpointer user_data);
} FloeNatSocketEvents;

/* Returns: (transfer full) (nullable): bound to the address of @base and a free port that it
 * allows, or NULL. @events is static. */
FloeNatSocket *floe_nat_socket_new (GMainContext *context, const FloeNatOrigin *base, guint number,
                                    const FloeNatSocketEvents *events, gpointer user_data);
void floe_nat_socket_free (FloeNatSocket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatSocket, floe_nat_socket_free)

FloeStunAddress floe_nat_socket_get_local (const FloeNatSocket *self);
/* FALSE when the kernel knows no way to @to. Never blocks; what does not fit is lost, as on any
 * network. */
gboolean floe_nat_socket_send (FloeNatSocket *self, const FloeStunAddress *to, const guint8 *data,
                               gsize size);

G_END_DECLS
