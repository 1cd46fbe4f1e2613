/* SPDX-License-Identifier: MPL-2.0 */
/* What lab-nat.c and lab-nat-packet.c share. */
#pragma once

#include "lab-nat-ports.h"
#include "lab-nat-table.h"

G_BEGIN_DECLS

struct _LabNat
{
  LabNatConfig config;
  LabNatTable table;
  LabNatPortsState ports;
  GArray *externals;   /* (owned): of LabAddress */
  GHashTable *poison;  /* (owned): LabNatKey (external, remote) to gint64: until when */
  GHashTable *conduct; /* (owned): LabNatKey (inside host) to Conduct */
  gint64 swept_us;
  gint64 tokens_us;
  double flow_tokens;
  LabNatFactFunc fact_func; /* (nullable) */
  gpointer fact_data;
};

LabNatVerdict lab_nat_drop_out (LabNat *self, gint64 now_us, const LabNatFlow *flow,
                                const char *reason);

G_END_DECLS
