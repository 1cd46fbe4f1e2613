/* SPDX-License-Identifier: MPL-2.0 */
/* What was found out about the NAT before one address of this host, for one family: the axes of
 * RFC 4787, each unknown until it is proven, with what proves it. A plain value: owns nothing.
 *
 * Does not know how anything was measured, what network it is of, or how old it is.
 *
 * Layer: nat. GLib only. May include: base, stun. Any thread. */
#pragma once

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

#define FLOE_NAT_MAX_EVIDENCE_SIZE 112
#define FLOE_NAT_MAX_EXTERNALS 4
#define FLOE_NAT_MAX_SERVERS 8

typedef enum
{
  FLOE_NAT_ANSWER_UNKNOWN,
  FLOE_NAT_ANSWER_NO,
  FLOE_NAT_ANSWER_YES,
} FloeNatAnswer;

/* RFC 4787 sections 4.1 and 5: on what of the other side a mapping or a filter depends. */
typedef enum
{
  FLOE_NAT_DEPENDENCE_UNKNOWN,
  FLOE_NAT_DEPENDENCE_NONE, /* endpoint-independent */
  FLOE_NAT_DEPENDENCE_ADDRESS,
  FLOE_NAT_DEPENDENCE_ADDRESS_AND_PORT,
  FLOE_NAT_DEPENDENCE_ENDPOINT, /* one of the two above; of mappings only */
} FloeNatDependence;

typedef enum
{
  FLOE_NAT_ALLOCATION_UNKNOWN,
  FLOE_NAT_ALLOCATION_PRESERVING, /* the first mapping of a socket has the socket's port */
  FLOE_NAT_ALLOCATION_SEQUENTIAL,
  FLOE_NAT_ALLOCATION_RANDOM,
  FLOE_NAT_ALLOCATION_BLOCK, /* random within few ports */
} FloeNatAllocation;

typedef enum
{
  FLOE_NAT_CONFIDENCE_NONE,
  FLOE_NAT_CONFIDENCE_LOW,    /* what one server says */
  FLOE_NAT_CONFIDENCE_MEDIUM, /* silence where a control was heard, or two servers that differ */
  FLOE_NAT_CONFIDENCE_HIGH,   /* a packet that came in, or servers of two parties that agree */
} FloeNatConfidence;

typedef enum
{
  FLOE_NAT_ASPECT_UDP,
  FLOE_NAT_ASPECT_MAPPING,
  FLOE_NAT_ASPECT_FILTERING,
  FLOE_NAT_ASPECT_ALLOCATION,
  FLOE_NAT_ASPECT_HAIRPIN,
  FLOE_NAT_ASPECT_CARRIER,
  FLOE_NAT_ASPECT_POISONING,
  FLOE_NAT_ASPECT_COUNT,
} FloeNatAspect;

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

typedef enum
{
  FLOE_NAT_FAULT_NONE,
  FLOE_NAT_FAULT_SILENT,
  FLOE_NAT_FAULT_REFUSED,       /* credentials, or an error */
  FLOE_NAT_FAULT_FAMILY,        /* not of the address that is probed */
  FLOE_NAT_FAULT_MALFORMED,     /* an answer without an address */
  FLOE_NAT_FAULT_INSIDE,        /* sees us at an address that can't be seen from there */
  FLOE_NAT_FAULT_OUTVOTED,      /* sees us where the others don't */
  FLOE_NAT_FAULT_OTHER_ADDRESS, /* its OTHER-ADDRESS is none, or doesn't do what it is for */
  FLOE_NAT_FAULT_RELAY,         /* its relayed address is none, or relays nothing */
} FloeNatFault;

typedef struct
{
  FloeStunAddress address;
  FloeNatFault fault;
  gint64 rtt_us; /* of the first answer; -1 when there is none */
} FloeNatServerReport;

typedef struct
{
  FloeStunAddress base;
  FloeNatAnswer udp;
  FloeNatAnswer is_translated; /* whether servers see another address than @base */
  FloeNatDependence mapping;
  FloeNatDependence filtering;
  FloeNatAllocation allocation;
  guint step; /* of SEQUENTIAL */
  guint span; /* of BLOCK: ports, about */
  FloeNatAnswer hairpin;
  FloeNatAnswer carrier;   /* a carrier's NAT is suspected */
  FloeNatAnswer poisoning; /* packets that come too early spoil ports */
  FloeNatProof proofs[FLOE_NAT_ASPECT_COUNT];
  FloeNatExternal externals[FLOE_NAT_MAX_EXTERNALS]; /* most seen first */
  guint external_count;
  FloeNatServerReport servers[FLOE_NAT_MAX_SERVERS];
  guint server_count;
  gint64 elapsed_us;
  guint packet_count; /* sent */
} FloeNatReport;

/* The names of RFC 3489, for those who want one word. It loses what they don't say. */
typedef enum
{
  FLOE_NAT_TYPE_UNKNOWN,
  FLOE_NAT_TYPE_OPEN,
  FLOE_NAT_TYPE_FULL_CONE,
  FLOE_NAT_TYPE_RESTRICTED,
  FLOE_NAT_TYPE_PORT_RESTRICTED,
  FLOE_NAT_TYPE_SYMMETRIC,
  FLOE_NAT_TYPE_BLOCKED,
} FloeNatType;

/* A firewall that translates nothing is called by how it filters, as it behaves so. */
FloeNatType floe_nat_report_get_type (const FloeNatReport *self);

/* The words that reports are written with: "endpoint-independent", "port-block", "full-cone". */
const char *floe_nat_dependence_to_string (FloeNatDependence dependence);
const char *floe_nat_allocation_to_string (FloeNatAllocation allocation);
const char *floe_nat_type_to_string (FloeNatType type);
const char *floe_nat_fault_to_string (FloeNatFault fault);

G_END_DECLS
