/* SPDX-License-Identifier: MPL-2.0 */
/* Server names to addresses. libnice's own resolving may never finish its gathering, so it gets
 * literals only. Layer: base. Network thread only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* @addresses (element-type GInetAddress) (nullable) (transfer none): NULL with @error. */
typedef void (*FloeNameResolvedFunc) (GList *addresses, const GError *error, gpointer user_data);

/* Returns: (transfer full): cancel it to hear nothing any more. @func is called in @context, after
 * this function has returned. */
GCancellable *floe_name_resolver_start (GMainContext *context, const char *name,
                                        FloeNameResolvedFunc func, gpointer user_data);

G_END_DECLS
