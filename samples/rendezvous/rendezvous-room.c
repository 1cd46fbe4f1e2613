/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-room.h"

#include <string.h>

/* The first keeps the room; the second's seat is empty while the first waits. */
typedef struct
{
  RendezvousRooms *rooms;   /* (unowned): the table that owns this room */
  char *name;               /* (owned) */
  RendezvousMember *first;  /* (unowned): never NULL, or the room would be gone */
  RendezvousMember *second; /* (unowned) (nullable) */
  gint64 session;           /* of the present pair, or the last one; 0: none yet */
  gint64 lone_since_us;     /* while there is no second */
} Room;

struct _RendezvousRooms
{
  GHashTable *rooms; /* (owned): name -> Room (owned) */
  char *only_room;   /* (owned) (nullable) */
  guint max_rooms;
};

struct _RendezvousMember
{
  RendezvousRooms *rooms; /* (unowned): outlives its members */
  Room *room;             /* (unowned) (nullable): while it is in */
  char *room_name;        /* (owned) */
  char *id;               /* (owned) (nullable): NULL until it joined */
  const char *welcome;    /* (unowned) */
  const RendezvousMemberCallbacks *callbacks;
  gpointer user_data;
  gboolean was_let_go;
  guint message_count; /* in this session, or while waiting for it */
  gsize messages_size;
};

static void
room_free (gpointer data)
{
  Room *room = data;

  g_free (room->name);
  g_free (room);
}

/* Takes @text. */
static void
say (RendezvousMember *member, char *text)
{
  member->callbacks->send (member->user_data, text);
  g_free (text);
}

static void
let_go (RendezvousMember *member)
{
  member->room = NULL;
  member->was_let_go = TRUE;
  member->callbacks->let_go (member->user_data);
}

/* The room loses its second. */
static void
leave_second (Room *room, gint64 now_us)
{
  room->second->room = NULL;
  room->second = NULL;
  room->lone_since_us = now_us;
}

/* The room loses its first, and so does not stay. */
static void
end_room (Room *room)
{
  RendezvousMember *second = room->second;

  room->first->room = NULL;
  if (second != NULL)
    {
      say (second, rendezvous_message_write_gone (room->session));
      let_go (second);
    }
  g_hash_table_remove (room->rooms->rooms, room->name);
}

/* Out of the room, if in one, and the other one is told. */
static void
leave (RendezvousMember *member, gint64 now_us)
{
  Room *room = member->room;

  if (room == NULL)
    return;
  if (room->first == member)
    {
      end_room (room);
      return;
    }
  leave_second (room, now_us);
  say (room->first, rendezvous_message_write_gone (room->session));
}

static void
refuse (RendezvousMember *member, RendezvousReason reason, gint64 now_us)
{
  if (member->was_let_go)
    return;
  leave (member, now_us);
  say (member, rendezvous_message_write_error (reason));
  let_go (member);
}

static void
start_session (RendezvousMember *member, gboolean offers)
{
  member->message_count = 0;
  member->messages_size = 0;
  say (member, rendezvous_message_write_peer (member->room->session, offers));
}

static void
enter (RendezvousMember *member, Room *room)
{
  member->room = room;
  member->callbacks->send (member->user_data, member->welcome);
}

static void
open_room (RendezvousMember *member, gint64 now_us)
{
  Room *room = g_new0 (Room, 1);

  room->rooms = member->rooms;
  room->name = g_strdup (member->room_name);
  room->first = member;
  room->lone_since_us = now_us;
  g_hash_table_insert (member->rooms->rooms, room->name, room);
  enter (member, room);
}

static void
pair_up (RendezvousMember *member, Room *room)
{
  room->second = member;
  room->session++;
  enter (member, room);
  start_session (room->first, TRUE);
  start_session (room->second, FALSE);
}

static void
handle_join (RendezvousMember *member, RendezvousMessage *message, gint64 now_us)
{
  RendezvousRooms *rooms = member->rooms;
  Room *room = g_hash_table_lookup (rooms->rooms, member->room_name);
  gboolean may_be = rooms->only_room == NULL || strcmp (rooms->only_room, member->room_name) == 0;

  member->id = g_steal_pointer (&message->id);
  if (room == NULL && (!message->opens || !may_be))
    refuse (member, RENDEZVOUS_REASON_NO_ROOM, now_us);
  else if (room == NULL && g_hash_table_size (rooms->rooms) >= rooms->max_rooms)
    refuse (member, RENDEZVOUS_REASON_BUSY, now_us);
  else if (room == NULL)
    open_room (member, now_us);
  else if (strcmp (room->first->id, member->id) == 0
           || (room->second != NULL && strcmp (room->second->id, member->id) == 0))
    refuse (member, RENDEZVOUS_REASON_DUPLICATE, now_us);
  else if (room->second != NULL)
    refuse (member, RENDEZVOUS_REASON_FULL, now_us);
  else
    pair_up (member, room);
}

/* The first sends the second away; what it says to one who left already is dropped. */
static void
handle_gone (RendezvousMember *member, gint64 session, gint64 now_us)
{
  Room *room = member->room;
  RendezvousMember *second = room->second;

  if (room->first != member)
    {
      refuse (member, RENDEZVOUS_REASON_PROTOCOL, now_us);
      return;
    }
  if (second == NULL || session != room->session)
    return;
  leave_second (room, now_us);
  say (second, rendezvous_message_write_error (RENDEZVOUS_REASON_DISMISSED));
  let_go (second);
}

static void
relay (RendezvousMember *member, const RendezvousMessage *message)
{
  Room *room = member->room;
  RendezvousMember *other = room->first == member ? room->second : room->first;

  if (other != NULL && message->session == room->session)
    other->callbacks->send (other->user_data, message->text);
}

static void
dispatch (RendezvousMember *member, RendezvousMessage *message, gint64 now_us)
{
  /* join is the first message, and only the first. */
  if ((message->kind == RENDEZVOUS_MESSAGE_JOIN) != (member->room == NULL))
    {
      refuse (member, RENDEZVOUS_REASON_PROTOCOL, now_us);
      return;
    }
  switch (message->kind)
    {
    case RENDEZVOUS_MESSAGE_JOIN:
      handle_join (member, message, now_us);
      break;
    case RENDEZVOUS_MESSAGE_RELAY:
      relay (member, message);
      break;
    case RENDEZVOUS_MESSAGE_GONE:
      handle_gone (member, message->session, now_us);
      break;
    case RENDEZVOUS_MESSAGE_OTHER:
      break;
    }
}

RendezvousRooms *
rendezvous_rooms_new (const char *only_room, guint max_rooms)
{
  RendezvousRooms *self = g_new0 (RendezvousRooms, 1);

  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  self->only_room = g_strdup (only_room);
  self->max_rooms = max_rooms;
  return self;
}

void
rendezvous_rooms_free (RendezvousRooms *self)
{
  g_assert (g_hash_table_size (self->rooms) == 0);

  g_hash_table_unref (self->rooms);
  g_free (self->only_room);
  g_free (self);
}

guint
rendezvous_rooms_get_count (const RendezvousRooms *self)
{
  return g_hash_table_size (self->rooms);
}

void
rendezvous_rooms_expire (RendezvousRooms *self, gint64 now_us)
{
  g_autoptr (GPtrArray) expired = g_ptr_array_new ();
  GHashTableIter iter;
  Room *room;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &room))
    if (room->second == NULL && now_us - room->lone_since_us >= RENDEZVOUS_LONE_LIFETIME_US)
      g_ptr_array_add (expired, room->first);
  for (guint i = 0; i < expired->len; i++)
    refuse (g_ptr_array_index (expired, i), RENDEZVOUS_REASON_TIMEOUT, now_us);
}

RendezvousMember *
rendezvous_member_new (RendezvousRooms *rooms, const char *room, const char *welcome,
                       const RendezvousMemberCallbacks *callbacks, gpointer user_data)
{
  RendezvousMember *self = g_new0 (RendezvousMember, 1);

  self->rooms = rooms;
  self->room_name = g_strdup (room);
  self->welcome = welcome;
  self->callbacks = callbacks;
  self->user_data = user_data;
  return self;
}

void
rendezvous_member_free (RendezvousMember *self, gint64 now_us)
{
  leave (self, now_us);
  g_free (self->room_name);
  g_free (self->id);
  g_free (self);
}

void
rendezvous_member_handle_text (RendezvousMember *self, const char *text, gsize size, gint64 now_us)
{
  g_auto (RendezvousMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (self->was_let_go)
    return;
  self->message_count++;
  self->messages_size += size;
  if (self->message_count > RENDEZVOUS_MAX_MESSAGES
      || self->messages_size > RENDEZVOUS_MAX_MESSAGES_SIZE)
    refuse (self, RENDEZVOUS_REASON_PROTOCOL, now_us);
  else if (rendezvous_message_read (text, size, &message, &error))
    dispatch (self, &message, now_us);
  else
    {
      g_debug ("rendezvous: %s", error->message);
      refuse (self, RENDEZVOUS_REASON_PROTOCOL, now_us);
    }
}

gboolean
rendezvous_member_is_in (const RendezvousMember *self)
{
  return self->room != NULL;
}

void
rendezvous_member_refuse (RendezvousMember *self, RendezvousReason reason, gint64 now_us)
{
  refuse (self, reason, now_us);
}
