/* SPDX-License-Identifier: MPL-2.0 */
/* Where multicast DNS goes and comes from, as values that the cores can do without sockets.
 *
 * Layer: mdns. GLib only. */
#pragma once

#include "floe-mdns-codec-private.h"

G_BEGIN_DECLS

#define FLOE_MDNS_PORT 5353 /* RFC 6762 section 3 */

typedef enum
{
  FLOE_MDNS_FAMILY_IPV4,
  FLOE_MDNS_FAMILY_IPV6,
  FLOE_MDNS_N_FAMILIES,
} FloeMdnsFamily;

/* An interface and a family: what is multicast on one is not heard on the other. */
typedef struct
{
  guint interface; /* its index; 0 for none */
  FloeMdnsFamily family;
} FloeMdnsLink;

typedef struct
{
  FloeMdnsAddress address;
  guint16 port;
} FloeMdnsSource;

/* What a core wants sent. */
typedef struct
{
  FloeMdnsLink link;
  gboolean is_unicast;
  FloeMdnsSource to; /* when it is unicast */
  FloeMdnsMessage message;
} FloeMdnsOutput;

G_END_DECLS
