/* SPDX-License-Identifier: MPL-2.0 */
/* When a transport begins which kind of path, when data may go there, and what is held back.
 *
 * Times are milliseconds after both descriptions are there; what starts at 0 begins with gathering
 * already, so that the description or what follows it can tell of it.
 *
 * Layer: ice. Filled in by the traversal above; ice need not know why. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FLOE_ICE_ROW_DIRECT,
  FLOE_ICE_ROW_RELAY_UDP, /* the relays, in the order of FloeRelayProtocol */
  FLOE_ICE_ROW_RELAY_TCP,
  FLOE_ICE_ROW_RELAY_TLS,
  FLOE_ICE_ROW_TCP, /* RFC 6544 */
} FloeIceRowKind;

#define FLOE_ICE_ROW_COUNT (FLOE_ICE_ROW_TCP + 1)

typedef struct
{
  gboolean is_planned; /* FALSE: nothing of this kind is begun */
  guint start_after_ms;
  guint may_carry_after_ms;
  /* Of relays: one is begun although a direct path carries, and kept for when that dies. Others are
   * begun only while none does, and given back when one has carried for a while. */
  gboolean stays_warm;
} FloeIceRow;

typedef struct
{
  FloeIceRow rows[FLOE_ICE_ROW_COUNT];
  /* Our candidates but relays are told so long after both descriptions are there. */
  guint hold_candidates_ms;
  /* What the peer tells reaches direct paths so much later. */
  guint hold_checks_ms;
  guint fail_after_ms; /* with no path then, all has failed */
} FloeIceSchedule;

G_END_DECLS
