/* SPDX-License-Identifier: MPL-2.0 */
/* Has the kernel drop what a UDP socket is not to hear: whoever is not heard is not answered, so
 * libnice, which answers whoever knows the password, keeps to the privacy level (decision 37).
 *
 * Linux only (a classic BPF program). Layer: ice. May include: stun. Knows nothing of levels. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

/* A server has an address for each family, and a second one when its name says so. */
#define FLOE_SOCKET_GATE_MAX_SERVERS 8

/* Whose datagrams pass; all zeros for nobody's. */
typedef struct
{
  FloeStunAddress servers[FLOE_SOCKET_GATE_MAX_SERVERS];
  guint server_count;
  gboolean lets_global_in; /* everybody with a global address */
} FloeSocketGate;

/* FALSE when there is no room. */
gboolean floe_socket_gate_add_server (FloeSocketGate *self, const FloeStunAddress *server);

/* On a socket that is bound, for good; a gate that is closed later takes an earlier one's place.
 * FALSE with an error of GIO's, G_IO_ERROR_NOT_SUPPORTED on other systems than Linux. */
gboolean floe_socket_gate_close (const FloeSocketGate *self, GSocket *socket, GError **error);

G_END_DECLS
