/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-punch-private.h"

#include "floe-deadline-source-private.h"
#include "floe-inet-convert-private.h"
#include "floe-log-private.h"
#include "floe-punch-attempt-private.h"
#include "floe-punch-budget-private.h"
#include "floe-punch-sockets-private.h"

/* How often the transport is looked at meanwhile: whether a path works shows there. */
#define LOOK_US (100 * G_TIME_SPAN_MILLISECOND)
/* The path that takes over the winner's port has so long to connect: six round trips of the slowest
 * ways, or libnice's first three checks. Then data should have moved there. */
#define HAND_OVER_US (3 * G_TIME_SPAN_SECOND)
/* The second one is for a winner that did not connect: the plan gives an attempt its whole time. */
#define MAX_ATTEMPTS FLOE_PROBE_MAX_ATTEMPTS
/* What an attempt needs to begin is not waited for longer: consent, the peer's candidates, others'
 * attempts. */
#define MAX_WAIT_US (20 * G_TIME_SPAN_SECOND)
#define PREFERENCE 2

/* RFC 8445 section 5.1.2.1, of a reflexive candidate; it is the only one of its path. */
#define PRIORITY ((100u << 24) | (0xffffu << 8) | 255u)

typedef enum
{
  PUNCH_WAITING,      /* for the time, and for what an attempt needs */
  PUNCH_UNDER_WAY,    /* an attempt */
  PUNCH_HANDING_OVER, /* the winner's port */
  PUNCH_OVER,
} PunchPhase;

typedef struct
{
  const FloeTacticContext *context; /* (unowned) */
  FloeStrategyTactic tactic;
  PunchPhase phase;
  FloePunchAttempt *attempt; /* (owned) (nullable): also a while after it has ended */
  GSource *timer;            /* (owned) */
  guint attempt_count;       /* that are over */
  gint64 due_us;             /* WAITING: when to begin; HANDING_OVER: when it has failed */
  gint64 begin_us;           /* of the time for this attempt */
  guint path_id;             /* HANDING_OVER of who opened */
} Punch;

static void step (Punch *self);

static gboolean
is_opening (const Punch *self)
{
  return self->tactic.part == FLOE_STRATEGY_PART_OPEN;
}

static FloeProbePolicy
get_policy (const Punch *self)
{
  return (FloeProbePolicy){
    .network =
        self->context->is_metered ? FLOE_PROBE_NETWORK_METERED : FLOE_PROBE_NETWORK_UNMETERED,
    .packets_per_s = self->tactic.rate,
  };
}

static void
drop_attempt (Punch *self)
{
  g_clear_pointer (&self->attempt, floe_punch_attempt_free);
  floe_punch_budget_give_back (self);
}

static void
end (Punch *self, const char *reason)
{
  floe_debug (FLOE_LOG_ICE, "punching is over: %s", reason);
  drop_attempt (self);
  self->phase = PUNCH_OVER;
}

static void
end_attempt (Punch *self, gint64 now_us)
{
  drop_attempt (self);
  if (++self->attempt_count >= MAX_ATTEMPTS)
    {
      end (self, "in vain");
      return;
    }
  self->phase = PUNCH_WAITING;
  self->begin_us = self->due_us = now_us;
}

static FloeCandidate
make_candidate (const FloeStunAddress *remote)
{
  g_autofree char *text = floe_stun_address_to_text (remote);
  FloeCandidate candidate = {
    .foundation = "punched",
    .component = 1,
    .transport = FLOE_CANDIDATE_UDP,
    .priority = PRIORITY,
    .port = remote->port,
    .type = FLOE_ICE_CANDIDATE_TYPE_SRFLX,
  };

  g_strlcpy (candidate.address, text, sizeof candidate.address);
  return candidate;
}

/* At once: the NAT keeps the mapping of the winner's port, and the next packet of it has to be the
 * agent's. Who guessed has its path already. */
static void
hand_over (Punch *self, const FloePunchAttemptResult *result, const char *base)
{
  FloePathSpec spec = { .type = FLOE_PATH_TYPE_PUNCHED,
                        .may_carry_data = TRUE,
                        .preference = PREFERENCE,
                        .local_port = result->local_port };
  FloeCandidate candidate = make_candidate (&result->remote);

  self->phase = PUNCH_HANDING_OVER;
  self->due_us = g_get_monotonic_time () + HAND_OVER_US;
  if (!is_opening (self))
    return;
  g_strlcpy (spec.local_address, base, sizeof spec.local_address);
  self->path_id = floe_ice_transport_add_path (self->context->ice, &spec);
  if (self->path_id == FLOE_ICE_NO_PATH
      || !floe_ice_transport_add_path_candidate (self->context->ice, self->path_id, &candidate))
    self->due_us = 0;
}

static gboolean
collect (const Punch *self, FloePunchFacts *facts)
{
  FloeIceWitness witness;

  floe_ice_transport_get_witness (self->context->ice, &witness);
  return witness.is_alive
         && floe_punch_facts_collect (facts, self->context, &self->tactic, &witness,
                                      floe_ice_transport_get_addresses (self->context->ice));
}

static void
on_result (gpointer user_data)
{
  Punch *self = user_data;
  const FloePunchAttemptResult *result = floe_punch_attempt_get_result (self->attempt);

  if (result->state == FLOE_PUNCH_ATTEMPT_FOUND)
    hand_over (self, result, floe_punch_attempt_get_base (self->attempt));
  /* It may not be freed in here. */
  floe_deadline_source_set (self->timer, 0);
}

static void
take_refusal (Punch *self, FloeProbeVerdict verdict, const char *pair, gint64 now_us)
{
  drop_attempt (self);
  if (verdict != FLOE_PROBE_TOO_SOON && verdict != FLOE_PROBE_BUSY)
    {
      end_attempt (self, now_us);
      return;
    }
  self->due_us = MAX (floe_punch_budget_get_retry (now_us, pair), now_us + LOOK_US);
}

/* Waits on when something is missing that may still come. */
static void
begin (Punch *self, gint64 now_us)
{
  g_auto (FloePunchFacts) facts = { 0 };
  FloeProbePolicy policy = get_policy (self);
  FloeProbeBudgetCore *budget;
  const FloePunchAttemptResult *result;

  self->due_us = now_us + LOOK_US;
  if (now_us > self->begin_us + MAX_WAIT_US)
    {
      end_attempt (self, now_us);
      return;
    }
  budget = collect (self, &facts) ? floe_punch_budget_take (self, &policy) : NULL;
  if (budget == NULL)
    return;
  if (facts.config.role == FLOE_PUNCH_ROLE_MANY)
    facts.request.socket_count = floe_punch_sockets_get_room (facts.request.socket_count);
  self->attempt = floe_punch_attempt_new (self->context, &facts, budget, on_result, self);
  if (self->attempt == NULL)
    {
      end (self, "not possible here");
      return;
    }
  self->phase = PUNCH_UNDER_WAY;
  result = floe_punch_attempt_get_result (self->attempt);
  if (result->state != FLOE_PUNCH_ATTEMPT_IN_VAIN)
    return;
  self->phase = PUNCH_WAITING;
  take_refusal (self, result->end == FLOE_PUNCH_END_REFUSED ? result->verdict : FLOE_PROBE_SPENT,
                facts.pair, now_us);
}

/* Who guesses learns from the path that it sends from, and both how the carrier fares. */
static void
watch (Punch *self)
{
  FloeProbePolicy policy = get_policy (self);
  FloeIceWitness witness;
  FloeCandidate remote;
  FloeStunAddress address;

  if (policy.network == FLOE_PROBE_NETWORK_METERED)
    floe_punch_budget_set_policy (self, &policy);
  if (!is_opening (self)
      && floe_ice_transport_get_direct_pair (self->context->ice, self->context->base_path_id,
                                             &remote)
      && floe_stun_address_from_text (remote.address, &address))
    {
      address.port = remote.port;
      floe_punch_attempt_handle_connected (self->attempt, &address);
      return;
    }
  floe_ice_transport_get_witness (self->context->ice, &witness);
  if (witness.is_alive && witness.round_trip_us > 0)
    floe_punch_attempt_handle_path (self->attempt, witness.round_trip_us);
}

static void
look_at_attempt (Punch *self, gint64 now_us)
{
  const FloePunchAttemptResult *result = floe_punch_attempt_get_result (self->attempt);

  if (result->state == FLOE_PUNCH_ATTEMPT_UNDER_WAY)
    watch (self);
  if (result->state == FLOE_PUNCH_ATTEMPT_IN_VAIN)
    end_attempt (self, now_us);
}

static void
end_path (Punch *self)
{
  if (self->path_id != FLOE_ICE_NO_PATH
      && !floe_ice_transport_is_path_ready (self->context->ice, self->path_id))
    floe_ice_transport_end_path (self->context->ice, self->path_id);
  self->path_id = FLOE_ICE_NO_PATH;
}

/* Until data has moved there, which step() sees. */
static void
look_at_path (Punch *self, gint64 now_us)
{
  guint path_id = is_opening (self) ? self->path_id : self->context->base_path_id;
  FloeCandidate remote;

  drop_attempt (self);
  if (now_us < self->due_us)
    return;
  if (floe_ice_transport_get_direct_pair (self->context->ice, path_id, &remote))
    {
      end (self, "there is a path, but data stays where it is");
      return;
    }
  floe_debug (FLOE_LOG_ICE, "punching: what was found does not connect");
  end_path (self);
  end_attempt (self, now_us);
}

static gboolean
is_direct (const Punch *self)
{
  FloeIceWitness witness;

  floe_ice_transport_get_witness (self->context->ice, &witness);
  return witness.is_direct;
}

static void
step (Punch *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->phase != PUNCH_OVER && is_direct (self))
    end (self, "there is a direct path");
  if (self->phase == PUNCH_WAITING && now_us >= self->due_us)
    begin (self, now_us);
  else if (self->phase == PUNCH_UNDER_WAY)
    look_at_attempt (self, now_us);
  else if (self->phase == PUNCH_HANDING_OVER)
    look_at_path (self, now_us);
  if (self->phase == PUNCH_OVER)
    floe_deadline_source_set (self->timer, -1);
  else
    floe_deadline_source_set (self->timer,
                              self->phase == PUNCH_WAITING ? self->due_us : now_us + LOOK_US);
}

static void
on_timer (gpointer user_data)
{
  step (user_data);
}

/* What the peer was told decides, and so does what it said: nobody sends who did not offer it. */
static gboolean
is_agreed (const FloeTacticContext *context, FloeStrategyPart part)
{
  FloePunching least =
      part == FLOE_STRATEGY_PART_BLOCK ? FLOE_PUNCHING_BLOCK : FLOE_PUNCHING_ONE_SIDED;

  return !context->is_metered && context->local.punching >= least
         && context->remote.punching >= least;
}

static FloeTactic *
start (const FloeTacticContext *context, const FloeStrategyTactic *tactic)
{
  Punch *self;

  if (!is_agreed (context, tactic->part)
      || (tactic->part == FLOE_STRATEGY_PART_OPEN && floe_punch_sockets_get_room (1) == 0))
    return NULL;
  self = g_new0 (Punch, 1);
  self->context = context;
  self->tactic = *tactic;
  self->begin_us = self->due_us = g_get_monotonic_time ();
  self->path_id = FLOE_ICE_NO_PATH;
  self->timer = floe_deadline_source_new (context->context, on_timer, self);
  step (self);
  return (FloeTactic *) self;
}

static void
handle_change (FloeTactic *tactic)
{
  step ((Punch *) tactic);
}

/* The path stays, also when another one was sooner: the peer's agent may have chosen this one. Of
 * what does not work the transport lets go by itself. */
static void
free_punch (FloeTactic *tactic)
{
  Punch *self = (Punch *) tactic;

  drop_attempt (self);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_free (self);
}

const FloeTacticClass floe_punch_class = {
  .name = "punching",
  .start = start,
  .handle_candidate = handle_change,
  .handle_change = handle_change,
  .free = free_punch,
};
