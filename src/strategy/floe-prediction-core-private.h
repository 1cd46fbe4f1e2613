/* SPDX-License-Identifier: MPL-2.0 */
/* Which ports a NAT whose mappings depend on the endpoint will give to the next ones, where its
 * allocator can be foreseen, without any I/O. They are signalled as further server-reflexive
 * candidates, which any ICE peer can use: it checks all of them, so its own filter is open for
 * whichever the NAT takes.
 *
 *   SAMPLE    ask a STUN server from a fresh socket, which no other packet leaves from: sample N
 *   DONE      get_result() has ports, or none
 *
 * How it is carried out: where the peer's NAT bears to be knocked at, not at all; ports that are
 * bracketed (floe-port-sequence) need no foresight. Else a wrapper starts a round, waits for DONE,
 * signals the ports, and sends its first check to the peer's reflexive address when the peer has
 * heard of them: every other new destination takes a port. What is signalled slowly is worth
 * nothing; is_fresh() says whether to begin anew.
 *
 * Contract: call start() or one handle_*(), poll until FALSE, then wait for an answer or the
 * deadline. All times are monotonic microseconds given by the caller.
 *
 * Knows nothing of STUN messages, of sockets, or of ICE but for priorities.
 *
 * Layer: strategy. GLib only. May include: stun, nat's enumerations. One thread. */
#pragma once

#include <floe/floe-nat-enums.h>

#include "floe-port-draw-private.h"
#include "floe-stun-address-private.h"

G_BEGIN_DECLS

#define FLOE_PREDICTION_SAMPLES 2
/* Between the samples, for others to take ports in. */
#define FLOE_PREDICTION_SAMPLE_US (200 * G_TIME_SPAN_MILLISECOND)
/* After the last one was asked for. */
#define FLOE_PREDICTION_ANSWER_US (500 * G_TIME_SPAN_MILLISECOND)
/* Older samples foretell nothing that others have not used up. */
#define FLOE_PREDICTION_FRESH_US (500 * G_TIME_SPAN_MILLISECOND)
/* libnice makes 100 checks at most, and pairs each candidate with each of ours. */
#define FLOE_PREDICTION_MIN_WINDOW 16
#define FLOE_PREDICTION_MAX_WINDOW 64

typedef struct
{
  FloeNatAllocation allocation; /* SEQUENTIAL and PORT_BLOCK can be foreseen, others can not */
  guint step;        /* of the NAT report; 0: not known, then 1, 2, 4 or 8 as the samples say */
  FloePortPool pool; /* of a block allocator: with the block */
  gint64 lead_us;    /* from the samples to our first check: signalling one way, and half a trip */
  guint own_count;   /* mappings that we make ourselves in between */
  guint64 seed;      /* of the order of a block's ports; 0: from the kernel */
} FloePredictionConfig;

typedef struct
{
  FloeStunAddress address;                   /* size 0: nothing can be foretold */
  guint16 ports[FLOE_PREDICTION_MAX_WINDOW]; /* likeliest first */
  guint count;
  int step;             /* of a sequential one; negative: downwards */
  gboolean has_rate;    /* both samples were answered */
  double foreign_per_s; /* mappings of others */
  double chance;        /* that the check's port is among them; 0 to 1 */
  gint64 sampled_us;
} FloePrediction;

typedef enum
{
  FLOE_PREDICTION_OUTPUT_SAMPLE,
  FLOE_PREDICTION_OUTPUT_DONE,
} FloePredictionOutputType;

typedef struct
{
  FloePredictionOutputType type;
  guint sample; /* of SAMPLE: below FLOE_PREDICTION_SAMPLES */
} FloePredictionOutput;

typedef struct _FloePredictionCore FloePredictionCore;

FloePredictionCore *floe_prediction_core_new (const FloePredictionConfig *config);
void floe_prediction_core_free (FloePredictionCore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePredictionCore, floe_prediction_core_free)

/* A round; one that is under way begins anew. */
void floe_prediction_core_start (FloePredictionCore *self, gint64 now_us);
/* How the server has seen the socket of @sample. The first answer counts. */
void floe_prediction_core_handle_sample (FloePredictionCore *self, gint64 now_us, guint sample,
                                         const FloeStunAddress *mapped);
void floe_prediction_core_handle_timeout (FloePredictionCore *self, gint64 now_us);
/* -1: nothing is waited for. */
gint64 floe_prediction_core_get_deadline (const FloePredictionCore *self);
gboolean floe_prediction_core_poll (FloePredictionCore *self, FloePredictionOutput *output);

const FloePrediction *floe_prediction_core_get_result (const FloePredictionCore *self);
/* Whether the result is still good for being signalled; else start(). */
gboolean floe_prediction_core_is_fresh (const FloePredictionCore *self, gint64 now_us);

/* RFC 8445 section 5.1.2.1: that of foretold candidate @index of @component, 1 to 256: below each
 * true server-reflexive one, above relayed ones, and the likeliest highest. */
guint32 floe_prediction_get_priority (guint index, guint component);
/* The smallest window that the next mapping is within with a chance of 99 %, when others make
 * @mean mappings before; held to the window's bounds. */
guint floe_prediction_get_window (double mean);
/* P (Poisson (@mean) < @window). */
double floe_prediction_get_chance (double mean, guint window);

G_END_DECLS
