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
 * Before the first sign of life (the DTLS handshake may be under way, which nobody can answer
 * probes in) a path does not become DISCONNECTED, and EXPIRED only 30 s after the start.
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
  FLOE_LIVENESS_DISCONNECTED,
  FLOE_LIVENESS_EXPIRED,
} FloeLivenessState;

typedef struct
{
  gint64 last_life_us;
  gint64 first_probe_us; /* since the last life; 0 when there was none */
  gint64 last_probe_us;  /* likewise */
  gboolean has_lived;    /* at least once since the start */
  FloeLivenessState state;
} FloeLivenessCore;

void floe_liveness_core_start (FloeLivenessCore *self, gint64 now_us);
/* Takes over from a path that showed no life: asked at once, with 25 s left to answer. */
void floe_liveness_core_start_asking (FloeLivenessCore *self, gint64 now_us);
/* Life also brings an expired path back: the peer's checks may have revived it. */
void floe_liveness_core_handle_life (FloeLivenessCore *self, gint64 now_us);
/* Returns TRUE when a probe is due; the state may have changed. */
gboolean floe_liveness_core_handle_timeout (FloeLivenessCore *self, gint64 now_us);
/* -1 when nothing will happen by itself any more. */
gint64 floe_liveness_core_get_deadline (const FloeLivenessCore *self);

G_END_DECLS
