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

G_END_DECLS
