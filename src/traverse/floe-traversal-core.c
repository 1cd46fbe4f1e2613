/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-traversal-core-private.h"

#include "floe-strategy-infer-private.h"

static const FloeStrategyPath tactic_paths[FLOE_TRAVERSAL_TACTIC_COUNT] = {
  FLOE_STRATEGY_PATH_PREDICTED,
  FLOE_STRATEGY_PATH_PUNCHED,
};

static gboolean
is_nothing (const FloeNatSummary *summary)
{
  const FloeNatSummary nothing = { 0 };

  return floe_nat_summary_is_equal (summary, &nothing);
}

const FloeNatSummary *
floe_traversal_core_get_remote (const FloeTraversalCore *self)
{
  if (self->has_remote)
    return &self->remote;
  return is_nothing (&self->inferred) ? NULL : &self->inferred;
}

static gboolean
is_same_tactic (const FloeStrategyTactic *a, const FloeStrategyTactic *b)
{
  return a->part == b->part && a->window == b->window && a->local_step == b->local_step
         && a->remote_step == b->remote_step && a->sockets == b->sockets && a->probes == b->probes
         && a->rate == b->rate && a->pool == b->pool;
}

/* What goes on is left alone when the plan still has it. */
static void
take_row (FloeTraversalTactic *tactic, const FloeStrategyRow *row)
{
  gboolean is_same =
      tactic->has_row && row != NULL && is_same_tactic (&tactic->row.tactic, &row->tactic);

  tactic->has_row = row != NULL;
  if (row != NULL)
    tactic->row = *row;
  if (is_same || tactic->state == FLOE_TRAVERSAL_TACTIC_ENDING)
    return;
  if (tactic->state == FLOE_TRAVERSAL_TACTIC_BEGUN)
    tactic->state = FLOE_TRAVERSAL_TACTIC_ENDING;
  else
    tactic->state = row != NULL ? FLOE_TRAVERSAL_TACTIC_WAITING : FLOE_TRAVERSAL_TACTIC_OVER;
}

/* Before the peer's description a plan is made when something is known that speaks for it: with
 * nothing known, all is begun that there is. */
static gboolean
has_reason (const FloeTraversalCore *self)
{
  return self->both_us != -1 || self->has_local || self->config.strategy != FLOE_STRATEGY_AUTO
         || self->config.has_relay_start;
}

static void
make_plan (FloeTraversalCore *self)
{
  FloeStrategyConfig config = self->config;

  if (self->is_over || !self->is_started || !has_reason (self))
    return;
  /* It was another peer: no reason to ask for a relay before this one is known. */
  if (self->both_us == -1)
    config.last = FLOE_STRATEGY_MEMORY_NONE;
  floe_strategy_make_plan (&self->plan, self->has_local ? &self->local : NULL,
                           floe_traversal_core_get_remote (self), &config);
  self->has_plan = self->has_news = TRUE;
  for (guint i = 0; i < FLOE_TRAVERSAL_TACTIC_COUNT && self->both_us != -1; i++)
    take_row (&self->tactics[i], floe_strategy_plan_find (&self->plan, tactic_paths[i]));
}

static gint64
get_begin_us (const FloeTraversalCore *self, const FloeTraversalTactic *tactic)
{
  return self->both_us + tactic->row.start_after_ms * (gint64) G_TIME_SPAN_MILLISECOND;
}

/* -1 for never. */
static gint64
get_end_us (const FloeTraversalTactic *tactic)
{
  if (tactic->row.give_up_after_ms == 0)
    return -1;
  return tactic->begun_us + tactic->row.give_up_after_ms * (gint64) G_TIME_SPAN_MILLISECOND;
}

static void
look_at_both (FloeTraversalCore *self, gint64 now_us)
{
  if (self->both_us == -1 && self->is_started && self->has_description)
    self->both_us = now_us;
}

void
floe_traversal_core_init (FloeTraversalCore *self, const FloeStrategyConfig *config)
{
  *self = (FloeTraversalCore){
    .config = *config,
    .candidates = g_array_new (FALSE, FALSE, sizeof (FloeCandidate)),
    .both_us = -1,
  };
}

void
floe_traversal_core_clear (FloeTraversalCore *self)
{
  g_clear_pointer (&self->candidates, g_array_unref);
}

void
floe_traversal_core_start (FloeTraversalCore *self, gint64 now_us, gboolean is_offerer)
{
  if (self->is_started)
    return;
  self->is_started = TRUE;
  self->config.is_offerer = is_offerer;
  look_at_both (self, now_us);
  make_plan (self);
  floe_traversal_core_handle_timeout (self, now_us);
}

void
floe_traversal_core_handle_description (FloeTraversalCore *self, gint64 now_us)
{
  if (self->has_description)
    return;
  self->has_description = TRUE;
  look_at_both (self, now_us);
  make_plan (self);
  floe_traversal_core_handle_timeout (self, now_us);
}

void
floe_traversal_core_set_relays (FloeTraversalCore *self, gint64 now_us, gboolean has_udp,
                                gboolean has_tcp, gboolean has_tls)
{
  FloeStrategyConfig *config = &self->config;

  if (config->has_relay_udp == has_udp && config->has_relay_tcp == has_tcp
      && config->has_relay_tls == has_tls)
    return;
  config->has_relay_udp = has_udp;
  config->has_relay_tcp = has_tcp;
  config->has_relay_tls = has_tls;
  make_plan (self);
  floe_traversal_core_handle_timeout (self, now_us);
}

void
floe_traversal_core_set_metered (FloeTraversalCore *self, gint64 now_us, gboolean is_metered)
{
  if (self->config.is_metered == is_metered)
    return;
  self->config.is_metered = is_metered;
  make_plan (self);
  floe_traversal_core_handle_timeout (self, now_us);
}

void
floe_traversal_core_set_local (FloeTraversalCore *self, gint64 now_us,
                               const FloeNatSummary *summary, FloeStrategyMemory last)
{
  if (self->has_local && self->config.last == last
      && floe_nat_summary_is_equal (&self->local, summary))
    return;
  self->config.last = last;
  self->local = *summary;
  self->has_local = TRUE;
  make_plan (self);
  floe_traversal_core_handle_timeout (self, now_us);
}

void
floe_traversal_core_set_remote (FloeTraversalCore *self, gint64 now_us,
                                const FloeNatSummary *summary)
{
  if (self->has_remote && floe_nat_summary_is_equal (&self->remote, summary))
    return;
  self->remote = *summary;
  self->has_remote = TRUE;
  make_plan (self);
  floe_traversal_core_handle_timeout (self, now_us);
}

/* What the candidates prove counts only where the peer tells nothing. */
static void
infer (FloeTraversalCore *self, gint64 now_us)
{
  FloeNatSummary inferred =
      floe_strategy_infer ((const FloeCandidate *) (void *) self->candidates->data,
                           self->candidates->len, self->is_remote_complete);

  if (floe_nat_summary_is_equal (&self->inferred, &inferred))
    return;
  self->inferred = inferred;
  if (self->has_remote)
    return;
  make_plan (self);
  floe_traversal_core_handle_timeout (self, now_us);
}

void
floe_traversal_core_handle_candidate (FloeTraversalCore *self, gint64 now_us,
                                      const FloeCandidate *candidate)
{
  if (self->candidates->len >= FLOE_TRAVERSAL_MAX_CANDIDATES)
    return;
  g_array_append_val (self->candidates, *candidate);
  infer (self, now_us);
}

void
floe_traversal_core_handle_end_of_candidates (FloeTraversalCore *self, gint64 now_us)
{
  self->is_remote_complete = TRUE;
  infer (self, now_us);
}

/* Nothing of what there is goes on, or is begun later. */
static void
end_tactics (FloeTraversalCore *self)
{
  for (guint i = 0; i < FLOE_TRAVERSAL_TACTIC_COUNT; i++)
    {
      FloeTraversalTactic *tactic = &self->tactics[i];

      tactic->has_row = FALSE;
      tactic->state = tactic->state == FLOE_TRAVERSAL_TACTIC_BEGUN
                              || tactic->state == FLOE_TRAVERSAL_TACTIC_ENDING
                          ? FLOE_TRAVERSAL_TACTIC_ENDING
                          : FLOE_TRAVERSAL_TACTIC_OVER;
    }
}

void
floe_traversal_core_set_direct (FloeTraversalCore *self, gint64 now_us, gboolean is_direct)
{
  if (self->is_direct == is_direct)
    return;
  self->is_direct = is_direct;
  if (is_direct)
    end_tactics (self);
  floe_traversal_core_handle_timeout (self, now_us);
}

void
floe_traversal_core_handle_failed (FloeTraversalCore *self)
{
  self->is_over = TRUE;
  end_tactics (self);
}

void
floe_traversal_core_handle_tactic_over (FloeTraversalCore *self, guint index)
{
  if (self->tactics[index].state == FLOE_TRAVERSAL_TACTIC_BEGUN)
    self->tactics[index].state = FLOE_TRAVERSAL_TACTIC_OVER;
}

static gboolean
may_begin (const FloeTraversalCore *self)
{
  return !self->is_direct && !self->is_over && self->both_us != -1;
}

void
floe_traversal_core_handle_timeout (FloeTraversalCore *self, gint64 now_us)
{
  for (guint i = 0; i < FLOE_TRAVERSAL_TACTIC_COUNT; i++)
    {
      FloeTraversalTactic *tactic = &self->tactics[i];
      gint64 end_us = get_end_us (tactic);

      if (tactic->state == FLOE_TRAVERSAL_TACTIC_WAITING && may_begin (self)
          && now_us >= get_begin_us (self, tactic))
        {
          tactic->state = FLOE_TRAVERSAL_TACTIC_DUE;
          tactic->begun_us = now_us;
        }
      else if (tactic->state == FLOE_TRAVERSAL_TACTIC_BEGUN && end_us != -1 && now_us >= end_us)
        {
          tactic->state = FLOE_TRAVERSAL_TACTIC_ENDING;
          tactic->has_row = FALSE;
        }
    }
}

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

gint64
floe_traversal_core_get_deadline (const FloeTraversalCore *self)
{
  gint64 deadline_us = -1;

  for (guint i = 0; i < FLOE_TRAVERSAL_TACTIC_COUNT; i++)
    {
      const FloeTraversalTactic *tactic = &self->tactics[i];

      if (tactic->state == FLOE_TRAVERSAL_TACTIC_WAITING && may_begin (self))
        deadline_us = sooner (deadline_us, get_begin_us (self, tactic));
      else if (tactic->state == FLOE_TRAVERSAL_TACTIC_BEGUN)
        deadline_us = sooner (deadline_us, get_end_us (tactic));
    }
  return deadline_us;
}

static gboolean
poll_tactic (FloeTraversalCore *self, guint index, FloeTraversalOutput *output)
{
  FloeTraversalTactic *tactic = &self->tactics[index];

  if (tactic->state == FLOE_TRAVERSAL_TACTIC_DUE)
    {
      tactic->state = FLOE_TRAVERSAL_TACTIC_BEGUN;
      *output = (FloeTraversalOutput){ FLOE_TRAVERSAL_OUTPUT_BEGIN, index, tactic->row.tactic };
      return TRUE;
    }
  if (tactic->state != FLOE_TRAVERSAL_TACTIC_ENDING)
    return FALSE;
  tactic->state = tactic->has_row ? FLOE_TRAVERSAL_TACTIC_WAITING : FLOE_TRAVERSAL_TACTIC_OVER;
  *output = (FloeTraversalOutput){ .type = FLOE_TRAVERSAL_OUTPUT_END, .index = index };
  return TRUE;
}

gboolean
floe_traversal_core_poll (FloeTraversalCore *self, FloeTraversalOutput *output)
{
  if (self->has_news)
    {
      self->has_news = FALSE;
      *output = (FloeTraversalOutput){ .type = FLOE_TRAVERSAL_OUTPUT_PLAN };
      return TRUE;
    }
  for (guint i = 0; i < FLOE_TRAVERSAL_TACTIC_COUNT; i++)
    {
      if (poll_tactic (self, i, output))
        return TRUE;
    }
  return FALSE;
}
