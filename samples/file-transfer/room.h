/* SPDX-License-Identifier: MPL-2.0 */
/* The room that a session takes place in: one in a rendezvous of our own, or in one elsewhere, to
 * which the way is found again when it is lost.
 *
 * No handler is called inside a call, and none after room_free().
 *
 * Layer: samples. Knows nothing about peer connections. */
#pragma once

#include "floe-signaling.h"
#include "options.h"

G_BEGIN_DECLS

typedef struct
{
  /* We are in, for the first time. */
  void (*entered) (gpointer user_data);
  void (*peer) (gboolean offers, gpointer user_data);
  /* That peer has left; or, once nobody is awaited any more, perhaps only the way is lost. */
  void (*gone) (gpointer user_data);
  /* There is no way in, or no way back. The last one called. */
  void (*lost) (ExitStatus status, const char *message, gpointer user_data);
} RoomHandlers;

typedef struct _Room Room;

/* (transfer full): what @options say, which outlive it; NULL when our own rendezvous can't listen.
 * Nothing is called before the main loop runs. */
Room *room_new (const Options *options, const RoomHandlers *handlers, gpointer user_data,
                GError **error);
void room_free (Room *self);

/* Whether we were here before the other side, and wait for it; else we came to it. */
gboolean room_is_ours (Room *self);

/* Where others find it, and at what server if that is not our own (nullable). */
const char *room_get_url (Room *self);
const char *room_get_code (Room *self);
const char *room_get_server (Room *self);

/* Whether it is on this machine, so that the other side may be, too. */
gboolean room_is_on_loopback (Room *self);

/* Warns if what is said on the way there can be read and changed. */
void room_warn_if_exposed (Room *self, Report *report);

void room_get_key (Room *self, guint8 key[FLOE_CODE_KEY_SIZE]);

/* (nullable): NULL while the way there is lost. */
FloeSignaling *room_get_signaling (Room *self);

/* Adds the ICE servers to use to @configuration. */
void room_add_ice_servers (Room *self, FloeConfiguration *configuration);

/* What to keep to: the stricter one of what the user and the rendezvous have said. */
FloePrivacyLevel room_get_privacy (Room *self);

/* Lets the peer go that came last; another may come. */
void room_dismiss_peer (Room *self);

/* Nobody is awaited any more: when the way is lost now, that is no more than gone(). */
void room_stop_waiting (Room *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Room, room_free)

G_END_DECLS
