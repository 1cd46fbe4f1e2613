/* SPDX-License-Identifier: MPL-2.0 */
/* The state of an ICE transport as a function of what its paths are doing.
 *
 * libnice's FAILED is no more than a fact here: RFC 8863 wants the peer's checks awaited. FAILED is
 * said once and is final, as W3C has it without an ICE restart (decision 32):
 *
 *   an attempt                           after @failed_timeout_us
 *   an answerer that nobody has met yet  after FLOE_ICE_AWAIT_US
 *   what was connected and is lost       after FLOE_ICE_LOST_US
 *
 * The longer times don't count where the application has set its own.
 *
 * All times are monotonic microseconds given by the caller. Layer: ice. May include: base. */
#pragma once

#include <glib.h>

#include <floe/floe-enums.h>

G_BEGIN_DECLS

/* Who has answered can't know when the answer arrives: a person may carry it over. */
#define FLOE_ICE_AWAIT_US (300 * G_TIME_SPAN_SECOND)
/* A host that is out of reach for a minute or so comes back: a tunnel, another network. */
#define FLOE_ICE_LOST_US (120 * G_TIME_SPAN_SECOND)

/* What is so at one moment. */
typedef struct
{
  gboolean is_checking;     /* gathering has started and the remote credentials are there */
  gboolean is_carried;      /* a path has a nominated pair */
  gboolean is_alive;        /* that path shows life, or has not yet been asked for it */
  gboolean is_gathered;     /* all paths */
  gboolean is_remote_ended; /* the peer has sent its last candidate */
  gboolean is_ready;        /* no better pair is being checked */
  gboolean is_closed;
  gint64 met_us; /* since when the peer is known to have both descriptions; -1: that isn't known */
} FloeIceFacts;

typedef struct
{
  FloeIceConnectionState state;
  gint64 failed_timeout_us;
  gboolean is_fixed; /* the application's word: nothing makes it longer */
  gboolean was_connected;
  gint64 met_us;            /* the facts' */
  gint64 hopeless_since_us; /* no path carries; -1 when one does, or nothing was started */
} FloeIceStateCore;

void floe_ice_state_core_init (FloeIceStateCore *self, gint64 failed_timeout_us, gboolean is_fixed);

/* Returns TRUE when the state is another one now. Also to be called at the deadline. */
gboolean floe_ice_state_core_handle_facts (FloeIceStateCore *self, const FloeIceFacts *facts,
                                           gint64 now_us);

/* -1 for none. */
gint64 floe_ice_state_core_get_deadline (const FloeIceStateCore *self);

/* Nothing leads to another state than CLOSED any more. */
gboolean floe_ice_state_core_is_over (const FloeIceStateCore *self);

G_END_DECLS
