/* SPDX-License-Identifier: MPL-2.0 */
/* usrsctp as a whole: started once without threads, its timers driven by one GSource that sleeps
 * when no association exists. Layer: sctp. Network thread only. */
#pragma once

#include <glib.h>

#include "floe-sctp-engine-private.h"

G_BEGIN_DECLS

/* Call once before the first engine, with the network context; later calls do nothing. Without it
 * usrsctp's time stands still but for floe_sctp_runtime_advance(), which is what tests want. */
void floe_sctp_runtime_init (GMainContext *context);

/* Lets @elapsed_ms pass for usrsctp's timers, and tells all engines what came of it. */
void floe_sctp_runtime_advance (guint elapsed_ms);

/* For floe-sctp-engine only. Ids are never used twice, so a packet that usrsctp makes late for an
 * engine that is gone finds nobody. */
guint floe_sctp_runtime_add (FloeSctpEngine *engine);
void floe_sctp_runtime_remove (guint id);
/* Before each call into usrsctp: brings its clock up to date, so that a timer it starts now does
 * not count the time that has passed since the last tick, and keeps the ticks coming. */
void floe_sctp_runtime_catch_up (void);
/* All engines are processed by then. Nothing where time stands still. */
void floe_sctp_runtime_wake (gint64 deadline_us);
/* The clock that the ticks follow, monotonic us. */
gint64 floe_sctp_runtime_get_time (void);

G_END_DECLS
