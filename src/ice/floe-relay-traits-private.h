/* SPDX-License-Identifier: MPL-2.0 */
/* What floe-relay-core tells relays apart by, and how many there are of which kind.
 *
 * Layer: ice. GLib only. For floe-relay-core.c alone. */
#pragma once

#include "floe-relay-core-private.h"

G_BEGIN_DECLS

#define FLOE_RELAY_UNKNOWN_US G_MAXINT64

static inline gboolean
is_up (const FloeRelay *relay)
{
  return relay->state == FLOE_RELAY_BEGUN || relay->state == FLOE_RELAY_KEPT;
}

/* It has given an address that is good as far as anybody knows. */
static inline gboolean
is_good (const FloeRelay *relay)
{
  return relay->state == FLOE_RELAY_KEPT && !relay->is_suspect;
}

typedef gboolean (*Filter) (const FloeRelay *relay);

static inline guint
count (const FloeRelayCore *self, Filter filter)
{
  guint sum = 0;

  for (guint i = 0; i < self->count; i++)
    sum += filter (&self->relays[i]);
  return sum;
}

static inline gboolean
is_udp (const FloeRelay *relay)
{
  return relay->protocol == FLOE_RELAY_PROTOCOL_UDP;
}

static inline gboolean
is_good_udp (const FloeRelay *relay)
{
  return is_udp (relay) && is_good (relay);
}

static inline gboolean
is_udp_at_work (const FloeRelay *relay)
{
  return is_udp (relay) && is_up (relay) && !relay->is_suspect;
}

static inline gboolean
is_stream_at_work (const FloeRelay *relay)
{
  return !is_udp (relay) && is_up (relay) && !relay->is_suspect;
}

static inline gboolean
is_probed (const FloeRelay *relay)
{
  return relay->state == FLOE_RELAY_PROBED;
}

/* May be begun without further ado. */
static inline gboolean
is_fit (const FloeRelay *relay)
{
  return relay->state == FLOE_RELAY_RESERVE && !relay->is_silent && !relay->is_held;
}

static inline gboolean
is_fit_udp (const FloeRelay *relay)
{
  return is_fit (relay) && is_udp (relay);
}

static inline gboolean
is_fit_stream (const FloeRelay *relay)
{
  return is_fit (relay) && !is_udp (relay);
}

static inline gboolean
is_last_resort (const FloeRelay *relay)
{
  return relay->state == FLOE_RELAY_RESERVE && relay->is_silent && !relay->is_held;
}

static inline gboolean
is_up_by_merit (const FloeRelay *relay)
{
  return is_up (relay) && !relay->is_silent;
}

static inline gboolean
is_unmeasured_udp (const FloeRelay *relay)
{
  return is_fit_udp (relay) && relay->round_trip_us == FLOE_RELAY_UNKNOWN_US
         && relay->allocation_us == FLOE_RELAY_UNKNOWN_US;
}

/* The protocols' values are in the order of preference. Equals stay in the given order. */
static inline gboolean
is_better (const FloeRelay *relay, const FloeRelay *other)
{
  if (relay->protocol != other->protocol)
    return relay->protocol < other->protocol;
  if (relay->allocation_us != other->allocation_us)
    return relay->allocation_us < other->allocation_us;
  return relay->round_trip_us < other->round_trip_us;
}

G_END_DECLS
