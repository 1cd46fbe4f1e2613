/* SPDX-License-Identifier: MPL-2.0 */
/* A tunnel that an agent uses, and what the TURN server's errors in it mean. The tunnel lives as
 * long as who left it or the agent does, so that an agent on its way out can give its allocation
 * back.
 *
 * Layer: ice. May include: base, stun, tunnel. Network thread only. */
#pragma once

#include "floe-stun-codec-private.h"
#include "floe-tunnel-private.h"

G_BEGIN_DECLS

typedef struct _FloeRelayWay FloeRelayWay;

/* Called from the context's main loop, never inside a call; inside an event the way may be left. */
typedef struct
{
  /* It could not be opened, or broke. */
  void (*failed) (const GError *error, gpointer user_data);
  /* Try Alternate; or, after handle_relayed(), what the server lent will not be prolonged. */
  void (*refused) (guint code, const FloeStunMessage *response, gpointer user_data);
} FloeRelayWayEvents;

FloeRelayWay *floe_relay_way_new (GMainContext *context, const FloeTunnelConfig *config,
                                  const FloeRelayWayEvents *events, gpointer user_data,
                                  GError **error);
/* No event comes after this. */
void floe_relay_way_leave (FloeRelayWay *self);
/* Keeps the tunnel for as long as @agent lives. */
void floe_relay_way_tie (FloeRelayWay *self, gpointer agent);

const FloeTunnel *floe_relay_way_get_tunnel (const FloeRelayWay *self);
void floe_relay_way_handle_relayed (FloeRelayWay *self);
/* Why the server lent nothing, as far as it said: a STUN error code, or 0. */
guint floe_relay_way_get_code (const FloeRelayWay *self);

G_END_DECLS
