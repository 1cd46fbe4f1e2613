/* SPDX-License-Identifier: MPL-2.0 */
/* FORETELL: ports of ours that the peer can't see are told to it. Any ICE peer that takes
 * candidates late can do its part.
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include "floe-tactic-private.h"

G_BEGIN_DECLS

extern const FloeTacticClass floe_foretell_class;

G_END_DECLS
