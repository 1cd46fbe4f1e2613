/* SPDX-License-Identifier: MPL-2.0 */
/* Rooms for two, and who is in them (docs/protocol.md section 2), without any I/O.
 *
 * A member is made for whoever comes, says what it has to say by handle_text(), and gets answers by
 * its callbacks. It lives until free(), whether it is in a room or was let go.
 *
 * Layer: samples. Pure: no socket, and time is an argument, in monotonic microseconds. */
#pragma once

#include "rendezvous-message.h"

G_BEGIN_DECLS

/* docs/protocol.md section 2: "a member may send 512 messages and 512 KiB a session". */
#define RENDEZVOUS_MAX_MESSAGES 512
#define RENDEZVOUS_MAX_MESSAGES_SIZE (512 * 1024)
/* How long a room may have one member only. */
#define RENDEZVOUS_LONE_LIFETIME_US (24 * G_TIME_SPAN_HOUR)

typedef struct _RendezvousRooms RendezvousRooms;
typedef struct _RendezvousMember RendezvousMember;

/* They run inside calls to the rooms, and must not call them. */
typedef struct
{
  void (*send) (gpointer user_data, const char *text);
  void (*let_go) (gpointer user_data); /* once; nothing is sent any more */
} RendezvousMemberCallbacks;

/* (transfer full): @only_room (nullable): the only room that can be; at most @max_rooms at once. */
RendezvousRooms *rendezvous_rooms_new (const char *only_room, guint max_rooms);

/* All members must have been freed before. */
void rendezvous_rooms_free (RendezvousRooms *self);

guint rendezvous_rooms_get_count (const RendezvousRooms *self);

/* Ends the rooms that had one member only for too long. */
void rendezvous_rooms_expire (RendezvousRooms *self, gint64 now_us);

/* (transfer full): somebody who may join @room (copied), and will be told @welcome (unowned:
 * outlives the member) then. @callbacks outlive the member. */
RendezvousMember *rendezvous_member_new (RendezvousRooms *rooms, const char *room,
                                         const char *welcome,
                                         const RendezvousMemberCallbacks *callbacks,
                                         gpointer user_data);

/* Leaves the room without a callback, but the other one is told. */
void rendezvous_member_free (RendezvousMember *self, gint64 now_us);

/* One message, hostile. */
void rendezvous_member_handle_text (RendezvousMember *self, const char *text, gsize size,
                                    gint64 now_us);

/* Whether join was said and granted, and the member was not let go since. */
gboolean rendezvous_member_is_in (const RendezvousMember *self);

/* Lets the member go, and says why. Idempotent. */
void rendezvous_member_refuse (RendezvousMember *self, RendezvousReason reason, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RendezvousRooms, rendezvous_rooms_free)

G_END_DECLS
