/* SPDX-License-Identifier: MPL-2.0 */
/* Tells the peer of ports that it can't see: ours change with each destination, by a step.
 *
 *   1. from a fresh socket ask a STUN server                          NAT: port p
 *   2. from the fresh path's socket send a check to each address
 *      that the peer's checks may come from                           p + 1, p + 2, ...
 *   3. from another fresh socket ask the STUN server                  p + k
 *
 * These leave within a millisecond. The ports in between are told as reflexive candidates. The
 * peer's NAT has dropped our checks; but its own now find our mapping, and our filter open.
 *
 * Where what knocks at the peer's NAT spoils its port for good, its packets must be first: then the
 * ports are foretold before there is a mapping (strategy/floe-prediction-core), and our checks
 * leave when the peer has heard of them. */
#include "floe-foretell-private.h"

#include <string.h>

#include "floe-deadline-source-private.h"
#include "floe-log-private.h"
#include "floe-port-forecast-private.h"
#include "floe-port-sampler-private.h"
#include "floe-port-sequence-private.h"
#include "floe-tactic-path-private.h"

/* Each destination costs a mapping, and each round a path. */
#define MAX_TARGETS 8
#define MAX_ROUNDS 8
/* A round may have several turns: the peer's candidates trickle. */
#define MAX_TURNS 24
/* From round to round; after these one begins only when the peer comes from somewhere else. */
static const gint64 pauses_us[] = { 1 * G_TIME_SPAN_SECOND, 2 * G_TIME_SPAN_SECOND,
                                    5 * G_TIME_SPAN_SECOND };
#define LATE_PAUSE_US (10 * G_TIME_SPAN_SECOND)
/* Until the peer has heard of what is foretold: signalling, and half a trip. Doubled each round. */
#define HOLD_US (250 * G_TIME_SPAN_MILLISECOND)
#define MAX_HOLD_US (2 * G_TIME_SPAN_SECOND)
/* When a round came to nothing. */
#define FAILURE_PAUSE_US (300 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  const FloeTacticContext *context; /* (unowned) */
  guint step;
  FloePortSampler *sampler; /* (owned) */
  FloeTacticPath path;
  GSource *timer;     /* (owned) */
  GPtrArray *targets; /* (owned) (element-type FloeStunAddress): that this round has sent to */
  guint round;        /* from 1 */
  guint turn;         /* of all rounds */
  gint64 next_us;     /* when the next round may begin */
  FloePortBracket bracket;
  guint waiting;              /* samples of the turn that are not in */
  gboolean is_ahead;          /* ports are told before there is a mapping */
  FloePortForecast *forecast; /* (owned) (nullable): of them */
  gint64 held_us;             /* until when our checks are kept back; -1 */
} FloeForetell;

static gboolean
has_target (const FloeForetell *self, const FloeStunAddress *to)
{
  for (guint i = 0; i < self->targets->len; i++)
    if (floe_stun_address_equal (g_ptr_array_index (self->targets, i), to))
      return TRUE;
  return FALSE;
}

/* Whether the peer's checks may come from its candidate @index. */
static gboolean
is_target (const FloeForetell *self, guint index, FloeStunAddress *to)
{
  const FloeCandidate *remote = &g_array_index (self->context->remotes, FloeCandidate, index);

  return remote->lock.round == 0 && floe_tactic_path_is_target (remote, to);
}

/* And whether this round has sent nothing there yet. */
static gboolean
is_fresh (const FloeForetell *self, guint index, FloeStunAddress *to)
{
  return self->targets->len < MAX_TARGETS && is_target (self, index, to) && !has_target (self, to);
}

static gboolean
has_fresh (const FloeForetell *self)
{
  FloeStunAddress to;

  for (guint i = 0; i < self->context->remotes->len; i++)
    if (is_fresh (self, i, &to))
      return TRUE;
  return FALSE;
}

/* The newest ones: of a path that the peer tries it tells late, and the others it keeps longer. */
static void
send_checks (FloeForetell *self)
{
  for (guint i = self->context->remotes->len; i > 0; i--)
    {
      FloeStunAddress to;

      if (!is_fresh (self, i - 1, &to))
        continue;
      g_ptr_array_add (self->targets, g_memdup2 (&to, sizeof to));
      floe_tactic_path_send (&self->path, &to);
      floe_tactic_path_feed (&self->path,
                             &g_array_index (self->context->remotes, FloeCandidate, i - 1));
      self->bracket.count++;
    }
}

static void
tell (FloeForetell *self, const FloeStunAddress *address, const guint16 *ports, guint count)
{
  FloeStunAddress mapped = *address;

  floe_debug (FLOE_LOG_ICE, "path %u has one of %u ports from %u on", self->path.path_id, count,
              count > 0 ? ports[0] : 0);
  for (guint i = 0; i < count; i++)
    {
      mapped.port = ports[i];
      floe_tactic_path_tell (&self->path, &mapped, NULL);
    }
  if (count == 0)
    self->next_us = MIN (self->next_us, g_get_monotonic_time () + FAILURE_PAUSE_US);
}

static gint64
get_hold (const FloeForetell *self)
{
  return MIN ((gint64) HOLD_US << (self->round - 1), MAX_HOLD_US);
}

static void
on_forecast (const FloePrediction *prediction, gpointer user_data)
{
  FloeForetell *self = user_data;

  tell (self, &prediction->address, prediction->ports, prediction->count);
  self->held_us = g_get_monotonic_time () + get_hold (self);
  g_clear_pointer (&self->forecast, floe_port_forecast_free);
  floe_deadline_source_set (self->timer, self->held_us);
}

static void
foresee (FloeForetell *self)
{
  FloePredictionConfig config = {
    .allocation = FLOE_NAT_ALLOCATION_SEQUENTIAL,
    .step = self->step,
    .lead_us = get_hold (self),
    .own_count = MIN (self->context->remotes->len, MAX_TARGETS),
  };

  self->forecast =
      floe_port_forecast_new (self->context->context, self->sampler, &config, on_forecast, self);
}

static gboolean
begin_turn (FloeForetell *self)
{
  g_autofree char *towards = floe_port_sampler_find_local (self->sampler);
  g_autofree char *base = floe_tactic_path_find_base (self->context, self->round - 1, towards);

  if (base == NULL || !floe_port_sampler_begin (self->sampler, base, self->round - 1))
    return FALSE;
  if (!floe_tactic_path_is_open (&self->path) && !floe_tactic_path_open (&self->path, base))
    return FALSE;
  self->turn++;
  if (self->is_ahead)
    {
      foresee (self);
      return TRUE;
    }
  self->bracket = (FloePortBracket){ .step = self->step };
  self->waiting = 2;
  floe_port_sampler_ask (self->sampler, 0);
  send_checks (self);
  floe_port_sampler_ask (self->sampler, 1);
  return TRUE;
}

static void
begin_round (FloeForetell *self, gint64 now_us)
{
  self->round++;
  self->next_us =
      now_us
      + (self->round <= G_N_ELEMENTS (pauses_us) ? pauses_us[self->round - 1] : LATE_PAUSE_US);
  g_ptr_array_set_size (self->targets, 0);
  /* The one before may still be found, and ends by itself. */
  self->path.path_id = FLOE_ICE_NO_PATH;
}

/* After the rounds that there are in any case one begins when the peer comes from elsewhere. */
static gboolean
is_wanted (const FloeForetell *self)
{
  return self->round < MAX_ROUNDS && (self->round <= G_N_ELEMENTS (pauses_us) || has_fresh (self));
}

static gboolean
has_any (const FloeForetell *self)
{
  FloeStunAddress to;

  for (guint i = 0; i < self->context->remotes->len; i++)
    if (is_target (self, i, &to))
      return TRUE;
  return FALSE;
}

static void
update (FloeForetell *self)
{
  gint64 now_us = g_get_monotonic_time ();

  floe_deadline_source_set (self->timer, -1);
  if (self->held_us != -1 && now_us >= self->held_us)
    {
      self->held_us = -1;
      send_checks (self);
    }
  if (self->held_us != -1)
    floe_deadline_source_set (self->timer, self->held_us);
  if (self->forecast != NULL || self->held_us != -1 || self->waiting > 0 || self->turn >= MAX_TURNS
      || !has_any (self) || !floe_port_sampler_is_ready (self->sampler)
      || floe_tactic_path_is_ready (&self->path))
    return;
  if (now_us >= self->next_us && is_wanted (self))
    begin_round (self, now_us);
  /* What has ended is begun anew with the next round. */
  if ((self->targets->len == 0 || floe_tactic_path_is_open (&self->path)) && has_fresh (self)
      && !begin_turn (self))
    floe_debug (FLOE_LOG_ICE, "no way to foretell ports now");
  if (is_wanted (self))
    floe_deadline_source_set (self->timer, self->next_us);
}

static void
on_ready (gpointer user_data)
{
  update (user_data);
}

static void
on_sampled (guint index, const FloeStunAddress *mapped, gpointer user_data)
{
  FloeForetell *self = user_data;
  guint16 ports[FLOE_PORT_BRACKET_MAX];
  guint count;

  if (self->forecast != NULL)
    {
      if (mapped != NULL)
        floe_port_forecast_handle_sample (self->forecast, index, mapped);
      return;
    }
  if (self->waiting == 0)
    return;
  if (mapped != NULL)
    *(index == 0 ? &self->bracket.before : &self->bracket.after) = *mapped;
  if (--self->waiting > 0)
    return;
  count = floe_port_bracket_list (&self->bracket, ports);
  tell (self, self->bracket.before.size != 0 ? &self->bracket.before : &self->bracket.after, ports,
        count);
  update (self);
}

static const FloePortSamplerEvents sampler_events = { on_ready, on_sampled };

static void
on_deadline (gpointer user_data)
{
  update (user_data);
}

static void
foretell_free (FloeTactic *tactic)
{
  FloeForetell *self = (FloeForetell *) tactic;

  g_clear_pointer (&self->forecast, floe_port_forecast_free);
  g_clear_pointer (&self->sampler, floe_port_sampler_free);
  floe_tactic_path_clear (&self->path);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_ptr_array_unref (self->targets);
  g_free (self);
}

static FloeTactic *
foretell_start (const FloeTacticContext *context, const FloeStrategyTactic *tactic)
{
  FloeForetell *self = g_new0 (FloeForetell, 1);

  self->context = context;
  self->step = tactic->local_step;
  self->is_ahead = context->remote.poisoning == FLOE_NAT_ANSWER_YES;
  self->held_us = -1;
  self->targets = g_ptr_array_new_with_free_func (g_free);
  self->timer = floe_deadline_source_new (context->context, on_deadline, self);
  self->sampler =
      floe_port_sampler_new (context->context, context->stun_servers, &sampler_events, self);
  if (self->sampler != NULL && floe_tactic_path_init (&self->path, context))
    {
      /* From the main loop, as all that comes. */
      floe_deadline_source_set (self->timer, g_get_monotonic_time ());
      return (FloeTactic *) self;
    }
  foretell_free ((FloeTactic *) self);
  return NULL;
}

static void
foretell_handle (FloeTactic *tactic)
{
  update ((FloeForetell *) tactic);
}

const FloeTacticClass floe_foretell_class = {
  .name = "foretell",
  .start = foretell_start,
  .handle_candidate = foretell_handle,
  .handle_change = foretell_handle,
  .free = foretell_free,
};
