/* SPDX-License-Identifier: MPL-2.0 */
/* Birthday punching as a tactic: OPEN, SPRAY and BLOCK.
 *
 * OPEN has sockets, and hands the winner's port to a path of its own. SPRAY guesses from the plan's
 * direct path, which then leads there. BLOCK is SPRAY on both sides: behind two NATs that take
 * another port for each destination it makes no difference how many sockets packets leave from.
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include "floe-tactic-private.h"

G_BEGIN_DECLS

extern const FloeTacticClass floe_punch_class;

G_END_DECLS
