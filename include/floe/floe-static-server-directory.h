/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-server-directory.h>

G_BEGIN_DECLS

#define FLOE_TYPE_STATIC_SERVER_DIRECTORY (floe_static_server_directory_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeStaticServerDirectory, floe_static_server_directory, FLOE,
                      STATIC_SERVER_DIRECTORY, GObject)

FLOE_AVAILABLE_IN_1_0
FloeStaticServerDirectory *floe_static_server_directory_new (GPtrArray *servers);

FLOE_AVAILABLE_IN_1_0
FloeStaticServerDirectory *floe_static_server_directory_newv (FloeIceServer **servers,
                                                              gsize n_servers);

G_END_DECLS
