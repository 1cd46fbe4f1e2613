/* SPDX-License-Identifier: MPL-2.0 */
/* Which of this machine's addresses a transport may bind to. Layer: base. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FLOE_MAX_LOCAL_ADDRESSES 16

typedef struct
{
  char interface[16];  /* IF_NAMESIZE */
  char text[64];       /* the address, without zone */
  gboolean is_running; /* the interface is up and has a carrier */
  gboolean is_loopback;
} FloeLocalAddress;

/* Returns: (transfer full) (element-type FloeLocalAddress): what the machine has, unfiltered. */
GArray *floe_local_addresses_list (void);

/* Returns: (transfer full) (element-type FloeLocalAddress): what of @all to use, at most
 * FLOE_MAX_LOCAL_ADDRESSES, the loopback ones last. @interfaces (nullable): names of interfaces
 * or addresses, and nothing else is used then. Without it loopback addresses are used when
 * @include_loopback, or when there is nothing else. IPv6 link-local ones never are. Pure. */
GArray *floe_local_addresses_select (const GArray *all, const char *const *interfaces,
                                     gboolean include_loopback);

/* The address that the routing table sends from to @server; FALSE when there is no route. */
gboolean floe_local_address_towards (GInetAddress *server, guint16 port, FloeLocalAddress *out);

/* Returns: (transfer full) (nullable): the first of @addresses (element-type FloeLocalAddress)
 * (nullable) that is of @family. */
GInetAddress *floe_local_addresses_find (const GArray *addresses, GSocketFamily family);

G_END_DECLS
