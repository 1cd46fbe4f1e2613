/* SPDX-License-Identifier: MPL-2.0 */
/* The ranges that a TURN server must not relay to: what is private, local, for many, reserved, or
 * an IPv4 address in the dress of an IPv6 one. From the registries of RFC 6890 and RFC 8190.
 *
 * Layer: samples. Knows GLib and GIO only. */
#pragma once

#include "turn-address.h"

G_BEGIN_DECLS

typedef struct
{
  const char *prefix; /* as in "10.0.0.0/8" */
  const char *what;   /* for people, with the RFC */
} TurnRange;

/* All of them, IPv4 first. */
const TurnRange *turn_ranges_get (guint *count);

/* The number of bits in the range's prefix; its first, middle and last address. */
guint turn_range_get_bits (const TurnRange *self);
TurnAddress turn_range_get_first (const TurnRange *self);
TurnAddress turn_range_get_middle (const TurnRange *self);
TurnAddress turn_range_get_last (const TurnRange *self);

/* (nullable): the range that @address is in. */
const TurnRange *turn_ranges_find (const TurnAddress *address);

/* (transfer full): the values of denied-peer-ip that cover the range; none when coturn refuses all
 * of it by itself and can't be told to. */
GPtrArray *turn_range_to_coturn (const TurnRange *self);

G_END_DECLS
