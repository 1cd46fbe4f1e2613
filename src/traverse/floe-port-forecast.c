/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-port-forecast-private.h"

#include "floe-deadline-source-private.h"

struct _FloePortForecast
{
  FloePortSampler *sampler; /* (unowned) */
  FloePredictionCore *core; /* (owned) */
  GSource *timer;           /* (owned) */
  FloePortForecastFunc func;
  gpointer user_data;
};

static void
drain (FloePortForecast *self)
{
  FloePredictionOutput output;

  while (floe_prediction_core_poll (self->core, &output))
    {
      if (output.type == FLOE_PREDICTION_OUTPUT_DONE)
        {
          self->func (floe_prediction_core_get_result (self->core), self->user_data);
          return;
        }
      floe_port_sampler_ask (self->sampler, output.sample);
    }
  floe_deadline_source_set (self->timer, floe_prediction_core_get_deadline (self->core));
}

static void
on_deadline (gpointer user_data)
{
  FloePortForecast *self = user_data;

  floe_prediction_core_handle_timeout (self->core, g_get_monotonic_time ());
  drain (self);
}

FloePortForecast *
floe_port_forecast_new (GMainContext *context, FloePortSampler *sampler,
                        const FloePredictionConfig *config, FloePortForecastFunc func,
                        gpointer user_data)
{
  FloePortForecast *self = g_new0 (FloePortForecast, 1);

  self->sampler = sampler;
  self->core = floe_prediction_core_new (config);
  self->timer = floe_deadline_source_new (context, on_deadline, self);
  self->func = func;
  self->user_data = user_data;
  floe_prediction_core_start (self->core, g_get_monotonic_time ());
  drain (self);
  return self;
}

void
floe_port_forecast_free (FloePortForecast *self)
{
  floe_prediction_core_free (self->core);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_free (self);
}

void
floe_port_forecast_handle_sample (FloePortForecast *self, guint index,
                                  const FloeStunAddress *mapped)
{
  floe_prediction_core_handle_sample (self->core, g_get_monotonic_time (), index, mapped);
  drain (self);
}
