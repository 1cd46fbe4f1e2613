/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-event-private.h"

FloeIceEvent *
floe_ice_event_new (FloeIceEventType type)
{
  FloeIceEvent *self = g_new0 (FloeIceEvent, 1);

  self->type = type;
  return self;
}

void
floe_ice_event_free (FloeIceEvent *self)
{
  g_free (self->url);
  g_free (self->text);
  g_free (self);
}

void
floe_ice_event_deliver (const FloeIceEvent *self, const FloeIceTransportEvents *events,
                        gpointer user_data)
{
  switch (self->type)
    {
    case FLOE_ICE_EVENT_CANDIDATE:
      events->candidate (&self->local, user_data);
      break;
    case FLOE_ICE_EVENT_CANDIDATE_ERROR:
      events->candidate_error (self->url, self->code, self->text, user_data);
      break;
    case FLOE_ICE_EVENT_GATHERING_DONE:
      events->gathering_done (user_data);
      break;
    case FLOE_ICE_EVENT_STATE:
      events->state_changed (self->state, user_data);
      break;
    case FLOE_ICE_EVENT_PAIR:
      events->pair_changed (self->path_id, &self->local, &self->remote, self->reason,
                            self->elapsed_us, user_data);
      break;
    case FLOE_ICE_EVENT_PROBE:
      events->probe (self->path_id, user_data);
      break;
    case FLOE_ICE_EVENT_CHANGED:
      if (events->changed != NULL)
        events->changed (user_data);
      break;
    case FLOE_ICE_EVENT_RESUMED:
      events->resumed (self->is_heard, user_data);
      break;
    case FLOE_ICE_EVENT_STEP:
      events->stepped (&self->step, user_data);
      break;
    default:
      g_assert_not_reached ();
    }
}
