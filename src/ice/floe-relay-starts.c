/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-relay-starts-private.h"

/* With data in flight, so long after the last thing that came on a direct path, relays are begun
 * beside it; and so long they are wanted then. */
#define STARVED_US (1 * G_TIME_SPAN_SECOND)
#define WANTED_US (10 * G_TIME_SPAN_SECOND)

static gboolean
is_good_direct (const FloeIceLane *carrier)
{
  return carrier != NULL && floe_ice_lane_is_candidate (carrier)
         && floe_ice_lane_is_trusted (carrier) && floe_ice_lane_is_alive (carrier)
         && floe_ice_path_get_route (carrier->path) == FLOE_ROUTE_DIRECT;
}

/* When it will have starved; -1 when nothing is to come. */
static gint64
get_starved_us (const FloeIceLane *carrier)
{
  if (carrier == NULL || !carrier->is_watched || carrier->liveness.awaited_us == 0)
    return -1;
  return MAX (carrier->liveness.awaited_us, carrier->liveness.last_life_us) + STARVED_US;
}

void
floe_relay_starts_handle_carrier (FloeRelayStarts *self, const FloeIceLane *carrier, gint64 now_us)
{
  gint64 starved_us = get_starved_us (carrier);

  if (self->is_set && starved_us != -1 && now_us >= starved_us)
    self->needed_until_us = now_us + WANTED_US;
}

gboolean
floe_relay_starts_is_needed (const FloeRelayStarts *self, gint64 now_us)
{
  return now_us < self->needed_until_us;
}

gboolean
floe_relay_starts_is_held (const FloeRelayStarts *self, FloeRelayProtocol protocol,
                           const FloeIceLane *carrier, gboolean is_any_up, gint64 now_us)
{
  const FloeRelayStart *row = &self->rows[protocol];

  if (!self->is_set)
    return FALSE;
  if (now_us < row->start_us)
    return TRUE;
  return is_good_direct (carrier) && !floe_relay_starts_is_needed (self, now_us)
         && (!row->stays_warm || is_any_up);
}

gboolean
floe_relay_starts_stays_warm (const FloeRelayStarts *self, FloeRelayProtocol protocol)
{
  return self->is_set && self->rows[protocol].stays_warm;
}

static gint64
sooner (gint64 a, gint64 b)
{
  return a == -1 || b == -1 ? MAX (a, b) : MIN (a, b);
}

gint64
floe_relay_starts_get_deadline (const FloeRelayStarts *self, const FloeIceLane *carrier,
                                gint64 now_us)
{
  gint64 deadline_us = -1;

  if (!self->is_set)
    return -1;
  for (guint i = FLOE_RELAY_PROTOCOL_UDP; i <= FLOE_RELAY_PROTOCOL_TLS; i++)
    {
      gint64 start_us = self->rows[i].start_us;

      if (start_us > now_us && start_us != FLOE_LANE_HELD)
        deadline_us = sooner (deadline_us, start_us);
    }
  if (floe_relay_starts_is_needed (self, now_us))
    return sooner (deadline_us, self->needed_until_us);
  return sooner (deadline_us, get_starved_us (carrier));
}
