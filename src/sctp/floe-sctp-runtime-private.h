/* SPDX-License-Identifier: MPL-2.0 */
/* usrsctp as a whole: started once without threads, its timers driven by one GSource that sleeps
 * when no association exists. Layer: sctp. Network thread only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Call once before the first engine, with the network context; later calls do nothing. */
void floe_sctp_runtime_init (GMainContext *context);

G_END_DECLS
