/* SPDX-License-Identifier: MPL-2.0 */
/* The ways to servers, as a command line gives them: certificate authorities and a proxy.
 *
 * Layer: samples. Knows GIO only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): trusts the certificates in the PEM file @path and no others, or NULL with an
 * error that names the file. */
GTlsDatabase *sample_ways_read_authorities (const char *path, GError **error);

/* (transfer full): always names the proxy @uri, such as http://user:password@host:port,
 * socks5://host:port, or direct:// for none; or NULL with an error to be put behind the option's
 * name. It does not repeat @uri, which may have a password in it. */
GProxyResolver *sample_ways_make_resolver (const char *uri, GError **error);

G_END_DECLS
