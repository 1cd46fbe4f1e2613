/* SPDX-License-Identifier: MPL-2.0 */
/* Gathers the server-reflexive candidates of one agent: floe-reflexive-core with taps on the
 * agent's sockets, lookups of the servers' names, and a timer. Others send through the taps, too.
 *
 * Events come from the main loop or inside add_socket() and end_sockets(); they must only take
 * notes. None comes after free().
 *
 * Layer: ice. May include: base, sdp, stun. Network thread only. Does not know libnice. */
#pragma once

#include <gio/gio.h>

#include "floe-ice-uri-codec-private.h"
#include "floe-reflexive-core-private.h"

G_BEGIN_DECLS

typedef struct _FloeReflexive FloeReflexive;

typedef struct
{
  /* @server: whose answer led to it. */
  void (*candidate) (const FloeCandidate *candidate, const FloeIceUri *server, gpointer user_data);
  /* Nothing came of a "stun:" server, and why. @text is static. */
  void (*failed) (const FloeIceUri *server, guint code, const char *text, gpointer user_data);
  /* Some response came through the tap of a base; it may be one to what was sent by send(). */
  void (*answer) (guint base, const FloeStunAddress *from, const guint8 *data, gsize size,
                  gpointer user_data);
  /* get_facts() may say something else. */
  void (*changed) (gpointer user_data);
} FloeReflexiveEvents;

/* @servers (element-type FloeIceUri): lookups start at once. @path_id goes into foundations. */
FloeReflexive *floe_reflexive_new (GMainContext *context, guint path_id, const GArray *servers,
                                   const FloeReflexiveEvents *events, gpointer user_data);
/* Host candidates are not told: a server that sees a host at its own, global, address leads to a
 * candidate as well. */
void floe_reflexive_set_host_hidden (FloeReflexive *self);
/* Best when the agent has closed its sockets (floe-socket-tap). */
void floe_reflexive_free (FloeReflexive *self);

/* One of the agent's UDP sockets, as new as its port, and the host candidate that it is of. */
void floe_reflexive_add_socket (FloeReflexive *self, GSocket *socket, const FloeCandidate *host);
void floe_reflexive_end_sockets (FloeReflexive *self);

/* The sockets, numbered from 0: of which candidate, and what the ids of requests must begin with
 * that are to be answered here. */
guint floe_reflexive_get_base_count (const FloeReflexive *self);
const FloeReflexiveBase *floe_reflexive_get_base (const FloeReflexive *self, guint base);
/* Sends a datagram from a base. FALSE when the network takes nothing to @to from there; what is
 * lost otherwise is just lost. */
gboolean floe_reflexive_send (FloeReflexive *self, guint base, const FloeStunAddress *to,
                              const guint8 *data, gsize size);

/* The connection is up: mappings live by its own traffic. */
void floe_reflexive_stop_refreshing (FloeReflexive *self);

FloeReflexiveFacts floe_reflexive_get_facts (const FloeReflexive *self);
/* The candidate with this address and port, or NULL. */
const FloeCandidate *floe_reflexive_find (const FloeReflexive *self, const char *address,
                                          guint16 port);

G_END_DECLS
