/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sctp-pacer-core-private.h"

/* A timer is late by a millisecond or so: with shorter round trips it would cost throughput, and
 * there is no buffer on the way that a window could fill. */
#define SHORTEST_SRTT_MS 4
/* RFC 9002 section 7.7 limits bursts to the initial window of ten packets; so does this. */
#define BURST_SIZE ((gint64) 10 * 1200)
/* At high rates a burst is what two ticks of the timer bring. */
#define BURST_US (2 * G_TIME_SPAN_MILLISECOND)
/* Half as much again as the window: usrsctp's slow start adds a packet for each SACK, and a SACK
 * comes for two. */
#define GAIN_NUMERATOR 3
#define GAIN_DENOMINATOR 2
/* What is held back here adds to later round trips, so the shortest counts; for so long. */
#define SRTT_LIFETIME_US (10 * G_USEC_PER_SEC)

/* In the unit of credit. */
static gint64
burst_size (const FloeSctpPacerCore *self)
{
  return MAX (BURST_SIZE * G_USEC_PER_SEC, self->rate * BURST_US);
}

static void
fill (FloeSctpPacerCore *self, gint64 now_us)
{
  /* A second fills any bucket, and what is longer might overflow. */
  gint64 elapsed_us = CLAMP (now_us - self->filled_us, 0, G_USEC_PER_SEC);

  self->credit = MIN (self->credit + self->rate * elapsed_us, burst_size (self));
  self->filled_us = now_us;
}

void
floe_sctp_pacer_core_set_path (FloeSctpPacerCore *self, gint64 now_us, guint32 window,
                               guint srtt_ms, gboolean is_waiting)
{
  gint64 rate;

  if (self->srtt_ms == 0 || srtt_ms <= self->srtt_ms || now_us - self->srtt_us > SRTT_LIFETIME_US)
    {
      self->srtt_ms = srtt_ms;
      self->srtt_us = now_us;
    }
  if (self->srtt_ms < SHORTEST_SRTT_MS || window == 0)
    {
      self->rate = 0;
      return;
    }
  rate = (gint64) window * 1000 / self->srtt_ms * GAIN_NUMERATOR / GAIN_DENOMINATOR;
  if (self->rate == 0)
    {
      self->credit = BURST_SIZE * G_USEC_PER_SEC;
      self->filled_us = now_us;
    }
  else
    fill (self, now_us);
  self->rate = is_waiting ? MAX (self->rate, rate) : rate;
}

gboolean
floe_sctp_pacer_core_take (FloeSctpPacerCore *self, gint64 now_us, gsize size)
{
  if (self->rate == 0)
    return TRUE;
  fill (self, now_us);
  if (self->credit <= 0)
    return FALSE;
  self->credit -= (gint64) size * G_USEC_PER_SEC;
  return TRUE;
}

gint64
floe_sctp_pacer_core_get_deadline (const FloeSctpPacerCore *self)
{
  if (self->rate == 0 || self->credit > 0)
    return self->filled_us;
  return self->filled_us + (-self->credit) / self->rate + 1;
}
