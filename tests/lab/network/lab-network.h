/* SPDX-License-Identifier: MPL-2.0 */
/* A small internet: hosts behind routers behind the Internet, a tree whose links delay and lose.
 *
 * Pure: packets of hosts go in, packets for hosts come out, and time is an argument, so a world can
 * be run in virtual time in a unit test as well as by the router program on real interfaces.
 *
 * Contract: lab_network_input() or lab_network_command(), then lab_network_poll() until it returns
 * %FALSE, then wait for the next packet or for lab_network_get_deadline(). */
#pragma once

#include "lab-nat.h"

G_BEGIN_DECLS

typedef struct _LabNetwork LabNetwork;

/* A host's interface. What a host must be given to take part. */
typedef struct
{
  const char *host;
  const char *name; /* eth0, ... */
  const LabAddress *addresses;
  guint address_count;
  guint prefix_v4, prefix_v6; /* lengths */
  LabAddress gateway_v4, gateway_v6;
  gboolean has_v4, has_v6;
  const LabAddress *nat64_prefix; /* (nullable) */
} LabInterface;

/* @node is a host or router, and in a packet's way to or from it. For what a NAT does the endpoints
 * are LabNatFact's; for what a link or a route does @internal is the source, @remote the
 * destination of the packet. */
typedef void (*LabNetworkFactFunc) (gint64 now_us, const char *node, const LabNatFact *fact,
                                    gpointer user_data);

LabNetwork *lab_network_new (guint64 seed);
void lab_network_free (LabNetwork *self);
gboolean lab_network_parse (LabNetwork *self, const char *world, GError **error);
void lab_network_set_fact_func (LabNetwork *self, LabNetworkFactFunc func, gpointer user_data);

guint lab_network_count_interfaces (const LabNetwork *self);
void lab_network_get_interface (const LabNetwork *self, guint index, LabInterface *interface);
int lab_network_find_interface (const LabNetwork *self, const char *name);

void lab_network_input (LabNetwork *self, gint64 now_us, guint interface, LabPacket *packet);
LabPacket *lab_network_poll (LabNetwork *self, gint64 now_us, guint *interface);
gint64 lab_network_get_deadline (const LabNetwork *self);
char *lab_network_command (LabNetwork *self, gint64 now_us, const char *command, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabNetwork, lab_network_free)

G_END_DECLS
