/* SPDX-License-Identifier: MPL-2.0 */
/* Gives an agent its server and the addresses to bind to, before it gathers. Both return
 * FALSE when there is no address; the agent must not gather then. Layer: ice. */
#pragma once

#include <nice/agent.h>

#include "floe-path-spec-private.h"
#include "floe-tunnel-private.h"

G_BEGIN_DECLS

/* For where taps can't be made (floe-socket-tap). @uri (nullable): of the STUN server. @servers
 * (element-type GInetAddress): its addresses, may be empty. @addresses (element-type
 * FloeLocalAddress). */
gboolean floe_nice_servers_use_stun (NiceAgent *agent, const FloeIceUri *uri, GList *servers,
                                     const GArray *addresses);

/* @servers: of the TURN server. @has_free_choice: addresses that are not in @addresses will do. */
gboolean floe_nice_servers_use_turn (NiceAgent *agent, const FloePathSpec *spec, GList *servers,
                                     const GArray *addresses, gboolean has_free_choice);

/* Sends the agent to its TURN server through @tunnel. It has no other socket than one of
 * 127.0.0.1. */
void floe_nice_servers_use_tunnel (NiceAgent *agent, const FloePathSpec *spec,
                                   const FloeTunnel *tunnel);

G_END_DECLS
