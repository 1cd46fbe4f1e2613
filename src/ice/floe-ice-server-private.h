/* SPDX-License-Identifier: MPL-2.0 */
/* From the configuration's servers to the rows of a plan. Layer: ice. */
#pragma once

#include <floe/floe-enums.h>
#include <floe/floe-ice-server.h>

#include "floe-path-spec-private.h"

G_BEGIN_DECLS

/* Returns: (transfer container) (element-type FloePathSpec): with a free function. The plain plan:
 * one direct path (not with policy relay), one relay path a TURN URL, all from 0 ms on.
 * NotSupportedError for turns: and stuns: (libnice would open plain TCP). */
GPtrArray *floe_ice_servers_to_plan (GPtrArray *servers, FloeIceTransportPolicy policy,
                                     GError **error);

G_END_DECLS
