/* SPDX-License-Identifier: MPL-2.0 */
/* What follows from the addresses that servers have seen: pure judgement, without time.
 *
 * Layer: nat. GLib only. May include: base, stun. Any thread. */
#pragma once

#include "floe-nat-findings-private.h"

G_BEGIN_DECLS

/* Fewer ports than this tell nothing of how ports are chosen. */
#define FLOE_NAT_MIN_SAMPLES 6

/* One socket, the same in all observations, seen from @to as @mapped. */
typedef struct
{
  FloeStunAddress to;
  FloeStunAddress mapped;
  guint server; /* who says so; a server with several addresses is one party */
} FloeNatObservation;

typedef struct
{
  FloeNatBehaviour mapping;
  FloeNatConfidence confidence;
  guint outvoted; /* bit N: what server N says does not count */
  const char *evidence;
} FloeNatMappingVerdict;

/* @is_complete: no other observation will come soon. Only then is anything called dependent, as two
 * servers that agree may still follow. */
FloeNatMappingVerdict floe_nat_classify_mapping (const FloeNatObservation *observations,
                                                 guint count, gboolean is_complete);

typedef struct
{
  FloeNatAllocation allocation;
  guint step; /* of SEQUENTIAL */
  guint span; /* of BLOCK */
} FloeNatAllocationVerdict;

/* @ports: of mappings, in the order in which they were made; some may be missing between. */
FloeNatAllocationVerdict floe_nat_classify_ports (const guint16 *ports, guint count);

G_END_DECLS
