/* SPDX-License-Identifier: MPL-2.0 */
/* Host names in a peer's candidates, looked up by DNS for who asks for that. A name is the peer's
 * to choose, so their number and time are bounded, and names that DNS does not have, or that lead
 * to where the resolver is, are not asked for at all.
 *
 * Layer: ice. Network thread only. Knows nothing of paths. */
#pragma once

#include <gio/gio.h>

#include "floe-candidate-codec-private.h"

G_BEGIN_DECLS

#define FLOE_ICE_LOOKUPS_MAX_NAMES 16 /* of one connection */
#define FLOE_ICE_LOOKUPS_AT_ONCE 4
#define FLOE_ICE_LOOKUPS_LIMIT_US (5 * G_TIME_SPAN_SECOND) /* for one name */

typedef struct _FloeIceLookups FloeIceLookups;

/* @candidate has the address that was found. NULL: for one name there is none. From the main loop.
 */
typedef void (*FloeIceLookupsFunc) (const FloeCandidate *candidate, gpointer user_data);

FloeIceLookups *floe_ice_lookups_new (GMainContext *context, FloeIceLookupsFunc func,
                                      gpointer user_data);
/* Nothing is told any more. */
void floe_ice_lookups_free (FloeIceLookups *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeIceLookups, floe_ice_lookups_free)

/* TRUE when @candidate has a name that is looked up now, or will be: the first address of each
 * family is told then, if there is one. FALSE for addresses, for other names, and for the
 * seventeenth. */
gboolean floe_ice_lookups_add (FloeIceLookups *self, const FloeCandidate *candidate);
/* A name may still turn out to have an address. */
gboolean floe_ice_lookups_is_pending (const FloeIceLookups *self);

/* Whether DNS may be asked for @name: not for what has no dot (it would be sought in the domains of
 * this machine), nor for `.local` and other domains that are
 * not those of DNS. */
gboolean floe_ice_lookups_may_ask (const char *name);

G_END_DECLS
