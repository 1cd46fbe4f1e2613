/* SPDX-License-Identifier: MPL-2.0 */
/* Somebody who came over the network: one HTTP request, which is answered, or which makes the
 * connection a WebSocket and its owner a member of a room.
 *
 * Layer: samples. */
#pragma once

#include "rendezvous-limits.h"
#include "rendezvous-room.h"

G_BEGIN_DECLS

typedef struct _RendezvousClient RendezvousClient;

/* How long a client may take, in milliseconds. */
typedef struct
{
  guint head_ms; /* for the head of its first request */
  guint join_ms; /* from then to its join */
  guint ping_ms; /* between pings, each of which is to be answered before the next */
  guint kept_ms; /* from a response to the next request: a page's files come at once, and several
                    people behind one address share its connections */
} RendezvousPatience;

/* docs/protocol.md section 2. */
#define RENDEZVOUS_PATIENCE ((RendezvousPatience){ 10 * 1000, 10 * 1000, 25 * 1000, 3 * 1000 })

/* What all clients of a rendezvous have in common; outlives them. */
typedef struct
{
  RendezvousRooms *rooms;
  const char *welcome;
  const char *machine;      /* the machine's name */
  const char *const *hosts; /* (nullable) */
  gboolean is_tls;
  RendezvousPatience patience;
  void (*handle_gone) (gpointer user_data, RendezvousClient *client); /* once; is to free it */
  gpointer user_data;
} RendezvousHouse;

/* (transfer full): takes @slot. @io is @socket itself or TLS over it, its handshake done. */
RendezvousClient *rendezvous_client_new (const RendezvousHouse *house, GIOStream *io,
                                         GSocket *socket, RendezvousSlot *slot);

/* Ends the connection, if it still stands; a member is told so. */
void rendezvous_client_free (RendezvousClient *self);

G_END_DECLS
