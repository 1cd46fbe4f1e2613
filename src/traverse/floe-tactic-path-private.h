/* SPDX-License-Identifier: MPL-2.0 */
/* A path apart of a tactic's, whose first packets to each destination are sent by hand: at the very
 * moment, in the very order that the tactic wants, as these decide which ports the NAT gives. They
 * are checks as an agent makes them. What comes back is the agent's, and so is everything later.
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include "floe-punch-identity-private.h"
#include "floe-tactic-private.h"

G_BEGIN_DECLS

typedef struct
{
  const FloeTacticContext *context; /* (unowned) */
  FloePunchIdentity *identity;      /* (owned) */
  guint path_id;                    /* FLOE_ICE_NO_PATH before the first open() */
  char local[INET6_ADDRSTRLEN];     /* that it is bound to */
  guint told_count;
} FloeTacticPath;

/* FALSE when no check can be made with such credentials. */
gboolean floe_tactic_path_init (FloeTacticPath *self, const FloeTacticContext *context);
/* The transport's path goes on: it ends by itself unless it works. */
void floe_tactic_path_clear (FloeTacticPath *self);

/* On a fresh socket of @local; the one before goes on by itself. FALSE when there can be none. */
gboolean floe_tactic_path_open (FloeTacticPath *self, const char *local);
/* FALSE when it has ended, or was never opened. */
gboolean floe_tactic_path_is_open (const FloeTacticPath *self);
gboolean floe_tactic_path_is_ready (const FloeTacticPath *self);
void floe_tactic_path_end (FloeTacticPath *self);

/* Sends one check, now, unless the address has had too much without an answer, or the process sends
 * too much by hand (ice/floe-target-budget): it is lost then. */
void floe_tactic_path_send (const FloeTacticPath *self, const FloeStunAddress *to);
/* From now on the agent checks it, too. */
void floe_tactic_path_feed (FloeTacticPath *self, const FloeCandidate *remote);
/* Tells the peer that this path is reached at @mapped. @lock (nullable): for a tactic like this one
 * only. */
void floe_tactic_path_tell (FloeTacticPath *self, const FloeStunAddress *mapped,
                            const FloeCandidateLock *lock);

/* (transfer full) (nullable): an IPv4 address of this host that a NAT translates, another one each
 * @turn when there are several. @fallback (nullable): when no server has told of any. */
char *floe_tactic_path_find_base (const FloeTacticContext *context, guint turn,
                                  const char *fallback);
/* Whether checks of ours may go there by hand; then it is in @to: a public IPv4 address that is not
 * a relay's. */
gboolean floe_tactic_path_is_target (const FloeCandidate *remote, FloeStunAddress *to);

G_END_DECLS
