/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-server-directory.h>

G_BEGIN_DECLS

#define FLOE_TYPE_SERVER_DIRECTORY_CHAIN (floe_server_directory_chain_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeServerDirectoryChain, floe_server_directory_chain, FLOE,
                      SERVER_DIRECTORY_CHAIN, GObject)

FLOE_AVAILABLE_IN_1_0
FloeServerDirectoryChain *floe_server_directory_chain_new (GPtrArray *directories);

G_END_DECLS
