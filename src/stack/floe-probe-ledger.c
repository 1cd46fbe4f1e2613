/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-probe-ledger-private.h"

void
floe_probe_ledger_add (FloeProbeLedger *self, guint64 nonce, guint path_id, gint64 now_us)
{
  self->nonces[self->next] = nonce;
  self->path_ids[self->next] = path_id;
  self->sent_us[self->next] = now_us;
  self->next = (self->next + 1) % FLOE_PROBE_LEDGER_SIZE;
}

gboolean
floe_probe_ledger_take (FloeProbeLedger *self, guint64 nonce, guint *path_id, gint64 *sent_us)
{
  for (guint i = 0; nonce != 0 && i < FLOE_PROBE_LEDGER_SIZE; i++)
    if (self->nonces[i] == nonce)
      {
        self->nonces[i] = 0;
        *path_id = self->path_ids[i];
        *sent_us = self->sent_us[i];
        return TRUE;
      }
  return FALSE;
}
