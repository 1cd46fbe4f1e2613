/* SPDX-License-Identifier: MPL-2.0 */
/* What is asked from one base in one run, and the record that comes of it.
 *
 * Layer: nat. May include: base, stun, tunnel. Belongs to the thread that runs its context. */
#pragma once

#include "floe-nat-bases-private.h"
#include "floe-nat-names-private.h"
#include "floe-nat-record-private.h"

G_BEGIN_DECLS

typedef struct _FloeNatLane FloeNatLane;

/* Called from the context's main loop, never inside a call to the lane. */
typedef struct
{
  void (*changed) (gpointer user_data);
  void (*done) (gpointer user_data); /* once, and the last */
} FloeNatLaneEvents;

typedef struct
{
  GMainContext *context;     /* (unowned) */
  FloeNatPlan *plan;         /* (unowned) */
  const FloeNatNames *names; /* (unowned): only during new() */
  const FloeNatBase *base;   /* (unowned) */
  const char *key;           /* (unowned): of the network */
} FloeNatLaneConfig;

/* Returns: (transfer full): begins at once. @events is static. */
FloeNatLane *floe_nat_lane_new (const FloeNatLaneConfig *config, const FloeNatLaneEvents *events,
                                gpointer user_data);
void floe_nat_lane_free (FloeNatLane *self);

/* Returns: (transfer full): what is known by now. */
FloeNatRecord *floe_nat_lane_get_record (const FloeNatLane *self);

G_END_DECLS
