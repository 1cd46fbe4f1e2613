/* SPDX-License-Identifier: MPL-2.0 */
/* From the configuration's servers to the rows of a plan. Layer: ice. */
#pragma once

#include <floe/floe-enums.h>
#include <floe/floe-ice-server.h>

#include "floe-path-spec-private.h"

G_BEGIN_DECLS

/* Returns: (transfer container) (element-type FloePathSpec): with a free function. The plain plan:
 * one direct path (not with policy relay), and one relay path for each of the first TURN URLs, in
 * their order; when those begin, floe-relay-core decides. NotSupportedError for turns: over UDP. */
GPtrArray *floe_ice_servers_to_plan (GPtrArray *servers, FloeIceTransportPolicy policy,
                                     GError **error);

/* Adds the row of ICE-TCP: late, for while it is not needed its candidates only slow peers down (a
 * libnice that is told of one checks all pairs before it nominates any). */
void floe_ice_plan_add_tcp (GPtrArray *plan);

G_END_DECLS
