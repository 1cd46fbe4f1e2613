/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-streams-core-private.h"

#include <string.h>

/* A peer denies when it is busy with a request of its own: a round trip is what it takes. */
#define FIRST_RETRY_US (100 * G_TIME_SPAN_MILLISECOND)
#define MAX_RETRY_US (5 * G_TIME_SPAN_SECOND)
#define MAX_TRIES 8

typedef enum
{
  STREAM_AT_REST,
  STREAM_WAITING,
  STREAM_IN_FLIGHT,
} StreamState;

struct _FloeSctpStreamsCore
{
  GArray *waiting; /* (owned) of guint16: first asked, first served */
  guint8 *states;  /* (owned): a StreamState for each stream */
  guint8 *tries;   /* (owned): the same */
  guint count;
  gsize in_flight_count;
  gint64 retry_at_us; /* -1: no pause */
};

static void
enqueue (FloeSctpStreamsCore *self, guint16 stream)
{
  self->states[stream] = STREAM_WAITING;
  g_array_append_val (self->waiting, stream);
}

/* TRUE when @stream was in flight and now is not. */
static gboolean
land (FloeSctpStreamsCore *self, guint16 stream)
{
  if (stream >= self->count || self->states[stream] != STREAM_IN_FLIGHT)
    return FALSE;
  self->states[stream] = STREAM_AT_REST;
  self->in_flight_count--;
  return TRUE;
}

FloeSctpStreamsCore *
floe_sctp_streams_core_new (guint count)
{
  FloeSctpStreamsCore *self = g_new0 (FloeSctpStreamsCore, 1);

  self->waiting = g_array_new (FALSE, FALSE, sizeof (guint16));
  self->states = g_new0 (guint8, count);
  self->tries = g_new0 (guint8, count);
  self->count = count;
  self->retry_at_us = -1;
  return self;
}

void
floe_sctp_streams_core_free (FloeSctpStreamsCore *self)
{
  g_array_unref (self->waiting);
  g_free (self->states);
  g_free (self->tries);
  g_free (self);
}

void
floe_sctp_streams_core_add (FloeSctpStreamsCore *self, const guint16 *streams, gsize count)
{
  for (gsize i = 0; i < count; i++)
    if (streams[i] < self->count && self->states[streams[i]] == STREAM_AT_REST)
      {
        self->tries[streams[i]] = 0;
        enqueue (self, streams[i]);
      }
}

gsize
floe_sctp_streams_core_poll (FloeSctpStreamsCore *self, gint64 now_us,
                             guint16 streams[FLOE_SCTP_RESET_BATCH])
{
  gsize count = MIN (self->waiting->len, FLOE_SCTP_RESET_BATCH - self->in_flight_count);

  if (count == 0 || (self->retry_at_us != -1 && now_us < self->retry_at_us))
    return 0;
  memcpy (streams, self->waiting->data, count * sizeof (guint16));
  g_array_remove_range (self->waiting, 0, (guint) count);
  for (gsize i = 0; i < count; i++)
    self->states[streams[i]] = STREAM_IN_FLIGHT;
  self->in_flight_count += count;
  self->retry_at_us = -1;
  return count;
}

gsize
floe_sctp_streams_core_handle_done (FloeSctpStreamsCore *self, const guint16 *streams, gsize count,
                                    guint16 *ours)
{
  gsize n_ours = 0;

  for (gsize i = 0; i < count; i++)
    if (land (self, streams[i]))
      ours[n_ours++] = streams[i];
  return n_ours;
}

gsize
floe_sctp_streams_core_handle_refused (FloeSctpStreamsCore *self, gint64 now_us,
                                       const guint16 *streams, gsize count, guint16 *given_up)
{
  gsize n_given_up = 0;

  for (gsize i = 0; i < count; i++)
    {
      guint16 stream = streams[i];
      gint64 pause_us;

      if (!land (self, stream))
        continue;
      if (++self->tries[stream] >= MAX_TRIES)
        {
          given_up[n_given_up++] = stream;
          continue;
        }
      pause_us = MIN (FIRST_RETRY_US << (self->tries[stream] - 1), MAX_RETRY_US);
      self->retry_at_us = MAX (self->retry_at_us, now_us + pause_us);
      enqueue (self, stream);
    }
  return n_given_up;
}

gboolean
floe_sctp_streams_core_is_pending (const FloeSctpStreamsCore *self, guint16 stream)
{
  return stream < self->count && self->states[stream] != STREAM_AT_REST;
}

gboolean
floe_sctp_streams_core_is_idle (const FloeSctpStreamsCore *self)
{
  return self->waiting->len == 0 && self->in_flight_count == 0;
}

gint64
floe_sctp_streams_core_get_deadline (const FloeSctpStreamsCore *self)
{
  return self->waiting->len > 0 ? self->retry_at_us : -1;
}
