/* SPDX-License-Identifier: MPL-2.0 */
/* When a path is alive, quiet, dead (RFC 7675's promise kept by our own watch).
 *
 * A sign of life is data that decrypts, or an answered probe. Quiet for 5 s: ask, and go on
 * asking every 5 s. No life for 5 s after asking... see the functions. No life for 30 s: expired,
 * nothing more may be sent there.
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
  gint64 last_probe_us;
  FloeLivenessState state;
} FloeLivenessCore;

void floe_liveness_core_start (FloeLivenessCore *self, gint64 now_us);
/* Life also brings an expired path back: the peer's checks may have revived it. */
void floe_liveness_core_handle_life (FloeLivenessCore *self, gint64 now_us);
/* Returns TRUE when a probe is due; the state may have changed. */
gboolean floe_liveness_core_handle_timeout (FloeLivenessCore *self, gint64 now_us);
gint64 floe_liveness_core_get_deadline (const FloeLivenessCore *self);

G_END_DECLS
