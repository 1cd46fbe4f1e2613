/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-server-directory.h>

G_BEGIN_DECLS

#define FLOE_TYPE_DNS_SERVER_DIRECTORY (floe_dns_server_directory_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeDnsServerDirectory, floe_dns_server_directory, FLOE, DNS_SERVER_DIRECTORY,
                      GObject)

FLOE_AVAILABLE_IN_1_0
FloeDnsServerDirectory *floe_dns_server_directory_new (const char *domain, const char *username,
                                                       const char *credential);

G_END_DECLS
