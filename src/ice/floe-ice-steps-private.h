/* SPDX-License-Identifier: MPL-2.0 */
/* What a transport tells of its paths for metrics: when each was begun, checked for the first time,
 * worked, carried data and ended, and how much went over it.
 *
 * Layer: ice. Network thread only. Has no address. */
#pragma once

#include <floe/floe-enums.h>

G_BEGIN_DECLS

typedef enum
{
  FLOE_PATH_STEP_STARTED,
  FLOE_PATH_STEP_CHECKED, /* there is a pair of candidates, and its first check goes out */
  FLOE_PATH_STEP_WORKS,
  FLOE_PATH_STEP_CARRIES, /* data, from now on; also again */
  FLOE_PATH_STEP_ENDED,
  FLOE_PATH_STEP_COUNTED,  /* no step: so many bytes so far */
  FLOE_PATH_STEP_TOLD_ALL, /* of no path: floe_ice_transport_count() is answered */
} FloePathStepKind;

typedef struct
{
  FloePathStepKind kind;
  guint run; /* of the transport's paths in the order in which they were begun, from 1 on; one that
              * is begun again counts again */
  FloePathType type;
  gboolean is_try;    /* begun beside or after those of the plan */
  gint64 origin_us;   /* when gathering was begun */
  gint64 elapsed_us;  /* since then */
  guint64 sent_bytes; /* datagrams to and from the peer, without headers, checks and repairs of UDP,
                       * TURN and IP */
  guint64 received_bytes;
} FloePathStep;

/* Of one lane: plain counters, and which steps of its run have been told. */
typedef struct
{
  guint run;
  gint64 started_us;
  guint told; /* bits: 1 << FloePathStepKind */
  guint64 sent_bytes;
  guint64 received_bytes;
  guint64 told_bytes; /* of both together */
} FloeIceTally;

G_END_DECLS
