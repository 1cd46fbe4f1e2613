/* SPDX-License-Identifier: MPL-2.0 */
/* When a path is alive, quiet, dead (RFC 7675's promise kept by our own watch).
 *
 * A sign of life is data that decrypts, or an answered probe.
 *
 *   after the last life          what happens
 *   5 s                          a probe: so an idle, healthy path is asked every 5 s
 *   + 1.25 s, + 2.5 s, + 3.75 s  the probe again, since one datagram may get lost
 *   5 s after the first probe    DISCONNECTED (10 s after the last life); a probe every 2.5 s
 *   30 s                         EXPIRED: no more probes, nothing may be sent
 *
 * Where something was to come it is asked for sooner: when life was flowing (five signs, each
 * within 500 ms of the one before), or something that needs an answer was sent. Then the first
 * probe goes out after 500 ms of silence and is repeated every 500 ms, and 1 s after it (or 4 round
 * trips, if that is longer) the path is SUSPECT: 1.5 s after the last life. That is no reason to
 * complain, but one to use another path that lives.
 *
 * Data proves one direction. So a path that life flows on is asked every 500 ms, too; a probe must
 * be answered whatever else comes, within 1.5 s, and a path that is no longer ALIVE becomes so by
 * an answer only. Other data is a reason to ask it again. Whoever has never answered on any path is
 * believed his data.
 *
 * One that is idle, as nothing else has gone over it for 30 s, is asked after 15 s of quiet instead
 * of 5, and so is one that is kept in reserve: that keeps the NATs' mappings (RFC 8445 section 11:
 * "Tr SHOULD have a default value of 15 seconds", "not … less than 15 seconds"), and there is time
 * to ask six times before consent expires. Where it is known how long a mapping lives unused, two
 * thirds of that, 5 to 20 s, take the place of the 15. All
 * of these are up to a fifth shorter, by chance.
 *
 * Before the first sign of life (the DTLS handshake may be under way, which nobody can answer
 * probes in) a path does not become DISCONNECTED, and EXPIRED only 30 s after the start; unless the
 * peer's life has flowed elsewhere, or it has answered there: from then on it can be asked here as
 * well, also when what flowed stops.
 *
 * DISCONNECTED counts from a probe and not from the last life, so that a process that was stopped
 * for a while asks before it complains.
 *
 * All times are monotonic microseconds given by the caller. Layer: ice. May include: base. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FLOE_LIVENESS_ALIVE,
  FLOE_LIVENESS_SUSPECT,
  FLOE_LIVENESS_DISCONNECTED,
  FLOE_LIVENESS_EXPIRED,
} FloeLivenessState;

typedef struct
{
  gint64 last_life_us;
  gint64 answered_us;    /* when a probe was answered last, or the start */
  gint64 first_probe_us; /* since the last life; 0 when there was none */
  gint64 last_probe_us;  /* likewise */
  gint64 awaited_us;     /* since when an answer is due; 0 when none is */
  gint64 round_trip_us;  /* of the last probe that was answered; 0: none was */
  guint flow;            /* signs of life in a row, here or elsewhere */
  gint64 flow_us;        /* the last one of them */
  gboolean has_flowed;   /* at least once since the start, here or elsewhere */
  gint64 active_us;      /* when there was more than probes and their answers, or the start */
  gint64 idle_quiet_us;  /* 0: as long as usual */
  gboolean has_lived;    /* at least once since the start */
  gboolean is_urgent;    /* the first probe went out early: something was to come */
  gboolean is_check;     /* and life goes on: only an answer will do */
  gboolean has_answered; /* at least once since the start */
  gboolean must_answer;  /* the peer is known to, here or on another path */
  gboolean is_asking;    /* it took over from a dead path, and has not answered yet */
  gboolean is_reserve;
  FloeLivenessState state;
} FloeLivenessCore;

void floe_liveness_core_start (FloeLivenessCore *self, gint64 now_us);
/* Takes over from a path that showed no life: asked at once, with 25 s left to answer, and 2.5 s
 * until it is suspect: the peer may still send to the dead path. */
void floe_liveness_core_start_asking (FloeLivenessCore *self, gint64 now_us);
/* Life has an expired path asked again: the peer's checks may have revived it. */
void floe_liveness_core_handle_life (FloeLivenessCore *self, gint64 now_us);
/* A probe was answered, after so long. */
void floe_liveness_core_handle_answer (FloeLivenessCore *self, gint64 now_us, gint64 round_trip_us);
/* Something was sent that the peer answers soon. */
void floe_liveness_core_handle_sent (FloeLivenessCore *self, gint64 now_us);
/* The peer sends elsewhere, since @since_us: this path is asked no less often for that. If the peer
 * began with it after this one was asked in vain, it has left it. A probe may be due sooner than
 * before. */
void floe_liveness_core_handle_rival (FloeLivenessCore *self, gint64 now_us, gint64 since_us);
/* The peer has answered a probe, on whatever path. */
void floe_liveness_core_set_must_answer (FloeLivenessCore *self, gboolean must_answer);
/* @lifetime_s: how long a NAT's mapping is known to live unused, in seconds; 0 when it is not. */
void floe_liveness_core_set_mapping_lifetime (FloeLivenessCore *self, guint lifetime_s);
void floe_liveness_core_set_reserve (FloeLivenessCore *self, gboolean is_reserve);
/* Its address is gone: nothing can come any more. */
void floe_liveness_core_end (FloeLivenessCore *self);
/* Returns TRUE when a probe is due; the state may have changed. */
gboolean floe_liveness_core_handle_timeout (FloeLivenessCore *self, gint64 now_us);
/* -1 when nothing will happen by itself any more. */
gint64 floe_liveness_core_get_deadline (const FloeLivenessCore *self);

G_END_DECLS
