/* SPDX-License-Identifier: MPL-2.0 */
/* The words for a connection's way, for people and for programs. */
#pragma once

#include <floe/floe.h>

G_BEGIN_DECLS

/* Members are NULL when they are not known. */
typedef struct
{
  const char *path;             /* direct, relay */
  const char *local_candidate;  /* host, srflx, prflx, relay */
  const char *remote_candidate; /* likewise */
  const char *protocol;         /* udp, tcp, tls: ours, or that to our TURN server */
} ConnectionPath;

/* Fills @path for @pair (nullable). */
void connection_path_describe (FloeIceCandidatePair *pair, ConnectionPath *path);

G_END_DECLS
