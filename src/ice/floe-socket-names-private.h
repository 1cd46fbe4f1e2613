/* SPDX-License-Identifier: MPL-2.0 */
/* What the descriptors of this process are connected to, whoever made them. Layer: ice. */
#pragma once

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

/* Has one entry for each descriptor, where there is such a folder. */
#define FLOE_SOCKET_NAMES_FOLDER "/dev/fd"

/* FALSE: it is no socket of an Internet protocol, or (of the other end) is not connected. */
gboolean floe_socket_name_get_local (int fd, FloeStunAddress *out);
gboolean floe_socket_name_get_remote (int fd, FloeStunAddress *out);

G_END_DECLS
