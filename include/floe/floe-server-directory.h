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

#define FLOE_TYPE_STATIC_SERVER_DIRECTORY (floe_static_server_directory_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeStaticServerDirectory, floe_static_server_directory, FLOE,
                      STATIC_SERVER_DIRECTORY, GObject)

FLOE_AVAILABLE_IN_1_0
FloeStaticServerDirectory *floe_static_server_directory_new (GPtrArray *servers);

#define FLOE_TYPE_DNS_SERVER_DIRECTORY (floe_dns_server_directory_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeDnsServerDirectory, floe_dns_server_directory, FLOE, DNS_SERVER_DIRECTORY,
                      GObject)

FLOE_AVAILABLE_IN_1_0
FloeDnsServerDirectory *floe_dns_server_directory_new (const char *domain, const char *username,
                                                       const char *credential);

#define FLOE_TYPE_SERVER_DIRECTORY_CHAIN (floe_server_directory_chain_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeServerDirectoryChain, floe_server_directory_chain, FLOE,
                      SERVER_DIRECTORY_CHAIN, GObject)

FLOE_AVAILABLE_IN_1_0
FloeServerDirectoryChain *floe_server_directory_chain_new (GPtrArray *directories);

G_END_DECLS
