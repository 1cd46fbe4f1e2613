/* SPDX-License-Identifier: MPL-2.0 */
/* AWAIT: checks what the peer foretells, from the sockets that it knows.
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include "floe-tactic-private.h"

G_BEGIN_DECLS

extern const FloeTacticClass floe_await_class;

G_END_DECLS
