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

/* What both sides know of their NATs, and what follows from it; in capitals, as in docs/schema. */
typedef struct
{
  const char *strategy;   /* DIRECT_FAST, ...; NULL as long as there is no plan */
  const char *local_nat;  /* PORT_RESTRICTED, ..., UNKNOWN */
  const char *remote_nat; /* likewise */
} ConnectionPlan;

/* Fills @plan from @metrics (nullable). */
void connection_plan_describe (FloeConnectionMetrics *metrics, ConnectionPlan *plan);

G_END_DECLS
