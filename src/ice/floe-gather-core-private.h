/* SPDX-License-Identifier: MPL-2.0 */
/* When gathering is complete: when the useful answers are in (docs/decisions/0012). Of the relays
 * that is the first address, of each base the first answer of a STUN server. A server that stays
 * silent delays nothing when another one has answered; what comes of it later is told all the same.
 *
 * Contract: call handle_facts() whenever one may have changed and at the deadline.
 *
 * Layer: ice. GLib only. Knows nothing of paths and servers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Gathering does not wait longer than this for STUN servers. It is more than a silent one takes to
 * be given up (3.8 s), and leaves some time for its name. */
#define FLOE_GATHER_LIMIT_US (5 * G_TIME_SPAN_SECOND)
/* A base without an answer gets a round trip of one that has its answer, this, and not more than
 * the second one together, from when that answer came. */
#define FLOE_GATHER_GRACE_US (50 * G_TIME_SPAN_MILLISECOND)
#define FLOE_GATHER_MAX_GRACE_US (200 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  gboolean is_host_pending; /* a path does not have its own sockets yet */
  guint answered_bases;     /* by a STUN server */
  guint open_bases;         /* without an answer, and one may still come */
  gint64 answered_us;       /* when the first answer came; for answered_bases > 0 */
  gint64 rtt_us;            /* how long that took */
  guint allocated_relays;
  guint pending_relays; /* that were started, and have neither an address nor given up */
} FloeGatherFacts;

typedef struct
{
  gint64 limit_us;   /* 0: none */
  gint64 started_us; /* -1 until started */
  gint64 deadline_us;
  gboolean is_complete;
} FloeGatherCore;

/* @limit_us: so long after its start gathering is complete whatever is outstanding; 0: never. */
void floe_gather_core_init (FloeGatherCore *self, gint64 limit_us);
void floe_gather_core_start (FloeGatherCore *self, gint64 now_us);

/* Returns TRUE when gathering is complete from now on. It stays so. */
gboolean floe_gather_core_handle_facts (FloeGatherCore *self, const FloeGatherFacts *facts,
                                        gint64 now_us);
gint64 floe_gather_core_get_deadline (const FloeGatherCore *self); /* -1 for none */

G_END_DECLS
