/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-client.h"

#include <string.h>

#include "floe-code.h"
#include "floe-signaling-message.h"
#include "rendezvous-page.h"
#include "rendezvous-request.h"
#include "rendezvous-stream.h"
#include "rendezvous-websocket.h"

#define PROTOCOL "floe.1"
#define ROOM_PATH_PREFIX "/ws/"
/* How long a connection may make one request after the other: what a page's files take, so that a
 * connection that does not become a WebSocket ends soon. */
#define REQUESTS_LIFETIME_US (20 * G_TIME_SPAN_SECOND)

struct _RendezvousClient
{
  const RendezvousHouse *house; /* (unowned) */
  RendezvousSlot *slot;         /* (owned) */
  RendezvousStream *stream;     /* (owned) */
  GSource *timer;               /* (owned) (nullable): while it has something to do in time */
  gint64 opened_us;

  GByteArray *head;           /* (owned) (nullable): of a request, while one may come */
  RendezvousDecoder *decoder; /* (owned) (nullable): while it is a WebSocket */
  RendezvousMember *member;   /* (owned) (nullable): while it is a WebSocket */
  guint16 close_code;         /* what it ends with when the member is let go */
  gboolean awaits_pong;
};

static void
stop_timer (RendezvousClient *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* Says goodbye as a WebSocket does. */
static void
end_websocket (RendezvousClient *self, guint16 code)
{
  stop_timer (self);
  rendezvous_stream_send (self->stream, rendezvous_encode_close (code));
  rendezvous_stream_finish (self->stream);
}

static void
on_member_send (gpointer user_data, const char *text)
{
  RendezvousClient *self = user_data;

  rendezvous_stream_send (self->stream, rendezvous_encode_text (text));
}

static void
on_member_let_go (gpointer user_data)
{
  RendezvousClient *self = user_data;

  end_websocket (self, self->close_code);
}

static const RendezvousMemberCallbacks member_callbacks = { on_member_send, on_member_let_go };

static void
start_timer (RendezvousClient *self, guint delay_ms, GSourceFunc callback)
{
  stop_timer (self);
  self->timer = g_timeout_source_new (delay_ms);
  g_source_set_callback (self->timer, callback, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static gboolean
on_ping_time (gpointer user_data)
{
  RendezvousClient *self = user_data;

  if (self->awaits_pong)
    {
      rendezvous_stream_abort (self->stream);
      stop_timer (self);
      return G_SOURCE_REMOVE;
    }
  self->awaits_pong = TRUE;
  rendezvous_stream_send (self->stream, rendezvous_encode_ping ());
  return G_SOURCE_CONTINUE;
}

static gboolean
on_join_timeout (gpointer user_data)
{
  RendezvousClient *self = user_data;

  if (rendezvous_member_is_in (self->member))
    start_timer (self, self->house->patience.ping_ms, on_ping_time);
  else
    rendezvous_member_refuse (self->member, RENDEZVOUS_REASON_TIMEOUT, g_get_monotonic_time ());
  return G_SOURCE_REMOVE;
}

/* Sends a whole HTTP response, after which the connection ends. */
static void
respond (RendezvousClient *self, GBytes *response)
{
  stop_timer (self);
  rendezvous_stream_send (self->stream, response);
  rendezvous_stream_finish (self->stream);
}

static gboolean
on_head_timeout (gpointer user_data)
{
  respond (user_data, rendezvous_page_refuse (408));
  return G_SOURCE_REMOVE;
}

/* A browser keeps a connection in case it has another wish, and is not told when it has none. */
static gboolean
on_idle_timeout (gpointer user_data)
{
  RendezvousClient *self = user_data;

  if (self->head->len > 0)
    return on_head_timeout (self);
  stop_timer (self);
  rendezvous_stream_finish (self->stream);
  return G_SOURCE_REMOVE;
}

/* Sends a file, after which another request may come, but not before. */
static void
respond_with_file (RendezvousClient *self, const RendezvousRequest *request, gboolean is_last)
{
  gboolean is_get = strcmp (request->method, "GET") == 0 || strcmp (request->method, "HEAD") == 0;
  GBytes *response = NULL;

  is_last |= request->is_last || g_get_monotonic_time () - self->opened_us > REQUESTS_LIFETIME_US;
  if (is_get)
    response = rendezvous_page_get_file (request->method, request->path, is_last);
  if (response == NULL || is_last)
    {
      respond (self, response != NULL ? response : rendezvous_page_refuse (is_get ? 404 : 405));
      return;
    }
  rendezvous_stream_send (self->stream, response);
  self->head = g_byte_array_new ();
  start_timer (self, self->house->patience.kept_ms, on_idle_timeout);
}

/* The member leaves its room; @close_code says whether in order. */
static void
leave (RendezvousClient *self, guint16 close_code)
{
  gint64 now_us = g_get_monotonic_time ();

  self->close_code = close_code;
  if (close_code == RENDEZVOUS_CLOSE_NORMAL)
    end_websocket (self, close_code);
  else
    rendezvous_member_refuse (self->member, RENDEZVOUS_REASON_PROTOCOL, now_us);
  g_clear_pointer (&self->decoder, rendezvous_decoder_free);
  rendezvous_member_free (g_steal_pointer (&self->member), now_us);
}

static void
handle_event (RendezvousClient *self, const RendezvousEvent *event)
{
  switch (event->kind)
    {
    case RENDEZVOUS_EVENT_TEXT:
      rendezvous_member_handle_text (self->member, (const char *) event->data, event->size,
                                     g_get_monotonic_time ());
      break;
    case RENDEZVOUS_EVENT_PING:
      rendezvous_stream_send (self->stream, rendezvous_encode_pong (event->data, event->size));
      break;
    case RENDEZVOUS_EVENT_PONG:
      self->awaits_pong = FALSE;
      break;
    case RENDEZVOUS_EVENT_CLOSE:
      leave (self, RENDEZVOUS_CLOSE_NORMAL);
      break;
    case RENDEZVOUS_EVENT_FAILURE:
      leave (self, event->close_code);
      break;
    case RENDEZVOUS_EVENT_NONE:
      break;
    }
}

static void
handle_frames (RendezvousClient *self, const guint8 *data, gsize size)
{
  RendezvousEvent event;

  rendezvous_decoder_push (self->decoder, data, size);
  do
    {
      event = rendezvous_decoder_pop (self->decoder);
      handle_event (self, &event);
    }
  while (self->decoder != NULL && event.kind != RENDEZVOUS_EVENT_NONE);
}

/* Makes the connection a WebSocket. A limit on joins is told as a WebSocket tells it, so that a
 * page can show why. */
static void
upgrade (RendezvousClient *self, const RendezvousRequest *request, const char *room)
{
  g_autofree char *accept = rendezvous_request_make_accept (request);
  gint64 now_us = g_get_monotonic_time ();

  rendezvous_stream_send (self->stream, rendezvous_page_upgrade (accept, PROTOCOL));
  self->decoder = rendezvous_decoder_new (FLOE_SIGNALING_MAX_SIZE);
  self->member = rendezvous_member_new (self->house->rooms, room, self->house->welcome,
                                        &member_callbacks, self);
  start_timer (self, self->house->patience.join_ms, on_join_timeout);
  if (!rendezvous_slot_take_join (self->slot, now_us))
    rendezvous_member_refuse (self->member, RENDEZVOUS_REASON_BUSY, now_us);
}

/* Returns 0, or the status of the refusal that @request gets. */
static guint
check_request (RendezvousClient *self, const RendezvousRequest *request)
{
  if (!rendezvous_request_has_own_host (request, self->house->machine, self->house->hosts))
    return 421;
  if (!rendezvous_request_has_own_origin (request, self->house->is_tls))
    return 403;
  return 0;
}

static void
handle_request (RendezvousClient *self, const RendezvousRequest *request, gboolean is_last)
{
  guint status = check_request (self, request);
  gboolean is_room = g_str_has_prefix (request->path, ROOM_PATH_PREFIX);
  const char *room = is_room ? request->path + strlen (ROOM_PATH_PREFIX) : NULL;

  if (status == 0 && is_room)
    status = floe_code_is_room (room) ? rendezvous_request_check_upgrade (request, PROTOCOL) : 404;
  if (status != 0)
    respond (self, rendezvous_page_refuse (status));
  else if (is_room)
    upgrade (self, request, room);
  else
    respond_with_file (self, request, is_last);
}

/* Bytes of the request's head, and what may already follow it. */
static void
handle_head (RendezvousClient *self, const guint8 *data, gsize size)
{
  g_auto (RendezvousRequest) request = { 0 };
  g_autoptr (GByteArray) head = NULL;
  gsize end;
  guint status;

  g_byte_array_append (self->head, data, (guint) size);
  end = rendezvous_request_find_end (self->head->data, self->head->len);
  if (end > RENDEZVOUS_MAX_HEAD_SIZE || (end == 0 && self->head->len > RENDEZVOUS_MAX_HEAD_SIZE))
    {
      respond (self, rendezvous_page_refuse (431));
      return;
    }
  if (end == 0)
    return;
  head = g_steal_pointer (&self->head);
  status = rendezvous_request_parse (head->data, end, &request);
  if (status != 0)
    respond (self, rendezvous_page_refuse (status));
  else
    handle_request (self, &request, head->len > end);
  if (self->decoder != NULL && head->len > end)
    handle_frames (self, head->data + end, head->len - end);
}

static void
on_input (gpointer user_data, const guint8 *data, gsize size)
{
  RendezvousClient *self = user_data;

  if (self->decoder != NULL)
    handle_frames (self, data, size);
  else if (self->head != NULL)
    handle_head (self, data, size);
}

static void
on_closed (gpointer user_data)
{
  RendezvousClient *self = user_data;

  self->house->handle_gone (self->house->user_data, self);
}

static const RendezvousStreamCallbacks stream_callbacks = { on_input, on_closed };

RendezvousClient *
rendezvous_client_new (const RendezvousHouse *house, GIOStream *io, GSocket *socket,
                       RendezvousSlot *slot)
{
  RendezvousClient *self = g_new0 (RendezvousClient, 1);

  self->house = house;
  self->slot = slot;
  self->opened_us = g_get_monotonic_time ();
  self->close_code = RENDEZVOUS_CLOSE_NORMAL;
  self->head = g_byte_array_new ();
  self->stream = rendezvous_stream_new (io, socket, &stream_callbacks, self);
  start_timer (self, house->patience.head_ms, on_head_timeout);
  return self;
}

void
rendezvous_client_free (RendezvousClient *self)
{
  stop_timer (self);
  if (self->member != NULL)
    {
      end_websocket (self, RENDEZVOUS_CLOSE_GOING_AWAY);
      rendezvous_member_free (self->member, g_get_monotonic_time ());
    }
  g_clear_pointer (&self->decoder, rendezvous_decoder_free);
  g_clear_pointer (&self->head, g_byte_array_unref);
  rendezvous_stream_free (self->stream);
  rendezvous_slot_free (self->slot);
  g_free (self);
}
