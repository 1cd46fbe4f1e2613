/* SPDX-License-Identifier: MPL-2.0 */
/* What an attempt at punching needs to know: whom it goes to, where from, how many ports there are
 * to guess, and what the budget asks for, drawn from what both sides have told.
 *
 * IPv4 only: NATs that punching is for have no other addresses. Which of a side's candidates is
 * meant both sides have to agree on: it is the first public one that was told, a reflexive one if
 * there is any.
 *
 * Layer: traverse. Pure. */
#pragma once

#include "floe-punch-core-private.h"
#include "floe-tactic-private.h"

G_BEGIN_DECLS

/* Of a list of addresses: a peer may tell any number of candidates. */
#define FLOE_PUNCH_MAX_NAMED 64

typedef struct
{
  FloePunchConfig config;
  FloeProbeRequest request;         /* whose lists and text are those below */
  GArray *named;                    /* (owned) (element-type FloeStunAddress) */
  GArray *own;                      /* (owned) (element-type FloeStunAddress) */
  char *pair;                       /* (owned) */
  FloeStunAddress base;             /* of this host, to send from; without a port */
  char base_text[INET6_ADDRSTRLEN]; /* the same */
} FloePunchFacts;

/* FALSE when the peer's public address is not known yet, or we have none to send from; @out is not
 * to be cleared then. @addresses (element-type FloeLocalAddress): that paths bind to. */
gboolean floe_punch_facts_collect (FloePunchFacts *out, const FloeTacticContext *context,
                                   const FloeStrategyTactic *tactic, const FloeIceWitness *witness,
                                   const GArray *addresses);
void floe_punch_facts_clear (FloePunchFacts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloePunchFacts, floe_punch_facts_clear)

/* How many sockets may be opened of @wanted, when the process may have @limit descriptors and has
 * @used: half of the room is left to others. */
guint floe_punch_facts_fit_sockets (guint wanted, guint64 limit, guint64 used);

G_END_DECLS
