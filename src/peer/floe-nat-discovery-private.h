/* SPDX-License-Identifier: MPL-2.0 */
/* What the files of FloeNatDiscovery share: floe-nat-discovery.c has the type, its properties and
 * its end, floe-nat-discovery-run.c the runs.
 *
 * Layer: peer. Belongs to the thread that made the object. */
#pragma once

#include <floe/floe-nat-discovery.h>

#include "floe-network-watch-private.h"
#include "floe-nat-survey-private.h"

G_BEGIN_DECLS

struct _FloeNatDiscovery
{
  GObject parent_instance;
  GMainContext *context;            /* (owned): thread-default at construction */
  FloeConfiguration *configuration; /* (owned) */
  GFile *cache_file;                /* (owned) (nullable) */
  FloeMailbox *facts;               /* (owned) */
  FloeNatSurvey *survey;            /* (owned) (nullable): until closed */
  GPtrArray *reports;               /* (owned) (element-type FloeNatReport): the best first */
  GPtrArray *waiting;               /* (owned) (element-type Waiting of floe-nat-discovery-run.c) */
  guint64 serial;                   /* of the last call */
  gboolean is_background;
  gboolean is_recall;        /* runs ask nobody */
  FloeNetworkWatch *network; /* (owned) (nullable): while in the background */
};

/* floe-nat-discovery.c */
void floe_nat_discovery_publish (FloeNatDiscovery *self, GPtrArray *reports);

/* floe-nat-discovery-run.c */
extern const FloeMailboxFuncs floe_nat_discovery_fact_funcs;
GPtrArray *floe_nat_discovery_make_waiting (void);
/* Returns: (transfer full): what the configuration says now. */
FloeNatPlan *floe_nat_discovery_make_plan (FloeNatDiscovery *self);
/* Each waiting call fails, when its turn in the main loop comes. */
void floe_nat_discovery_abort (FloeNatDiscovery *self);

G_END_DECLS
