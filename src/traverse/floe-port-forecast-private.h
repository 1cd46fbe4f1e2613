/* SPDX-License-Identifier: MPL-2.0 */
/* The prediction core (strategy/floe-prediction-core) with a sampler's questions and a timer: one
 * round.
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include "floe-port-sampler-private.h"
#include "floe-prediction-core-private.h"

G_BEGIN_DECLS

typedef struct _FloePortForecast FloePortForecast;

/* Once, from the main loop or from handle_sample(). The forecast may be freed in it. */
typedef void (*FloePortForecastFunc) (const FloePrediction *prediction, gpointer user_data);

/* @sampler (unowned): a round of it has begun; two of its questions are used. */
FloePortForecast *floe_port_forecast_new (GMainContext *context, FloePortSampler *sampler,
                                          const FloePredictionConfig *config,
                                          FloePortForecastFunc func, gpointer user_data);
void floe_port_forecast_free (FloePortForecast *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePortForecast, floe_port_forecast_free)

void floe_port_forecast_handle_sample (FloePortForecast *self, guint index,
                                       const FloeStunAddress *mapped);

G_END_DECLS
