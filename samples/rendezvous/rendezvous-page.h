/* SPDX-License-Identifier: MPL-2.0 */
/* HTTP responses: the files of the page (samples/web), which are compiled in, and refusals.
 *
 * Layer: samples. Pure: no socket, no clock. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): the response to a GET or HEAD of the file at @path, which says that
 * the connection ends after it if @is_last; NULL: there is no such file. */
GBytes *rendezvous_page_get_file (const char *method, const char *path, gboolean is_last);

/* (transfer full): a response of @status, one of those that a rendezvous gives, after which the
 * connection ends. */
GBytes *rendezvous_page_refuse (guint status);

/* (transfer full): the response that makes a connection a WebSocket. */
GBytes *rendezvous_page_upgrade (const char *accept, const char *protocol);

G_END_DECLS
