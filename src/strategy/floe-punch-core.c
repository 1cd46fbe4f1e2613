/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-punch-core-internal-private.h"

#include <string.h>

#include "floe-random-private.h"

/* What counts as suffering when it is also twice as much as before. */
#define TRIFLE_RTT_US (50 * G_TIME_SPAN_MILLISECOND)
#define TRIFLE_LOSS_PERMILLE 20

#define TO(state) (1u << (state))

static const guint allowed_next[] = {
  [PUNCH_STATE_IDLE] = TO (PUNCH_STATE_TRYING) | TO (PUNCH_STATE_DONE),
  [PUNCH_STATE_TRYING] = TO (PUNCH_STATE_LINGERING) | TO (PUNCH_STATE_DONE),
  [PUNCH_STATE_LINGERING] = TO (PUNCH_STATE_DONE),
  [PUNCH_STATE_DONE] = 0,
};

static const char *const state_names[] = { "idle", "trying", "lingering", "done" };

typedef struct
{
  FloePunchOutput output;
  guint8 data[FLOE_PUNCH_MAX_MESSAGE_SIZE];
} Queued;

void
floe_punch_set_state (FloePunchCore *self, PunchState next, const char *reason)
{
  g_assert (allowed_next[self->state] & TO (next));
  g_debug ("punch: %s -> %s (%s)", state_names[self->state], state_names[next], reason);
  self->state = next;
}

FloePunchCore *
floe_punch_core_new (const FloePunchConfig *config, const FloePunchSession *session,
                     FloeProbeBudgetCore *budget, GError **error)
{
  g_autoptr (FloePunchIdentity) identity = floe_punch_identity_new (session, error);
  FloePunchCore *self;

  if (identity == NULL)
    return NULL;
  self = g_new0 (FloePunchCore, 1);
  self->config = *config;
  self->identity = g_steal_pointer (&identity);
  self->budget = budget;
  self->wake_us = -1;
  if (self->config.filter_life_us <= 0)
    self->config.filter_life_us = FLOE_PUNCH_FILTER_LIFE_US;
  if (self->config.give_up_us <= 0)
    self->config.give_up_us = FLOE_PUNCH_DEFAULT_TIME_US;
  self->config.give_up_us = MIN (self->config.give_up_us, FLOE_PUNCH_MAX_TIME_US);
  if (self->config.seed == 0)
    self->config.seed = floe_random_uint64 ();
  return self;
}

void
floe_punch_core_free (FloePunchCore *self)
{
  floe_probe_budget_core_end (self->budget, self->now_us, self->grant.id,
                              self->state == PUNCH_STATE_LINGERING ? FLOE_PROBE_END_FOUND
                                                                   : FLOE_PROBE_END_STOPPED);
  floe_punch_one_clear (self);
  floe_punch_identity_free (self->identity);
  g_queue_clear_full (&self->outputs, g_free);
  g_free (self->told);
  g_free (self);
}

void
floe_punch_push (FloePunchCore *self, FloePunchOutputType type, guint socket)
{
  Queued *queued = g_new0 (Queued, 1);

  queued->output.type = type;
  queued->output.socket = socket;
  queued->output.wants_even = type == FLOE_PUNCH_OUTPUT_OPEN && self->config.pool.is_parity_kept;
  g_queue_push_tail (&self->outputs, queued);
}

void
floe_punch_push_found (FloePunchCore *self, guint socket, const FloeStunAddress *remote)
{
  floe_punch_push (self, FLOE_PUNCH_OUTPUT_FOUND, socket);
  ((Queued *) g_queue_peek_tail (&self->outputs))->output.to = *remote;
}

void
floe_punch_wake_at (FloePunchCore *self, gint64 at_us)
{
  if (self->wake_us < 0 || at_us < self->wake_us)
    self->wake_us = at_us;
}

gboolean
floe_punch_is_ready (FloePunchCore *self)
{
  gint64 ready_us = floe_probe_budget_core_get_ready (self->budget, self->now_us);

  if (ready_us > self->now_us)
    floe_punch_wake_at (self, ready_us);
  return ready_us <= self->now_us;
}

gboolean
floe_punch_has_packets (const FloePunchCore *self)
{
  return self->sent + FLOE_PROBE_RESERVE < self->grant.packet_count;
}

gboolean
floe_punch_send (FloePunchCore *self, guint socket, const FloeStunAddress *to, guint ttl,
                 const guint8 *data, gsize size)
{
  FloeProbeVerdict verdict =
      floe_probe_budget_core_take (self->budget, self->now_us, self->grant.id, to, size);
  Queued *queued;

  if (verdict == FLOE_PROBE_WAIT)
    return floe_punch_is_ready (self);
  if (verdict != FLOE_PROBE_GRANTED)
    {
      floe_punch_fail (self, FLOE_PUNCH_END_REFUSED, verdict);
      return FALSE;
    }
  queued = g_new0 (Queued, 1);
  queued->output = (FloePunchOutput){
    .type = FLOE_PUNCH_OUTPUT_SEND, .socket = socket, .to = *to, .ttl = ttl, .size = size
  };
  memcpy (queued->data, data, size);
  queued->output.data = queued->data;
  g_queue_push_tail (&self->outputs, queued);
  self->sent++;
  return TRUE;
}

/* ONE that has been heard did not fail, whatever comes then. */
void
floe_punch_fail (FloePunchCore *self, FloePunchEnd end, FloeProbeVerdict verdict)
{
  FloePunchOutput *output;
  gboolean was_found = self->state == PUNCH_STATE_LINGERING;
  gboolean is_vain = end == FLOE_PUNCH_END_SPENT || end == FLOE_PUNCH_END_TIMED_OUT
                     || end == FLOE_PUNCH_END_PROHIBITED;

  floe_punch_set_state (self, PUNCH_STATE_DONE, was_found ? "told enough" : "in vain");
  floe_probe_budget_core_end (self->budget, self->now_us, self->grant.id,
                              was_found ? FLOE_PROBE_END_FOUND
                              : is_vain ? FLOE_PROBE_END_IN_VAIN
                                        : FLOE_PROBE_END_STOPPED);
  if (was_found)
    return;
  for (guint i = 0; i < FLOE_PROBE_MAX_SOCKETS; i++)
    if (self->many.sockets[i].is_open)
      floe_punch_push (self, FLOE_PUNCH_OUTPUT_CLOSE, i);
  floe_punch_push (self, FLOE_PUNCH_OUTPUT_EXHAUSTED, 0);
  output = &((Queued *) g_queue_peek_tail (&self->outputs))->output;
  output->end = end;
  output->verdict = verdict;
}

/* What has no place is dropped: the peer asks again. */
void
floe_punch_answer (FloePunchCore *self, guint socket, const FloeStunAddress *to,
                   const FloeStunMessage *request)
{
  PunchAnswer *answer;

  if (self->answer_count == FLOE_PUNCH_MAX_WAITING)
    return;
  answer = &self->answers[self->answer_count++];
  answer->socket = socket;
  answer->to = *to;
  answer->size = floe_punch_identity_build_answer (self->identity, request, to, answer->data);
}

static gboolean
is_running (const FloePunchCore *self)
{
  return self->state == PUNCH_STATE_TRYING || self->state == PUNCH_STATE_LINGERING;
}

static void
send_answers (FloePunchCore *self)
{
  guint sent = 0;

  while (is_running (self) && sent < self->answer_count && floe_punch_is_ready (self)
         && floe_punch_send (self, self->answers[sent].socket, &self->answers[sent].to, 0,
                             self->answers[sent].data, self->answers[sent].size))
    sent++;
  self->counters.answers += sent;
  self->answer_count -= sent;
  memmove (self->answers, self->answers + sent, self->answer_count * sizeof *self->answers);
}

static void
step (FloePunchCore *self)
{
  self->wake_us = -1;
  if (is_running (self) && self->now_us >= self->ends_us)
    floe_punch_fail (self, FLOE_PUNCH_END_TIMED_OUT, FLOE_PROBE_GRANTED);
  send_answers (self);
  if (self->state == PUNCH_STATE_TRYING && self->config.role == FLOE_PUNCH_ROLE_MANY)
    floe_punch_many_step (self);
  else if (self->state == PUNCH_STATE_TRYING)
    floe_punch_one_step (self);
  else if (self->state == PUNCH_STATE_LINGERING)
    floe_punch_one_linger (self);
  if (is_running (self))
    floe_punch_wake_at (self, self->ends_us);
  else
    self->wake_us = -1;
}

void
floe_punch_core_start (FloePunchCore *self, gint64 now_us, const FloeProbeRequest *request)
{
  FloeProbeRequest asked = *request;
  FloeProbeVerdict verdict;

  g_return_if_fail (self->state == PUNCH_STATE_IDLE);
  self->now_us = now_us;
  self->peer = request->target;
  asked.is_spraying = self->config.role == FLOE_PUNCH_ROLE_ONE;
  if (asked.is_spraying)
    asked.socket_count = 1;
  verdict = floe_probe_budget_core_begin (self->budget, now_us, &asked, &self->grant);
  if (verdict != FLOE_PROBE_GRANTED)
    {
      floe_punch_fail (self, FLOE_PUNCH_END_REFUSED, verdict);
      return;
    }
  floe_punch_set_state (self, PUNCH_STATE_TRYING, "granted");
  self->ends_us = now_us + self->config.give_up_us;
  if (self->config.role == FLOE_PUNCH_ROLE_MANY)
    floe_punch_many_start (self);
  else
    floe_punch_one_start (self);
  step (self);
}

void
floe_punch_core_handle_open_failed (FloePunchCore *self, gint64 now_us, guint socket)
{
  g_return_if_fail (socket < FLOE_PROBE_MAX_SOCKETS);
  self->now_us = now_us;
  if (self->state != PUNCH_STATE_TRYING || !self->many.sockets[socket].is_open)
    return;
  floe_punch_many_handle_failed (self, socket);
  step (self);
}

void
floe_punch_core_handle_datagram (FloePunchCore *self, gint64 now_us, guint socket,
                                 const FloeStunAddress *from, const guint8 *data, gsize size)
{
  gboolean is_many = self->config.role == FLOE_PUNCH_ROLE_MANY;
  FloeStunMessage message;
  gboolean is_taken;

  g_return_if_fail (socket < FLOE_PROBE_MAX_SOCKETS);
  self->now_us = now_us;
  if (!is_running (self))
    return;
  is_taken = floe_stun_address_is_same_host (from, &self->peer) && from->port != 0
             && floe_stun_message_parse (&message, data, size, NULL);
  if (is_taken)
    is_taken = is_many ? floe_punch_many_handle (self, socket, from, &message)
                       : floe_punch_one_handle (self, from, &message);
  if (is_taken)
    floe_probe_budget_core_handle_answer (self->budget, self->grant.id);
  else
    self->counters.ignored++;
  step (self);
}

void
floe_punch_core_handle_connected (FloePunchCore *self, gint64 now_us, guint socket,
                                  const FloeStunAddress *remote)
{
  g_return_if_fail (socket < FLOE_PROBE_MAX_SOCKETS);
  self->now_us = now_us;
  if (self->state != PUNCH_STATE_TRYING || !floe_stun_address_is_same_host (remote, &self->peer))
    return;
  if (self->config.role == FLOE_PUNCH_ROLE_ONE)
    floe_punch_one_win (self, remote, TRUE);
  else if (self->many.sockets[socket].is_open)
    floe_punch_many_win (self, socket, remote);
  step (self);
}

static void
end_early (FloePunchCore *self, gint64 now_us, FloePunchEnd end)
{
  self->now_us = now_us;
  if (!is_running (self))
    return;
  floe_punch_fail (self, end, FLOE_PROBE_GRANTED);
  step (self);
}

void
floe_punch_core_handle_prohibited (FloePunchCore *self, gint64 now_us)
{
  end_early (self, now_us, FLOE_PUNCH_END_PROHIBITED);
}

void
floe_punch_core_handle_path (FloePunchCore *self, gint64 now_us, gint64 rtt_us, guint loss_permille)
{
  if (self->base_rtt_us == 0)
    {
      self->base_rtt_us = MAX (rtt_us, 1);
      self->base_loss_permille = loss_permille;
      return;
    }
  if ((rtt_us > 2 * self->base_rtt_us && rtt_us > self->base_rtt_us + TRIFLE_RTT_US)
      || (loss_permille > 2 * self->base_loss_permille
          && loss_permille > self->base_loss_permille + TRIFLE_LOSS_PERMILLE))
    end_early (self, now_us, FLOE_PUNCH_END_CONGESTED);
}

void
floe_punch_core_stop (FloePunchCore *self, gint64 now_us)
{
  end_early (self, now_us, FLOE_PUNCH_END_STOPPED);
}

void
floe_punch_core_handle_timeout (FloePunchCore *self, gint64 now_us)
{
  self->now_us = now_us;
  if (is_running (self))
    step (self);
}

gint64
floe_punch_core_get_deadline (const FloePunchCore *self)
{
  return self->wake_us;
}

gboolean
floe_punch_core_poll (FloePunchCore *self, FloePunchOutput *output)
{
  Queued *queued = g_queue_pop_head (&self->outputs);

  g_clear_pointer (&self->told, g_free);
  if (queued == NULL)
    return FALSE;
  *output = queued->output;
  self->told = queued;
  return TRUE;
}

const FloePunchCounters *
floe_punch_core_get_counters (const FloePunchCore *self)
{
  return &self->counters;
}
