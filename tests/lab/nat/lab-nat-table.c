/* SPDX-License-Identifier: MPL-2.0 */
#include "lab-nat-table.h"

#include <string.h>

/* One mapping remembers this many endpoints; a socket that meets more loses the oldest none, but
 * meets no new ones. */
#define MAX_PERMISSIONS 65536

static guint
hash_bytes (guint hash, const guint8 *bytes, gsize count)
{
  for (gsize i = 0; i < count; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static guint
endpoint_hash (gconstpointer key)
{
  const LabEndpoint *endpoint = key;

  return hash_bytes (2166136261u ^ endpoint->port, endpoint->address.bytes, 16);
}

static gboolean
endpoint_equal (gconstpointer a, gconstpointer b)
{
  return lab_endpoint_equal (a, b);
}

guint
lab_nat_key_hash (gconstpointer key)
{
  const LabNatKey *self = key;

  return endpoint_hash (&self->local) * 31 + endpoint_hash (&self->remote) + self->protocol;
}

gboolean
lab_nat_key_equal (gconstpointer a, gconstpointer b)
{
  const LabNatKey *left = a, *right = b;

  return left->protocol == right->protocol && lab_endpoint_equal (&left->local, &right->local)
         && lab_endpoint_equal (&left->remote, &right->remote);
}

/* The remote endpoint, as far as the behaviour looks at it. */
static LabEndpoint
cut_remote (const LabEndpoint *remote, LabNatDependence dependence)
{
  LabEndpoint cut = { 0 };

  if (dependence != LAB_NAT_ENDPOINT_INDEPENDENT)
    cut.address = remote->address;
  if (dependence == LAB_NAT_ADDRESS_AND_PORT_DEPENDENT)
    cut.port = remote->port;
  return cut;
}

LabNatKey
lab_nat_key (guint8 protocol, const LabEndpoint *local, const LabEndpoint *remote,
             LabNatDependence dependence)
{
  LabNatKey key = { .protocol = protocol, .local = *local };

  if (remote != NULL)
    key.remote = cut_remote (remote, dependence);
  return key;
}

static void
mapping_free (gpointer data)
{
  LabNatMapping *self = data;

  g_hash_table_unref (self->permissions);
  g_free (self);
}

void
lab_nat_table_init (LabNatTable *self)
{
  self->by_internal =
      g_hash_table_new_full (lab_nat_key_hash, lab_nat_key_equal, NULL, mapping_free);
  self->by_external = g_hash_table_new_full (lab_nat_key_hash, lab_nat_key_equal, g_free,
                                             (GDestroyNotify) g_ptr_array_unref);
}

void
lab_nat_table_clear (LabNatTable *self)
{
  g_clear_pointer (&self->by_external, g_hash_table_unref);
  g_clear_pointer (&self->by_internal, g_hash_table_unref);
}

LabNatMapping *
lab_nat_table_find (const LabNatTable *self, const LabNatKey *key)
{
  return g_hash_table_lookup (self->by_internal, key);
}

const GPtrArray *
lab_nat_table_find_external (const LabNatTable *self, guint8 protocol, const LabEndpoint *external)
{
  LabNatKey key = lab_nat_key (protocol, external, NULL, 0);

  return g_hash_table_lookup (self->by_external, &key);
}

LabNatMapping *
lab_nat_table_add (LabNatTable *self, const LabNatKey *key, const LabEndpoint *external)
{
  LabNatMapping *mapping = g_new0 (LabNatMapping, 1);
  LabNatKey outside = lab_nat_key (key->protocol, external, NULL, 0);
  GPtrArray *sharers = g_hash_table_lookup (self->by_external, &outside);

  mapping->key = *key;
  mapping->external = *external;
  mapping->permissions = g_hash_table_new_full (endpoint_hash, endpoint_equal, g_free, g_free);
  g_hash_table_insert (self->by_internal, &mapping->key, mapping);
  if (sharers == NULL)
    {
      sharers = g_ptr_array_new ();
      g_hash_table_insert (self->by_external, g_memdup2 (&outside, sizeof outside), sharers);
    }
  g_ptr_array_add (sharers, mapping);
  return mapping;
}

void
lab_nat_table_remove (LabNatTable *self, LabNatMapping *mapping)
{
  LabNatKey outside = lab_nat_key (mapping->key.protocol, &mapping->external, NULL, 0);
  GPtrArray *sharers = g_hash_table_lookup (self->by_external, &outside);

  g_ptr_array_remove_fast (sharers, mapping);
  if (sharers->len == 0)
    g_hash_table_remove (self->by_external, &outside);
  g_hash_table_remove (self->by_internal, &mapping->key);
}

guint
lab_nat_table_count (const LabNatTable *self)
{
  return g_hash_table_size (self->by_internal);
}

static void
permit (LabNatMapping *self, LabEndpoint key, gint64 until_us)
{
  gint64 *until = g_hash_table_lookup (self->permissions, &key);

  if (until != NULL)
    *until = until_us;
  else if (g_hash_table_size (self->permissions) < MAX_PERMISSIONS)
    g_hash_table_insert (self->permissions, g_memdup2 (&key, sizeof key),
                         g_memdup2 (&until_us, sizeof until_us));
}

/* Kept both with the port and without, so that the filtering can change while the NAT runs. */
void
lab_nat_mapping_permit (LabNatMapping *self, const LabEndpoint *remote, gint64 until_us)
{
  permit (self, *remote, until_us);
  permit (self, cut_remote (remote, LAB_NAT_ADDRESS_DEPENDENT), until_us);
}

gboolean
lab_nat_mapping_knows (const LabNatMapping *self, const LabEndpoint *remote,
                       LabNatDependence filtering, gint64 now_us)
{
  LabEndpoint key = cut_remote (remote, filtering);
  const gint64 *until = g_hash_table_lookup (self->permissions, &key);

  return filtering == LAB_NAT_ENDPOINT_INDEPENDENT || (until != NULL && *until > now_us);
}
