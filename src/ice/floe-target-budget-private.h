/* SPDX-License-Identifier: MPL-2.0 */
/* The process's one floe-unanswered-core: what all connections together may send to an address that
 * has never answered. Every check of ours that goes where a peer has said is counted here, but for
 * punching's, which has a budget of its own (decision 22).
 *
 * No lock: it belongs to the network's context, in which all connections of a process are. It lives
 * as long as the process, as what an address has had must not be forgotten with a connection.
 *
 * Layer: ice. Network thread only. */
#pragma once

#include "floe-unanswered-core-private.h"

G_BEGIN_DECLS

/* As in floe-unanswered-core, with the time that it is. */
gboolean floe_target_budget_take (const FloeStunAddress *to, gsize size);
gboolean floe_target_budget_send (const FloeStunAddress *to, gsize size);
void floe_target_budget_handle_answer (const FloeStunAddress *from);

G_END_DECLS
