/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-seat.h"

#include <string.h>

#include "floe-signaling-message.h"
#include "sample-json.h"

struct _RendezvousSeat
{
  GObject parent_instance;

  RendezvousMember *member; /* (owned) (nullable): NULL once it left */
  GPtrArray *ice_servers;   /* (owned) (nullable) */
  GMainContext *context;    /* (owned) */
  GQueue incoming;          /* (owned): of text, to be told by the main loop */
  GSource *source;          /* (owned) (nullable): while there is something to tell */
  gint64 session;           /* of the present peer, as far as ::peer told */
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

/* A rendezvous' codes in the terms of FloeSignaling::error. */
static void
tell_error (RendezvousSeat *self, JsonObject *object)
{
  const char *code = sample_json_get_string (object, "code", 32);
  const char *message = sample_json_get_string (object, "message", FLOE_SIGNALING_MAX_SIZE);
  FloeError error_code = g_strcmp0 (code, "no-room") == 0  ? FLOE_ERROR_INVALID_ACCESS
                         : g_strcmp0 (code, "closed") == 0 ? FLOE_ERROR_NETWORK
                                                           : FLOE_ERROR_OPERATION;
  g_autoptr (GError) error = g_error_new_literal (FLOE_ERROR, (int) error_code, message);

  stop (self);
  floe_signaling_emit_error (FLOE_SIGNALING (self), error);
}

static void
tell_peer (RendezvousSeat *self, JsonObject *object)
{
  self->session = sample_json_get_int (object, "session", 0);
  floe_signaling_emit_peer (FLOE_SIGNALING (self),
                            sample_json_get_boolean (object, "offers", FALSE));
}

/* What the other member said: it is checked for form by the room, and for sense here. */
static void
tell_relayed (RendezvousSeat *self, JsonObject *object, const char *type)
{
  g_auto (FloeSignalingMessage) message = { 0 };
  g_autoptr (JsonObject) no_more = json_object_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *inner = no_more;

  json_object_set_string_member (no_more, "candidate", "");
  json_object_set_int_member (no_more, "sdpMLineIndex", 0);
  if (sample_json_has (object, type))
    inner = json_object_get_object_member (object, type);
  if (!floe_signaling_message_read (inner, &message, &error))
    g_debug ("rendezvous: left out a message: %s", error->message);
  else if (message.kind == FLOE_SIGNALING_MESSAGE_DESCRIPTION)
    floe_signaling_emit_description (FLOE_SIGNALING (self), message.description);
  else
    floe_signaling_emit_candidate (FLOE_SIGNALING (self), message.candidate);
}

static void
tell (RendezvousSeat *self, const char *text)
{
  g_autoptr (JsonObject) object = sample_json_parse_object (text, strlen (text), NULL);
  const char *type = object != NULL ? sample_json_get_string (object, "type", 32) : NULL;

  /* It is the room's own text, so there is an object with a type. */
  g_return_if_fail (type != NULL);

  if (strcmp (type, "welcome") == 0)
    floe_signaling_emit_welcome (FLOE_SIGNALING (self), self->ice_servers);
  else if (strcmp (type, "peer") == 0)
    tell_peer (self, object);
  else if (strcmp (type, "gone") == 0)
    floe_signaling_emit_gone (FLOE_SIGNALING (self));
  else if (strcmp (type, "error") == 0)
    tell_error (self, object);
  else if (sample_json_get_int (object, "session", -1) == self->session)
    tell_relayed (self, object, type);
}

/* One message a turn, so that a handler may close or drop the seat. */
static gboolean
on_turn (gpointer user_data)
{
  g_autoptr (RendezvousSeat) self = g_object_ref (RENDEZVOUS_SEAT (user_data));
  g_autofree char *text = g_queue_pop_head (&self->incoming);

  if (g_queue_is_empty (&self->incoming))
    g_clear_pointer (&self->source, g_source_unref);
  tell (self, text);
  return self->source != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
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
  /* What was said last, an error or gone, is told by queue_text(). */
}

static const RendezvousMemberCallbacks member_callbacks = { on_member_send, on_member_let_go };

/* Takes @object. */
static void
say (RendezvousSeat *self, JsonObject *object)
{
  g_autofree char *line = sample_json_to_line (object);

  json_object_unref (object);
  if (self->member != NULL)
    rendezvous_member_handle_text (self->member, line, strlen (line), g_get_monotonic_time ());
}

/* (transfer full): a message of @type to the present peer. */
static JsonObject *
make_session_message (RendezvousSeat *self, const char *type)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", type);
  json_object_set_int_member (object, "session", self->session);
  return object;
}

static void
send_description (FloeSignaling *signaling, FloeSessionDescription *description)
{
  RendezvousSeat *self = RENDEZVOUS_SEAT (signaling);
  JsonObject *object = make_session_message (self, "description");

  json_object_set_object_member (object, "description",
                                 floe_signaling_message_write_description (description));
  say (self, object);
}

static void
send_candidate (FloeSignaling *signaling, FloeIceCandidate *candidate)
{
  RendezvousSeat *self = RENDEZVOUS_SEAT (signaling);
  JsonObject *object = make_session_message (self, "candidate");

  if (candidate != NULL)
    json_object_set_object_member (object, "candidate",
                                   floe_signaling_message_write_candidate (candidate));
  else
    json_object_set_null_member (object, "candidate");
  say (self, object);
}

static void
dismiss_peer (FloeSignaling *signaling)
{
  RendezvousSeat *self = RENDEZVOUS_SEAT (signaling);

  say (self, make_session_message (self, "gone"));
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

static void
join (RendezvousSeat *self, gboolean opens)
{
  g_autofree char *id = g_uuid_string_random ();
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", "join");
  json_object_set_string_member (object, "id", id);
  json_object_set_boolean_member (object, "opens", opens);
  say (self, object);
}

RendezvousSeat *
rendezvous_seat_new (RendezvousRooms *rooms, const char *room, gboolean opens,
                     GPtrArray *ice_servers)
{
  /* The servers do not travel as text to one who is here. */
  static const char welcome[] = "{\"type\":\"welcome\"}";
  RendezvousSeat *self = g_object_new (RENDEZVOUS_TYPE_SEAT, NULL);

  self->ice_servers = g_ptr_array_ref (ice_servers);
  self->member = rendezvous_member_new (rooms, room, welcome, &member_callbacks, self);
  join (self, opens);
  return self;
}

void
rendezvous_seat_dismiss (RendezvousSeat *self)
{
  leave (self);
  queue_text (self, "{\"type\":\"error\",\"code\":\"closed\","
                    "\"message\":\"The rendezvous was closed\"}");
}
