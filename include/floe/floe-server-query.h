/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <gio/gio.h>

#include <floe/floe-ice-server.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_SERVER_QUERY (floe_server_query_get_type ())
FLOE_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (FloeServerQuery, floe_server_query, FLOE, SERVER_QUERY, GObject)

FLOE_AVAILABLE_IN_1_0
GCancellable *floe_server_query_get_cancellable (FloeServerQuery *self);

FLOE_AVAILABLE_IN_1_0
void floe_server_query_answer (FloeServerQuery *self, GPtrArray *servers, guint lifetime);

FLOE_AVAILABLE_IN_1_0
void floe_server_query_answerv (FloeServerQuery *self, FloeIceServer **servers, gsize n_servers,
                                guint lifetime);

FLOE_AVAILABLE_IN_1_0
void floe_server_query_fail (FloeServerQuery *self, const char *message);

G_END_DECLS
