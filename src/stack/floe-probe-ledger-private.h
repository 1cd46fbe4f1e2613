/* SPDX-License-Identifier: MPL-2.0 */
/* Which nonce went out on which path and when, so that an answer proves that path and no other.
 *
 * Layer: stack. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More than the paths of a connection times the probes that can be unanswered before a path
 * expires: older ones are forgotten. */
#define FLOE_PROBE_LEDGER_SIZE 64

typedef struct
{
  guint64 nonces[FLOE_PROBE_LEDGER_SIZE]; /* 0: free */
  guint path_ids[FLOE_PROBE_LEDGER_SIZE];
  gint64 sent_us[FLOE_PROBE_LEDGER_SIZE];
  guint next;
} FloeProbeLedger;

void floe_probe_ledger_add (FloeProbeLedger *self, guint64 nonce, guint path_id, gint64 now_us);

/* Takes @nonce out. FALSE when it never went out, or was answered before. */
gboolean floe_probe_ledger_take (FloeProbeLedger *self, guint64 nonce, guint *path_id,
                                 gint64 *sent_us);

G_END_DECLS
