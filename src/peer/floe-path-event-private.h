/* SPDX-License-Identifier: MPL-2.0 */
/* Layer: peer. */
#pragma once

#include <floe/floe-path-event.h>

G_BEGIN_DECLS

/* @from nullable. */
FloePathEvent *floe_path_event_new (FloeIceCandidatePair *from, FloeIceCandidatePair *to,
                                    FloePathReason reason, guint64 milliseconds);

G_END_DECLS
