/* SPDX-License-Identifier: MPL-2.0 */
/* Repeats the first checks of one agent early: floe-repeat-core with the taps on the agent's
 * sockets and a timer (decision 29). Where there are no taps there are no repeats.
 *
 * Layer: ice. Network thread only. */
#pragma once

#include "floe-candidate-convert-private.h"
#include "floe-ice-path-private.h"
#include "floe-reflexive-private.h"

G_BEGIN_DECLS

typedef struct _FloeIceRepeats FloeIceRepeats;

/* The remote credentials are known, and @reflexive has its sockets; both arguments outlive it. NULL
 * when nothing can be sent. */
FloeIceRepeats *floe_ice_repeats_new (const FloeIceShared *shared, FloeReflexive *reflexive);
void floe_ice_repeats_free (FloeIceRepeats *self);

/* libnice checks @candidate from now on. */
void floe_ice_repeats_add_remote (FloeIceRepeats *self, const NiceCandidate *candidate);
/* Some response came through a tap. */
void floe_ice_repeats_handle_answer (FloeIceRepeats *self, guint base, const FloeStunAddress *from,
                                     const guint8 *data, gsize size);
/* A direct pair works. */
void floe_ice_repeats_stop (FloeIceRepeats *self);

G_END_DECLS
