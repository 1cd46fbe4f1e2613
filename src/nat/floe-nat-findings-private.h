/* SPDX-License-Identifier: MPL-2.0 */
/* What was found out about the NAT before one address of this host, for one family: the axes of
 * RFC 4787, each unknown until it is proven, with what proves it. A plain value: owns nothing.
 *
 * Does not know how anything was measured, what network it is of, or how old it is.
 *
 * Layer: nat. GLib only. May include: base, stun. Any thread. */
#pragma once

#include <floe/floe-nat-enums.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

#define FLOE_NAT_MAX_EVIDENCE_SIZE 112
#define FLOE_NAT_MAX_EXTERNALS 4
#define FLOE_NAT_MAX_SERVERS 8
#define FLOE_NAT_ASPECT_COUNT (FLOE_NAT_ASPECT_REWRITING + 1)

/* Why an aspect is what it is; also, why it is unknown. */
typedef struct
{
  FloeNatConfidence confidence;
  gint64 after_us; /* since the start of the run */
  char evidence[FLOE_NAT_MAX_EVIDENCE_SIZE];
} FloeNatProof;

typedef struct
{
  FloeStunAddress address; /* without a port */
  guint server_count;      /* that saw it */
} FloeNatExternal;

typedef struct
{
  FloeStunAddress address;
  FloeNatFault fault;
  gint64 rtt_us; /* of the first answer; -1 when there is none */
} FloeNatServerFinding;

typedef struct
{
  FloeStunAddress base;
  FloeNatAnswer udp;
  FloeNatAnswer udp_limited;   /* to ports that are let out everywhere, such as 443 */
  FloeNatAnswer is_translated; /* whether servers see another address than @base */
  FloeNatBehaviour mapping;
  FloeNatBehaviour filtering;
  FloeNatAllocation allocation;
  guint step; /* of SEQUENTIAL */
  guint span; /* of BLOCK: ports, about */
  FloeNatAnswer hairpin;
  FloeNatAnswer carrier;   /* a carrier's NAT is suspected */
  FloeNatAnswer poisoning; /* packets that come too early spoil ports */
  FloeNatAnswer rewriting; /* addresses in packets are changed on the way */
  guint lifetime_s;        /* of an idle mapping, at least; 0: not known */
  FloeNatProof proofs[FLOE_NAT_ASPECT_COUNT];
  FloeNatExternal externals[FLOE_NAT_MAX_EXTERNALS]; /* most seen first */
  guint external_count;
  FloeNatServerFinding servers[FLOE_NAT_MAX_SERVERS];
  guint server_count;
  gint64 elapsed_us;
  guint packet_count; /* sent */
} FloeNatFindings;

/* A firewall that translates nothing is called by how it filters, as it behaves so. */
FloeNatType floe_nat_findings_get_type (const FloeNatFindings *self);

/* The words that reports are written with: "endpoint-independent", "port-block", "full-cone". */
const char *floe_nat_behaviour_to_string (FloeNatBehaviour dependence);
const char *floe_nat_allocation_to_string (FloeNatAllocation allocation);
const char *floe_nat_type_to_string (FloeNatType type);
const char *floe_nat_fault_to_string (FloeNatFault fault);

G_END_DECLS
