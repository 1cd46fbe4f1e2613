/* SPDX-License-Identifier: MPL-2.0 */
/* Which external port a new mapping gets (RFC 4787 section 4.2, RFC 7422). Asks its caller whether
 * a port is free, and so knows no table. */
#pragma once

#include "lab-nat.h"

G_BEGIN_DECLS

typedef struct
{
  GRand *rand;        /* (owned) */
  GHashTable *last;   /* (owned): LabNatPortsCursor by protocol and external address */
  GHashTable *blocks; /* (owned): first port of the block, by inside address */
} LabNatPortsState;

typedef gboolean (*LabNatPortIsFree) (guint16 port, gpointer user_data);

void lab_nat_ports_init (LabNatPortsState *self, guint64 seed);
void lab_nat_ports_clear (LabNatPortsState *self);
void lab_nat_ports_forget (LabNatPortsState *self);
guint16 lab_nat_ports_pick (LabNatPortsState *self, const LabNatConfig *config, gint64 now_us,
                            const LabNatFlow *flow, const LabAddress *external,
                            LabNatPortIsFree is_free, gpointer user_data);

G_END_DECLS
