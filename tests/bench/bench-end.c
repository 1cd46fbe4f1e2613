/* SPDX-License-Identifier: MPL-2.0 */
#include "bench-end.h"

#include "bench-event.h"

/* Messages handed over before the main loop may see to something else. */
#define BATCH 64

struct _BenchEnd
{
  const BenchStack *stack;
  guint id;
  guint64 buffer;
  BenchEnd *twin;      /* (unowned) (nullable): the other end, in the same process */
  gpointer connection; /* (owned) (nullable): the stack's own */
  gboolean is_open;

  /* The sender, in the main thread. */
  GBytes *message; /* (owned) (nullable): while it sends */
  gint64 send_until_us;
  guint64 sent;
  guint fill_source;

  GMutex lock; /* what follows: messages may come on threads of the stack */
  gboolean echoes;
  guint64 received;
  guint64 received_bytes;
  guint64 expected; /* G_MAXUINT64 until it is told */
  gint64 first_us;
  gint64 last_us;
  GBytes *ping; /* (owned) (nullable): while it pings */
  gint64 ping_us;
  guint pings_left;
  JsonArray *round_trips; /* (owned) (nullable): microseconds */
};

BenchEnd *
bench_end_new (const BenchStack *stack, guint id, guint64 buffer)
{
  BenchEnd *self = g_atomic_rc_box_new0 (BenchEnd);

  self->stack = stack;
  self->id = id;
  self->buffer = buffer;
  self->expected = G_MAXUINT64;
  g_mutex_init (&self->lock);
  return self;
}

BenchEnd *
bench_end_ref (BenchEnd *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  BenchEnd *self = data;

  g_clear_pointer (&self->message, g_bytes_unref);
  g_clear_pointer (&self->ping, g_bytes_unref);
  g_clear_pointer (&self->round_trips, json_array_unref);
  g_mutex_clear (&self->lock);
}

void
bench_end_unref (BenchEnd *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

void
bench_end_set_twin (BenchEnd *self, BenchEnd *twin)
{
  self->twin = twin;
  twin->twin = self;
}

void
bench_end_connect (BenchEnd *self, gboolean offers)
{
  self->connection = self->stack->create (self, offers);
  if (offers && self->connection != NULL)
    self->stack->offer (self->connection);
}

void
bench_end_close (BenchEnd *self)
{
  g_clear_handle_id (&self->fill_source, g_source_remove);
  if (self->connection != NULL)
    self->stack->close (g_steal_pointer (&self->connection));
  self->twin = NULL;
}

guint
bench_end_get_id (BenchEnd *self)
{
  return self->id;
}

guint64
bench_end_get_buffer (BenchEnd *self)
{
  return self->buffer;
}

void
bench_end_take_description (BenchEnd *self, const char *type, const char *sdp)
{
  if (self->connection != NULL)
    self->stack->take_description (self->connection, type, sdp);
}

void
bench_end_take_candidate (BenchEnd *self, const char *candidate, const char *mid, int index)
{
  if (self->connection != NULL)
    self->stack->take_candidate (self->connection, candidate, mid, index);
}

static GBytes *
make_message (gsize size)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (31 * i + 7);
  return g_bytes_new_take (data, size);
}

static void
finish_sending (BenchEnd *self)
{
  JsonObject *event = bench_event_new ("sent", self->id);

  json_object_set_int_member (event, "messages", (gint64) self->sent);
  bench_event_print (event);
  g_clear_pointer (&self->message, g_bytes_unref);
}

/* Hands messages over until the time is up or the buffer full; then it goes on when half of that
 * has gone. */
static gboolean
fill (gpointer user_data)
{
  BenchEnd *self = user_data;
  gsize size = g_bytes_get_size (self->message);

  for (guint i = 0; i < BATCH; i++)
    {
      gboolean is_late = g_get_monotonic_time () >= self->send_until_us;

      if (!is_late && self->stack->get_buffered (self->connection) + size <= self->buffer)
        {
          if (!self->stack->send (self->connection, self->message))
            break;
          self->sent++;
          continue;
        }
      if (is_late)
        finish_sending (self);
      self->fill_source = 0;
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
start_filling (BenchEnd *self)
{
  if (self->connection != NULL && self->message != NULL && self->fill_source == 0)
    self->fill_source = g_idle_add_full (G_PRIORITY_DEFAULT, fill, self, NULL);
}

void
bench_end_send (BenchEnd *self, gsize size, double seconds)
{
  if (self->message != NULL || size == 0 || size > self->buffer / 2)
    {
      bench_event_print_error (self->id, "It sends already, or half the buffer can't hold that");
      return;
    }
  self->message = make_message (size);
  self->send_until_us = g_get_monotonic_time () + (gint64) (seconds * G_TIME_SPAN_SECOND);
  self->sent = 0;
  start_filling (self);
}

/* Called with the lock. */
static void
print_received_when_all_came (BenchEnd *self)
{
  JsonObject *event;

  if (self->received < self->expected)
    return;
  event = bench_event_new ("received", self->id);
  json_object_set_int_member (event, "messages", (gint64) self->received);
  json_object_set_int_member (event, "bytes", (gint64) self->received_bytes);
  json_object_set_int_member (event, "first_us", self->first_us);
  json_object_set_int_member (event, "last_us", self->last_us);
  self->expected = G_MAXUINT64;
  bench_event_print (event);
}

void
bench_end_expect (BenchEnd *self, guint64 messages)
{
  g_mutex_lock (&self->lock);
  self->expected = messages;
  print_received_when_all_came (self);
  g_mutex_unlock (&self->lock);
}

void
bench_end_reset (BenchEnd *self)
{
  g_mutex_lock (&self->lock);
  self->received = 0;
  self->received_bytes = 0;
  self->expected = G_MAXUINT64;
  g_mutex_unlock (&self->lock);
}

void
bench_end_echo (BenchEnd *self)
{
  g_mutex_lock (&self->lock);
  self->echoes = TRUE;
  g_mutex_unlock (&self->lock);
}

void
bench_end_ping (BenchEnd *self, gsize size, guint count)
{
  g_autoptr (GBytes) first = make_message (size);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->ping, g_bytes_unref);
  g_clear_pointer (&self->round_trips, json_array_unref);
  self->ping = g_bytes_ref (first);
  self->round_trips = json_array_sized_new (count);
  self->pings_left = count;
  self->ping_us = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  self->stack->send (self->connection, first);
}

/* Called with the lock. Gives what is to be sent now. */
static GBytes *
take_echo (BenchEnd *self, gint64 now_us)
{
  JsonObject *event;

  json_array_add_int_element (self->round_trips, now_us - self->ping_us);
  if (--self->pings_left > 0)
    {
      self->ping_us = g_get_monotonic_time ();
      return self->ping;
    }
  event = bench_event_new ("rtt", self->id);
  json_object_set_array_member (event, "us", g_steal_pointer (&self->round_trips));
  bench_event_print (event);
  g_clear_pointer (&self->ping, g_bytes_unref);
  return NULL;
}

void
bench_end_note_message (BenchEnd *self, GBytes *message)
{
  gint64 now_us = g_get_monotonic_time ();
  GBytes *answer = NULL; /* (unowned): outlives the call, as only this thread lets go of it */

  g_mutex_lock (&self->lock);
  if (self->ping != NULL)
    answer = take_echo (self, now_us);
  else if (self->echoes)
    answer = message;
  else
    {
      if (self->received++ == 0)
        self->first_us = now_us;
      self->last_us = now_us;
      self->received_bytes += g_bytes_get_size (message);
      print_received_when_all_came (self);
    }
  g_mutex_unlock (&self->lock);
  if (answer != NULL && self->connection != NULL)
    self->stack->send (self->connection, answer);
}

void
bench_end_note_description (BenchEnd *self, const char *type, const char *sdp)
{
  JsonObject *event;

  if (self->twin != NULL)
    {
      bench_end_take_description (self->twin, type, sdp);
      return;
    }
  event = bench_event_new ("description", self->id);
  json_object_set_string_member (event, "type", type);
  json_object_set_string_member (event, "sdp", sdp);
  bench_event_print (event);
}

void
bench_end_note_candidate (BenchEnd *self, const char *candidate, const char *mid, int index)
{
  JsonObject *event;

  if (self->twin != NULL)
    {
      bench_end_take_candidate (self->twin, candidate, mid, index);
      return;
    }
  event = bench_event_new ("candidate", self->id);
  json_object_set_string_member (event, "candidate", candidate);
  json_object_set_string_member (event, "mid", mid);
  json_object_set_int_member (event, "index", index);
  bench_event_print (event);
}

static gboolean
on_open (gpointer user_data)
{
  BenchEnd *self = user_data;

  if (self->is_open || self->connection == NULL)
    return G_SOURCE_REMOVE;
  self->is_open = TRUE;
  if (self->twin == NULL || self->twin->is_open)
    bench_event_print (bench_event_new ("open", self->id));
  return G_SOURCE_REMOVE;
}

void
bench_end_note_open (BenchEnd *self)
{
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, on_open, bench_end_ref (self),
                              (GDestroyNotify) bench_end_unref);
}

static gboolean
on_drained (gpointer user_data)
{
  start_filling (user_data);
  return G_SOURCE_REMOVE;
}

void
bench_end_note_drained (BenchEnd *self)
{
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, on_drained, bench_end_ref (self),
                              (GDestroyNotify) bench_end_unref);
}

void
bench_end_note_error (BenchEnd *self, const char *message)
{
  bench_event_print_error (self->id, message);
}
