/* SPDX-License-Identifier: MPL-2.0 */
/* The network side of one FloeNatDiscovery: runs when it is told to, and tells what came of it.
 *
 * new(), post() and unref() are for the application's thread. Everything else happens in the
 * network context, on orders that come through the mailbox; facts go into the mailbox given to
 * new(). After FLOE_NAT_ORDER_CLOSE nothing happens any more.
 *
 * Layer: nat. May include: base, stun, tunnel. Knows nothing of GObject or tasks. */
#pragma once

#include "floe-mailbox-private.h"
#include "floe-nat-plan-private.h"
#include "floe-nat-record-private.h"

G_BEGIN_DECLS

typedef enum
{
  FLOE_NAT_ORDER_RUN,        /* joins a run for the same servers */
  FLOE_NAT_ORDER_ABORT,      /* nobody waits any more */
  FLOE_NAT_ORDER_BACKGROUND, /* is_set: keep what is known up to date */
  FLOE_NAT_ORDER_CHANGED,    /* the host's network has */
  FLOE_NAT_ORDER_CLOSE,
} FloeNatOrderType;

typedef struct
{
  FloeLetter letter;
  FloeNatOrderType type;
  FloeNatPlan *plan; /* (owned) (nullable): of RUN and BACKGROUND */
  gboolean is_set;
  guint64 serial; /* of RUN: larger than that of the one before */
} FloeNatOrder;

typedef struct
{
  FloeLetter letter;
  GPtrArray *records; /* (owned) (element-type FloeNatRecord): the best first */
  gboolean is_final;  /* of a run: it is over */
  guint64 serial;     /* of the last RUN by then; 0: there was none */
} FloeNatFact;

FloeNatOrder *floe_nat_order_new (FloeNatOrderType type, FloeNatPlan *plan);
void floe_nat_order_free (FloeNatOrder *self);
void floe_nat_fact_free (FloeNatFact *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatOrder, floe_nat_order_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatFact, floe_nat_fact_free)

typedef struct _FloeNatSurvey FloeNatSurvey;

FloeNatSurvey *floe_nat_survey_new (FloeMailbox *facts);
FloeNatSurvey *floe_nat_survey_ref (FloeNatSurvey *self);
void floe_nat_survey_unref (FloeNatSurvey *self);

/* (transfer full) @order. Any thread. */
void floe_nat_survey_post (FloeNatSurvey *self, FloeNatOrder *order);

G_END_DECLS
