/* SPDX-License-Identifier: MPL-2.0 */
/* Carries out one FloeNatCore or FloeNatLifetimeCore with real sockets: binds, sends, receives, and
 * tells what the kernel says of unreachable servers. Decides nothing.
 *
 * Layer: nat. May include: base, stun. Belongs to the thread that runs its context. */
#pragma once

#include <gio/gio.h>

#include "floe-nat-lifetime-core-private.h"
#include "floe-nat-socket-private.h"

G_BEGIN_DECLS

typedef struct _FloeNatProbe FloeNatProbe;

/* Called from the context's main loop, never inside a call to the probe. The probe may be freed
 * in them. */
typedef struct
{
  void (*changed) (FloeNatProbe *probe, gpointer user_data); /* the findings say more */
  void (*done) (FloeNatProbe *probe, gpointer user_data);    /* once, and the last */
} FloeNatProbeEvents;

/* Returns: (transfer full): begins at once. @events is static. */
FloeNatProbe *floe_nat_probe_new (GMainContext *context, const FloeNatOrigin *base,
                                  const FloeNatServer *servers, guint count,
                                  const FloeNatProbeEvents *events, gpointer user_data);
/* No event comes after this. */
void floe_nat_probe_free (FloeNatProbe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatProbe, floe_nat_probe_free)

const FloeNatFindings *floe_nat_probe_get_findings (const FloeNatProbe *self);

/* Returns: (transfer full): the same, but measures how long idle mappings live: for minutes. */
FloeNatProbe *floe_nat_probe_new_lifetime (GMainContext *context, const FloeNatOrigin *base,
                                           const FloeNatServer *servers, guint count,
                                           const FloeNatProbeEvents *events, gpointer user_data);
const FloeNatLifetime *floe_nat_probe_get_lifetime (const FloeNatProbe *self);

G_END_DECLS
