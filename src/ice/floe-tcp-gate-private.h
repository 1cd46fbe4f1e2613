/* SPDX-License-Identifier: MPL-2.0 */
/* Who may connect to an agent's listening sockets. libnice takes everybody in and keeps them, and
 * puts what comes over all connections together in one buffer, so that a stranger's half a frame
 * garbles the peer's. What is here keeps their number small, and the door shut once the peer is in.
 *
 * Layer: ice. Network thread only. Knows nothing of paths. */
#pragma once

#include <nice/agent.h>

G_BEGIN_DECLS

/* A peer has one for each pair of addresses, and again when one is lost. */
#define FLOE_TCP_GATE_MAX_CONNECTIONS 32

typedef struct _FloeTcpGate FloeTcpGate;

/* @flooded: too many have connected; @agent should be released. It may free the gate.
 *
 * @context is @agent's; @agent has gathered. */
FloeTcpGate *floe_tcp_gate_new (NiceAgent *agent, GMainContext *context,
                                void (*flooded) (gpointer user_data), gpointer user_data);

/* Nobody else may connect; who has, stays. Does nothing where the system has no socket filters. */
void floe_tcp_gate_shut (FloeTcpGate *self);

/* Before the agent is released. */
void floe_tcp_gate_free (FloeTcpGate *self);

G_END_DECLS
