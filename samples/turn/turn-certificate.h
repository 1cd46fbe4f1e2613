/* SPDX-License-Identifier: MPL-2.0 */
/* Whether a certificate and a key will do for a server.
 *
 * Layer: samples. Knows GLib and GIO only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Appends what is wrong with them to @problems, as sentences: files that can't be read, a key that
 * others may read or that is not the certificate's, a certificate for another host or time. */
void turn_certificate_check (const char *certificate_path, const char *key_path, const char *host,
                             GPtrArray *problems);

G_END_DECLS
