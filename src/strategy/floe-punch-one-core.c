/* SPDX-License-Identifier: MPL-2.0 */
/* The side that guesses, from one socket. */
#include "floe-punch-core-internal-private.h"

#include <string.h>

#include "floe-random-private.h"

/* After the last probe: a round trip of the slowest paths, with what the peer waits for tokens. */
#define LAST_WAIT_US (1 * G_TIME_SPAN_SECOND)

void
floe_punch_one_start (FloePunchCore *self)
{
  PunchOne *one = &self->one;

  one->draw = floe_port_draw_new (&self->config.pool, self->config.seed);
  one->probes = g_array_new (FALSE, TRUE, sizeof (PunchProbe));
  one->ports = g_hash_table_new (NULL, NULL);
  one->last_us = self->now_us;
}

void
floe_punch_one_clear (FloePunchCore *self)
{
  g_clear_pointer (&self->one.draw, floe_port_draw_free);
  g_clear_pointer (&self->one.probes, g_array_unref);
  g_clear_pointer (&self->one.ports, g_hash_table_unref);
}

static gboolean
probe_next (FloePunchCore *self)
{
  PunchOne *one = &self->one;
  guint8 buffer[FLOE_PUNCH_MAX_MESSAGE_SIZE];
  FloeStunAddress to = self->peer;
  PunchProbe probe;
  gsize size;

  if (!floe_punch_is_ready (self))
    return FALSE;
  if (!floe_port_draw_next (one->draw, &probe.port))
    {
      one->is_drawn = TRUE;
      return FALSE;
    }
  floe_random_bytes (probe.id, sizeof probe.id);
  to.port = probe.port;
  size = floe_punch_identity_build_request (self->identity, probe.id, buffer);
  if (!floe_punch_send (self, 0, &to, 0, buffer, size))
    return FALSE;
  g_array_append_val (one->probes, probe);
  g_hash_table_insert (one->ports, GUINT_TO_POINTER (probe.port),
                       GUINT_TO_POINTER (one->probes->len));
  one->last_us = self->now_us;
  self->counters.probes++;
  return TRUE;
}

void
floe_punch_one_step (FloePunchCore *self)
{
  PunchOne *one = &self->one;

  while (self->state == PUNCH_STATE_TRYING && !one->is_drawn && floe_punch_has_packets (self)
         && probe_next (self))
    ;
  if (self->state != PUNCH_STATE_TRYING || (!one->is_drawn && floe_punch_has_packets (self)))
    return;
  if (self->now_us >= one->last_us + LAST_WAIT_US)
    floe_punch_fail (self, FLOE_PUNCH_END_SPENT, FLOE_PROBE_GRANTED);
  else
    floe_punch_wake_at (self, one->last_us + LAST_WAIT_US);
}

/* The answer to a primer that met us may be lost, and only refreshed primers would come again. */
void
floe_punch_one_linger (FloePunchCore *self)
{
  PunchOne *one = &self->one;
  guint8 buffer[FLOE_PUNCH_MAX_MESSAGE_SIZE];
  gsize size;

  if (one->is_answered || one->ask_count == PUNCH_MAX_ASKS)
    return;
  if (one->ask_us <= self->now_us)
    {
      if (!floe_punch_is_ready (self))
        return;
      size = floe_punch_identity_build_request (self->identity, one->id, buffer);
      if (!floe_punch_send (self, 0, &one->remote, 0, buffer, size))
        return;
      one->ask_count++;
      one->ask_us = self->now_us + PUNCH_ASK_US;
    }
  floe_punch_wake_at (self, one->ask_us);
}

void
floe_punch_one_win (FloePunchCore *self, const FloeStunAddress *remote, gboolean is_answered)
{
  self->one.remote = *remote;
  self->one.is_answered = is_answered;
  self->one.ask_us = self->now_us;
  floe_random_bytes (self->one.id, sizeof self->one.id);
  floe_punch_set_state (self, PUNCH_STATE_LINGERING, "found");
  self->ends_us = self->now_us + FLOE_PUNCH_LINGER_US;
  floe_punch_push_found (self, 0, remote);
}

/* RFC 8445 section 7.2.5.2.1: an answer comes from where the request went. */
static gboolean
is_answer (FloePunchCore *self, const FloeStunAddress *from, const FloeStunMessage *message)
{
  guint index =
      GPOINTER_TO_UINT (g_hash_table_lookup (self->one.ports, GUINT_TO_POINTER (from->port)));
  const guint8 *id = NULL;

  if (self->state == PUNCH_STATE_LINGERING && floe_stun_address_equal (from, &self->one.remote)
      && memcmp (self->one.id, message->transaction_id, sizeof self->one.id) == 0)
    id = self->one.id;
  else if (index != 0)
    id = g_array_index (self->one.probes, PunchProbe, index - 1).id;
  return id != NULL && memcmp (id, message->transaction_id, FLOE_STUN_TRANSACTION_ID_SIZE) == 0
         && floe_punch_identity_is_answer (self->identity, message);
}

gboolean
floe_punch_one_handle (FloePunchCore *self, const FloeStunAddress *from,
                       const FloeStunMessage *message)
{
  PunchOne *one = &self->one;
  gboolean is_request = floe_punch_identity_is_request (self->identity, message);
  gboolean is_same;

  if (!is_request && !is_answer (self, from, message))
    return FALSE;
  if (self->state == PUNCH_STATE_TRYING)
    floe_punch_one_win (self, from, !is_request);
  is_same = floe_stun_address_equal (&one->remote, from);
  if (is_same && !is_request)
    one->is_answered = TRUE;
  else if (is_same && one->answer_count++ < PUNCH_MAX_ANSWERS)
    floe_punch_answer (self, 0, from, message);
  return TRUE;
}
