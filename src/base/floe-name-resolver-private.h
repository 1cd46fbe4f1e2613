/* SPDX-License-Identifier: MPL-2.0 */
/* Server names to addresses. libnice's own resolving may never finish its gathering, so it gets
 * literals only. Layer: base. Network thread only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Returns: (transfer full) (nullable): the address that @name is, when it is to be used as it is;
 * NULL for what floe_name_resolver_start() has to be asked: names, and IPv4 addresses on a host
 * that reaches them by NAT64. */
GInetAddress *floe_name_resolver_read (const char *name);

/* @addresses (element-type GInetAddress) (nullable) (transfer none): NULL with @error. */
typedef void (*FloeNameResolvedFunc) (GList *addresses, const GError *error, gpointer user_data);

/* Returns: (transfer full): cancel it to hear nothing any more. @func is called in @context, after
 * this function has returned. An IPv4 address is resolved to those by which NAT64 leads to it, RFC
 * 6052, and to itself where there is none. */
GCancellable *floe_name_resolver_start (GMainContext *context, const char *name,
                                        FloeNameResolvedFunc func, gpointer user_data);

G_END_DECLS
