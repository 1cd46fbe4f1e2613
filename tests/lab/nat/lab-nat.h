/* SPDX-License-Identifier: MPL-2.0 */
/* A NAT, as RFC 4787 takes it apart: each behaviour is a knob of LabNatConfig, so that any box can
 * be built, also one that no vendor would admit to.
 *
 * Pure: no socket, no clock. Time is an argument, in microseconds, and never goes back; chance
 * comes from the seed. Packets are rewritten in place. The NAT knows nothing of links, routes, or
 * of other boxes: chains (a home behind a carrier) are made by passing a packet from one to the
 * next.
 *
 * Without translation the same box is a stateful firewall, for IPv4 or IPv6; lab-nat64.h makes one
 * that translates between the two. */
#pragma once

#include "lab-packet.h"

G_BEGIN_DECLS

/* RFC 4787 sections 4.1 and 5: what a mapping is made for, and whom a filter lets in. */
typedef enum
{
  LAB_NAT_ENDPOINT_INDEPENDENT,
  LAB_NAT_ADDRESS_DEPENDENT,
  LAB_NAT_ADDRESS_AND_PORT_DEPENDENT,
} LabNatDependence;

/* RFC 4787 section 4.2.1; the block is RFC 7422's. */
typedef enum
{
  LAB_NAT_PRESERVE,
  LAB_NAT_SEQUENTIAL,
  LAB_NAT_RANDOM,
  LAB_NAT_BLOCK,
} LabNatAllocation;

/* RFC 4787 section 6: and which source address the other one behind the same NAT sees. */
typedef enum
{
  LAB_NAT_HAIRPIN_NONE,
  LAB_NAT_HAIRPIN_INTERNAL_SOURCE,
  LAB_NAT_HAIRPIN_EXTERNAL_SOURCE,
} LabNatHairpin;

typedef enum
{
  LAB_NAT_UNSOLICITED_DROP,
  LAB_NAT_UNSOLICITED_REJECT,
  /* Linux with an open INPUT chain: it answers with an error and remembers a connection, so a later
   * one from inside can't have that port toward that peer. */
  LAB_NAT_UNSOLICITED_POISON,
} LabNatUnsolicited;

#define LAB_NAT_MAX_PORT_RULES 8

/* Which destinations an inside host may send to; by port, because that is what networks do. */
typedef struct
{
  gboolean is_blocked; /* except for @ports */
  guint count;
  guint16 ports[LAB_NAT_MAX_PORT_RULES];
} LabNatPortRule;

typedef struct
{
  guint16 min;
  guint16 max;
  guint16 step;             /* sequential */
  guint16 block_size;       /* block */
  double foreign_per_s;     /* sequential: others' flows that take the ports between ours */
  gboolean keeps_parity;    /* RFC 4787 section 4.2.2 */
  gboolean is_overloaded;   /* a port may serve several destinations (RFC 4787 REQ-3) */
  LabNatAllocation clashed; /* preserve: what comes when the port is taken */
} LabNatPorts;

typedef struct
{
  gint64 udp_lifetime_us; /* RFC 4787 REQ-5: at least 120 s, and routers with 30 s exist */
  gint64 tcp_lifetime_us;
  gint64 closing_lifetime_us; /* TCP after FIN or RST */
  gint64 icmp_lifetime_us;
  gboolean is_refreshed_inbound;
} LabNatLifetimes;

typedef struct
{
  guint max_mappings; /* 0: as many as there are ports */
  guint flows_per_s;  /* 0: as many as come */
  guint ban_after;    /* an inside host that meets more new endpoints in 10 s is shut out */
  gint64 ban_us;
} LabNatLimits;

typedef struct
{
  gboolean translates; /* else a firewall */
  gboolean is_routed;  /* no state at all: neither translates nor filters */
  LabNatDependence mapping;
  LabNatDependence filtering;
  LabNatAllocation allocation;
  LabNatPorts ports;
  gboolean is_pool_arbitrary; /* RFC 4787 section 4.1: else an inside host keeps its address */
  LabNatHairpin hairpin;
  LabNatLifetimes lifetimes;
  LabNatLimits limits;
  LabNatUnsolicited unsolicited;
  LabNatPortRule udp;
  LabNatPortRule tcp;
  gboolean is_tls_only; /* TCP whose first words are no TLS handshake is cut */
  gboolean has_alg;     /* rewrites addresses that it finds in the payload of UDP */
} LabNatConfig;

typedef enum
{
  LAB_NAT_FORWARD, /* rewritten: goes on to the other side */
  LAB_NAT_HAIRPIN, /* rewritten: turns round, back inside */
  LAB_NAT_DROP,
  LAB_NAT_REJECT, /* dropped, and the sender may be told */
} LabNatVerdict;

/* Something that happened inside, for traces: endpoints that have no part in it are zero. */
typedef struct
{
  const char *what;   /* "mapped", "expired", "dropped", "banned", "poisoned", "flushed" */
  const char *reason; /* (nullable) */
  guint8 protocol;
  LabEndpoint internal;
  LabEndpoint external;
  LabEndpoint remote;
} LabNatFact;

typedef void (*LabNatFactFunc) (gint64 now_us, const LabNatFact *fact, gpointer user_data);

typedef struct _LabNat LabNat;

/* A flow seen from inside. */
typedef struct
{
  guint8 protocol;
  guint8 tcp_flags;
  LabEndpoint internal;
  LabEndpoint remote;
} LabNatFlow;

void lab_nat_config_init (LabNatConfig *config);
gboolean lab_nat_config_set_kind (LabNatConfig *config, const char *kind);
gboolean lab_nat_config_set (LabNatConfig *config, const char *key, const char *value,
                             GError **error);
const char *lab_nat_kind_get (guint index, const char **description);

LabNat *lab_nat_new (const LabNatConfig *config, guint64 seed);
void lab_nat_free (LabNat *self);
LabNatConfig *lab_nat_get_config (LabNat *self);
void lab_nat_set_fact_func (LabNat *self, LabNatFactFunc func, gpointer user_data);
void lab_nat_add_external (LabNat *self, const LabAddress *address);
void lab_nat_clear_externals (LabNat *self, gint64 now_us);
gboolean lab_nat_is_external (const LabNat *self, const LabAddress *address);

LabNatVerdict lab_nat_out (LabNat *self, gint64 now_us, LabPacket *packet);
LabNatVerdict lab_nat_in (LabNat *self, gint64 now_us, LabPacket *packet);
LabNatVerdict lab_nat_map (LabNat *self, gint64 now_us, const LabNatFlow *flow,
                           LabEndpoint *external);
LabNatVerdict lab_nat_admit (LabNat *self, gint64 now_us, guint8 protocol, guint8 tcp_flags,
                             const LabEndpoint *external, const LabEndpoint *remote,
                             LabEndpoint *internal);
void lab_nat_reboot (LabNat *self, gint64 now_us);
guint lab_nat_count_mappings (LabNat *self, gint64 now_us);
char *lab_nat_list_mappings (LabNat *self, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabNat, lab_nat_free)

G_END_DECLS
