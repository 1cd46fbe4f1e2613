/* SPDX-License-Identifier: MPL-2.0 */
/* One end of a veth pair whose other end is a host's interface: frames in and out, and the answers
 * that a gateway owes its neighbours. It answers for every address but the host's own, so a host
 * finds all its neighbours at the gateway (proxy ARP, RFC 1027; ND proxy, RFC 4389). */
#pragma once

#include "lab-network.h"

G_BEGIN_DECLS

typedef struct _LabPort LabPort;

LabPort *lab_port_new (guint index, const LabInterface *interface, GError **error);
void lab_port_free (LabPort *self);
int lab_port_get_fd (const LabPort *self);
LabPacket *lab_port_receive (LabPort *self, gboolean *is_empty);
void lab_port_send (LabPort *self, const LabPacket *packet);

G_END_DECLS
