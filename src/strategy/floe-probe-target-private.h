/* SPDX-License-Identifier: MPL-2.0 */
/* Whether ports of an address may be probed at all, whoever asks for it.
 *
 * Layer: strategy. GLib only. May include: stun. Any thread. */
#pragma once

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

/* TRUE for an address of one host on the Internet, and for one that NAT64 makes such a one of.
 * FALSE for what is private, shared behind a carrier's NAT, of a link, loopback, unspecified,
 * multicast, broadcast, reserved, or stands for an address of another family. */
gboolean floe_probe_target_is_public (const FloeStunAddress *address);

G_END_DECLS
