/* SPDX-License-Identifier: MPL-2.0 */
/* The context that everything under stack/ runs in: one per process, run by a thread of ours, or
 * the application's own after floe_set_network_context(). The thread ends when the process exits,
 * before the exit handlers that were registered earlier.
 *
 * Layer: base. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer none): lives as long as the process; starts the thread at first use. */
GMainContext *floe_network_get_context (void);

/* In the thread that runs the context: somebody is to be told something that has to arrive, and was
 * told. When the process ends between the two, its end waits for that, for a fifth of a second at
 * most. */
void floe_network_begin_farewell (void);
void floe_network_end_farewell (void);

G_END_DECLS
