/* SPDX-License-Identifier: MPL-2.0 */
/* The addresses of a plan's servers: all names are asked for at once, and waited for only so long.
 *
 * Layer: nat. May include: base, stun. Belongs to the thread that runs its context. */
#pragma once

#include "floe-nat-plan-private.h"
#include "floe-stun-address-private.h"

G_BEGIN_DECLS

/* How long a run waits for names at most, and, when one has an address, for the others. */
#define FLOE_NAT_NAMES_LIMIT_US (500 * G_TIME_SPAN_MILLISECOND)
#define FLOE_NAT_NAMES_GRACE_US (200 * G_TIME_SPAN_MILLISECOND)

typedef struct _FloeNatNames FloeNatNames;
typedef void (*FloeNatNamesFunc) (gpointer user_data);

/* Returns: (transfer full): @func is called once, from the context's main loop: when all names are
 * known, or have taken too long. What comes later does not count. */
FloeNatNames *floe_nat_names_new (GMainContext *context, FloeNatPlan *plan, FloeNatNamesFunc func,
                                  gpointer user_data);
void floe_nat_names_free (FloeNatNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatNames, floe_nat_names_free)

/* The address of the target's host of that family (4 or 16 bytes), with the target's port; FALSE
 * when it has none. */
gboolean floe_nat_names_get (const FloeNatNames *self, guint target, gsize address_size,
                             FloeStunAddress *out);
/* Whether it has any. */
gboolean floe_nat_names_is_known (const FloeNatNames *self, guint target);
/* Returns: (transfer full) (element-type FloeStunAddress): all of them. */
GArray *floe_nat_names_list (const FloeNatNames *self);

G_END_DECLS
