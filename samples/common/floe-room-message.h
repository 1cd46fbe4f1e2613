/* SPDX-License-Identifier: MPL-2.0 */
/* What a member of a room and its rendezvous say to each other, seen from the member
 * (docs/protocol.md section 2).
 *
 * Layer: samples. Pure: text to values and back. */
#pragma once

#include "floe-signaling-message.h"

G_BEGIN_DECLS

/* Of the sessions that a rendezvous counts; a number that every reader of JSON keeps exactly. */
#define FLOE_ROOM_MAX_SESSION (G_GINT64_CONSTANT (1) << 53)
/* What a rendezvous may hand out; the rest is left out. */
#define FLOE_ROOM_MAX_ICE_SERVERS 8
#define FLOE_ROOM_MAX_ICE_URLS 4

typedef enum
{
  FLOE_ROOM_MESSAGE_WELCOME,
  FLOE_ROOM_MESSAGE_PEER,
  FLOE_ROOM_MESSAGE_DESCRIPTION,
  FLOE_ROOM_MESSAGE_CANDIDATE,
  FLOE_ROOM_MESSAGE_GONE,
  FLOE_ROOM_MESSAGE_ERROR,
} FloeRoomMessageKind;

typedef struct
{
  FloeRoomMessageKind kind;
  gint64 session;                      /* with all but WELCOME and ERROR */
  gboolean offers;                     /* with PEER */
  FloePrivacyLevel privacy;            /* with WELCOME: what is asked of all who join */
  GPtrArray *ice_servers;              /* (owned) (nullable): of FloeIceServer, with WELCOME */
  FloeSessionDescription *description; /* (owned) (nullable): with DESCRIPTION */
  FloeIceCandidate *candidate;         /* (owned) (nullable): with CANDIDATE; the end is one, too */
  GError *error;                       /* (owned) (nullable): with ERROR, for people to read */
} FloeRoomMessage;

void floe_room_message_clear (FloeRoomMessage *self);

/* Fills @out from what the rendezvous sent, or returns FALSE with FLOE_ERROR_SYNTAX, or what the
 * library says about a candidate, and leaves @out alone. An error's text is ours by its code:
 * nothing that the rendezvous wrote gets to a terminal. */
gboolean floe_room_message_read (JsonObject *object, FloeRoomMessage *out, GError **error);

/* (transfer full): one line each, for the rendezvous. */
char *floe_room_message_write_join (const char *id, gboolean opens);
char *floe_room_message_write_description (gint64 session, FloeSessionDescription *description);
char *floe_room_message_write_candidate (gint64 session, FloeIceCandidate *candidate);
char *floe_room_message_write_gone (gint64 session);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeRoomMessage, floe_room_message_clear)

G_END_DECLS
