/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-unanswered-core-private.h"

#include <string.h>

/* RFC 4291 section 2.5.4: what follows it is the host's to choose. */
#define IPV6_NETWORK_SIZE 8

#define BURST_US                                                                                   \
  ((gint64) FLOE_UNANSWERED_BURST_SIZE * G_TIME_SPAN_SECOND / FLOE_UNANSWERED_BYTES_PER_S)
#define PACKET_US (G_TIME_SPAN_SECOND / FLOE_UNANSWERED_PACKETS_PER_S)
#define PACKET_CREDIT_US ((FLOE_UNANSWERED_PACKET_BURST - 1) * PACKET_US)

typedef struct
{
  FloeStunAddress host; /* the key: see make_key() */
  gint64 full_us;       /* when what was taken will have been given back */
  gint64 trust_us;      /* until when it has answered; 0: never */
} Account;

struct _FloeUnansweredCore
{
  GHashTable *accounts;   /* (owned) (element-type Account Account): each is its own key */
  gint64 full_packets_us; /* when all packets' bucket will be full */
};

static FloeStunAddress
make_key (const FloeStunAddress *address)
{
  FloeStunAddress key = *address;

  key.port = 0;
  if (key.size == FLOE_STUN_IPV6_SIZE)
    memset (key.bytes + IPV6_NETWORK_SIZE, 0, FLOE_STUN_IPV6_SIZE - IPV6_NETWORK_SIZE);
  return key;
}

static guint
hash_host (gconstpointer data)
{
  const FloeStunAddress *host = data;
  guint hash = 5381;

  for (gsize i = 0; i < host->size; i++)
    hash = hash * 33 + host->bytes[i];
  return hash;
}

static gboolean
is_same_host (gconstpointer a, gconstpointer b)
{
  return floe_stun_address_is_same_host (a, b);
}

FloeUnansweredCore *
floe_unanswered_core_new (void)
{
  FloeUnansweredCore *self = g_new0 (FloeUnansweredCore, 1);

  self->accounts = g_hash_table_new_full (hash_host, is_same_host, NULL, g_free);
  self->full_packets_us = G_MININT64;
  return self;
}

void
floe_unanswered_core_free (FloeUnansweredCore *self)
{
  g_hash_table_unref (self->accounts);
  g_free (self);
}

static gboolean
is_settled (gpointer key, gpointer value, gpointer user_data)
{
  const Account *account = value;
  gint64 now_us = *(const gint64 *) user_data;

  return account->full_us <= now_us && account->trust_us <= now_us;
}

/* Accounts that nobody would tell from new ones go first, and else the one that owes least. */
static void
make_room (FloeUnansweredCore *self, gint64 now_us)
{
  const Account *least = NULL;
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (self->accounts) < FLOE_UNANSWERED_MAX_ACCOUNTS
      || g_hash_table_foreach_remove (self->accounts, is_settled, &now_us) > 0)
    return;
  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Account *account = value;

      if (least == NULL || account->full_us < least->full_us)
        least = account;
    }
  g_hash_table_remove (self->accounts, &least->host);
}

static Account *
open_account (FloeUnansweredCore *self, gint64 now_us, const FloeStunAddress *address)
{
  FloeStunAddress key = make_key (address);
  Account *account = g_hash_table_lookup (self->accounts, &key);

  if (account != NULL)
    return account;
  make_room (self, now_us);
  account = g_new0 (Account, 1);
  account->host = key;
  account->full_us = now_us;
  g_hash_table_insert (self->accounts, &account->host, account);
  return account;
}

gboolean
floe_unanswered_core_take (FloeUnansweredCore *self, gint64 now_us, const FloeStunAddress *to,
                           gsize size)
{
  Account *account;
  gint64 full_us;

  if (floe_stun_address_get_scope (to) == FLOE_STUN_SCOPE_LOOPBACK)
    return TRUE;
  if (size > FLOE_UNANSWERED_BURST_SIZE)
    return FALSE;
  account = open_account (self, now_us, to);
  if (now_us < account->trust_us)
    return TRUE;
  full_us = MAX (account->full_us, now_us)
            + (gint64) size * G_TIME_SPAN_SECOND / FLOE_UNANSWERED_BYTES_PER_S;
  if (full_us > now_us + BURST_US)
    return FALSE;
  account->full_us = full_us;
  return TRUE;
}

gboolean
floe_unanswered_core_send (FloeUnansweredCore *self, gint64 now_us, const FloeStunAddress *to,
                           gsize size)
{
  gint64 from_us = MAX (self->full_packets_us, now_us);

  if (from_us > now_us + PACKET_CREDIT_US || !floe_unanswered_core_take (self, now_us, to, size))
    return FALSE;
  self->full_packets_us = from_us + PACKET_US;
  return TRUE;
}

void
floe_unanswered_core_handle_answer (FloeUnansweredCore *self, gint64 now_us,
                                    const FloeStunAddress *from)
{
  if (floe_stun_address_get_scope (from) != FLOE_STUN_SCOPE_LOOPBACK)
    open_account (self, now_us, from)->trust_us = now_us + FLOE_UNANSWERED_TRUST_US;
}

guint
floe_unanswered_core_get_count (const FloeUnansweredCore *self)
{
  return g_hash_table_size (self->accounts);
}
