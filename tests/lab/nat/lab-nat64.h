/* SPDX-License-Identifier: MPL-2.0 */
/* NAT64 (RFC 6146): hosts that have IPv6 only reach IPv4 through a prefix. A NAT whose inside is of
 * the other family; behaviours, table and facts are LabNat's.
 *
 * UDP, TCP and echo. ICMP errors are not translated. */
#pragma once

#include "lab-nat.h"

G_BEGIN_DECLS

gboolean lab_nat64_is_for (const LabAddress *prefix, const LabPacket *packet);
LabNatVerdict lab_nat64_out (LabNat *nat, gint64 now_us, const LabAddress *prefix,
                             LabPacket *packet);
LabNatVerdict lab_nat64_in (LabNat *nat, gint64 now_us, const LabAddress *prefix,
                            LabPacket *packet);

G_END_DECLS
