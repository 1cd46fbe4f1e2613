/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-seat.h"

#include <string.h>

#include "floe-room-message.h"
#include "sample-json.h"

/* Of no peer: a room counts from 1. */
#define NO_SESSION 0
/* Not of the protocol: what is told when the member was let go, after the reason if there is one.
 */
#define END ""
/* The servers do not travel as text to one who is here. */
#define WELCOME "{\"type\":\"welcome\"}"

struct _RendezvousSeat
{
  GObject parent_instance;

  RendezvousMember *member; /* (owned) (nullable): NULL once it left */
  GPtrArray *ice_servers;   /* (owned) (nullable) */
  GMainContext *context;    /* (owned) */
  GQueue incoming;          /* (owned): of text, to be told by the main loop */
  GSource *source;          /* (owned) (nullable): while there is something to tell */
  gint64 session;           /* of the peer that ::peer told of last, or NO_SESSION */
  gboolean is_closed;       /* nothing is told any more */
};

static void signaling_iface_init (FloeSignalingInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RendezvousSeat, rendezvous_seat, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FLOE_TYPE_SIGNALING, signaling_iface_init))

static void
leave (RendezvousSeat *self)
{
  if (self->member != NULL)
    rendezvous_member_free (g_steal_pointer (&self->member), g_get_monotonic_time ());
}

static void
stop (RendezvousSeat *self)
{
  self->is_closed = TRUE;
  leave (self);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_queue_clear_full (&self->incoming, g_free);
}

/* Nothing follows. */
static void
tell_error (RendezvousSeat *self, const GError *error)
{
  stop (self);
  floe_signaling_emit_error (FLOE_SIGNALING (self), error);
}

static void
tell_end (RendezvousSeat *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (FLOE_ERROR, FLOE_ERROR_NETWORK, "The room was closed");

  tell_error (self, error);
}

/* What belongs to the present peer; not what was under way when it was sent away. */
static void
tell_of_peer (RendezvousSeat *self, const FloeRoomMessage *message)
{
  FloeSignaling *signaling = FLOE_SIGNALING (self);

  if (message->session != self->session)
    return;
  if (message->kind == FLOE_ROOM_MESSAGE_DESCRIPTION)
    floe_signaling_emit_description (signaling, message->description);
  else if (message->kind == FLOE_ROOM_MESSAGE_CANDIDATE)
    floe_signaling_emit_candidate (signaling, message->candidate);
  else
    {
      self->session = NO_SESSION;
      floe_signaling_emit_gone (signaling);
    }
}

static void
tell_message (RendezvousSeat *self, const FloeRoomMessage *message)
{
  switch (message->kind)
    {
    case FLOE_ROOM_MESSAGE_WELCOME:
      floe_signaling_emit_welcome (FLOE_SIGNALING (self), self->ice_servers);
      break;
    case FLOE_ROOM_MESSAGE_PEER:
      self->session = message->session;
      floe_signaling_emit_peer (FLOE_SIGNALING (self), message->offers);
      break;
    case FLOE_ROOM_MESSAGE_ERROR:
      tell_error (self, message->error);
      break;
    case FLOE_ROOM_MESSAGE_DESCRIPTION:
    case FLOE_ROOM_MESSAGE_CANDIDATE:
    case FLOE_ROOM_MESSAGE_GONE:
      tell_of_peer (self, message);
      break;
    }
}

static void
tell (RendezvousSeat *self, const char *text)
{
  g_autoptr (JsonObject) object = sample_json_parse_object (text, strlen (text), NULL);
  g_auto (FloeRoomMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (object == NULL)
    tell_end (self);
  else if (floe_room_message_read (object, &message, &error))
    tell_message (self, &message);
  else /* One that makes no sense, a candidate of a new kind say, stops nobody. */
    g_debug ("rendezvous: left out a message: %s", error->message);
}

/* One message a turn, so that a handler may close or drop the seat. */
static gboolean
on_turn (gpointer user_data)
{
  g_autoptr (RendezvousSeat) self = g_object_ref (RENDEZVOUS_SEAT (user_data));
  g_autofree char *text = g_queue_pop_head (&self->incoming);

  gboolean is_last = g_queue_is_empty (&self->incoming);

  if (is_last)
    g_clear_pointer (&self->source, g_source_unref);
  tell (self, text);
  return is_last ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
queue_text (RendezvousSeat *self, const char *text)
{
  if (self->is_closed)
    return;
  g_queue_push_tail (&self->incoming, g_strdup (text));
  if (self->source != NULL)
    return;
  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->source, on_turn, self, NULL);
  g_source_attach (self->source, self->context);
}

static void
on_member_send (gpointer user_data, const char *text)
{
  queue_text (user_data, text);
}

static void
on_member_let_go (gpointer user_data)
{
  queue_text (user_data, END);
}

static const RendezvousMemberCallbacks member_callbacks = { on_member_send, on_member_let_go };

/* Takes @line. */
static void
say (RendezvousSeat *self, char *line)
{
  g_autofree char *owned = line;

  if (self->member != NULL)
    rendezvous_member_handle_text (self->member, owned, strlen (owned), g_get_monotonic_time ());
}

static void
send_description (FloeSignaling *signaling, FloeSessionDescription *description)
{
  RendezvousSeat *self = RENDEZVOUS_SEAT (signaling);

  if (self->session != NO_SESSION)
    say (self, floe_room_message_write_description (self->session, description));
}

static void
send_candidate (FloeSignaling *signaling, FloeIceCandidate *candidate)
{
  RendezvousSeat *self = RENDEZVOUS_SEAT (signaling);

  if (self->session != NO_SESSION)
    say (self, floe_room_message_write_candidate (self->session, candidate));
}

static void
dismiss_peer (FloeSignaling *signaling)
{
  RendezvousSeat *self = RENDEZVOUS_SEAT (signaling);

  if (self->session == NO_SESSION)
    return;
  say (self, floe_room_message_write_gone (self->session));
  self->session = NO_SESSION;
}

static void
close_signaling (FloeSignaling *signaling)
{
  stop (RENDEZVOUS_SEAT (signaling));
}

static void
signaling_iface_init (FloeSignalingInterface *iface)
{
  iface->send_description = send_description;
  iface->send_candidate = send_candidate;
  iface->dismiss_peer = dismiss_peer;
  iface->close = close_signaling;
}

static void
rendezvous_seat_dispose (GObject *object)
{
  stop (RENDEZVOUS_SEAT (object));

  G_OBJECT_CLASS (rendezvous_seat_parent_class)->dispose (object);
}

static void
rendezvous_seat_finalize (GObject *object)
{
  RendezvousSeat *self = RENDEZVOUS_SEAT (object);

  g_ptr_array_unref (self->ice_servers);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (rendezvous_seat_parent_class)->finalize (object);
}

static void
rendezvous_seat_class_init (RendezvousSeatClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rendezvous_seat_dispose;
  G_OBJECT_CLASS (klass)->finalize = rendezvous_seat_finalize;
}

static void
rendezvous_seat_init (RendezvousSeat *self)
{
  self->context = g_main_context_ref_thread_default ();
  g_queue_init (&self->incoming);
}

RendezvousSeat *
rendezvous_seat_new (RendezvousRooms *rooms, const char *room, gboolean opens,
                     GPtrArray *ice_servers)
{
  RendezvousSeat *self = g_object_new (RENDEZVOUS_TYPE_SEAT, NULL);
  g_autofree char *id = g_uuid_string_random ();

  self->ice_servers = g_ptr_array_ref (ice_servers);
  self->member = rendezvous_member_new (rooms, room, WELCOME, &member_callbacks, self);
  say (self, floe_room_message_write_join (id, opens));
  return self;
}

void
rendezvous_seat_dismiss (RendezvousSeat *self)
{
  leave (self);
  queue_text (self, END);
}
