/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <gio/gio.h>

#include <floe/floe-server-query.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_SERVER_DIRECTORY (floe_server_directory_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (FloeServerDirectory, floe_server_directory, FLOE, SERVER_DIRECTORY, GObject)

/**
 * FloeServerDirectoryInterface:
 * @g_iface: the parent
 * @ask: begins to look for servers; see #FloeServerDirectory
 *
 * What a directory implements.
 *
 * Since: 1.0
 */
struct _FloeServerDirectoryInterface
{
  GTypeInterface g_iface;

  /**
   * FloeServerDirectoryInterface::ask:
   * @self: a directory
   * @query: (transfer none): to be answered once, now or later
   *
   * Begins to look for servers. Keeps a reference to @query until floe_server_query_answer() or
   * floe_server_query_fail() is called.
   *
   * Since: 1.0
   */
  void (*ask) (FloeServerDirectory *self, FloeServerQuery *query);
};

FLOE_AVAILABLE_IN_1_0
void floe_server_directory_list_async (FloeServerDirectory *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

FLOE_AVAILABLE_IN_1_0
GPtrArray *floe_server_directory_list_finish (FloeServerDirectory *self, GAsyncResult *result,
                                              guint *lifetime, GError **error);

G_END_DECLS
