/* SPDX-License-Identifier: MPL-2.0 */
/* A transport's event as a value, so that it can wait until the call that caused it has returned.
 *
 * Layer: ice. */
#pragma once

#include "floe-ice-transport-private.h"

G_BEGIN_DECLS

typedef enum
{
  FLOE_ICE_EVENT_CANDIDATE,       /* local */
  FLOE_ICE_EVENT_CANDIDATE_ERROR, /* url, code, text */
  FLOE_ICE_EVENT_GATHERING_DONE,
  FLOE_ICE_EVENT_STATE, /* state */
  FLOE_ICE_EVENT_PAIR,  /* path_id, local, remote, reason, elapsed_us */
  FLOE_ICE_EVENT_PROBE, /* path_id */
  FLOE_ICE_EVENT_CHANGED,
  FLOE_ICE_EVENT_RESUMED,
  FLOE_ICE_EVENT_STEP, /* step */
} FloeIceEventType;

typedef struct
{
  FloeIceEventType type;
  guint path_id;
  FloeIceConnectionState state;
  FloeCandidate local;
  FloeCandidate remote;
  FloePathReason reason;
  gint64 elapsed_us;
  char *url; /* (owned) (nullable) */
  guint code;
  char *text; /* (owned) (nullable) */
  FloePathStep step;
  gboolean is_heard;
} FloeIceEvent;

FloeIceEvent *floe_ice_event_new (FloeIceEventType type);
void floe_ice_event_free (FloeIceEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeIceEvent, floe_ice_event_free)

/* Calls the function of @events that @self is for. */
void floe_ice_event_deliver (const FloeIceEvent *self, const FloeIceTransportEvents *events,
                             gpointer user_data);

G_END_DECLS
