/* SPDX-License-Identifier: MPL-2.0 */
/* TCP ports of ours, and how the world sees them: STUN servers are asked over TCP (RFC 8489 section
 * 6.2.2). The connections to them stay, so that NATs keep the mappings.
 *
 * Layer: ice. Network thread only. Knows nothing of peers. */
#pragma once

#include "floe-tcp-so-private.h"

G_BEGIN_DECLS

typedef struct _FloeTcpBase FloeTcpBase;
typedef struct _FloeTcpBases FloeTcpBases;

/* @mapped: from the main loop, once a base. */
FloeTcpBases *floe_tcp_bases_new (const FloeTcpSoConfig *config,
                                  void (*mapped) (FloeTcpBase *base, gpointer user_data),
                                  gpointer user_data);
void floe_tcp_bases_free (FloeTcpBases *self);

guint floe_tcp_bases_get_count (const FloeTcpBases *self);
FloeTcpBase *floe_tcp_bases_get (const FloeTcpBases *self, guint index);

/* NULL when no server has answered yet. */
const FloeStunAddress *floe_tcp_base_get_mapped (const FloeTcpBase *self);
const FloeStunAddress *floe_tcp_base_get_local (const FloeTcpBase *self);

/* (transfer full) (nullable): a socket that is connecting from this port. */
GSocket *floe_tcp_base_connect (const FloeTcpBase *self, GSocketAddress *remote);

G_END_DECLS
