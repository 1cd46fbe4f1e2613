/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-prediction-core-private.h"

#include <math.h>

#include "floe-port-sequence-private.h"
#include "floe-random-private.h"

#define WANTED_CHANCE 0.99
/* Mappings between two samples; with more nothing is foretold: other ports than the next come. */
#define MAX_BETWEEN 1000
/* RFC 8445 section 5.1.2.1 recommends 100 for server-reflexive candidates and 0 for relayed ones.
 */
#define TYPE_PREFERENCE 99u

struct _FloePredictionCore
{
  FloePredictionConfig config;
  FloePrediction result;
  gboolean is_running;
  gint64 started_us;
  guint asked; /* samples */
  guint told;  /* of them, by poll() */
  gboolean is_done_told;
  FloeStunAddress samples[FLOE_PREDICTION_SAMPLES]; /* size 0: no answer */
  gint64 asked_us[FLOE_PREDICTION_SAMPLES];
};

FloePredictionCore *
floe_prediction_core_new (const FloePredictionConfig *config)
{
  FloePredictionCore *self = g_new0 (FloePredictionCore, 1);

  self->config = *config;
  self->config.pool = floe_port_sequence_complete_pool (&config->pool);
  self->is_done_told = TRUE;
  return self;
}

void
floe_prediction_core_free (FloePredictionCore *self)
{
  g_free (self);
}

guint32
floe_prediction_get_priority (guint index, guint component)
{
  g_return_val_if_fail (index < FLOE_PREDICTION_MAX_WINDOW && component >= 1 && component <= 256,
                        1);
  return TYPE_PREFERENCE << 24 | (0xffffu - index) << 8 | (256 - component);
}

double
floe_prediction_get_chance (double mean, guint window)
{
  double term = exp (-mean), sum = 0;

  for (guint i = 0; i < window; i++)
    {
      sum += term;
      term *= mean / (i + 1);
    }
  return MIN (sum, 1);
}

guint
floe_prediction_get_window (double mean)
{
  guint window = FLOE_PREDICTION_MIN_WINDOW;

  while (window < FLOE_PREDICTION_MAX_WINDOW
         && floe_prediction_get_chance (mean, window) < WANTED_CHANCE)
    window++;
  return window;
}

/* How many mappings of others there will be until our check, at the upper end of what the samples
 * say: a count of a Poisson process is off by its root. */
static double
expect_foreign (FloePredictionCore *self, int count)
{
  double between_s = (double) MAX (self->asked_us[1] - self->asked_us[0], 1) / G_TIME_SPAN_SECOND;
  double lead_s = (double) self->config.lead_us / G_TIME_SPAN_SECOND;

  self->result.has_rate = TRUE;
  self->result.foreign_per_s = count / between_s;
  return (count + sqrt (count)) / between_s * lead_s;
}

static void
foretell_sequence (FloePredictionCore *self, const FloeStunAddress *from, double mean, guint window)
{
  FloePrediction *result = &self->result;

  window = MIN (window + self->config.own_count, FLOE_PREDICTION_MAX_WINDOW);
  result->address = *from;
  result->address.port = 0;
  result->chance = window > self->config.own_count
                       ? floe_prediction_get_chance (mean, window - self->config.own_count)
                       : 0;
  for (guint i = 0; i < window; i++)
    result->ports[result->count++] =
        floe_port_sequence_move (&self->config.pool, from->port, (int) (i + 1) * result->step);
}

static void
conclude_sequence (FloePredictionCore *self)
{
  const FloeStunAddress *first = &self->samples[0], *second = &self->samples[1];
  int distance, between;
  double mean;

  if (first->size == 0 || second->size == 0)
    {
      const FloeStunAddress *only = second->size != 0 ? second : first;

      if (only->size == 0)
        return;
      floe_port_sequence_widen (&self->config.pool, only->port);
      self->result.step = self->config.step > 0 && self->config.step <= FLOE_PORT_MAX_STEP
                              ? (int) self->config.step
                              : 1;
      /* How busy the NAT is nobody knows: twice the window, and no promise. */
      foretell_sequence (self, only, 0, 2 * FLOE_PREDICTION_MIN_WINDOW);
      self->result.chance = 0;
      return;
    }
  floe_port_sequence_widen (&self->config.pool, first->port);
  floe_port_sequence_widen (&self->config.pool, second->port);
  distance = floe_port_sequence_get_distance (&self->config.pool, first->port, second->port);
  if (distance == 0 || !floe_stun_address_is_same_host (first, second))
    return;
  self->result.step = floe_port_sequence_find_step (self->config.step, distance);
  between = distance / self->result.step;
  if (between > MAX_BETWEEN)
    return;
  mean = expect_foreign (self, between - 1);
  foretell_sequence (self, second, mean, floe_prediction_get_window (mean));
}

/* One socket of ours has one port of the block: as many guesses as there may be. */
static void
conclude_block (FloePredictionCore *self)
{
  const FloeStunAddress *seen = self->samples[1].size != 0 ? &self->samples[1] : &self->samples[0];
  FloePortPool pool = self->config.pool;
  g_autoptr (FloePortDraw) draw = NULL;
  FloePrediction *result = &self->result;

  if (seen->size == 0 || pool.block_min == 0 || pool.block_max < pool.block_min)
    return;
  pool.min = pool.block_min;
  pool.max = pool.block_max;
  draw = floe_port_draw_new (&pool,
                             self->config.seed != 0 ? self->config.seed : floe_random_uint64 ());
  result->address = *seen;
  result->address.port = 0;
  while (result->count < FLOE_PREDICTION_MAX_WINDOW
         && floe_port_draw_next (draw, &result->ports[result->count]))
    result->count++;
  result->chance = MIN (1, (double) result->count / (pool.max - pool.min + 1));
}

static void
conclude (FloePredictionCore *self)
{
  self->result = (FloePrediction){ .sampled_us = self->asked_us[self->asked - 1] };
  if (self->config.allocation == FLOE_NAT_ALLOCATION_SEQUENTIAL)
    conclude_sequence (self);
  else if (self->config.allocation == FLOE_NAT_ALLOCATION_PORT_BLOCK)
    conclude_block (self);
  self->is_running = FALSE;
  self->is_done_told = FALSE;
}

static void
step (FloePredictionCore *self, gint64 now_us)
{
  gboolean has_all = TRUE;

  if (self->asked < FLOE_PREDICTION_SAMPLES
      && now_us >= self->started_us + self->asked * FLOE_PREDICTION_SAMPLE_US)
    self->asked_us[self->asked++] = now_us;
  for (guint i = 0; i < FLOE_PREDICTION_SAMPLES; i++)
    has_all = has_all && self->samples[i].size != 0;
  if (has_all
      || (self->asked == FLOE_PREDICTION_SAMPLES
          && now_us >= self->asked_us[self->asked - 1] + FLOE_PREDICTION_ANSWER_US))
    conclude (self);
}

void
floe_prediction_core_start (FloePredictionCore *self, gint64 now_us)
{
  self->result = (FloePrediction){ 0 };
  self->is_running = TRUE;
  self->started_us = now_us;
  self->asked = self->told = 0;
  self->is_done_told = TRUE;
  for (guint i = 0; i < FLOE_PREDICTION_SAMPLES; i++)
    self->samples[i] = (FloeStunAddress){ 0 };
  step (self, now_us);
}

void
floe_prediction_core_handle_sample (FloePredictionCore *self, gint64 now_us, guint sample,
                                    const FloeStunAddress *mapped)
{
  g_return_if_fail (sample < FLOE_PREDICTION_SAMPLES);
  if (!self->is_running || sample >= self->asked || self->samples[sample].size != 0
      || mapped->port == 0)
    return;
  self->samples[sample] = *mapped;
  step (self, now_us);
}

void
floe_prediction_core_handle_timeout (FloePredictionCore *self, gint64 now_us)
{
  if (self->is_running)
    step (self, now_us);
}

gint64
floe_prediction_core_get_deadline (const FloePredictionCore *self)
{
  if (!self->is_running)
    return -1;
  if (self->asked < FLOE_PREDICTION_SAMPLES)
    return self->started_us + self->asked * FLOE_PREDICTION_SAMPLE_US;
  return self->asked_us[self->asked - 1] + FLOE_PREDICTION_ANSWER_US;
}

gboolean
floe_prediction_core_poll (FloePredictionCore *self, FloePredictionOutput *output)
{
  if (self->told < self->asked)
    *output = (FloePredictionOutput){ FLOE_PREDICTION_OUTPUT_SAMPLE, self->told++ };
  else if (!self->is_done_told)
    {
      *output = (FloePredictionOutput){ FLOE_PREDICTION_OUTPUT_DONE, 0 };
      self->is_done_told = TRUE;
    }
  else
    return FALSE;
  return TRUE;
}

const FloePrediction *
floe_prediction_core_get_result (const FloePredictionCore *self)
{
  return &self->result;
}

gboolean
floe_prediction_core_is_fresh (const FloePredictionCore *self, gint64 now_us)
{
  return !self->is_running && self->result.count > 0
         && now_us - self->result.sampled_us <= FLOE_PREDICTION_FRESH_US;
}
