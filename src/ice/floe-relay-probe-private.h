/* SPDX-License-Identifier: MPL-2.0 */
/* Measures the round trip to a TURN server over UDP by a Binding request from a socket of its own
 * (RFC 8656 section 5: a TURN server answers those). Any answer counts, also an error.
 *
 * Layer: ice. Network thread only. */
#pragma once

#include <gio/gio.h>

#include "floe-ice-uri-codec-private.h"

G_BEGIN_DECLS

typedef struct _FloeRelayProbe FloeRelayProbe;

/* @round_trip_us: -1 when there was no answer. Called once, from the context's main loop; the probe
 * may be freed in it. */
typedef void (*FloeRelayProbeFunc) (gint64 round_trip_us, gpointer user_data);

/* @server is copied. @addresses (element-type FloeLocalAddress) (nullable): bind to one of these.
 */
FloeRelayProbe *floe_relay_probe_new (GMainContext *context, const FloeIceUri *server,
                                      const GArray *addresses, FloeRelayProbeFunc func,
                                      gpointer user_data);
/* The function is not called after this. */
void floe_relay_probe_free (FloeRelayProbe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeRelayProbe, floe_relay_probe_free)

G_END_DECLS
