/* SPDX-License-Identifier: MPL-2.0 */
#include "rendezvous-limits.h"

#include <string.h>

#define IPV6_PREFIX_SIZE 8

typedef struct
{
  GBytes *key; /* (owned) */
  guint connection_count;
  guint handshake_count;
  gint64 joins_until_us; /* when all joins so far will have been paid for, one an interval */
  gint64 last_seen_us;
} Address;

struct _RendezvousLimits
{
  GHashTable *addresses; /* (owned): key -> Address (owned) */
  guint max_connections;
  guint max_handshakes;
  guint connection_count;
  guint handshake_count;
};

struct _RendezvousSlot
{
  RendezvousLimits *limits; /* (unowned): outlives its slots */
  Address *address;         /* (unowned): stays in the table while it has connections */
  gboolean in_handshake;
};

static void
address_free (gpointer data)
{
  Address *address = data;

  g_bytes_unref (address->key);
  g_free (address);
}

/* (transfer full): a socket that takes IPv6 and IPv4 shows the latter as ::ffff:a.b.c.d, all of
 * which would be one IPv6 prefix. */
static GBytes *
make_key (GInetAddress *address)
{
  static const guint8 mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return g_bytes_new (bytes, g_inet_address_get_native_size (address));
  if (memcmp (bytes, mapped_prefix, sizeof (mapped_prefix)) == 0)
    return g_bytes_new (bytes + sizeof (mapped_prefix), 4);
  return g_bytes_new (bytes, IPV6_PREFIX_SIZE);
}

/* Forgets the address that was silent for longest. There is one when the table is full, as it holds
 * twice as many addresses as there can be connections. */
static void
forget_oldest (RendezvousLimits *self)
{
  Address *oldest = NULL;
  GHashTableIter iter;
  Address *address;

  g_hash_table_iter_init (&iter, self->addresses);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &address))
    if (address->connection_count == 0
        && (oldest == NULL || address->last_seen_us < oldest->last_seen_us))
      oldest = address;
  if (oldest != NULL)
    g_hash_table_remove (self->addresses, oldest->key);
}

/* (transfer none): the entry of @key, which it takes. */
static Address *
ensure_address (RendezvousLimits *self, GBytes *key)
{
  Address *address = g_hash_table_lookup (self->addresses, key);

  if (address != NULL)
    {
      g_bytes_unref (key);
      return address;
    }
  if (g_hash_table_size (self->addresses) >= 2 * self->max_connections)
    forget_oldest (self);
  address = g_new0 (Address, 1);
  address->key = key;
  g_hash_table_insert (self->addresses, address->key, address);
  return address;
}

RendezvousLimits *
rendezvous_limits_new (guint max_connections, guint max_handshakes)
{
  RendezvousLimits *self = g_new0 (RendezvousLimits, 1);

  self->addresses = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, address_free);
  self->max_connections = max_connections;
  self->max_handshakes = max_handshakes;
  return self;
}

void
rendezvous_limits_free (RendezvousLimits *self)
{
  g_assert (self->connection_count == 0);

  g_hash_table_unref (self->addresses);
  g_free (self);
}

guint
rendezvous_limits_get_address_count (const RendezvousLimits *self)
{
  return g_hash_table_size (self->addresses);
}

RendezvousSlot *
rendezvous_limits_take (RendezvousLimits *self, GInetAddress *address, gint64 now_us)
{
  RendezvousSlot *slot;
  Address *entry;

  if (self->connection_count >= self->max_connections)
    return NULL;
  entry = ensure_address (self, make_key (address));
  entry->last_seen_us = now_us;
  if (entry->connection_count >= RENDEZVOUS_MAX_CONNECTIONS_PER_ADDRESS)
    return NULL;
  entry->connection_count++;
  self->connection_count++;
  slot = g_new0 (RendezvousSlot, 1);
  slot->limits = self;
  slot->address = entry;
  return slot;
}

void
rendezvous_slot_free (RendezvousSlot *self)
{
  rendezvous_slot_end_handshake (self);
  self->address->connection_count--;
  self->limits->connection_count--;
  g_free (self);
}

gboolean
rendezvous_slot_begin_handshake (RendezvousSlot *self)
{
  g_assert (!self->in_handshake);

  if (self->limits->handshake_count >= self->limits->max_handshakes
      || self->address->handshake_count >= RENDEZVOUS_MAX_HANDSHAKES_PER_ADDRESS)
    return FALSE;
  self->limits->handshake_count++;
  self->address->handshake_count++;
  self->in_handshake = TRUE;
  return TRUE;
}

void
rendezvous_slot_end_handshake (RendezvousSlot *self)
{
  if (!self->in_handshake)
    return;
  self->limits->handshake_count--;
  self->address->handshake_count--;
  self->in_handshake = FALSE;
}

gboolean
rendezvous_slot_take_join (RendezvousSlot *self, gint64 now_us)
{
  Address *address = self->address;
  gint64 paid_us = MAX (address->joins_until_us, now_us) + RENDEZVOUS_JOIN_INTERVAL_US;

  if (paid_us - now_us > RENDEZVOUS_JOIN_BURST * RENDEZVOUS_JOIN_INTERVAL_US)
    return FALSE;
  address->joins_until_us = paid_us;
  return TRUE;
}
