/* SPDX-License-Identifier: MPL-2.0 */
/* Two NATs that count ports up for each destination (strategy/floe-lockstep-core), in rounds that
 * both sides count alike:
 *
 *   1. each side opens a fresh path, asks a STUN server from fresh sockets for the port that it
 * will have next, and tells the peer: a candidate with "floe-lock ROUND.STEP"
 *   2. who has told and was told of a round begins to check; the other one does within the time
 * that signalling takes
 *   3. what was told has grown old when the peer's word comes late; then that round is left out,
 * once, and the next one begun, which the peer answers at once
 *
 * Whoever is told of a later round than its own begins that one. */
#include "floe-lock-step-private.h"

#include "floe-deadline-source-private.h"
#include "floe-inet-convert-private.h"
#include "floe-lockstep-core-private.h"
#include "floe-log-private.h"
#include "floe-port-sampler-private.h"
#include "floe-port-sequence-private.h"
#include "floe-tactic-path-private.h"

#define MAX_ROUNDS 6
/* Within it others take few ports. With slow signalling a round that is skipped has the two sides
 * begin the next one together, and what is told then is as fresh as can be. */
#define FRESH_US (500 * G_TIME_SPAN_MILLISECOND)
/* After a round in vain, by the side that leads. */
static const gint64 pauses_us[] = { 2 * G_TIME_SPAN_SECOND, 5 * G_TIME_SPAN_SECOND };
/* Without an answer of the server. */
#define SAMPLE_PAUSE_US G_TIME_SPAN_SECOND

/* Before a side tells, and one more just before it checks. */
#define SAMPLES 2
#define LAST_SAMPLE SAMPLES

typedef enum
{
  IDLE,     /* until next_us, or until the peer begins a round */
  SAMPLING, /* asks the server */
  TOLD,     /* waits for the peer's word */
  CHECKING,
} LockState;

typedef struct
{
  const FloeTacticContext *context; /* (unowned) */
  guint local_step;
  FloePortSampler *sampler; /* (owned) */
  FloeTacticPath path;
  FloeLockstepCore *core; /* (owned) (nullable): of CHECKING */
  GSource *timer;         /* (owned) */
  LockState state;
  guint round;          /* ours, from 1 */
  gboolean has_skipped; /* a round */
  guint failed;         /* rounds */
  gint64 next_us;       /* of IDLE; -1: not by us */
  gint64 sampled_us;    /* when the server was asked */
  FloeStunAddress samples[SAMPLES];
  guint waiting; /* samples that are not in */
  guint16 told_port;
  int told_step;
} FloeLockStep;

/* (nullable): the peer's latest word. */
static const FloeCandidate *
find_word (const FloeLockStep *self)
{
  const FloeCandidate *word = NULL;

  for (guint i = 0; i < self->context->remotes->len; i++)
    {
      const FloeCandidate *remote = &g_array_index (self->context->remotes, FloeCandidate, i);

      if (remote->lock.round != 0 && (word == NULL || remote->lock.round >= word->lock.round))
        word = remote;
    }
  return word;
}

static guint
get_their_round (const FloeLockStep *self)
{
  const FloeCandidate *word = find_word (self);

  return word != NULL ? word->lock.round : 0;
}

static void
rest (FloeLockStep *self, gint64 pause_us)
{
  self->state = IDLE;
  self->next_us = pause_us != -1 ? g_get_monotonic_time () + pause_us : -1;
}

static void
begin_round (FloeLockStep *self, guint round)
{
  g_autofree char *towards = floe_port_sampler_find_local (self->sampler);
  g_autofree char *base = floe_tactic_path_find_base (self->context, round - 1, towards);

  self->round = round;
  g_clear_pointer (&self->core, floe_lockstep_core_free);
  floe_tactic_path_end (&self->path);
  if (base == NULL || !floe_port_sampler_begin (self->sampler, base, round - 1)
      || !floe_tactic_path_open (&self->path, base))
    {
      floe_debug (FLOE_LOG_ICE, "no way to go in lock step now");
      rest (self, SAMPLE_PAUSE_US);
      return;
    }
  self->state = SAMPLING;
  self->sampled_us = g_get_monotonic_time ();
  self->waiting = SAMPLES;
  for (guint i = 0; i < SAMPLES; i++)
    {
      self->samples[i] = (FloeStunAddress){ 0 };
      floe_port_sampler_ask (self->sampler, i);
    }
}

/* Where the next mapping is foretold to be. FALSE without samples, or when they can't be of such a
 * NAT. */
static gboolean
foretell (const FloeLockStep *self, FloeStunAddress *next, int *step)
{
  FloePortPool pool = floe_port_sequence_complete_pool (&(FloePortPool){ 0 });
  const FloeStunAddress *first = &self->samples[0], *last = &self->samples[1];
  int distance;

  *step = (int) CLAMP (self->local_step, 1, FLOE_PORT_MAX_STEP);
  *next = last->size != 0 ? *last : *first;
  if (next->size == 0)
    return FALSE;
  floe_port_sequence_widen (&pool, next->port);
  if (first->size != 0 && last->size != 0)
    {
      distance = floe_port_sequence_get_distance (&pool, first->port, last->port);
      if (distance == 0 || !floe_stun_address_is_same_host (first, last))
        return FALSE;
      *step = floe_port_sequence_find_step (self->local_step, distance);
    }
  next->port = floe_port_sequence_move (&pool, next->port, *step);
  return TRUE;
}

static void
tell (FloeLockStep *self)
{
  FloeCandidateLock lock = { .round = self->round };
  FloeStunAddress next;

  if (!foretell (self, &next, &lock.step))
    {
      floe_debug (FLOE_LOG_ICE, "lock step, round %u: nothing foretold", self->round);
      rest (self, SAMPLE_PAUSE_US);
      return;
    }
  floe_debug (FLOE_LOG_ICE, "lock step, round %u: our next port is %u, step %d", self->round,
              next.port, lock.step);
  self->state = TOLD;
  self->told_port = next.port;
  self->told_step = lock.step;
  floe_tactic_path_tell (&self->path, &next, &lock);
}

/* Both have told of this round. */
static void
start_checks (FloeLockStep *self, const FloeCandidate *word)
{
  FloeLockstepConfig config = { .step = word->lock.step,
                                .is_controlling = self->context->is_controlling };

  if (floe_tactic_path_is_target (word, &config.next))
    self->core = floe_lockstep_core_new (&config);
  if (self->core == NULL)
    {
      rest (self, -1);
      return;
    }
  self->state = CHECKING;
  floe_debug (FLOE_LOG_ICE, "lock step, round %u: from the peer's port %u, step %d", self->round,
              config.next.port, config.step);
  floe_port_sampler_ask (self->sampler, LAST_SAMPLE);
  floe_lockstep_core_set_lead (self->core, 1); /* that question took a port */
  floe_lockstep_core_start (self->core, g_get_monotonic_time ());
}

/* How far our ports had moved on when the checks began. */
static void
take_last_sample (FloeLockStep *self, guint16 port)
{
  FloePortPool pool = floe_port_sequence_complete_pool (&(FloePortPool){ 0 });
  int distance;

  if (self->state != CHECKING)
    return;
  floe_port_sequence_widen (&pool, port);
  floe_port_sequence_widen (&pool, self->told_port);
  distance = floe_port_sequence_get_distance (&pool, self->told_port, port);
  floe_debug (FLOE_LOG_ICE, "lock step, round %u: our ports have moved on by %d", self->round,
              distance);
  if (distance % self->told_step == 0 && distance / self->told_step >= 0)
    floe_lockstep_core_set_lead (self->core, (guint) (distance / self->told_step) + 1);
}

static void
finish_checks (FloeLockStep *self)
{
  g_clear_pointer (&self->core, floe_lockstep_core_free);
  /* The peer's checks have met ours, and the agents agree about the rest. */
  if (floe_tactic_path_is_ready (&self->path))
    {
      rest (self, -1);
      return;
    }
  rest (self, self->failed < G_N_ELEMENTS (pauses_us) ? pauses_us[self->failed] : -1);
  self->failed++;
}

static void
send_checks (FloeLockStep *self)
{
  gint64 now_us = g_get_monotonic_time ();
  FloeLockstepOutput output;

  if (floe_tactic_path_is_ready (&self->path))
    floe_lockstep_core_handle_connected (self->core, now_us);
  floe_lockstep_core_handle_timeout (self->core, now_us);
  while (floe_lockstep_core_poll (self->core, &output))
    if (output.type == FLOE_LOCKSTEP_OUTPUT_CHECK)
      floe_tactic_path_send (&self->path, &output.to);
  if (!floe_lockstep_core_is_exclusive (self->core))
    finish_checks (self);
}

/* What the peer has said decides which round it is. */
static void
look_at_word (FloeLockStep *self)
{
  const FloeCandidate *word = find_word (self);
  gboolean is_good =
      floe_tactic_path_is_open (&self->path)
      && (g_get_monotonic_time () - self->sampled_us <= FRESH_US || self->has_skipped);

  if (word == NULL || word->lock.round < self->round)
    return;
  if (word->lock.round > self->round)
    {
      if (word->lock.round <= MAX_ROUNDS)
        begin_round (self, word->lock.round);
    }
  else if (self->state == TOLD && !is_good && self->round < MAX_ROUNDS)
    {
      self->has_skipped = TRUE;
      begin_round (self, self->round + 1);
    }
  else if (self->state == TOLD)
    start_checks (self, word);
}

static gint64
get_deadline (const FloeLockStep *self)
{
  if (self->state == CHECKING)
    return floe_lockstep_core_get_deadline (self->core);
  return self->state == IDLE && self->round < MAX_ROUNDS ? self->next_us : -1;
}

static void
update (FloeLockStep *self)
{
  if (!floe_port_sampler_is_ready (self->sampler))
    return;
  if (!floe_tactic_path_is_ready (&self->path))
    look_at_word (self);
  if (self->state == IDLE && self->round < MAX_ROUNDS && self->next_us != -1
      && g_get_monotonic_time () >= self->next_us)
    begin_round (self, MAX (self->round, get_their_round (self)) + 1);
  if (self->state == CHECKING)
    send_checks (self);
  floe_deadline_source_set (self->timer, get_deadline (self));
}

static void
on_ready (gpointer user_data)
{
  update (user_data);
}

static void
on_sampled (guint index, const FloeStunAddress *mapped, gpointer user_data)
{
  FloeLockStep *self = user_data;

  if (index == LAST_SAMPLE)
    {
      if (mapped != NULL)
        take_last_sample (self, mapped->port);
      return;
    }
  if (mapped != NULL)
    self->samples[index] = *mapped;
  if (--self->waiting > 0)
    return;
  tell (self);
  update (self);
}

static const FloePortSamplerEvents sampler_events = { on_ready, on_sampled };

static void
on_deadline (gpointer user_data)
{
  update (user_data);
}

static void
lock_step_free (FloeTactic *tactic)
{
  FloeLockStep *self = (FloeLockStep *) tactic;

  g_clear_pointer (&self->sampler, floe_port_sampler_free);
  g_clear_pointer (&self->core, floe_lockstep_core_free);
  floe_tactic_path_clear (&self->path);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_free (self);
}

static FloeTactic *
lock_step_start (const FloeTacticContext *context, const FloeStrategyTactic *tactic)
{
  FloeLockStep *self = g_new0 (FloeLockStep, 1);

  self->context = context;
  self->local_step = tactic->local_step;
  self->timer = floe_deadline_source_new (context->context, on_deadline, self);
  self->sampler =
      floe_port_sampler_new (context->context, context->stun_servers, &sampler_events, self);
  if (self->sampler != NULL && floe_tactic_path_init (&self->path, context))
    {
      /* From the main loop, as all that comes. */
      floe_deadline_source_set (self->timer, g_get_monotonic_time ());
      return (FloeTactic *) self;
    }
  lock_step_free ((FloeTactic *) self);
  return NULL;
}

static void
lock_step_handle (FloeTactic *tactic)
{
  update ((FloeLockStep *) tactic);
}

const FloeTacticClass floe_lock_step_class = {
  .name = "lock-step",
  .start = lock_step_start,
  .handle_candidate = lock_step_handle,
  .handle_change = lock_step_handle,
  .free = lock_step_free,
};
