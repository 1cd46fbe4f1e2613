/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-receive-account-core-private.h"

typedef struct
{
  gsize size;
  gboolean is_full;
} Account;

struct _FloeReceiveAccountCore
{
  GHashTable *accounts; /* (owned): key to Account (owned); none for an empty one */
  Account total;
  gsize channel_bound;
  gsize total_bound;
  guint full_count; /* accounts of channels that are full */
};

/* TRUE when it became full or ceased to be. */
static gboolean
update (Account *account, gsize bound)
{
  gboolean was_full = account->is_full;

  if (account->size > bound)
    account->is_full = TRUE;
  else if (account->size < bound / 2)
    account->is_full = FALSE;
  return was_full != account->is_full;
}

static Account *
ensure (FloeReceiveAccountCore *self, guint32 key)
{
  Account *account = g_hash_table_lookup (self->accounts, GUINT_TO_POINTER (key));

  if (account == NULL)
    {
      account = g_new0 (Account, 1);
      g_hash_table_insert (self->accounts, GUINT_TO_POINTER (key), account);
    }
  return account;
}

FloeReceiveAccountCore *
floe_receive_account_core_new (gsize channel_bound, gsize total_bound)
{
  FloeReceiveAccountCore *self = g_new0 (FloeReceiveAccountCore, 1);

  self->accounts = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
  self->channel_bound = channel_bound;
  self->total_bound = total_bound;
  return self;
}

void
floe_receive_account_core_free (FloeReceiveAccountCore *self)
{
  g_hash_table_unref (self->accounts);
  g_free (self);
}

void
floe_receive_account_core_handle_delivered (FloeReceiveAccountCore *self, guint32 key, gsize size)
{
  Account *account = ensure (self, key);

  account->size += size;
  self->total.size += size;
  if (update (account, self->channel_bound))
    self->full_count++;
  update (&self->total, self->total_bound);
}

void
floe_receive_account_core_handle_consumed (FloeReceiveAccountCore *self, guint32 key, gsize size)
{
  Account *account = g_hash_table_lookup (self->accounts, GUINT_TO_POINTER (key));

  if (account == NULL)
    return;
  size = MIN (size, account->size);
  account->size -= size;
  self->total.size -= size;
  if (update (account, self->channel_bound))
    self->full_count--;
  update (&self->total, self->total_bound);
  if (account->size == 0)
    g_hash_table_remove (self->accounts, GUINT_TO_POINTER (key));
}

gboolean
floe_receive_account_core_may_read (const FloeReceiveAccountCore *self)
{
  return self->full_count == 0 && !self->total.is_full;
}
