/* SPDX-License-Identifier: MPL-2.0 */
/* The library's side of FloeServerQuery: the task that it ends. Layer: peer. */
#pragma once

#include <floe/floe-server-query.h>

G_BEGIN_DECLS

/* What a directory may tell of at once. A connection uses 8 of each kind. */
#define FLOE_SERVER_QUERY_MAX_SERVERS 32

typedef struct
{
  GPtrArray *servers; /* (owned) (element-type FloeIceServer) */
  guint lifetime_s;   /* 0: for ever */
} FloeServerAnswer;

void floe_server_answer_free (FloeServerAnswer *answer);

/* (transfer full) @task: returns a FloeServerAnswer. A query that is dropped without an answer
 * fails. */
FloeServerQuery *floe_server_query_new (GTask *task);

/* (transfer full) @error: fails with it, unless there was an answer already. */
void floe_server_query_take_error (FloeServerQuery *self, GError *error);

G_END_DECLS
