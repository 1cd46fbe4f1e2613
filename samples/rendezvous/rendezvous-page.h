/* SPDX-License-Identifier: MPL-2.0 */
/* HTTP responses: the files of the page (samples/web), which are compiled in, and refusals.
 *
 * Layer: samples. Pure: no socket, no clock. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): the response to a GET or HEAD of @path; what is no file gets 404, other methods
 * 405. */
GBytes *rendezvous_page_respond (const char *method, const char *path);

/* (transfer full): a response of @status, one of those that a rendezvous gives. */
GBytes *rendezvous_page_refuse (guint status);

/* (transfer full): the response that makes a connection a WebSocket. */
GBytes *rendezvous_page_upgrade (const char *accept, const char *protocol);

G_END_DECLS
