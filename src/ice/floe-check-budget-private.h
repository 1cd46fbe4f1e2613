/* SPDX-License-Identifier: MPL-2.0 */
/* How many checks of our own the paths of one transport send: one bucket for all of them. libnice's
 * own checks have its pace (RFC 8445 section 14.2), and are not counted here.
 *
 * All times are monotonic microseconds given by the caller. Layer: ice. GLib only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FLOE_CHECK_BUDGET_PER_S 100 /* packets in the long run */
#define FLOE_CHECK_BUDGET_BURST 20  /* packets together, after a rest */

/* All zeros is a full bucket. */
typedef struct
{
  gint64 empty_us; /* when what was taken will have been given back */
} FloeCheckBudget;

/* TRUE when one more packet may leave now; it is counted as sent then. */
gboolean floe_check_budget_take (FloeCheckBudget *self, gint64 now_us);
/* When the next one may leave: @now_us, or later. */
gint64 floe_check_budget_get_ready (const FloeCheckBudget *self, gint64 now_us);

G_END_DECLS
