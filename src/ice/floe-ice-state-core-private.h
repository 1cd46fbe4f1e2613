/* SPDX-License-Identifier: MPL-2.0 */
/* The state of an ICE transport as a function of what its paths are doing.
 *
 * libnice's FAILED is no more than a fact here: RFC 8863 wants the peer's checks awaited, and a
 * valid pair that comes late revives the transport at any time.
 *
 * All times are monotonic microseconds given by the caller. Layer: ice. May include: base. */
#pragma once

#include <glib.h>

#include <floe/floe-enums.h>

G_BEGIN_DECLS

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
} FloeIceFacts;

typedef struct
{
  FloeIceConnectionState state;
  gint64 failed_timeout_us;
  gint64 hopeless_since_us; /* no path carries; -1 when one does, or nothing was started */
} FloeIceStateCore;

void floe_ice_state_core_init (FloeIceStateCore *self, gint64 failed_timeout_us);

/* Returns TRUE when the state is another one now. Also to be called at the deadline. */
gboolean floe_ice_state_core_handle_facts (FloeIceStateCore *self, const FloeIceFacts *facts,
                                           gint64 now_us);

/* -1 for none. */
gint64 floe_ice_state_core_get_deadline (const FloeIceStateCore *self);

G_END_DECLS
