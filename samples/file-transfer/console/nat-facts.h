/* SPDX-License-Identifier: MPL-2.0 */
/* What a NAT report says, as plain values: what "floe nat" says and decides is made of these, so
 * that every combination of them can be tested, and not only those that some network has. */
#pragma once

#include <floe/floe.h>

#include "exit-status.h"

G_BEGIN_DECLS

#define NAT_ASPECT_COUNT (FLOE_NAT_ASPECT_REWRITING + 1)

typedef struct
{
  const char *url; /* (nullable), like address and (unowned), like all strings here */
  const char *address;
  FloeNatFault fault;
  gint64 round_trip_us; /* -1: not measured */
} NatServer;

typedef struct
{
  FloeNatConfidence confidence;
  const char *evidence; /* (nullable) */
} NatProof;

/* One interface and family; all 0 but for the lists when there is no network. */
typedef struct
{
  const char *interface; /* (nullable) */
  GSocketFamily family;
  const char *base_address;    /* (nullable): ours */
  const char *const *external; /* (nullable): how we look from outside */
  FloeNatAnswer udp, tcp, tls; /* what gets through to a server */
  FloeNatAnswer udp_limited;   /* to a few ports only */
  const char *proxy;           /* (nullable): through which TCP or TLS does */
  FloeNatAnswer translation;   /* whether there is a NAT at all */
  FloeNatBehaviour mapping, filtering;
  FloeNatType nat_type;
  FloeNatAllocation allocation;
  guint allocation_step, block_size;
  FloeNatAnswer hairpin, carrier, poisoning, rewriting;
  guint lifetime_s; /* 0: not known */
  NatProof proofs[NAT_ASPECT_COUNT];
  const NatServer *servers;
  gsize n_servers;
  gboolean is_complete;
  guint duration_ms;
  gint64 time_us; /* of the wall clock, since 1970; 0: not known */
  guint packet_count;
} NatFacts;

/* How well others can be reached from here, from best to worst. */
typedef enum
{
  NAT_REACH_ALL,     /* directly, whoever has UDP */
  NAT_REACH_MOST,    /* directly, but for those who have a new port for each other side */
  NAT_REACH_UNCLEAR, /* UDP works; the servers could not tell how well */
  NAT_REACH_SOME,    /* directly, only whose network is open */
  NAT_REACH_LIMITED, /* UDP gets out to a few ports only: by a relay on one of them */
  NAT_REACH_RELAY,   /* by TCP or TLS to a relay */
  NAT_REACH_NONE,
  NAT_REACH_UNRESOLVED, /* no server's name was found */
  NAT_REACH_UNTESTED,   /* no server has an address of the family */
} NatReach;

#define NAT_REACH_COUNT (NAT_REACH_UNTESTED + 1)

NatReach nat_facts_get_reach (const NatFacts *self);

/* EXIT_STATUS_OK when UDP works, EXIT_STATUS_STREAM_ONLY when TCP or TLS does, and
 * EXIT_STATUS_UNREACHABLE otherwise; for the best of several facts. */
ExitStatus nat_facts_get_status (const NatFacts *self);

/* (nullable): the TURN server of @self that did its part and answered first. */
const NatServer *nat_facts_find_relay (const NatFacts *self);

/* A GCompareFunc: the best first. */
int nat_facts_compare (gconstpointer a, gconstpointer b);

/* Whether both say the same, but for the interface and the addresses. */
gboolean nat_facts_are_alike (const NatFacts *a, const NatFacts *b);

G_END_DECLS
