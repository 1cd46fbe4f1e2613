/* SPDX-License-Identifier: MPL-2.0 */
/* What a NAT remembers: mappings, found from inside and from outside, and for each the endpoints
 * that it has sent to. Knows no packet, and no behaviour but how a key is cut (lab_nat_key). */
#pragma once

#include "lab-nat.h"

G_BEGIN_DECLS

typedef struct
{
  guint8 protocol;
  LabEndpoint local;  /* the internal endpoint, or the external one */
  LabEndpoint remote; /* cut to what the NAT looks at */
} LabNatKey;

typedef struct
{
  LabNatKey key; /* as found from inside */
  LabEndpoint external;
  gint64 expires_us;
  gboolean is_closing;     /* TCP: a FIN or RST was seen */
  gboolean has_shown_tls;  /* TCP: began with a TLS record */
  GHashTable *permissions; /* (owned): LabEndpoint to gint64: when it expires */
} LabNatMapping;

typedef struct
{
  GHashTable *by_internal; /* (owned): LabNatKey to LabNatMapping, which it owns */
  GHashTable *by_external; /* (owned): LabNatKey without a remote to GPtrArray of LabNatMapping */
} LabNatTable;

LabNatKey lab_nat_key (guint8 protocol, const LabEndpoint *local, const LabEndpoint *remote,
                       LabNatDependence dependence);
guint lab_nat_key_hash (gconstpointer key);
gboolean lab_nat_key_equal (gconstpointer a, gconstpointer b);

void lab_nat_table_init (LabNatTable *self);
void lab_nat_table_clear (LabNatTable *self);
LabNatMapping *lab_nat_table_find (const LabNatTable *self, const LabNatKey *key);
const GPtrArray *lab_nat_table_find_external (const LabNatTable *self, guint8 protocol,
                                              const LabEndpoint *external);
LabNatMapping *lab_nat_table_add (LabNatTable *self, const LabNatKey *key,
                                  const LabEndpoint *external);
void lab_nat_table_remove (LabNatTable *self, LabNatMapping *mapping);
guint lab_nat_table_count (const LabNatTable *self);

void lab_nat_mapping_permit (LabNatMapping *self, const LabEndpoint *remote, gint64 until_us);
gboolean lab_nat_mapping_knows (const LabNatMapping *self, const LabEndpoint *remote,
                                LabNatDependence filtering, gint64 now_us);

G_END_DECLS
