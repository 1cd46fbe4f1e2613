/* SPDX-License-Identifier: MPL-2.0 */
/* Which TURN servers are begun when, kept, or held in reserve (decision 12), without any I/O.
 *
 * Contract: call start() or another function that takes the time, poll until FALSE, then wait for
 * news or the deadline. Times are monotonic microseconds given by the caller. A relay is *begun*
 * until it has given an address (it is *kept* then) or has failed.
 *
 * Knows nothing of names, credentials, candidates or paths.
 *
 * Layer: ice. GLib only. One thread. */
#pragma once

#include <glib.h>

#include <floe/floe-enums.h>

G_BEGIN_DECLS

#define FLOE_RELAY_MAX_SERVERS 8 /* each has a socket and an allocation of its own */
#define FLOE_RELAY_MAX_KEPT 2

/* How long relays over UDP are alone in the race, and how long the answers that decide between
 * more than two of them are waited for. */
#define FLOE_RELAY_UDP_LEAD_US (250 * G_TIME_SPAN_MILLISECOND)
#define FLOE_RELAY_PROBE_LIMIT_US (1000 * G_TIME_SPAN_MILLISECOND)

typedef enum
{
  FLOE_RELAY_RESERVE, /* not begun, or given back because two better ones are there */
  FLOE_RELAY_PROBED,  /* its round trip is being measured */
  FLOE_RELAY_BEGUN,
  FLOE_RELAY_KEPT,
  FLOE_RELAY_FAILED,
} FloeRelayState;

typedef enum
{
  FLOE_RELAY_OUTPUT_NONE,
  FLOE_RELAY_OUTPUT_PROBE, /* ask for the round trip, and tell of the answer or its absence */
  FLOE_RELAY_OUTPUT_BEGIN, /* ask for an address, and tell what came of it */
  FLOE_RELAY_OUTPUT_END,   /* give the address back */
} FloeRelayOutputType;

typedef struct
{
  guint id;
  FloeRelayProtocol protocol;
  FloeRelayState state;
  gboolean is_silent;  /* a probe had no answer */
  gboolean is_suspect; /* kept, but nothing comes through it */
  gboolean is_held;    /* not to be begun yet */
  gint64 begun_us;
  gint64 round_trip_us; /* of a probe; G_MAXINT64 when not known */
  gint64 allocation_us; /* from its beginning to its address; likewise */
  FloeRelayOutputType pending;
} FloeRelay;

typedef struct
{
  FloeRelay relays[FLOE_RELAY_MAX_SERVERS]; /* in the order of the configuration */
  guint count;
  gboolean is_started;
  gboolean is_resting;   /* none is begun */
  gboolean has_released; /* some that were held are not any more */
  gboolean is_carrying;  /* one of them carries data: @carrier_id */
  guint carrier_id;
  gint64 since_us; /* the race is on since then: the start, or when the last kept one was lost */
} FloeRelayCore;

typedef struct
{
  FloeRelayOutputType type;
  guint id;
} FloeRelayOutput;

void floe_relay_core_init (FloeRelayCore *self);

/* FALSE when there are too many. @id is the caller's. */
gboolean floe_relay_core_add (FloeRelayCore *self, gint64 now_us, guint id,
                              FloeRelayProtocol protocol);
/* @id stands for the server now, with new credentials: it is begun at once if the old one was. */
void floe_relay_core_replace (FloeRelayCore *self, gint64 now_us, guint old_id, guint id);
/* Nothing is told of it any more. */
void floe_relay_core_remove (FloeRelayCore *self, gint64 now_us, guint id);

void floe_relay_core_start (FloeRelayCore *self, gint64 now_us);

/* While it rests none is begun, and nothing is missed. Afterwards those that had failed have
 * another chance. */
void floe_relay_core_set_resting (FloeRelayCore *self, gint64 now_us, gboolean is_resting);
/* Gives the relay's address back; it is in reserve then. */
void floe_relay_core_release (FloeRelayCore *self, guint id);
/* Whether it is too early to begin it, or there is no need; what goes on is left alone. */
void floe_relay_core_set_held (FloeRelayCore *self, guint id, gboolean is_held);
/* To be called after that, for all together: of many the best ones are found out. */
void floe_relay_core_handle_released (FloeRelayCore *self, gint64 now_us);
/* Those that have failed get another chance. */
void floe_relay_core_retry (FloeRelayCore *self, gint64 now_us);

/* What came of a probe. */
void floe_relay_core_handle_answer (FloeRelayCore *self, gint64 now_us, guint id,
                                    gint64 round_trip_us);
void floe_relay_core_handle_silence (FloeRelayCore *self, gint64 now_us, guint id);

/* It has given an address. */
void floe_relay_core_handle_relayed (FloeRelayCore *self, gint64 now_us, guint id);
/* It gave none, or the one that it gave is lost. */
void floe_relay_core_handle_failed (FloeRelayCore *self, gint64 now_us, guint id);
/* Data was sent through a kept one, and nothing comes back; or it does again. */
void floe_relay_core_set_suspect (FloeRelayCore *self, gint64 now_us, guint id,
                                  gboolean is_suspect);
/* Which one carries data is not given back; @is_carrying FALSE for none. */
void floe_relay_core_set_carrier (FloeRelayCore *self, gint64 now_us, gboolean is_carrying,
                                  guint id);

void floe_relay_core_handle_timeout (FloeRelayCore *self, gint64 now_us);
/* -1 when there is nothing to wait for but news. */
gint64 floe_relay_core_get_deadline (const FloeRelayCore *self);
gboolean floe_relay_core_has_output (const FloeRelayCore *self);
gboolean floe_relay_core_poll (FloeRelayCore *self, FloeRelayOutput *output);

/* How many are better: UDP before TCP before TLS, then the time that an allocation took, then the
 * round trip, then the configuration's order. */
guint floe_relay_core_get_rank (const FloeRelayCore *self, guint id);
/* One has given an address, or none is going to. */
gboolean floe_relay_core_is_settled (const FloeRelayCore *self);

G_END_DECLS
