/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-path-event-private.h"

/**
 * FloePathEvent:
 *
 * Data takes another path to the peer from now on: from what to what, and why
 * (#FloePeerConnection::path-changed). Nothing is lost, doubled or put in another order by that.
 * Immutable; may be shared between threads.
 *
 * Since: 1.0
 */
struct _FloePathEvent
{
  FloeIceCandidatePair *from; /* (owned) (nullable) */
  FloeIceCandidatePair *to;   /* (owned) */
  FloePathReason reason;
  guint64 milliseconds;
};

G_DEFINE_BOXED_TYPE (FloePathEvent, floe_path_event, floe_path_event_ref, floe_path_event_unref)

static void
clear_event (gpointer data)
{
  FloePathEvent *self = data;

  g_clear_pointer (&self->from, floe_ice_candidate_pair_unref);
  floe_ice_candidate_pair_unref (self->to);
}

FloePathEvent *
floe_path_event_new (FloeIceCandidatePair *from, FloeIceCandidatePair *to, FloePathReason reason,
                     guint64 milliseconds)
{
  FloePathEvent *self = g_atomic_rc_box_new0 (FloePathEvent);

  self->from = from != NULL ? floe_ice_candidate_pair_ref (from) : NULL;
  self->to = floe_ice_candidate_pair_ref (to);
  self->reason = reason;
  self->milliseconds = milliseconds;
  return self;
}

/**
 * floe_path_event_ref:
 * @self: an event
 *
 * A further reference to the event. May be called in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
FloePathEvent *
floe_path_event_ref (FloePathEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * floe_path_event_unref:
 * @self: (transfer full): an event
 *
 * Gives a reference back; the last one frees @self. May be called in any thread.
 *
 * Since: 1.0
 */
void
floe_path_event_unref (FloePathEvent *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_event);
}

/**
 * floe_path_event_get_from:
 * @self: an event
 *
 * The pair of candidates that data went between before. May be called in any thread.
 *
 * Returns: (transfer none) (nullable): the pair, or %NULL for the first path of a connection
 *
 * Since: 1.0
 */
FloeIceCandidatePair *
floe_path_event_get_from (const FloePathEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->from;
}

/**
 * floe_path_event_get_to:
 * @self: an event
 *
 * The pair of candidates that data goes between now. It is the one that
 * floe_peer_connection_get_selected_candidate_pair() returns, and tells no more than that. May be
 * called in any thread.
 *
 * Returns: (transfer none): the pair
 *
 * Since: 1.0
 */
FloeIceCandidatePair *
floe_path_event_get_to (const FloePathEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->to;
}

/**
 * floe_path_event_get_reason:
 * @self: an event
 *
 * Why data takes another path. May be called in any thread.
 *
 * Returns: the reason
 *
 * Since: 1.0
 */
FloePathReason
floe_path_event_get_reason (const FloePathEvent *self)
{
  g_return_val_if_fail (self != NULL, FLOE_PATH_REASON_FIRST);

  return self->reason;
}

/**
 * floe_path_event_get_milliseconds:
 * @self: an event
 *
 * When that was. May be called in any thread.
 *
 * Returns: milliseconds since this side began to gather candidates
 *
 * Since: 1.0
 */
guint64
floe_path_event_get_milliseconds (const FloePathEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->milliseconds;
}
