/* SPDX-License-Identifier: MPL-2.0 */
/* When to tell that credentials end, which is a matter of the wall clock: the server's, as far as
 * this machine knows it. All times are microseconds since 1970.
 *
 * Layer: peer. GLib only. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A machine that sleeps stops the clock that timers run by, and the wall clock may be set: so the
 * wait is cut into pieces of this length. */
#define FLOE_EXPIRY_LOOK_US (30 * G_TIME_SPAN_SECOND)

/* When the application is to be told: 60 s before, or when a fifth of the time is left if that is
 * later. -1 when @expiry_s has passed, or is none. */
gint64 floe_expiry_core_get_due_us (gint64 expiry_s, gint64 now_us);

/* How long to wait before the next look; 0 when it is time to tell. */
gint64 floe_expiry_core_get_wait_us (gint64 due_us, gint64 now_us);

G_END_DECLS
