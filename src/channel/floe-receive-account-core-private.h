/* SPDX-License-Identifier: MPL-2.0 */
/* The account of what was delivered upwards and not taken by the application yet, which decides
 * when reading stops: over a bound for any channel or for all together, until under half of it.
 *
 * A channel's account outlives the channel: its last messages may still wait above, and a peer
 * must not get round the bound by closing channels.
 *
 * Layer: protocol core. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FloeReceiveAccountCore FloeReceiveAccountCore;

FloeReceiveAccountCore *floe_receive_account_core_new (gsize channel_bound, gsize total_bound);
void floe_receive_account_core_free (FloeReceiveAccountCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeReceiveAccountCore, floe_receive_account_core_free)

void floe_receive_account_core_handle_delivered (FloeReceiveAccountCore *self, guint32 key,
                                                 gsize size);
/* More than was delivered counts as all of it. */
void floe_receive_account_core_handle_consumed (FloeReceiveAccountCore *self, guint32 key,
                                                gsize size);
gboolean floe_receive_account_core_may_read (const FloeReceiveAccountCore *self);

G_END_DECLS
