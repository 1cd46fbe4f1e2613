/* SPDX-License-Identifier: MPL-2.0 */
/* One timer for one core: a GSource whose ready time is the core's deadline.
 *
 * Layer: base. Belongs to the thread that runs its context. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*FloeDeadlineFunc) (gpointer user_data);

/* Returns: (transfer full): attached to @context, without a deadline. Destroy and unref it. */
GSource *floe_deadline_source_new (GMainContext *context, FloeDeadlineFunc func,
                                   gpointer user_data);

/* @deadline_us: monotonic microseconds, -1 for none. The timer fires once a setting. */
void floe_deadline_source_set (GSource *source, gint64 deadline_us);

G_END_DECLS
