/* SPDX-License-Identifier: MPL-2.0 */
/* One attempt at punching: a core, and the sockets that it sends from. Who opens has plain ones;
 * who guesses sends from that of the plan's direct path, whose agent gets what comes back.
 *
 * Layer: traverse. Network thread only. Decides nothing: that is the core's and the budget's. */
#pragma once

#include "floe-punch-facts-private.h"

G_BEGIN_DECLS

typedef struct _FloePunchAttempt FloePunchAttempt;

typedef enum
{
  FLOE_PUNCH_ATTEMPT_UNDER_WAY,
  FLOE_PUNCH_ATTEMPT_FOUND,
  FLOE_PUNCH_ATTEMPT_IN_VAIN,
} FloePunchAttemptState;

typedef struct
{
  FloePunchAttemptState state;
  guint16 local_port;       /* FOUND by who opened: that the winner had. All are closed. */
  FloeStunAddress remote;   /* FOUND */
  FloePunchEnd end;         /* IN_VAIN */
  FloeProbeVerdict verdict; /* IN_VAIN, and REFUSED */
} FloePunchAttemptResult;

/* The attempt is not UNDER_WAY any more. Not called within new(); the attempt may not be freed in
 * it. */
typedef void (*FloePunchAttemptFunc) (gpointer user_data);

/* Begins it. @context: outlives it. @facts: not kept. @budget: that its owner has taken, until
 * after the attempt is freed. (nullable): NULL when it can't be done here. */
FloePunchAttempt *floe_punch_attempt_new (const FloeTacticContext *context,
                                          const FloePunchFacts *facts, FloeProbeBudgetCore *budget,
                                          FloePunchAttemptFunc func, gpointer user_data);
/* Ends it, if it is under way. */
void floe_punch_attempt_free (FloePunchAttempt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePunchAttempt, floe_punch_attempt_free)

const FloePunchAttemptResult *floe_punch_attempt_get_result (const FloePunchAttempt *self);
/* The address of this host that it sends from. */
const char *floe_punch_attempt_get_base (const FloePunchAttempt *self);
/* Of who guesses: the path that it sends from works, and leads there. */
void floe_punch_attempt_handle_connected (FloePunchAttempt *self, const FloeStunAddress *remote);
/* How the path fares that carries data meanwhile. */
void floe_punch_attempt_handle_path (FloePunchAttempt *self, gint64 round_trip_us);

G_END_DECLS
