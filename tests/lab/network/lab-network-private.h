/* SPDX-License-Identifier: MPL-2.0 */
/* The parts of a network, for the files of this folder. */
#pragma once

#include "lab-link.h"
#include "lab-nat64.h"
#include "lab-network.h"

G_BEGIN_DECLS

typedef struct _LabNode LabNode;

typedef struct
{
  LabAddress address; /* of the gateway; the network is its first @bits bits */
  guint bits;
  gboolean is_present;
} LabSubnet;

/* The link between a node and the one above it. */
typedef struct
{
  LabNode *child;    /* (unowned) */
  LabNode *parent;   /* (unowned) */
  LabLink up;        /* from the child */
  LabLink down;      /* to the child */
  GArray *addresses; /* (owned): LabAddress: what the child is called here */
  GHashTable *flows; /* (owned) (nullable): of a host: LabNatKey to LabFlowCounters */
  char name[16];
} LabUplink;

typedef enum
{
  LAB_NODE_INTERNET,
  LAB_NODE_ROUTER,
  LAB_NODE_HOST,
} LabNodeType;

struct _LabNode
{
  LabNetwork *network; /* (unowned) */
  LabNodeType type;
  char *name;          /* (owned) */
  GPtrArray *uplinks;  /* (owned): LabUplink: one of a router, some of a host */
  GPtrArray *children; /* (unowned): LabUplink */
  LabSubnet v4, v6;    /* below a router or the Internet */
  LabNat *nat;         /* (owned) (nullable): of a router that does not just route IPv4 */
  LabNat *firewall;    /* (owned) (nullable): of a router that does not just route IPv6 */
  LabAddress nat64_prefix;
  gboolean is_nat64;    /* @nat is for the prefix and not for IPv4 from inside */
  gboolean is_isolated; /* the hosts below can't see each other */
  guint next_host;
};

typedef struct
{
  guint64 packets_out, bytes_out, packets_in, bytes_in;
} LabFlowCounters;

struct _LabNetwork
{
  LabNode *internet;     /* (owned) */
  GPtrArray *nodes;      /* (owned): LabNode, without the Internet */
  GPtrArray *interfaces; /* (unowned): LabUplink of hosts */
  GSequence *events;     /* (owned): Event of lab-network.c */
  GRand *rand;           /* (owned): seeds for what is random */
  guint64 serial;
  guint router_count;
  guint public_lans;
  LabNetworkFactFunc fact_func; /* (nullable) */
  gpointer fact_data;
};

LabNode *lab_network_find (const LabNetwork *self, const char *name);
LabNode *lab_network_add_node (LabNetwork *self, LabNodeType type, const char *name);
LabUplink *lab_network_connect (LabNetwork *self, LabNode *child, LabNode *parent,
                                const LabLinkConfig *up, const LabLinkConfig *down);
void lab_network_schedule (LabNetwork *self, gint64 at_us, LabUplink *uplink, gboolean is_up,
                           LabPacket *packet);
void lab_network_tell (LabNetwork *self, gint64 now_us, const LabNode *node,
                       const LabNatFact *fact);
void lab_network_watch_nat (LabNode *node, LabNat *nat);

/* lab-addressing.c */
void lab_node_give_subnets (LabNode *router, gboolean is_public, gboolean is_carrier,
                            gboolean has_v4, gboolean has_v6);
void lab_uplink_give_addresses (LabUplink *uplink, guint count, gboolean has_v4, gboolean has_v6);
gboolean lab_node_owns (const LabNode *node, const LabUplink *uplink, const LabAddress *address);
LabUplink *lab_node_find_child (const LabNode *node, const LabAddress *address);
const LabAddress *lab_uplink_address (const LabUplink *uplink, gboolean is_v4);
void lab_node_name_externals (LabNode *router);

/* lab-world.c */
gboolean lab_uplink_set (LabUplink *uplink, const char *key, const char *value, GError **error);
gboolean lab_uplink_has (const char *key);

/* lab-forward.c */
void lab_forward_from_below (LabNode *node, gint64 now_us, LabUplink *from, LabPacket *packet);
void lab_forward_from_above (LabNode *node, gint64 now_us, LabUplink *from, LabPacket *packet);
void lab_forward_send (LabUplink *uplink, gint64 now_us, gboolean is_up, LabPacket *packet);

/* lab-flows.c */
void lab_flows_count (LabUplink *uplink, const LabPacket *packet, gboolean is_up);
char *lab_flows_list (const LabUplink *uplink);

G_END_DECLS
