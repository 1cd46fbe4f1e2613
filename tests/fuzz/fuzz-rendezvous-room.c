/* SPDX-License-Identifier: MPL-2.0 */
/* Strangers in the rooms of a rendezvous, who come, talk, leave and stay away as the input says.
 *
 * Properties: a room never has more than two members and there are never more rooms than may be; a
 * member that was let go hears nothing more, and is let go once; what is sent is one JSON object on
 * one line; and no rooms are left when all have gone.
 *
 * Input: lines. The first character is the member, and the second what it does: '+' comes to the
 * room whose letter follows, '-' leaves, 'w' lets hours pass; else the rest of the line is said. */
#include "rendezvous-room.h"

#include "sample-json.h"

#include <string.h>

#define MEMBER_COUNT 4
#define ROOM_COUNT 2
#define MAX_LINES 256

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  RendezvousMember *member; /* (owned) (nullable) */
  gboolean is_let_go;
  guint room;
} Seat;

static void
on_send (gpointer user_data, const char *text)
{
  const Seat *seat = user_data;
  g_autoptr (JsonObject) object = sample_json_parse_object (text, strlen (text), NULL);

  g_assert_false (seat->is_let_go);
  g_assert_nonnull (object);
  g_assert_null (strpbrk (text, "\r\n"));
}

static void
on_let_go (gpointer user_data)
{
  Seat *seat = user_data;

  g_assert_false (seat->is_let_go);
  seat->is_let_go = TRUE;
}

static const RendezvousMemberCallbacks callbacks = { on_send, on_let_go };

static void
come (RendezvousRooms *rooms, Seat *seat, char letter)
{
  char room[65];

  if (seat->member != NULL)
    return;
  memset (room, letter % 2 == 0 ? 'a' : 'b', sizeof room - 1);
  room[sizeof room - 1] = '\0';
  seat->is_let_go = FALSE;
  seat->room = (guint) letter % 2;
  seat->member = rendezvous_member_new (rooms, room, "{\"type\":\"welcome\"}", &callbacks, seat);
}

static void
leave (Seat *seat, gint64 now_us)
{
  if (seat->member != NULL)
    rendezvous_member_free (seat->member, now_us);
  seat->member = NULL;
}

static void
check_rooms (RendezvousRooms *rooms, const Seat seats[MEMBER_COUNT])
{
  guint counts[ROOM_COUNT] = { 0 };

  for (guint i = 0; i < MEMBER_COUNT; i++)
    {
      if (seats[i].member != NULL && rendezvous_member_is_in (seats[i].member))
        {
          g_assert_false (seats[i].is_let_go);
          g_assert_cmpuint (++counts[seats[i].room], <=, 2);
        }
    }
  g_assert_cmpuint (rendezvous_rooms_get_count (rooms), <=, ROOM_COUNT);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", MAX_LINES);
  RendezvousRooms *rooms = rendezvous_rooms_new (NULL, ROOM_COUNT);
  Seat seats[MEMBER_COUNT] = { 0 };
  gint64 now_us = 1;

  for (char **line = lines; *line != NULL; line++)
    {
      Seat *seat = &seats[(guint8) (*line)[0] % MEMBER_COUNT];
      char what = (*line)[0] != '\0' ? (*line)[1] : '\0';

      now_us += G_TIME_SPAN_MILLISECOND;
      if (what == '+')
        come (rooms, seat, (*line)[2]);
      else if (what == '-')
        leave (seat, now_us);
      else if (what == 'w')
        rendezvous_rooms_expire (rooms, now_us += 13 * G_TIME_SPAN_HOUR);
      else if (what != '\0' && seat->member != NULL)
        rendezvous_member_handle_text (seat->member, *line + 1, strlen (*line + 1), now_us);
      check_rooms (rooms, seats);
    }
  for (guint i = 0; i < MEMBER_COUNT; i++)
    leave (&seats[i], now_us);
  g_assert_cmpuint (rendezvous_rooms_get_count (rooms), ==, 0);
  rendezvous_rooms_free (rooms);
  return 0;
}
