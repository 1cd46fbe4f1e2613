/* SPDX-License-Identifier: MPL-2.0 */
/* How a relay path's agent reaches its TURN server: over UDP at the addresses that the server's
 * name stands for; over TCP and TLS through a tunnel (tunnel/floe-tunnel), which libnice takes for
 * an HTTP proxy. And why it does not: libnice does not tell what servers answer.
 *
 * Layer: ice. May include: base, stun, tunnel. Network thread only. */
#pragma once

#include <nice/agent.h>

#include "floe-path-spec-private.h"
#include "floe-socket-gate-private.h"

G_BEGIN_DECLS

typedef struct _FloeRelayAccess FloeRelayAccess;

/* Called from the context's main loop, never inside a call to the access; inside an event the
 * access may be freed. */
typedef struct
{
  /* The way is there: call use() with a new agent. Comes again when the server has sent us on to
   * another one, or libnice is to try once more; what an earlier agent does is of no interest. */
  void (*ready) (gpointer user_data);
  /* No address can be had, or the one that there was is lost. @code: of W3C's icecandidateerror. At
   * most once. */
  void (*failed) (guint code, const char *text, gpointer user_data);
} FloeRelayAccessEvents;

typedef struct
{
  GMainContext *context; /* (unowned): outlives the access and all agents */
  /* (unowned) (element-type FloeLocalAddress): outlives the access */
  const GArray *addresses;
  gboolean has_free_choice;       /* addresses that are not in @addresses will do */
  gboolean is_strict;             /* other servers than the one of the path are not spoken to */
  GProxyResolver *proxy_resolver; /* (unowned) (nullable) */
  GTlsDatabase *tls_database;     /* (unowned) (nullable) */
} FloeRelayAccessConfig;

/* @spec outlives the access; so does @events. */
FloeRelayAccess *floe_relay_access_new (const FloePathSpec *spec,
                                        const FloeRelayAccessConfig *config,
                                        const FloeRelayAccessEvents *events, gpointer user_data);
/* No event comes after this. */
void floe_relay_access_free (FloeRelayAccess *self);

/* Gives the agent its server, and the address to bind to. FALSE when there is no address. The
 * tunnel lives as long as the agent, so that it can give its allocation back. */
gboolean floe_relay_access_use (FloeRelayAccess *self, NiceAgent *agent);

/* Adds whom the agent's UDP sockets are to hear: nobody when a tunnel leads to the server. */
void floe_relay_access_fill_gate (const FloeRelayAccess *self, FloeSocketGate *gate);
/* Whether the way to the server begins at one of @addresses (element-type FloeLocalAddress), as far
 * as it is not the agent's socket. */
gboolean floe_relay_access_keeps_to (const FloeRelayAccess *self, const GArray *addresses);

/* The agent has got an address. */
void floe_relay_access_handle_relayed (FloeRelayAccess *self);
/* The agent has given up. @was_quick: sooner than silence takes. failed() or ready() follows. */
void floe_relay_access_handle_refused (FloeRelayAccess *self, gboolean was_quick);

G_END_DECLS
