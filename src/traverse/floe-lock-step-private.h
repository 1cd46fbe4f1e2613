/* SPDX-License-Identifier: MPL-2.0 */
/* LOCK_STEP: two sequential NATs; both sides run Floe, and tell each other of their next ports by
 * candidates with the extension "floe-lock".
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include "floe-tactic-private.h"

G_BEGIN_DECLS

extern const FloeTacticClass floe_lock_step_class;

G_END_DECLS
